"""Planned maintenance: who is told what, in which thread, and what a repeated announcement does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mail_daemon.changes import maintenance
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.maintenance import Round
from tests import stored
from tests.office import DAY, HOUR, NOW, Office, read
from tests.unit.mail_daemon.changes.announced import (
    ACME,
    BETA,
    MOVED,
    SAID,
    announce,
    do,
    employ,
    entry,
    mails,
    row,
    text,
)

# --- who is told --------------------------------------------------------------------------------------------


def test_each_contact_gets_a_mail_of_his_own(house: Office) -> None:
    assert announce(house) == [
        ("dana@acme.example", "announced"),
        ("noc@acme.example", "announced"),
        ("hans@beta.example", "announced"),
    ]
    assert [letter.recipients for letter in house.letters()] == [
        ("dana@acme.example",),
        ("noc@acme.example",),
        ("hans@beta.example",),
    ]
    for letter in house.letters():
        whole = house.content(letter).decode()
        others = {"dana@acme.example", "noc@acme.example", "hans@beta.example"} - set(letter.recipients)
        assert not [other for other in others if other in whole]
        message = read(house, letter)
        bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        assert not [other for other in others if other in "\n".join(map(str, bodies)) + str(entry(message)[1])]


def test_only_the_named_accounts_are_told(house: Office) -> None:
    assert announce(house, replace(SAID, accounts=("Beta",))) == [("hans@beta.example", "announced")]


def test_without_contacts_the_latest_proven_requesters_are_told(house: Office) -> None:
    for requester, proven, age in (
        ("a@gamma.example", True, 1),
        ("forged@gamma.example", False, 2),
        ("old@gamma.example", True, 400),
        ("ann@desk.example", True, 3),
        ("b@gamma.example", True, 4),
    ):
        fields = {"requester": requester, "proven": proven, "opened": NOW - age * DAY, "account": "Gamma"}
        stored.open_ticket(house.store, **fields)
    said = replace(SAID, accounts=("Gamma",))
    assert announce(house, said) == [("b@gamma.example", "announced"), ("a@gamma.example", "announced")]
    # Whoever was told hears of the change, though others have written since.
    for number in range(12):
        fields = {"requester": f"{number}@gamma.example", "proven": True, "account": "Gamma"}
        stored.open_ticket(house.store, **fields)
    told = dict(announce(house, replace(said, service="Calls")))
    assert (told["a@gamma.example"], told["b@gamma.example"], told["11@gamma.example"]) == (
        "updated",
        "updated",
        "announced",
    )
    assert len(told) == 12


def test_accounts_with_nobody_are_named(house: Office) -> None:
    assert do(house, maintenance.announce, SAID).nobody == ["Gamma"]


# --- the letter ---------------------------------------------------------------------------------------------


def test_each_reads_it_in_the_language_and_by_the_clock_of_the_account(house: Office) -> None:
    announce(house)
    (english,), (german,) = mails(house, "dana@acme.example"), mails(house, "hans@beta.example")
    assert english["Subject"] == "Planned maintenance: Outbound calls"
    assert "Thursday 26 November 2026, 07:32 MST" in text(english)
    assert "We replace a router. That is all." in text(english)
    assert german["Subject"] == "Geplante Wartung: Outbound calls"
    assert "Donnerstag, 26. November 2026, 15:32 CET" in text(german)
    assert "Wir ersetzen einen Router." in text(german)


def test_an_upgrade_says_that_it_costs_nothing(house: Office) -> None:
    announce(house)
    announce(house, replace(SAID, key="sbc-2", upgrade=True))
    plain, upgrade = mails(house, "dana@acme.example")
    assert "The new version costs you nothing" not in text(plain)
    assert "The new version costs you nothing" in text(upgrade)


def test_the_invitation_names_its_reader_and_account(house: Office) -> None:
    announce(house)
    method, event = entry(mails(house, "dana@acme.example")[0])
    assert (method, event["sequence"], str(event["attendee"])) == ("REQUEST", 0, "mailto:dana@acme.example")
    assert str(event["x-maintnote-account"]) == "Acme"
    assert event.decoded("dtstart") == SAID.starts
    assert str(event["summary"]) == "Planned maintenance: Outbound calls"


def test_a_desk_may_leave_calendars_alone(house: Office) -> None:
    rules = house.desk.policy.maintenance.model_copy(update={"invitations": False})
    house.desk = replace(house.desk, policy=house.desk.policy.model_copy(update={"maintenance": rules}))
    announce(house)
    method, event = entry(mails(house, "dana@acme.example")[0])
    assert (method, event.get("attendee")) == (None, None)


# --- what follows -------------------------------------------------------------------------------------------


def test_the_same_again_sends_nothing(house: Office) -> None:
    announce(house)
    before = row(house)
    due = do(house, maintenance.announce, SAID)
    assert (due.posts, due.changed, row(house)) == ([], False, before)
    assert len(house.letters()) == 3


def test_the_same_again_reaches_contacts_that_are_new(house: Office) -> None:
    announce(house)
    employ(house, ACME.model_copy(update={"contacts": (*ACME.contacts, "new@acme.example")}), BETA)
    assert announce(house) == [("new@acme.example", "announced")]
    assert row(house).sequence == 0


def test_a_change_follows_in_each_readers_thread(house: Office) -> None:
    announce(house)
    house.now += HOUR
    assert set(announce(house, MOVED)) == {
        ("dana@acme.example", "updated"),
        ("noc@acme.example", "updated"),
        ("hans@beta.example", "updated"),
    }
    house.now += HOUR
    do(house, maintenance.cancel, "sbc-1", "The vendor could not deliver.")
    first, second, third = mails(house, "dana@acme.example")
    assert [message["Subject"] for message in (second, third)] == ["Re: Planned maintenance: Outbound calls"] * 2
    assert (first["In-Reply-To"], second["In-Reply-To"], third["In-Reply-To"]) == (
        None,
        first["Message-ID"],
        second["Message-ID"],
    )
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert "Friday 27 November 2026, 07:32 MST (before: Thursday 26 November 2026, 07:32 MST)" in text(second)
    assert "is cancelled. Everything stays as it is. The vendor could not deliver." in text(third)
    events = [entry(message) for message in (first, second, third)]
    assert [(method, event["sequence"]) for method, event in events] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert len({str(event["uid"]) for _, event in events}) == 1


def test_who_is_no_longer_concerned_is_told_so_once(house: Office) -> None:
    announce(house)
    assert announce(house, replace(SAID, accounts=("Acme",)))[-1] == ("hans@beta.example", "dropped")
    method, event = entry(mails(house, "hans@beta.example")[-1])
    assert (method, str(event["x-maintnote-status"])) == ("CANCEL", "CANCELLED")
    assert ("hans@beta.example", "cancelled") not in [
        (post.reader, post.news) for post in do(house, maintenance.cancel, "sbc-1", "").posts
    ]


def test_who_is_concerned_again_is_told_anew_in_the_thread(house: Office) -> None:
    announce(house)
    announce(house, replace(SAID, accounts=("Acme",)))
    assert ("hans@beta.example", "announced") in announce(house, SAID)
    *_, dropped, again = mails(house, "hans@beta.example")
    assert again["In-Reply-To"] == dropped["Message-ID"]


def test_a_contact_who_was_replaced_hears_no_more(house: Office) -> None:
    announce(house)
    employ(house, ACME.model_copy(update={"contacts": ("noc@acme.example",)}), BETA)
    assert [post.reader for post in do(house, maintenance.cancel, "sbc-1", "").posts] == [
        "noc@acme.example",
        "hans@beta.example",
    ]


def test_completion_ends_it_and_enters_nothing_in_calendars(house: Office) -> None:
    announce(house)
    with pytest.raises(ChangeError, match="has not begun; if it will not take place: mail-daemon maintenance cancel"):
        do(house, maintenance.complete, "sbc-1", "")
    house.now = SAID.ends
    do(house, maintenance.complete, "sbc-1", "")
    last = mails(house, "dana@acme.example")[-1]
    assert "is completed, and the service works as usual again" in text(last)
    method, event = entry(last)
    assert (method, str(event["x-maintnote-status"]), event["sequence"]) == (None, "COMPLETED", 1)
    assert row(house).status == "completed"


@pytest.mark.parametrize("verb", [maintenance.cancel, maintenance.complete])
def test_what_nobody_announced_can_t_end(house: Office, verb: Callable[..., Round]) -> None:
    with pytest.raises(ChangeError, match="no maintenance 'sbc-1' was announced"):
        do(house, verb, "sbc-1", "")


def test_what_has_ended_stays_so(house: Office) -> None:
    announce(house)
    do(house, maintenance.cancel, "sbc-1", "")
    for verb, given in ((maintenance.cancel, ("sbc-1", "")), (maintenance.announce, (MOVED,))):
        with pytest.raises(ChangeError, match="sbc-1 was cancelled already"):
            do(house, verb, *given)
