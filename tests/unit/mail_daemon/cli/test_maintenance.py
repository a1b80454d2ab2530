"""`mail-daemon maintenance`: what admins see before customers do, and how each mistake ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Shell
from tests.office import Office, told

GOOD = """
id: sbc-1
service: Outbound calls
impact: OUTAGE
window: {starts: 2126-12-05 01:00, ends: 2126-12-05 05:00, timezone: America/New_York}
accounts: all
text: We replace a router.
"""


@pytest.fixture
def file(tmp_path: Path, shell: Shell) -> Path:
    (shell.folder / "accounts.yaml").write_text(
        "accounts: [{name: Acme, contacts: [dana@acme.example, noc@acme.example], timezone: Europe/Berlin}]\n"
    )
    path = tmp_path / "m.yaml"
    path.write_text(GOOD)
    return path


def test_announced_updated_cancelled_and_listed(shell: Shell, office: Office, file: Path) -> None:
    assert shell("maintenance", "announce", file).out == "sbc-1: 2 announced; sequence 0\n"
    assert shell("maintenance", "announce", file).out == (
        "sbc-1: nothing has changed, and everybody has been told; no letter is sent\n"
    )
    file.write_text(GOOD.replace("05:00", "06:00"))
    assert shell("maintenance", "update", file).out == "sbc-1: 2 updated; sequence 1\n"
    done = shell("maintenance", "cancel", "sbc-1", "--text", "Not needed.")
    assert (done.code, done.out) == (0, "sbc-1: 2 cancelled; sequence 2\n")
    assert told(office) == [("maintenance", "dana@acme.example"), ("maintenance", "noc@acme.example")] * 3
    (row,) = shell("maintenance", "list", "--json").json
    assert (row.pop("announced")[:2], row) == (
        "20",
        {
            "id": "sbc-1",
            "state": "cancelled",
            "service": "Outbound calls",
            "impact": "OUTAGE",
            "starts": "2126-12-05T06:00:00Z",
            "ends": "2126-12-05T11:00:00Z",
            "accounts": "all",
            "told": 2,
            "sequence": 2,
        },
    )
    assert "cancelled" in shell("maintenance", "list").out


def test_a_dry_run_shows_who_gets_what_and_sends_nothing(shell: Shell, office: Office, file: Path) -> None:
    done = shell("maintenance", "announce", file, "--dry-run")
    assert done.code == 0
    assert done.out.splitlines()[:2] == [
        "announced  dana@acme.example  (Acme)",
        "announced  noc@acme.example  (Acme)",
    ]
    assert "Subject: Planned maintenance: Outbound calls" in done.out
    assert "Thursday 5 December 2126, 07:00 CET" in done.out
    assert done.out.endswith("sbc-1: would send: 2 announced; sequence 0\n")
    assert office.letters() == []


def test_a_dry_run_needs_no_database_and_makes_none(shell: Shell, file: Path) -> None:
    assert shell("maintenance", "announce", file, "--dry-run").code == 0
    assert not (shell.folder / "var").exists()


@pytest.mark.usefixtures("office")
def test_accounts_that_nobody_reads_for_are_told(shell: Shell, file: Path) -> None:
    (shell.folder / "accounts.yaml").write_text("accounts: [{name: Acme, domains: [acme.example]}]\n")
    warning = "warning: Acme has nobody to write to; write contacts in accounts.yaml or import them"
    rehearsed = shell("maintenance", "announce", file, "--dry-run")
    assert (rehearsed.code, rehearsed.out.splitlines()[-1]) == (1, warning)
    done = shell("maintenance", "announce", file)
    assert (done.code, done.out.splitlines()) == (0, ["sbc-1: nobody to write to; sequence 0", warning])


@pytest.mark.usefixtures("office")
def test_a_window_in_the_past_is_refused_with_its_line(shell: Shell, file: Path) -> None:
    file.write_text(GOOD.replace("2126", "2020"))
    done = shell("maintenance", "announce", file)
    assert (done.code, done.err) == (
        2,
        f"mail-daemon: {file}:5: window.starts: this window is over; write a later one, or add --late to tell of it "
        "all the same\n",
    )
    assert shell("maintenance", "announce", file, "--late").code == 0


@pytest.mark.usefixtures("office")
def test_each_mistake_ends_with_its_code(shell: Shell, file: Path) -> None:
    done = shell("maintenance", "update", file)
    assert (done.code, done.err) == (
        1,
        f"mail-daemon: no maintenance 'sbc-1' was announced; mail-daemon maintenance announce {file}\n",
    )
    done = shell("maintenance", "cancel", "none")
    assert (done.code, done.err) == (
        1,
        "mail-daemon: no maintenance 'none' was announced; see mail-daemon maintenance list\n",
    )
    done = shell("maintenance", "cancel", "sbc-1", "--text", "a\x1b[2J")
    assert (done.code, done.err) == (2, "mail-daemon: --text: this holds a control character; write plain text\n")
    file.write_text(GOOD.replace("accounts: all", "accounts: [Acmee]"))
    done = shell("maintenance", "announce", file)
    assert (done.code, done.err) == (
        2,
        f"mail-daemon: {file}:6: accounts.0: there is no account 'Acmee'; write Acme\n",
    )


def test_imported_accounts_are_told(shell: Shell, office: Office, file: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("name,contacts\nBeta,hans@beta.example\n")
    shell("accounts", "import", table)
    shell("maintenance", "announce", file)
    assert ("maintenance", "hans@beta.example") in told(office)
