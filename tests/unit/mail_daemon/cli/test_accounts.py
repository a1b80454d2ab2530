"""`mail-daemon accounts`: a table becomes the accounts that the daemon knows, and the list shows how they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail_daemon.app import App
from tests.commands import Shell
from tests.office import Office

Table = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def write(content: str) -> Path:
        path = tmp_path / "accounts.csv"
        path.write_text(content)
        return path

    return write


def listed(shell: Shell, *columns: str) -> dict[str, Any]:
    rows = shell("accounts", "list", "--json").json
    return {row["name"]: tuple(row[column] for column in columns) for row in rows}


def test_name_and_days_are_enough_and_the_rest_stays_as_in_accounts_yaml(shell: Shell, table: Table) -> None:
    file = table("name,days_past_due\nACME,25\nNewcomer,3\n")
    done = shell("accounts", "import", file)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"{file}: 1 added, 1 changed, 0 unchanged",
        "Newcomer matches no mail; write its domains or contacts, or the name that accounts.yaml has",
    ]
    assert listed(shell, "standing", "days_past_due", "domains", "timezone") == {
        "Acme": ("held", 25, ["acme.example"], "Europe/Berlin"),
        "Newcomer": ("good", 3, [], None),
    }


def test_the_same_file_twice_changes_nothing_and_says_so(shell: Shell, table: Table) -> None:
    file = table("name,days_past_due,domains\nAcme,25,acme.example\nBeta,0,beta.example\n")
    assert shell("accounts", "import", file).out == f"{file}: 1 added, 1 changed, 0 unchanged\n"
    before = listed(shell, "imported")
    assert shell("accounts", "import", file).out == f"{file}: nothing changed, 2 unchanged\n"
    assert listed(shell, "imported") == before


def test_columns_that_a_later_file_leaves_out_keep_their_values(shell: Shell, table: Table) -> None:
    first = "name,domains,contacts,telephones,timezone,language,disputed\n"
    shell("accounts", "import", table(first + "Beta,beta.example,b@gmail.com,+13035550142,Europe/Madrid,es,yes\n"))
    shell("accounts", "import", table("name,days_past_due\nBeta,40\n"))
    columns = ("domains", "contacts", "telephones", "timezone", "language", "disputed", "days_past_due", "standing")
    assert listed(shell, *columns)["Beta"] == (
        ["beta.example"],
        ["b@gmail.com"],
        ["+13035550142"],
        "Europe/Madrid",
        "es",
        True,
        40,
        "good",  # in dispute
    )


def test_one_wrong_line_and_nothing_is_imported(shell: Shell, table: Table) -> None:
    file = table("name,days_past_due,domains\nBeta,25,beta.example\nGamma,soon,acme.example\n")
    done = shell("accounts", "import", file)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"mail-daemon: {file}:3: days_past_due: 'soon' is no whole number; write digits alone\n"
    assert list(listed(shell)) == ["Acme"]


def test_what_belongs_to_another_account_is_refused_by_line(shell: Shell, table: Table) -> None:
    file = table("name,domains\nBeta,acme.example;gmail.com\nGamma,own.example\nDelta,own.example\n")
    done = shell("accounts", "import", file)
    assert done.code == 2
    assert done.err.splitlines() == [
        f"mail-daemon: {file}:2: 'acme.example' belongs to Acme already (see `mail-daemon accounts list`); "
        "write it for one of them",
        f"mail-daemon: {file}:2: 'gmail.com' is a public mail domain, shared by strangers; "
        "write addresses under contacts",
        f"mail-daemon: {file}:4: 'own.example' belongs to Gamma already (line 3); write it for one of them",
    ]
    assert list(listed(shell)) == ["Acme"]


def test_a_domain_moves_from_one_account_to_another_within_a_file(shell: Shell, table: Table) -> None:
    assert shell("accounts", "import", table("name,domains\nAcme,\nBeta,acme.example\n")).code == 0
    assert listed(shell, "domains") == {"Acme": ([],), "Beta": (["acme.example"],)}


def test_who_is_not_in_the_file_stays_past_due_unless_the_rest_has_paid(shell: Shell, table: Table) -> None:
    shell("accounts", "import", table("name,days_past_due\nAcme,25\n"))
    file = table("name,days_past_due,domains\nBeta,3,beta.example\n")
    told = "Acme is not in the file and stays past due; --rest-paid means that it has paid"
    assert shell("accounts", "import", file).out.splitlines()[1] == told
    assert shell("accounts", "import", file, "--rest-paid").out == f"{file}: 0 added, 1 changed, 1 unchanged\n"
    assert listed(shell, "days_past_due") == {"Acme": (0,), "Beta": (3,)}


def test_a_file_that_is_not_there_is_a_failure(shell: Shell, tmp_path: Path) -> None:
    done = shell("accounts", "import", tmp_path / "nothing.csv")
    assert done.code == 1
    assert "nothing.csv" in done.err


def test_the_list_works_before_there_is_a_database(shell: Shell) -> None:
    done = shell("accounts", "list")
    assert done.code == 0
    assert "Acme   good       0                          acme.example" in done.out
    assert not (shell.folder / "var").exists()


def test_a_running_daemon_takes_an_import_over(office: Office, shell: Shell, table: Table) -> None:
    app = App(shell.folder, {})
    app.take_over_imports()
    assert app.desk.directory.account("x@beta.example") is None
    shell("accounts", "import", table("name,domains,days_past_due,telephones\nBeta,beta.example,30,+13035550142\n"))
    app.take_over_imports()
    beta = app.desk.directory.account("x@beta.example")
    assert beta is not None
    assert (beta.name, app.desk.standing("Beta")) == ("Beta", "suspended")
    assert app.desk.directory.caller("+13035550142") == beta
    desk = app.desk
    app.take_over_imports()
    assert app.desk is desk  # nothing new, nothing built
    app.reload()
    assert app.desk.directory.account("x@beta.example") == beta
    office.store.close()


def test_explain_knows_imported_accounts(office: Office, shell: Shell, table: Table, tmp_path: Path) -> None:
    shell("accounts", "import", table("name,domains\nBeta,beta.example\n"))
    (tmp_path / "mail.eml").write_text("From: x@beta.example\nTo: support@desk.example\nSubject: Hi\n\nHow?\n")
    (told,) = shell("explain", "--json", tmp_path / "mail.eml").json
    assert told["letters"][0]["subject"].startswith("Re: Hi")  # a stranger's own words are not repeated to him


NAME = st.text(alphabet="abcÄß &.", min_size=1, max_size=8)
NAMES = st.lists(NAME, max_size=6, unique_by=lambda name: name.strip().casefold())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.lists(st.integers(0, 100), min_size=6, max_size=6), st.booleans())
def test_importing_anything_twice_is_importing_it_once(
    shell: Shell, tmp_path: Path, names: list[str], days: list[int], rest_paid: bool
) -> None:
    written = io.StringIO()
    rows = [(name, owed) for name, owed in zip(names, days, strict=False) if name.strip()]
    csv.writer(written).writerows([("name", "days_past_due"), *rows])
    file = tmp_path / "twice.csv"
    file.write_text(written.getvalue())
    options = ["--rest-paid"] if rest_paid else []
    assert shell("accounts", "import", file, *options).code == 0
    once = shell("accounts", "list", "--json").json
    assert shell("accounts", "import", file, *options).out.startswith(f"{file}: nothing changed")
    assert shell("accounts", "list", "--json").json == once
    owed = {row["name"].casefold(): row["days_past_due"] for row in once}
    assert all(owed[name.strip().casefold()] == due for name, due in rows)
