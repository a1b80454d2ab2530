"""Reports: what is billed, how promises were kept, and files that a spreadsheet can open safely."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.changes.time import log_time
from mail_daemon.cli.csv_file import write_csv
from mail_daemon.cli.report_sla import percent
from mail_daemon.domain.by import By
from tests.commands import Done, Shell
from tests.office import DAY, HOUR, Office, utc
from tests.written import CUSTOMER, STRANGER, mail

LINE = {
    "account", "requester", "ticket", "date", "agent", "kind", "minutes", "billed_hours", "rate", "currency",
    "amount", "to_review", "state", "note", "work",
}  # fmt: skip
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]  # noqa: RUF001


def opened(office: Office, sender: str = CUSTOMER, at: datetime | None = None, **columns: Any) -> int:
    office.now = at or office.now
    number = len(office.tickets()) + 1
    return office.open(mail(sender, message_id=f"<{number}@acme.example>"), **columns)


def log(office: Office, number: int, minutes: int, kind: str, *, at: datetime | None = None, text: str = "x") -> None:
    with office.store.begin() as work:
        ticket = work.tickets.get(number, lock=True)
        assert ticket is not None
        log_time(work, office.desk, ticket, minutes=minutes, kind=kind, text=text, by=By("ann", at or office.now))


def table(done: Done) -> list[dict[str, str]]:
    assert done.code == 0
    return list(csv.DictReader(io.StringIO(done.out, newline="")))


# --- billing ----------------------------------------------------------------------------------------------


def test_a_line_has_all_that_an_invoice_needs(office: Office, shell: Shell) -> None:
    number = opened(office, billable="priority handling")
    log(office, number, 61, "install", text="Set up 20 phones")
    told = shell("report", "billing", "--json").json
    (line,) = told["lines"]
    assert set(line) == LINE
    assert line == {
        "account": "Acme",
        "requester": CUSTOMER,
        "ticket": "TPBX-1001",
        "date": "2026-11-25",
        "agent": "ann",
        "kind": "install",
        "minutes": 61,
        "billed_hours": "1.50",
        "rate": "125.00",
        "currency": "USD",
        "amount": "187.50",
        "to_review": None,
        "state": "billed",
        "note": "priority handling",
        "work": "Set up 20 phones",
    }
    assert told["total"] == {"billed_hours": "1.50", "amount": "187.50", "to_review": "0.00"}
    assert (told["currency"], told["timezone"]) == ("USD", "America/New_York")


def test_an_outage_whose_cause_is_open_is_listed_without_an_amount(office: Office, shell: Shell) -> None:
    for fault in (None, "customer", "provider"):
        log(office, opened(office, cause_review=True, fault=fault), 30, "emergency")
    told = shell("report", "billing", "--json").json
    assert [(line["state"], line["amount"], line["to_review"]) for line in told["lines"]] == [
        ("open", None, "125.00"),
        ("billed", "125.00", None),
        ("free", "0.00", None),
    ]
    assert told["total"] == {"billed_hours": "1.00", "amount": "125.00", "to_review": "125.00"}
    shown = " ".join(shell("report", "billing").out.split())
    assert "to be reviewed: whose fault it was" in shown


def test_accounts_come_in_order_with_their_totals_and_those_without_one_last(office: Office, shell: Shell) -> None:
    for sender, account in ((STRANGER, None), (CUSTOMER, "beta"), (CUSTOMER, "Acme"), (CUSTOMER, "beta")):
        log(office, opened(office, sender, account=account), 30, "professional")
    told = shell("report", "billing", "--json").json
    assert [(each["account"], each["amount"]) for each in told["accounts"]] == [
        ("Acme", "62.50"),
        ("beta", "125.00"),
        (None, "62.50"),
    ]
    assert sum(Decimal(each["amount"]) for each in told["accounts"]) == Decimal(told["total"]["amount"])
    shown = shell("report", "billing").out
    assert shown.index("Acme") < shown.index("beta") < shown.index("(no account)")


def test_the_days_are_those_of_the_desk_and_both_ends_count(office: Office, shell: Shell) -> None:
    """01:30 UTC on the 26th is still the 25th in New York."""
    number = opened(office)
    for at in (utc(2026, 11, 25, 4, 59), utc(2026, 11, 25, 5), utc(2026, 11, 26, 1, 30), utc(2026, 11, 26, 5)):
        log(office, number, 30, "professional", at=at)
    chosen = shell("report", "billing", "--from", "2026-11-25", "--to", "2026-11-25", "--json").json
    assert [line["date"] for line in chosen["lines"]] == ["2026-11-25", "2026-11-25"]
    assert len(shell("report", "billing", "--from", "2026-11-25", "--json").json["lines"]) == 3
    assert len(shell("report", "billing", "--to", "2026-11-24", "--json").json["lines"]) == 1


def test_months_reported_apart_bill_no_minimum_twice(office: Office, shell: Shell) -> None:
    number = opened(office, billable="tonight")
    log(office, number, 20, "install", at=utc(2026, 11, 30, 18))
    log(office, number, 20, "install", at=utc(2026, 12, 1, 18))
    log(office, number, 30, "install", at=utc(2026, 12, 2, 18))
    november = shell("report", "billing", "--to", "2026-11-30", "--json").json
    december = shell("report", "billing", "--from", "2026-12-01", "--json").json
    assert november["total"]["amount"] == "125.00"
    assert [line["amount"] for line in december["lines"]] == ["0.00", "62.50"]


def test_one_account_alone(office: Office, shell: Shell) -> None:
    log(office, opened(office), 30, "professional")
    log(office, opened(office, STRANGER), 30, "professional")
    told = shell("report", "billing", "--account", "Acme", "--json").json
    assert [line["account"] for line in told["lines"]] == ["Acme"]
    wrong = shell("report", "billing", "--account", "acme")
    assert (wrong.code, wrong.out) == (1, "")
    assert "no ticket is of the account 'acme'" in wrong.err


def test_csv_can_be_read_back_and_begins_no_formula(office: Office, shell: Shell) -> None:
    number = opened(office, billable="tonight")
    log(office, number, 90, "install", text='=HYPERLINK("http://evil.example","x"), and "more"')
    log(office, number, -30, "install", text="+1 typed twice")
    first, second = table(shell("report", "billing", "--csv", "-"))
    assert set(first) == LINE
    assert first["work"] == '\'=HYPERLINK("http://evil.example","x"), and "more"'
    assert second["work"] == "'+1 typed twice"
    assert (first["amount"], second["minutes"], second["amount"]) == ("187.50", "-30", "-62.50")


def test_a_csv_file_is_written_with_the_lines_of_rfc_4180(office: Office, shell: Shell) -> None:
    log(office, opened(office), 30, "professional", text="a, b")
    target = shell.folder / "bill.csv"
    done = shell("report", "billing", "--csv", target)
    assert (done.code, done.out) == (0, f"wrote {target}\n")
    lines = target.read_bytes().split(b"\r\n")
    assert len(lines) == 3
    assert lines[2] == b""
    assert b'"a, b"' in lines[1]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_words_can_be_a_formula(tmp_path: Path, cell: str) -> None:
    target = tmp_path / "x.csv"
    write_csv(str(target), ["a", "b"], [[cell, -1]])
    with target.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1] == [f"'{cell}", "-1"]


# --- sla --------------------------------------------------------------------------------------------------


def answered(office: Office, number: int, after: timedelta) -> None:
    """The response clock of the ticket, as an answer has stopped it."""
    with office.store.begin() as work:
        clock = work.clocks.of(number)[0]
        work.clocks.change(clock.id, state="met", stopped_at=clock.started + after, next_at=None)


def test_promises_are_counted_by_priority_account_and_month(office: Office, shell: Shell) -> None:
    answered(office, opened(office), 7 * HOUR)
    answered(office, opened(office, at=utc(2026, 12, 1, 4, 59)), 9 * HOUR)  # still November in New York
    answered(office, opened(office, STRANGER, at=utc(2026, 12, 1, 5)), HOUR)
    told = shell("report", "sla", "--json").json
    response = {"met": 2, "broken": 1, "open": 0, "ended": 0, "undue": 0, "met_percent": 66.6}
    assert told["total"]["response"] == response
    assert [(each["priority"], each["tickets"]) for each in told["by"]["priority"]] == [(4, 3)]
    assert [(each["account"], each["response"]["met"]) for each in told["by"]["account"]] == [("Acme", 1), (None, 1)]
    assert [(each["month"], each["response"]["met"]) for each in told["by"]["month"]] == [
        ("2026-11", 1),
        ("2026-12", 1),
    ]


def test_outages_are_resolved_as_soon_as_possible_and_owe_an_rfo(office: Office, shell: Shell) -> None:
    office.open(mail(text="Everything is down."))
    (group,) = shell("report", "sla", "--by", "priority", "--json").json["by"]["priority"]
    assert group["priority"] == 1
    assert group["resolution"]["undue"] == 1
    assert group["rfo"]["open"] + group["rfo"]["broken"] == 1


def test_only_the_days_account_and_groups_asked_for(office: Office, shell: Shell) -> None:
    for day in range(3):
        opened(office, at=office.now + day * DAY)
    opened(office, STRANGER)
    told = shell("report", "sla", "--from", "2026-11-26", "--account", "Acme", "--by", "month", "--json").json
    assert list(told["by"]) == ["month"]
    assert told["total"]["tickets"] == 2
    assert shell("report", "sla", "--account", "Nobody").code == 1


def test_sla_as_csv_and_as_tables(office: Office, shell: Shell) -> None:
    answered(office, opened(office, account="=cmd"), HOUR)
    rows = table(shell("report", "sla", "--csv", "-"))
    assert [(row["by"], row["group"]) for row in rows] == [
        ("priority", "4"),
        ("account", "'=cmd"),
        ("month", "2026-11"),
    ]
    assert (rows[0]["tickets"], rows[0]["response_met"], rows[0]["response_met_percent"]) == ("1", "1", "100.0")
    assert (rows[0]["rfo_met"], rows[0]["rfo_met_percent"]) == ("0", "")
    shown = shell("report", "sla").out
    assert "2026-11" in shown
    assert "100.0" in shown
    assert "rfo" not in shown  # no such promise was made


def test_a_desk_without_tickets_has_reports_without_lines(office: Office, shell: Shell) -> None:
    assert shell("report", "billing", "--json").json["lines"] == []
    assert shell("report", "sla", "--json").json["by"] == {"priority": [], "account": [], "month": []}
    assert shell("report", "billing").out == "nothing was put down\n"
    assert shell("report", "sla").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["billing", "--from", "yesterday"], "'yesterday' is no day; write it like 2026-11-01"),
        (["sla", "--from", "2026-12-02", "--to", "2026-12-01"], "2026-12-02 is after 2026-12-01"),
        (["sla", "--by", "agent"], "no report by 'agent'; write one of priority, account, month"),
        (["billing", "--csv", "-", "--json"], "write one of them"),
    ],
)
def test_what_can_not_be_reported_says_what_to_write(
    office: Office, shell: Shell, arguments: list[str], said: str
) -> None:
    done = shell("report", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("met", "broken", "share"), [(0, 0, None), (1, 0, 100.0), (999, 1, 99.9), (9999, 1, 99.9), (0, 3, 0.0)]
)
def test_a_hundred_percent_is_all_of_them(met: int, broken: int, share: float | None) -> None:
    assert percent(met, broken) == share
