"""The deliverer: each letter once, its answer committed before the next, and nothing counted that was not tried."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest

from mail_daemon.deliverer import Deliverer
from mail_daemon.store.errors import StoreDown
from mail_daemon.store.rows import Posted
from responders.smtp import Deferred, Refused, Relay, Unreachable
from tests import stored
from tests.fakes import FailingStore, FakeRelay
from tests.office import DAY, HOUR, Office, desk, words
from tests.written import ANN, BOB, CUSTOMER

ROOT = "root@desk.example"


class Bench:
    """A deliverer with what it works on; `office.now` is its clock."""

    def __init__(self, folder: Path) -> None:
        self.store = FailingStore("sqlite:///mail-daemon.db", base=folder)
        self.office = Office(self.store, desk({"desk": {"admins": (ROOT,)}}))
        self.relay = FakeRelay()
        self.deliverer = Deliverer(
            self.store,
            lambda: cast(Relay, self.relay),
            desk=lambda: self.office.desk,
            clock=lambda: self.office.now,
        )

    def queue(self, *names: str, **fields: Any) -> None:
        """Letters whose content is their name."""
        with self.store.begin() as work:
            work.outbox.add([stored.letter(name, **{"content": name.encode(), **fields}) for name in names])

    def run(self) -> None:
        while self.deliverer.step():
            pass

    def letter(self, name: str) -> Posted:
        with self.store.read() as work:
            found = work.outbox.by_message_id(f"<{name}@desk.example>")
        assert found is not None
        return found

    def state(self, *names: str) -> list[str]:
        return [self.letter(name).state for name in names]

    def warnings(self) -> list[Posted]:
        return [letter for letter in self.office.letters() if letter.letter == "warning"]


@pytest.fixture
def bench(store: Any, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# --- the ordinary day -------------------------------------------------------------------------------------


def test_letters_leave_in_the_order_in_which_they_are_due(bench: Bench) -> None:
    bench.queue("b", next_attempt=stored.NOW)
    bench.queue("a", next_attempt=stored.NOW - stored.MINUTE)
    bench.run()
    assert bench.relay.accepted == [b"a", b"b"]
    assert bench.state("a", "b") == ["sent", "sent"]
    assert bench.letter("a").sent_at == bench.office.now


def test_nothing_to_do_is_told(bench: Bench) -> None:
    assert bench.deliverer.step() is False
    bench.queue("later", next_attempt=stored.NOW + HOUR)
    assert bench.deliverer.step() is False
    assert bench.relay.accepted == []


def test_an_answer_is_committed_before_the_next_letter_is_begun(bench: Bench) -> None:
    bench.queue("a", "b", "c")
    seen: list[list[str]] = []
    bench.relay.before = lambda: seen.append(bench.state("a", "b", "c"))
    bench.run()
    assert seen == [["waiting"] * 3, ["sent", "waiting", "waiting"], ["sent", "sent", "waiting"]]


def test_a_relay_that_was_replaced_takes_the_next_letter(bench: Bench) -> None:
    bench.queue("a", "b")
    old, new = bench.relay, FakeRelay()
    old.before = lambda: setattr(bench, "relay", new)
    bench.run()
    assert (old.accepted, new.accepted) == ([b"a"], [b"b"])


# --- no -------------------------------------------------------------------------------------------------


def test_a_letter_that_is_deferred_waits_while_the_others_go(bench: Bench) -> None:
    bench.queue("a", "b")
    bench.relay.faults.append(Deferred("451 greylisted"))
    bench.run()
    a = bench.letter("a")
    assert (a.state, a.attempts, a.error) == ("waiting", 1, "451 greylisted")
    assert timedelta(0) < a.next_attempt - bench.office.now < 5 * stored.MINUTE
    assert bench.state("b") == ["sent"]
    bench.office.now += HOUR
    bench.run()
    assert bench.relay.accepted == [b"b", b"a"]
    assert bench.letter("a").error is None


def test_pauses_grow(bench: Bench) -> None:
    bench.queue("a")
    pauses = []
    for _ in range(8):
        bench.relay.faults.append(Deferred("451 not now"))
        bench.run()
        then = bench.letter("a").next_attempt
        pauses.append(then - bench.office.now)
        bench.office.now = then
    assert pauses[7] > 16 * pauses[0]


def test_a_letter_is_given_up_after_five_days_and_the_agents_are_told(bench: Bench) -> None:
    bench.queue("a")
    bench.office.now += 5 * DAY
    bench.relay.faults.append(Deferred("451 not now"))
    bench.run()
    a = bench.letter("a")
    assert (a.state, a.error) == ("failed", "given up after 5 days: 451 not now")
    assert [letter.recipients for letter in bench.warnings()] == [(ROOT,)]


def test_a_refused_letter_is_not_tried_again_and_its_ticket_keeps_why(bench: Bench) -> None:
    number = stored.open_ticket(bench.store)
    bench.queue("a", ticket_id=number)
    bench.relay.faults.append(Refused("550 no such user"))
    bench.run()
    bench.office.now += DAY
    bench.run()
    assert b"a" not in bench.relay.accepted
    assert (bench.letter("a").state, bench.letter("a").error) == ("failed", "550 no such user")
    (event,) = bench.office.events(number, "letter failed")
    assert event.detail == {"letter": "acknowledgement", "to": [CUSTOMER], "error": "550 no such user"}
    assert [letter.recipients for letter in bench.warnings()] == [(ANN,)]


def test_whom_the_server_refuses_for_good_the_others_do_not_wait_for(bench: Bench) -> None:
    number = stored.open_ticket(bench.store)
    bench.queue("a", ticket_id=number, recipients=(CUSTOMER, "gone@acme.example"))
    bench.relay.left_out = {"gone@acme.example": Refused("550 no such user")}
    bench.run()
    bench.office.now += DAY
    bench.run()
    assert bench.relay.recipients[0] == (CUSTOMER, "gone@acme.example")
    assert bench.relay.accepted.count(b"a") == 1
    assert bench.letter("a").state == "sent"
    (event,) = bench.office.events(number, "letter failed")
    assert event.detail == {"letter": "acknowledgement", "to": ["gone@acme.example"], "error": "550 no such user"}
    assert [letter.recipients for letter in bench.warnings()] == [(ANN,)]


def test_whom_the_server_puts_off_gets_the_letter_later_and_alone(bench: Bench) -> None:
    bench.queue("a", recipients=(CUSTOMER, "full@acme.example"))
    bench.relay.left_out = {"full@acme.example": Deferred("452 mailbox full")}
    bench.run()
    assert (bench.letter("a").state, bench.letter("a").error) == ("waiting", "452 mailbox full")
    bench.relay.left_out = {}
    bench.office.now += HOUR
    bench.run()
    assert bench.relay.recipients == [(CUSTOMER, "full@acme.example"), ("full@acme.example",)]
    assert bench.letter("a").state == "sent"
    assert bench.warnings() == []


def test_the_agent_whose_own_mailbox_refuses_is_not_warned_by_mail(bench: Bench) -> None:
    number = stored.open_ticket(bench.store, category="billing")
    bench.queue("a", ticket_id=number, letter="notice", recipients=(ANN,))
    bench.relay.faults.append(Refused("552 mailbox full"))
    bench.run()
    assert [letter.recipients for letter in bench.warnings()] == [(BOB,)]


def test_a_warning_that_fails_warns_nobody(bench: Bench) -> None:
    bench.queue("a", letter="warning", recipients=(ROOT,))
    bench.relay.faults.append(Refused("550 no"))
    bench.run()
    assert bench.state("a") == ["failed"]
    assert len(bench.office.letters()) == 1


def refuses_a_letter_a_minute(bench: Bench, letters: int) -> None:
    """Every letter but warnings, for `letters` minutes."""

    def refuse() -> None:
        bench.office.now += stored.MINUTE

    bench.relay.before = refuse
    bench.queue(*(f"{number:02}" for number in range(letters)))
    bench.relay.faults.extend([Refused("550 no")] * letters)
    bench.deliverer.step()
    bench.relay.before = lambda: None


def test_many_letters_that_fail_cause_some_warnings_and_then_one_that_counts(bench: Bench) -> None:
    bench.office.desk = desk({"desk": {"admins": (ROOT,)}, "delivery": {"warnings": 3}})
    refuses_a_letter_a_minute(bench, 20)
    at_once, last = bench.warnings()[:-1], bench.warnings()[-1]
    assert len(at_once) == 3
    assert last.next_attempt == stored.NOW + 4 * stored.MINUTE + HOUR  # the fourth was withheld
    bench.run()
    assert len(bench.relay.accepted) == 3
    bench.office.now = last.next_attempt
    bench.run()
    assert len(bench.relay.accepted) == 4
    shown = words(message_from_bytes(bench.relay.accepted[-1], policy=default))
    assert "17 more letters could not be delivered within the last hour" in shown
    assert "mail-daemon outbox --state failed" in shown
    assert f"The last: acknowledgement to {CUSTOMER}: 550 no" in shown


def test_what_fails_after_the_count_is_warned_of_again(bench: Bench) -> None:
    bench.office.desk = desk({"desk": {"admins": (ROOT,)}, "delivery": {"warnings": 1}})
    refuses_a_letter_a_minute(bench, 2)
    bench.office.now += 2 * HOUR
    bench.run()
    bench.queue("late")
    bench.relay.faults.append(Refused("550 no"))
    bench.run()
    assert [letter.state for letter in bench.warnings()] == ["sent"] * 3


# --- something is down ------------------------------------------------------------------------------------


def test_a_letter_that_was_accepted_is_committed_before_anything_else_and_never_sent_again(bench: Bench) -> None:
    bench.queue("a", "b")
    bench.relay.before = lambda: setattr(bench.store, "failing", 3)
    for _ in range(3):
        with pytest.raises(StoreDown):
            bench.deliverer.step()
        bench.relay.before = lambda: None
    assert bench.relay.accepted == [b"a"]
    assert bench.state("a") == ["waiting"]
    bench.relay.before = lambda: bench.state("a") == ["sent"] or pytest.fail("b was begun too early")
    bench.run()
    assert bench.relay.accepted == [b"a", b"b"]
    assert bench.state("a", "b") == ["sent", "sent"]


def test_letters_whose_claim_was_committed_without_our_hearing_of_it_are_claimed_again(bench: Bench) -> None:
    bench.queue("a", "b")
    bench.store.losing = 1
    with pytest.raises(StoreDown):
        bench.deliverer.step()
    bench.run()
    assert bench.relay.accepted == [b"a", b"b"]


def test_an_answer_that_was_committed_without_our_hearing_of_it_is_not_acted_on_again(bench: Bench) -> None:
    bench.queue("a", "b")
    bench.relay.before = lambda: setattr(bench.store, "losing", 1)
    with pytest.raises(StoreDown):
        bench.deliverer.step()
    bench.relay.before = lambda: None
    bench.run()
    assert bench.relay.accepted == [b"a", b"b"]
    assert bench.state("a", "b") == ["sent", "sent"]


def test_when_the_relay_is_unreachable_everything_is_given_back_uncounted(bench: Bench) -> None:
    bench.queue("a", "b", "c")
    bench.relay.faults.extend([None, *[Unreachable("connection refused")] * 5])
    for _ in range(5):
        with pytest.raises(Unreachable):
            bench.deliverer.step()
    assert bench.state("a", "b", "c") == ["sent", "waiting", "waiting"]
    assert (bench.letter("b").attempts, bench.letter("c").attempts) == (0, 0)
    assert bench.letter("b").error is None
    bench.run()
    assert bench.relay.accepted == [b"a", b"b", b"c"]


def test_a_letter_that_another_process_has_taken_over_is_left_to_it(bench: Bench) -> None:
    bench.queue("a", "b")

    def overtake() -> None:
        bench.relay.before = lambda: None
        with bench.store.begin() as work:
            work.outbox.reclaim()
            (mine,) = work.outbox.claim(now=bench.office.now, until=bench.office.now + HOUR, limit=1)
            work.outbox.deferred(mine, error="theirs", next_attempt=bench.office.now + HOUR)

    bench.relay.before = overtake
    bench.run()
    assert bench.letter("a").error == "theirs"
    assert bench.state("a", "b") == ["waiting", "sent"]


def test_what_was_claimed_too_long_ago_is_not_sent(bench: Bench) -> None:
    bench.queue("a", "b")
    bench.relay.before = lambda: setattr(bench.store, "failing", 1)
    with pytest.raises(StoreDown):
        bench.deliverer.step()
    bench.relay.before = lambda: None
    bench.office.now += DAY  # the store was down for so long that b is anybody's
    with bench.store.begin() as work:
        (theirs,) = [
            each
            for each in work.outbox.claim(now=bench.office.now, until=bench.office.now + HOUR, limit=9)
            if each.content == b"b"
        ]
        work.outbox.sent(theirs, now=bench.office.now)
    bench.run()
    assert bench.relay.accepted.count(b"b") == 0


def test_a_graceful_stop_finishes_the_letter_in_hand_and_gives_back_the_rest(bench: Bench) -> None:
    bench.queue("a", "b", "c")
    bench.relay.before = bench.deliverer.stopping.set
    bench.deliverer.step()
    bench.deliverer.release()
    bench.deliverer.close()
    assert bench.relay.accepted == [b"a"]
    assert bench.relay.closed
    assert bench.state("a", "b", "c") == ["sent", "waiting", "waiting"]
    assert (bench.letter("b").attempts, bench.letter("c").attempts) == (0, 0)
    with bench.store.begin() as work:
        assert len(work.outbox.claim(now=bench.office.now, until=bench.office.now + HOUR, limit=9)) == 2
