"""What agents are asked is answered once and in time; what proves nobody any more stays known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail_daemon.store.rows_agents import Confirmation
from mail_daemon.store.store import Store
from tests.stored import NOW, SECOND, open_ticket
from tests.stored import mail as arrival

HOUR = timedelta(hours=1)
ANN, BOB = "ann@desk.example", "bob@desk.example"
NONCE, OTHER = "6b06f160ftytrskn", "6b06f160aaaaaaaa"


def asked(nonce: str = NONCE, *, agent: str = ANN, kind: str = "unproven", ticket: int | None = None) -> Confirmation:
    return Confirmation(nonce, kind, agent, ticket, None, "#spam\n", NOW, NOW + HOUR)


@pytest.fixture
def inbound(store: Store) -> int:
    with store.begin() as work:
        work.inbound.add([arrival()], now=NOW)
        [claimed] = work.inbound.claim(now=NOW, until=NOW + HOUR, limit=1)
    return claimed.id


def test_it_is_found_by_its_letter(store: Store) -> None:
    number = open_ticket(store)
    with store.begin() as work:
        work.confirmations.add(asked(ticket=number))
    with store.read() as work:
        assert work.confirmations.get(NONCE) == asked(ticket=number)
        assert work.confirmations.get(OTHER) is None


def test_it_is_used_once(store: Store) -> None:
    with store.begin() as work:
        work.confirmations.add(asked())
    with store.begin() as work:
        assert work.confirmations.use(NONCE, NOW + SECOND)
    with store.begin() as work:
        assert not work.confirmations.use(NONCE, NOW + SECOND)
        found = work.confirmations.get(NONCE)
    assert found is not None
    assert found.used_at == NOW + SECOND


@pytest.mark.parametrize(("after", "in_time"), [(HOUR, True), (HOUR + SECOND, False)])
def test_it_can_be_used_until_its_time_is_over(store: Store, after: timedelta, in_time: bool) -> None:
    with store.begin() as work:
        work.confirmations.add(asked())
        assert work.confirmations.use(NONCE, NOW + after) is in_time
        assert not work.confirmations.use(OTHER, NOW)


def test_what_an_agent_was_asked_is_counted_by_kind_and_time(store: Store) -> None:
    with store.begin() as work:
        work.confirmations.add(asked())
        work.confirmations.add(asked(OTHER, kind="command"))
        work.confirmations.add(asked("x", agent=BOB))
        assert work.confirmations.asked(ANN, "unproven", NOW - HOUR) == 1
        assert work.confirmations.asked(ANN, "unproven", NOW) == 0


def test_a_void_token_stays_so(store: Store, inbound: int) -> None:
    with store.begin() as work:
        work.proofs.void([NONCE], inbound_id=inbound, now=NOW)
    with store.begin() as work:
        work.proofs.void([NONCE], inbound_id=inbound, now=NOW + HOUR)
        work.proofs.void([], inbound_id=inbound, now=NOW)
        assert work.proofs.voided([NONCE, OTHER]) == {NONCE}
        assert work.proofs.voided([]) == set()


def test_a_mail_that_shares_one_mark_with_another_is_not_the_first(store: Store, inbound: int) -> None:
    with store.begin() as work:
        assert work.proofs.first(["a" * 64, "b" * 64], inbound_id=inbound)
    with store.begin() as work:
        assert not work.proofs.first(["c" * 64, "b" * 64], inbound_id=inbound)
        assert work.proofs.first(["c" * 64], inbound_id=inbound)


def test_what_was_undone_has_not_run(store: Store, inbound: int) -> None:
    with store.begin() as work:
        with pytest.raises(RuntimeError), work.savepoint():
            work.proofs.first(["a" * 64], inbound_id=inbound)
            raise RuntimeError
        assert work.proofs.first(["a" * 64], inbound_id=inbound)


def test_orders_leave_quarantine_once_their_agent_stands_by_them(store: Store) -> None:
    with store.begin() as work:
        work.inbound.add([arrival()], now=NOW)
        [claimed] = work.inbound.claim(now=NOW, until=NOW + HOUR, limit=1)
        work.inbound.quarantine(claimed, reason="commands in an agent's name, unproven")
    with store.begin() as work:
        assert work.inbound.confirmed(claimed.id)
        assert not work.inbound.confirmed(claimed.id)
        found = work.inbound.get(claimed.id)
    assert found is not None
    assert (found.state, found.match, found.ticket_id) == ("filed", "command", None)
