"""Accounts from a table: what spreadsheets write is understood, and each mistake is told with its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail_daemon.settings import accounts_csv
from mail_daemon.settings.accounts_csv import Entry, clashes, read
from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.policy import Account

FULL = """name,domains,contacts,telephones,timezone,language,days_past_due,disputed
Acme,acme.example;acme.test,boss@gmail.com,+1 303 555 0142;+49 30 901820,Europe/Berlin,de,25,true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.csv"


def entries(file: Path, content: str | bytes) -> list[Entry]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(file)


def problems(file: Path, content: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        entries(file, content)
    return [line.removeprefix(f"{file}:") for line in caught.value.problems]


def test_every_column_of_accounts_yaml_can_be_given(file: Path) -> None:
    assert entries(file, FULL) == [
        Entry(2, "Acme", {
            "domains": ("acme.example", "acme.test"),
            "contacts": ("boss@gmail.com",),
            "telephones": ("+13035550142", "+4930901820"),
            "timezone": ZoneInfo("Europe/Berlin"),
            "language": "de",
            "days_past_due": 25,
            "disputed": True,
        })
    ]  # fmt: skip


def test_a_column_that_is_left_out_says_nothing_and_an_empty_cell_is_nothing_owed(file: Path) -> None:
    assert entries(file, "days_past_due,name,domains,disputed\n,Acme,,\n") == [
        Entry(2, "Acme", {"days_past_due": 0, "domains": (), "disputed": False})
    ]


@pytest.mark.parametrize("content", [
    "name,days_past_due\nMüller & Co,3\n",
    "\ufeffname,days_past_due\r\nMüller & Co,3\r\n",
    "Name;Days_Past_Due\r\nMüller & Co;3\r\n",
    "name\tdays_past_due\nMüller & Co\t3",
    "\r\n\r\nname,days_past_due\r\n\r\n ,\r\n Müller & Co , 3 \r\n",
    '"name","days_past_due"\n"Müller & Co","3"\n',
    "name,days_past_due\rMüller & Co,3\r",
    "name;days_past_due\r\nMüller & Co;3\r\n".encode("cp1252"),
])  # fmt: skip
def test_what_spreadsheets_write_is_understood(file: Path, content: str | bytes) -> None:
    (entry,) = entries(file, content)
    assert (entry.name, entry.given) == ("Müller & Co", {"days_past_due": 3})


def test_line_breaks_within_quotes_are_part_of_a_cell_and_count_as_lines(file: Path) -> None:
    table = 'name,domains,days_past_due\nAcme,"acme.example;\nacme.test",1\nBeta,,x\n'
    assert problems(file, table) == ["4: days_past_due: 'x' is no whole number; write digits alone"]
    assert entries(file, table.replace("x\n", "2\n"))[0].given["domains"] == ("acme.example", "acme.test")


HEADER = "name,domains,contacts,telephones,timezone,language,days_past_due,disputed"


@pytest.mark.parametrize(("content", "told"), [
    ("", f"1: the first line has no column `name`; write one such as {HEADER}"),
    ("Acme,25\n", f"1: the first line has no column `name`; write one such as {HEADER}"),
    ("name,days\n", f"1: column 'days' is unknown; take it out, or write one of {HEADER}"),
    ("name,Domain\n", "1: column 'Domain' is unknown; write domains"),
    ("name,domains,name\n", "1: column name stands here twice; write it once"),
    ("name\n\x81\n".encode("latin-1"), "2: is neither UTF-8 nor Latin-1; save the table as CSV in UTF-8"),
    ("name\nAcme\n".encode("utf-16"), "1: is UTF-16 or no text; save the table as CSV in UTF-8"),
    ("name\nAc\0me\n", "2: is UTF-16 or no text; save the table as CSV in UTF-8"),
    ("name\nAc\x1bme\n", "2: name: this is empty or holds a control character; write one line of text"),
    ("name,domains\n,acme.example\n", "2: name: this is empty or holds a control character; write one line of text"),
    ('name\n"Ac\nme"\n', "2: name: this is empty or holds a control character; write one line of text"),
    ("name,days_past_due\nAcme,-1\n", "2: days_past_due: '-1' is too small; write at least 0"),
    ("name,days_past_due\nAcme,9e9\n", "2: days_past_due: '9e9' is no whole number; write digits alone"),
    ("name,days_past_due\nAcme,100001\n", "2: days_past_due: '100001' is too large; write at most 100000"),
    ("name,disputed\nAcme,maybe\n", "2: disputed: 'maybe' is neither; write true or false"),
    ("name,timezone\nAcme,Mars/X\n", "2: timezone: 'Mars/X' is no time zone; write an IANA name like America/New_York"),
    ("name,language\nAcme,English\n", "2: language: 'English' doesn't fit; write it like en"),
    ("name,contacts\nAcme,boss\n", "2: contacts.0: 'boss' is no mail address; write it like support@desk.example"),
    ("name,domains\nAcme,acme.example;@b\n",
     "2: domains.1: '@b' is no domain; write it like acme.example, without @ or *"),
    ("name,telephones\nAcme,303 555 0142\n",
     "2: telephones.0: '303 555 0142' is no telephone number; write it in quotes, like \"+1 303 555 0142\""),
    ("name\nAcme\nBeta\nACME\n", "4: 'ACME' stands here again, after line 2; write it once"),
    ("name,days_past_due\nAcme\n",
     '2: this row has 1 cells and the first line 2; write as many, with quotes around a cell that holds "," or ";"'),
    ('name,days_past_due\nAcme,1\n"Beta,2\nC,3\n', "3: a quote begins here and never ends; write the closing quote"),
    ('name\nAcme\n"Be"ta\n', '3: a quote stands within a cell; write "" for a quote within quotes'),
    (f"name\n{'x' * 200_000}\n",
     "2: a cell begins here that is longer than 131,072 characters; write the closing quote"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_to_write(file: Path, content: str | bytes, told: str) -> None:
    assert problems(file, content) == [told]


def test_all_problems_are_told_at_once(file: Path) -> None:
    table = "name,days_past_due,disputed\nAcme,x,maybe\nBeta,1,no\nGamma,-3,no\n"
    assert [line.partition(":")[0] for line in problems(file, table)] == ["2", "2", "4"]


def test_who_has_thousands_of_problems_is_shown_the_first(file: Path) -> None:
    told = problems(file, "name,days_past_due\n" + "".join(f"A{number},x\n" for number in range(1000)))
    assert (len(told), told[-1]) == (201, "... and 800 more")


def test_the_file_has_limits(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts_csv, "MOST_ROWS", 2)
    assert problems(file, "name\nA\nB\nC\n") == ["4: this is row 3; write at most 2 accounts a file"]
    monkeypatch.setattr(accounts_csv, "LARGEST", 1_000_000)
    assert problems(file, b"name\n" * 200_001) == ["1: is larger than 1 MB; write a shorter file"]


def acme(**fields: Any) -> Account:
    return Account(name="Acme", **fields)


def test_what_another_account_has_is_refused_on_the_line_that_claims_it() -> None:
    beta = Account(name="Beta", domains=("beta.example",), contacts=("x@acme.example",), telephones=("+13035550142",))
    after = [acme(domains=("beta.example", "own.example"), contacts=("x@acme.example",)), beta]
    after.append(Account(name="Gamma", telephones=("+13035550142",), domains=("own.example",)))
    found = clashes([Entry(2, "Acme", {}), Entry(5, "Gamma", {})], after, "a.csv", public_domains=())
    owned = "belongs to Beta already (see `mail-daemon accounts list`); write it for one of them"
    assert [str(problem) for problem in found] == [
        f"a.csv:2: 'beta.example' {owned}",
        f"a.csv:2: 'x@acme.example' {owned}",
        "a.csv:5: 'own.example' belongs to Acme already (line 2); write it for one of them",
        f"a.csv:5: '+13035550142' {owned}",
    ]


def test_a_public_mail_domain_is_nobodys() -> None:
    found = clashes([Entry(2, "Acme", {})], [acme(domains=("gmail.com",))], "a.csv", public_domains=["Gmail.com"])
    assert [str(problem) for problem in found] == [
        "a.csv:2: 'gmail.com' is a public mail domain, shared by strangers; write addresses under contacts"
    ]


QUIET = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CELLS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@QUIET
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_end_in_anything_but_rows_or_problems(file: Path, content: bytes) -> None:
    for raw in (content, b"name,domains,telephones,timezone\n" + content):
        try:
            assert all(entry.name for entry in entries(file, raw))
        except ConfigError as error:
            assert all(line.startswith(f"{file}:") for line in error.problems)


@QUIET
@given(st.lists(CELLS, min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_what_a_program_writes_comes_back_as_it_was(file: Path, names: list[str], delimiter: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("name", "domains"), *((f"n{number} {name}", "") for number, name in enumerate(names))])
    try:
        found = entries(file, written.getvalue())
    except ConfigError as error:
        assert all("holds a control character" in line for line in error.problems)
    else:
        assert [entry.name for entry in found] == [f"n{n} {name}".strip() for n, name in enumerate(names)]
