"""Screen: what is set aside, and who gets no automatic answer, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mail_daemon.domain.decisions import Screening
from mail_daemon.stages.screen import Gate, screen
from parsers.mail import Address, Mail
from tests.written import DESK, bounce, mail

OURS = "<signed@desk.example>"
GATE = Gate(
    ours={DESK, "help@desk.example"},
    refused_senders={"spam@shop.example", "casino.example"},
    is_ours=lambda message_id: message_id == OURS,
)


def screened(one: Mail, refused: str | None = None) -> Screening:
    return screen(one, GATE, refused=refused)


def test_a_persons_mail_is_filed_and_answered() -> None:
    assert screened(mail()) == Screening(quarantine=None, unanswerable=None, machine=False, own=False)


@pytest.mark.parametrize(
    ("sender", "fields", "why"),
    [
        ("cy@acme.example", {"sender_defect": "two From headers"}, "From has no usable address"),
        ("", {}, "From has no usable address"),
        ("ü@acme.example", {}, "no letter can be sent to the address in From"),
        (f"{'a' * 65}@acme.example", {}, "no letter can be sent to the address in From"),
        (DESK, {}, "From is an address of ours"),
        ("help@desk.example", {}, "From is an address of ours"),
        ("cy@acme.example", {"envelope_sender": ""}, "null envelope sender"),
        ("noreply@acme.example", {}, "the sender takes no mail"),
        ("do-not-reply@acme.example", {}, "the sender takes no mail"),
        ("mailer-daemon@acme.example", {}, "the sender takes no mail"),
        ("cy@acme.example", {"suppress": True}, "X-Auto-Response-Suppress"),
        ("cy@acme.example", {"automatic": "out-of-office"}, "out-of-office"),
        ("cy@acme.example", {"automatic": "list"}, "list"),
    ],
)
def test_nothing_is_answered_and_the_reason_is_kept(sender: str, fields: dict[str, Any], why: str) -> None:
    seen = screened(mail(sender, **fields))
    assert seen.unanswerable == why
    assert seen.quarantine is None


def test_a_delivery_report_is_filed_as_a_machines_mail_and_not_answered() -> None:
    seen = screened(bounce(OURS))
    assert (seen.unanswerable, seen.machine, seen.quarantine) == ("delivery report", True, None)


@pytest.mark.parametrize("kind", ["auto-reply", "out-of-office", "list", "bulk", "read-receipt", "null-sender"])
def test_an_automatic_mail_is_a_machines(kind: str) -> None:
    assert screened(mail(automatic=kind)).machine


def test_a_request_not_to_answer_alone_makes_no_machine_of_a_person() -> None:
    assert not screened(mail(suppress=True)).machine


def test_a_person_called_like_a_machine_in_part_is_answered() -> None:
    assert screened(mail("noreply.miller@acme.example")).unanswerable is None


def test_our_own_letter_come_back_is_set_aside() -> None:
    seen = screened(mail(message_id=OURS))
    assert seen.own
    assert seen.quarantine == "a letter of our own came back"


def test_an_automatic_mail_from_our_own_address_is_set_aside() -> None:
    assert screened(mail(DESK, automatic="auto-reply")).own


def test_a_person_who_writes_from_our_own_address_is_filed() -> None:
    seen = screened(mail(DESK))
    assert not seen.own
    assert seen.quarantine is None


@pytest.mark.parametrize("sender", ["spam@shop.example", "anyone@casino.example"])
def test_refused_addresses_and_domains_are_set_aside(sender: str) -> None:
    assert screened(mail(sender)).quarantine == f"refused sender {sender}"


@pytest.mark.parametrize("sender", ["other@shop.example", "casino.example@shop.example", "x@sub.casino.example"])
def test_others_are_not(sender: str) -> None:
    assert screened(mail(sender)).quarantine is None


def test_a_mail_that_was_too_large_is_set_aside_and_may_be_answered() -> None:
    seen = screened(mail(), refused="60 MB, the limit is 50 MB")
    assert seen.quarantine == "too large: 60 MB, the limit is 50 MB"
    assert seen.unanswerable is None


def test_a_mail_without_an_address_is_no_refused_sender() -> None:
    assert screened(replace(mail(), sender=Address("", ""))).quarantine is None
