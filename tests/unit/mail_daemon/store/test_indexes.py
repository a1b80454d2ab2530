"""No look-up that a mail or a tick makes reads a whole table: with a million tickets it costs the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from mail_daemon.store import clocks, inbound, maintenances, outbox, tickets
from mail_daemon.store.hot import Hot
from mail_daemon.store.rows import NewClock, NewEvent, Participant, Waiting
from mail_daemon.store.rows_inbound import Claimed
from mail_daemon.store.store import Store, Work
from tests.stored import MINUTE, NOW, letter, mail, message, ticket

PEOPLE = [Participant("cy@acme.example", "Cy", "requester", True)]


def one_mail(work: Work) -> None:
    """All that the line asks of the store for one mail, its clocks and its letters."""
    work.inbound.known("support", ["1:a"])
    work.inbound.add([mail()], now=NOW)
    (claimed,) = work.inbound.claim(now=NOW, until=NOW + MINUTE, limit=100)
    work.tickets.by_message_ids(["<a@x>", "<b@x>"])
    work.tickets.by_thread_index("ab")
    number = work.tickets.open(ticket())
    work.tickets.get(number)
    work.tickets.participants(number)
    work.tickets.add_participants(number, PEOPLE)
    work.tickets.change_participant(number, "cy@acme.example", copies=False)
    work.tickets.add_message(message(number, message_ids={"<a@x>": "received"}))
    work.tickets.change(number, status="open")
    work.clocks.start([NewClock(number, "response", NOW, NOW, NOW)])
    (clock,) = work.clocks.of(number)
    work.clocks.change(clock.id, state="met")
    work.clocks.due_tickets(NOW, 100)
    work.clocks.postpone(number, now=NOW, until=NOW)
    work.tickets.take(number)
    work.tickets.heard(number, 20)
    work.tickets.add_events([NewEvent(number, NOW, "cy@acme.example", "opened")])
    work.tickets.link(number, number, "follow-up of")
    work.outbox.answered("cy@acme.example", NOW)
    work.outbox.answers_to("cy@acme.example", NOW)
    work.outbox.caused("cy@acme.example", NOW)
    work.outbox.failures(NOW)
    work.outbox.due_of("cy@acme.example")
    work.outbox.rewrite(letter(cause="cy@acme.example"))
    work.outbox.by_message_id("<a@x>")
    work.maintenances.running(NOW)
    work.maintenances.answered(["<a@x>"])
    work.maintenances.requesters("Acme", NOW, 10)
    end_of_one_mail(work, claimed, number)


def end_of_one_mail(work: Work, claimed: Claimed, number: int) -> None:
    work.inbound.release([claimed])
    work.inbound.reclaim()
    (claimed,) = work.inbound.claim(now=NOW, until=NOW + MINUTE, limit=100)
    work.inbound.filed(claimed, ticket_id=number, match="new", facts={})
    work.outbox.add([letter()])
    (waiting,) = work.outbox.claim(now=NOW, until=NOW + MINUTE, limit=100)
    tidy_up(work, waiting, number)


def tidy_up(work: Work, waiting: Waiting, number: int) -> None:
    work.outbox.release([waiting])
    work.outbox.reclaim()
    (waiting,) = work.outbox.claim(now=NOW, until=NOW + MINUTE, limit=100)
    work.outbox.sent(waiting, now=NOW)
    work.outbox.bring_back(now=NOW, beyond=NOW)
    work.inbound.bring_back(now=NOW, beyond=NOW)
    work.outbox.list("waiting")
    work.inbound.quarantined()
    work.inbound.blobs_in_use(["blob-a"])
    work.tickets.events(number)
    work.tickets.messages(number)
    work.tickets.attachments(number)
    work.tickets.links(number)
    work.time.of(number)
    work.time.minutes(number, "install")


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Collects what the store sends to the database by SQLAlchemy."""
    sent: list[tuple[str, Any]] = []

    def remember(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        sent.append((statement, parameters[0] if many else parameters))

    event.listen(store._writer, "before_cursor_execute", remember)
    yield sent
    event.remove(store._writer, "before_cursor_execute", remember)


def hot_statements() -> list[tuple[str, Any]]:
    """What the store has sent past SQLAlchemy, each with as many values as it has parameters."""
    found = [each for module in (clocks, inbound, maintenances, outbox, tickets) for each in vars(module).values()]
    texts = [
        text.sql for hot in found if isinstance(hot, Hot) for key, text in hot._texts.items() if key[0] == "sqlite"
    ]
    return [(text, (None,) * text.count("?")) for text in texts]


def test_no_look_up_reads_a_whole_table(store: Store) -> None:
    with statements(store) as sent, store.begin() as work:
        one_mail(work)
    sent += hot_statements()
    assert len(sent) > 39
    with store.read() as work:
        for statement, parameters in sent:
            if re.match("SELECT|WITH|UPDATE|INSERT", statement):
                steps = work._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plan = [step[3] for step in steps]
                assert not [step for step in plan if reads_all(step)], (statement, plan)


def reads_all(step: str) -> bool:
    """Whether a step of SQLite's query plan grows with the table.

    The whole of a partial index that holds only a queue is short, and so is a result of our own limit.
    """
    queues = ("ix_inbound_queue", "ix_inbound_quarantine", "ix_outbox_queue")
    return step.startswith("SCAN") and not step.endswith(queues) and step not in ("SCAN due", "SCAN CONSTANT ROW")


def test_the_judgement_of_a_plan_can_fail(store: Store) -> None:
    with store.read() as work:
        steps = work._connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT id FROM tickets WHERE subject = 'x'")
        assert any(reads_all(step[3]) for step in steps)


def test_due_work_comes_from_its_index_in_order(store: Store) -> None:
    with statements(store) as sent, store.begin() as work:
        work.clocks.due_tickets(NOW, 10)
        work.outbox.claim(now=NOW, until=NOW, limit=10)
        work.inbound.claim(now=NOW, until=NOW, limit=10)
    with store.read() as work:
        plans = [
            [step[3] for step in work._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values)]
            for one, values in sent
            if re.match("SELECT|WITH|UPDATE", one)
        ]
    # Letters that can wait are claimed by a statement of their own, after all others.
    queues = ("ix_clocks_next_at", "ix_outbox_queue", "ix_outbox_queue", "ix_inbound_queue")
    for plan, index in zip(plans, queues, strict=True):
        assert any(index in step for step in plan)
        assert not any("TEMP B-TREE" in step for step in plan), plan
