"""A ticket keeps who takes part, what was said and why, and is found again by what mails name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.domain.priority import Reason
from mail_daemon.store.rows import Clock, Link, NewClock, NewEvent, Participant
from mail_daemon.store.store import Store
from parsers.mail import Attachment
from tests.stored import MINUTE, NOW, claim, letter, mail, message, open_ticket, ticket

CY = Participant("cy@acme.example", "Cy", "requester", True)
DEE = Participant("dee@acme.example", "Dee", "cc", True)
PICTURE = Attachment(
    "error.png",
    "image/png",
    5,
    "0" * 64,
    "screenshot",
    True,
    "<p1>",
    2,
    "Registration failed",
    {"error": ["408"]},
)


def test_tickets_are_numbered_from_1001(store: Store) -> None:
    assert [open_ticket(store), open_ticket(store)] == [1001, 1002]


def test_a_ticket_comes_back_as_it_was_opened(store: Store) -> None:
    reasons = (Reason("one-way-audio", "can't hear", "body"), Reason("scope-site", "whole office", "subject"))
    number = open_ticket(
        store,
        priority=2,
        reasons=reasons,
        account="Acme",
        zone="Europe/Berlin",
        proven=True,
        thread_index="ab",
    )
    with store.read() as work:
        opened = work.tickets.get(number)
        assert work.tickets.get(7) is None
    assert opened is not None
    assert (opened.subject, opened.status, opened.category) == ("No dial tone", "new", "trouble")
    assert (opened.priority, opened.highest_priority, opened.reasons) == (2, 2, reasons)
    assert (opened.account, opened.zone, opened.proven, opened.overdue) == (
        "Acme",
        "Europe/Berlin",
        True,
        False,
    )
    assert (opened.opened, opened.changed, opened.resolved) == (NOW, NOW, None)


def test_a_change_touches_only_what_it_names(store: Store) -> None:
    first, second = open_ticket(store), open_ticket(store)
    why = (Reason("all-phones", "everyone", "body"),)
    with store.begin() as work:
        work.tickets.change(first, status="open", priority=1, highest_priority=1, reasons=why, next_due=NOW)
    with store.read() as work:
        changed, other = work.tickets.get(first), work.tickets.get(second)
    assert changed is not None
    assert (changed.status, changed.priority, changed.reasons, changed.next_due) == ("open", 1, why, NOW)
    assert changed.subject == "No dial tone"
    assert other is not None
    assert (other.status, other.priority) == ("new", 3)


def test_a_ticket_is_found_by_every_message_id_of_its_thread(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.tickets.add_message(message(number, message_ids={"<a@x>": "received", "<b@x>": "observed"}))
        work.tickets.remember_ids(number, ["<c@desk>", "<a@x>"], "sent")
    with store.read() as work:
        found = work.tickets.by_message_ids(["<x@x>", "<a@x>", "<b@x>", "<c@desk>"])
        assert found == {"<a@x>": number, "<b@x>": number, "<c@desk>": number}
        assert work.tickets.by_message_ids([]) == {}


def test_a_message_id_used_again_still_names_its_first_ticket(store: Store) -> None:
    first, copycat = open_ticket(store), open_ticket(store)
    with store.begin() as work:
        work.tickets.remember_ids(copycat, ["<a@x>"], "received")
        work.tickets.remember_ids(first, ["<a@x>"], "received")
        assert work.tickets.by_message_ids(["<a@x>"]) == {"<a@x>": first}


def test_a_message_id_of_any_length_does_no_harm(store: Store) -> None:
    number = open_ticket(store)
    endless = "<" + "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(50_000)) + "@x>"
    with store.begin() as work:
        work.tickets.remember_ids(number, [endless, "<a@x>"], "received")
        assert work.tickets.by_message_ids([endless, "<a@x>"]) == {"<a@x>": number}


def test_a_ticket_is_found_by_outlooks_conversation(store: Store) -> None:
    first, second, _ = (open_ticket(store, thread_index=index) for index in ("ab" * 22, "ab" * 22, None))
    with store.read() as work:
        assert work.tickets.by_thread_index("ab" * 22) == [first, second]
        assert work.tickets.by_thread_index("cd") == []


def test_who_takes_part_stays_as_he_first_came_until_changed(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.tickets.add_participants(number, [CY])
        work.tickets.add_participants(number, [Participant(CY.address, "C.", "cc", False), DEE])
        assert work.tickets.participants(number) == {CY.address: CY, DEE.address: DEE}
        work.tickets.change_participant(number, DEE.address, role="colleague", copies=False)
        assert work.tickets.participants(number)[DEE.address] == Participant(DEE.address, "Dee", "colleague", False)
        assert work.tickets.participants(number + 1) == {}


def test_what_was_said_keeps_its_attachments(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.inbound.add([mail()], now=NOW)
    (claimed,) = claim(store)
    with store.begin() as work:
        first = work.tickets.add_message(
            message(number, quoted="> hello", attachments=(PICTURE,), inbound_id=claimed.id)
        )
        second = work.tickets.add_message(message(number, direction="note", visibility="internal"))
    with store.read() as work:
        said = work.tickets.messages(number)
        (kept,) = work.tickets.attachments(number)
    assert [(one.id, one.direction, one.visibility, one.inbound_id) for one in said] == [
        (first, "in", "public", claimed.id),
        (second, "note", "internal", None),
    ]
    assert (said[0].author, said[0].at, said[0].quoted) == ("cy@acme.example", NOW, "> hello")
    assert (kept.message_id, kept.name, kept.kind, kept.inline) == (first, "error.png", "screenshot", True)
    assert (kept.content_id, kept.position, kept.facts) == ("<p1>", 2, {"error": ["408"]})


def test_what_happened_is_told_in_order(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        (posted,) = work.outbox.add([letter(ticket_id=number)])
        work.tickets.add_events(
            [
                NewEvent(number, NOW, "cy@acme.example", "opened", {"priority": 3}),
                NewEvent(number, NOW, "desk", "acknowledged", outbox_id=posted),
            ]
        )
        work.tickets.add_events([])
    with store.read() as work:
        told = work.tickets.events(number)
    assert [(event.what, event.actor, dict(event.detail), event.outbox_id) for event in told] == [
        ("opened", "cy@acme.example", {"priority": 3}, None),
        ("acknowledged", "desk", {}, posted),
    ]


def test_a_link_shows_on_both_tickets_once(store: Store) -> None:
    first, second = open_ticket(store), open_ticket(store)
    with store.begin() as work:
        work.tickets.link(second, first, "follow-up of")
        work.tickets.link(second, first, "follow-up of")
    with store.read() as work:
        assert work.tickets.links(first) == work.tickets.links(second) == [Link(second, first, "follow-up of")]


def test_tickets_are_listed_by_number_and_state(store: Store) -> None:
    numbers = [open_ticket(store, status=status) for status in ("new", "closed", "open")]
    with store.read() as work:
        assert [row.id for row in work.tickets.list()] == numbers
        assert [row.id for row in work.tickets.list(statuses=["new", "open"])] == [numbers[0], numbers[2]]
        assert [row.id for row in work.tickets.list(after=numbers[0], limit=1)] == [numbers[1]]


def test_text_that_no_database_can_hold_is_kept_as_far_as_it_can(store: Store) -> None:
    number = open_ticket(store, subject="a\0b \ud83d c", requester_name="Zoë 😀")
    with store.begin() as work:
        work.tickets.add_message(message(number, text="\0\udfff"))
        work.tickets.add_events([NewEvent(number, NOW, "x", "read", {"text": "\0\ud800"})])
        kept = work.tickets.get(number)
    assert kept is not None
    assert (kept.subject, kept.requester_name) == ("ab ? c", "Zoë 😀")


def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="naive"), store.begin() as work:
        work.tickets.open(ticket(opened=NOW.replace(tzinfo=None)))


def test_clocks_are_looked_at_when_due_and_left_in_peace_after(store: Store) -> None:
    first, second = open_ticket(store), open_ticket(store)
    soon, later = NOW + MINUTE, NOW + timedelta(hours=1)
    with store.begin() as work:
        work.clocks.start([NewClock(first, "resolution", NOW, later, later)])
        work.clocks.start([NewClock(second, "response", NOW, soon, soon), NewClock(second, "x", NOW, None, None)])
        work.clocks.start([])
        response, _ = work.clocks.of(second)
    assert response == Clock(response.id, second, "response", "running", NOW, soon, None, None, soon)
    with store.begin() as work:
        assert work.clocks.due_tickets(NOW, 10) == []
        assert work.clocks.due_tickets(soon, 10) == [second]
        assert work.clocks.due_tickets(later, 10) == [second, first]
        assert work.clocks.due_tickets(later, 1) == [second]
        work.clocks.change(response.id, state="met", stopped_at=soon, next_at=None)
    with store.read() as work:
        assert work.clocks.due_tickets(later, 10) == [first]
        assert [clock.state for clock in work.clocks.of(second)] == ["met", "running"]


def test_a_ticket_with_several_clocks_due_is_named_once(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.clocks.start([NewClock(number, kind, NOW, NOW, NOW) for kind in ("response", "resolution")])
        assert work.clocks.due_tickets(NOW, 10) == [number]


def test_clocks_that_are_put_off_come_back_with_their_steps(store: Store) -> None:
    number, until = open_ticket(store), NOW + timedelta(minutes=5)
    with store.begin() as work:
        work.clocks.start(
            [NewClock(number, "response", NOW, until, NOW, step=1), NewClock(number, "x", NOW, until, until)]
        )
        work.clocks.postpone(number, now=NOW, until=until)
        assert work.clocks.due_tickets(NOW, 10) == []
        assert [(clock.next_at, clock.step) for clock in work.clocks.of(number)] == [(until, 1), (until, 0)]


def test_what_customers_wrote_last_is_answered(store: Store) -> None:
    number = open_ticket(store)
    people = {"cy@acme.example": "requester", "dee@acme.example": "colleague", "eve@evil.example": "stranger"}
    with store.begin() as work:
        work.tickets.add_participants(number, [Participant(each, "", role, True) for each, role in people.items()])
        for count, (author, visibility) in enumerate(
            [(each, "public") for each in people] + [("ann@desk.example", "internal"), ("cy@acme.example", "public")]
        ):
            work.tickets.add_message(
                message(
                    number, author=author, visibility=visibility, message_id=f"<{count}@x>", at=NOW + count * MINUTE
                )
            )
        work.tickets.add_message(message(number, message_id=None))
    with store.read() as work:
        assert work.tickets.heard(number, 10) == [
            (NOW, "<0@x>"), (NOW + MINUTE, "<1@x>"), (NOW + 4 * MINUTE, "<4@x>")
        ]  # fmt: skip
        assert work.tickets.heard(number, 1) == [(NOW + 4 * MINUTE, "<4@x>")]


def test_a_thread_index_that_anybody_copies_finds_its_first_tickets_only(store: Store) -> None:
    numbers = [open_ticket(store, thread_index="ab" * 22) for _ in range(30)]
    with store.read() as work:
        assert work.tickets.by_thread_index("ab" * 22) == numbers[:10]


def test_a_rehearsal_shows_the_next_number_and_draws_none(store: Store) -> None:
    for first in (1001, 1002):
        with store.begin() as work:
            work.rehearse()
            assert work.tickets.open(ticket()) == first
            work.rollback()
        assert open_ticket(store) == first


def test_a_caller_is_found_in_the_newest_ticket_that_goes_on(store: Store) -> None:
    first, second, ended = (open_ticket(store, telephone="+13035550142") for _ in range(3))
    open_ticket(store, telephone="+13035550143")
    open_ticket(store)
    with store.begin() as work:
        work.tickets.change(ended, status="resolved")
        assert work.tickets.of_caller("+13035550142") == second
        work.tickets.change(second, status="closed")
        assert work.tickets.of_caller("+13035550142") == first
        assert work.tickets.of_caller("+13035550199") is None


# --- merged, split, due -----------------------------------------------------------------------------------


def test_a_merged_ticket_leads_to_the_one_that_goes_on_however_far(store: Store) -> None:
    first, second, third = open_ticket(store), open_ticket(store), open_ticket(store)
    with store.begin() as work:
        work.tickets.change(first, merged_into=second)
        work.tickets.change(second, merged_into=third)
    with store.read() as work:
        assert [found.id for number in (first, second, third) if (found := work.tickets.current(number))] == 3 * [third]
        assert work.tickets.current(4711) is None


def test_a_message_that_moves_takes_its_attachments_and_its_answers_along(store: Store) -> None:
    old, new = open_ticket(store), open_ticket(store)
    with store.begin() as work:
        work.tickets.add_message(message(old, message_id="<1@x>", message_ids={"<1@x>": "received"}))
        said = {"message_id": "<2@x>", "message_ids": {"<2@x>": "received", "<0@x>": "observed"}}
        work.tickets.add_message(message(old, attachments=(PICTURE,), **said))
        work.tickets.move_message(work.tickets.messages(old)[1], new)
    with store.read() as work:
        assert [len(work.tickets.messages(number)) for number in (old, new)] == [1, 1]
        assert [each.name for each in work.tickets.attachments(new)] == ["error.png"]
        assert work.tickets.by_message_ids(["<0@x>", "<1@x>", "<2@x>"]) == {"<0@x>": old, "<1@x>": old, "<2@x>": new}


def test_what_is_due_is_found_in_order(store: Store) -> None:
    late, soon, later = (open_ticket(store, next_due=NOW + minutes * MINUTE) for minutes in (-1, 5, 60))
    open_ticket(store)
    with store.read() as work:
        assert [each.id for each in work.tickets.due(None, NOW, 10)] == [late]
        assert [each.id for each in work.tickets.due(NOW, NOW + 61 * MINUTE, 10)] == [soon, later]
        assert [each.id for each in work.tickets.due(None, NOW + 61 * MINUTE, 2)] == [late, soon]


def test_what_was_said_last_comes_newest_first(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        for text in ("one", "two", "three"):
            work.tickets.add_message(message(number, text=text))
        assert [each.text for each in work.tickets.last_messages(number, 2)] == ["three", "two"]
