"""The customers' mails are of today, and those of the second round answer the letters that came."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest

from mail_daemon.demo.customers import Letter, Sample, first_round, second_round
from parsers.fingerprint import fingerprint

NOW = datetime(2031, 3, 4, 5, 6, 7, tzinfo=UTC)
LETTERS = {
    name: Letter(f"Re: about {name} [TPBX-1]", f"<answer-to-{name}@desk.example>")
    for name in ("03-screenshot", "04-password", "05-install")
}
ALL = [*first_round(now=NOW), *second_round(LETTERS, now=NOW)]


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_is_dated_now_in_its_own_zone(sample: Sample) -> None:
    date = parsedate_to_datetime(message_from_bytes(sample.raw)["Date"])
    assert date == NOW


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_travels_with_crlf_and_without_open_places(sample: Sample) -> None:
    assert sample.raw.count(b"\n") == sample.raw.count(b"\r\n")
    assert b" of the answer to " not in sample.raw


def test_zones_stay_the_customers_own() -> None:
    german = next(sample for sample in ALL if sample.name == "07-german")
    assert message_from_bytes(german.raw)["Date"].endswith("+0100")


def test_a_reply_names_the_letter_that_it_answers() -> None:
    reply = next(sample for sample in ALL if sample.name == "11-reply")
    message = message_from_bytes(reply.raw)
    assert message["In-Reply-To"] == "<answer-to-03-screenshot@desk.example>"
    assert message["Subject"] == "Re: about 03-screenshot [TPBX-1]"


def test_two_of_them_are_one_mail_that_came_by_two_servers() -> None:
    once, again = (sample.raw for sample in ALL if "twice" in sample.name)
    assert once != again
    assert fingerprint(once) == fingerprint(again)


def test_senders_are_read_for_people() -> None:
    assert {"Petra Lang", "Ortiz, Sam", "Jens Möller"} <= {sample.sender for sample in ALL}
