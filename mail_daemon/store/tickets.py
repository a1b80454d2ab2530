"""Tickets and all that hangs on them: who takes part, what was said, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, union_all, update

# PostgreSQL's construct, since both engines render its ON CONFLICT DO NOTHING alike.
from sqlalchemy.dialects.postgresql import insert as insert_new

from mail_daemon.store.hot import Hot
from mail_daemon.store.rows import (
    Event,
    Link,
    Message,
    NewEvent,
    NewMessage,
    NewTicket,
    Participant,
    StoredAttachment,
    Ticket,
)
from mail_daemon.store.schema import (
    attachments,
    events,
    links,
    message_ids,
    messages,
    outbox,
    participants,
    tickets,
)
from mail_daemon.store.values import of_attachment, of_message, of_ticket

# PostgreSQL can't index more than 2.7 kB, and no Message-ID that a program made comes near this length.
_LONGEST_ID = 500
_MOST_THREADS = 10  # tickets of one Thread-Index

_OPEN = Hot(insert(tickets), id=tickets.c.id)
_ROW = select(*(tickets.c[field.name] for field in fields(Ticket)))
_GET = _ROW.where(tickets.c.id == bindparam("of_id"))
_HOLD = _GET.with_for_update()
_TAKE = _GET.with_for_update(skip_locked=True)
_CHANGE = update(tickets).where(tickets.c.id == bindparam("of_id"))
_BY_MESSAGE_IDS = union_all(
    select(message_ids.c.message_id, message_ids.c.ticket_id).where(
        message_ids.c.message_id.in_(bindparam("ids", expanding=True))
    ),
    select(outbox.c.message_id, outbox.c.ticket_id).where(
        outbox.c.message_id.in_(bindparam("ids", expanding=True)), outbox.c.ticket_id.is_not(None)
    ),
)
# Anybody can write a Thread-Index: a thousand tickets of one must not cost every further mail a thousand looks.
_BY_THREAD_INDEX = (
    select(tickets.c.id).where(tickets.c.thread_index == bindparam("index")).order_by(tickets.c.id).limit(_MOST_THREADS)
)
_OF_CALLER = (
    select(tickets.c.id)
    .where(tickets.c.telephone == bindparam("of_telephone"), tickets.c.status.not_in(["resolved", "closed"]))
    .order_by(tickets.c.id.desc())
    .limit(1)
)
_DUE = (
    _ROW.where(tickets.c.next_due >= bindparam("since"), tickets.c.next_due < bindparam("until"))
    .order_by(tickets.c.next_due, tickets.c.id)
    .limit(bindparam("at_most"))
)
_MOVE_MESSAGE = update(messages).where(messages.c.id == bindparam("of_id")).values(ticket_id=bindparam("to_ticket"))
_MOVE_ID = (
    update(message_ids)
    .where(message_ids.c.message_id == bindparam("of_message_id"), message_ids.c.ticket_id == bindparam("of_ticket"))
    .values(ticket_id=bindparam("to_ticket"))
)
_PARTICIPANTS = select(*(participants.c[field.name] for field in fields(Participant))).where(
    participants.c.ticket_id == bindparam("of_id")
)
_JOIN = Hot(insert_new(participants).on_conflict_do_nothing())
_CHANGE_PARTICIPANT = update(participants).where(
    participants.c.ticket_id == bindparam("of_id"), participants.c.address == bindparam("of_address")
)
_SAY = Hot(insert(messages), id=messages.c.id)
_ATTACH = Hot(insert(attachments).inline())
_REMEMBER = Hot(insert_new(message_ids).on_conflict_do_nothing())
_NOTE_EVENT = Hot(insert(events).inline())
_LINK = insert_new(links).on_conflict_do_nothing()
_EVENTS = (
    select(*(events.c[field.name] for field in fields(Event)))
    .where(events.c.ticket_id == bindparam("of_id"))
    .order_by(events.c.id)
)
_MESSAGES = (
    select(*(messages.c[field.name] for field in fields(Message)))
    .where(messages.c.ticket_id == bindparam("of_id"))
    .order_by(messages.c.id)
)
_LAST_MESSAGES = _MESSAGES.order_by(None).order_by(messages.c.id.desc()).limit(bindparam("at_most"))
# Whoever is a stranger to the ticket is none of whom our letters answer.
_HEARD = (
    select(messages.c.at, messages.c.message_id)
    .outerjoin(
        participants,
        and_(participants.c.ticket_id == messages.c.ticket_id, participants.c.address == messages.c.author),
    )
    .where(
        messages.c.ticket_id == bindparam("of_id"),
        messages.c.direction == "in",
        messages.c.visibility == "public",
        messages.c.message_id.is_not(None),
        or_(participants.c.role.is_(None), participants.c.role.not_in(["stranger", "agent"])),
    )
    .order_by(messages.c.id.desc())
    .limit(bindparam("at_most"))
)
_ATTACHMENTS = (
    select(*(attachments.c[field.name] for field in fields(StoredAttachment)))
    .join(messages, attachments.c.message_id == messages.c.id)
    .where(messages.c.ticket_id == bindparam("of_id"))
    .order_by(attachments.c.id)
)
_LINKS = select(*(links.c[field.name] for field in fields(Link))).where(
    or_(links.c.ticket_id == bindparam("of_id"), links.c.other_id == bindparam("of_id"))
)


class Tickets:
    """The table `tickets` and its kin within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, ticket: NewTicket) -> int:
        """Opens a ticket and returns its number, 1001 or more."""
        return _OPEN.insert(self._connection, of_ticket(ticket))

    def change(self, id: int, **columns: Any) -> None:
        """Sets columns of a ticket, named as the fields of Ticket."""
        self._connection.execute(_CHANGE, {"of_id": id, **columns})

    def get(self, id: int, *, lock: bool = False) -> Ticket | None:
        """`lock` holds the row for this writing transaction; a ticket's clocks are touched after it alone."""
        row = self._connection.execute(_HOLD if lock else _GET, {"of_id": id}).first()
        return Ticket(*row) if row else None

    def current(self, id: int) -> Ticket | None:
        """The ticket, or the one that goes on in its place since it was merged; merging makes no circles."""
        ticket = self.get(id)
        while ticket is not None and ticket.merged_into is not None:
            ticket = self.get(ticket.merged_into)
        return ticket

    def due(self, since: datetime | None, until: datetime, limit: int) -> list[Ticket]:
        """Tickets whose next promise is due from `since` on and before `until`, the first due first."""
        which = {"since": since or datetime.min.replace(tzinfo=UTC), "until": until, "at_most": limit}
        return [Ticket(*row) for row in self._connection.execute(_DUE, which)]

    def take(self, id: int) -> Ticket | None:
        """The ticket, its row held for this writing transaction; None where another one holds it."""
        row = self._connection.execute(_TAKE, {"of_id": id}).first()
        return Ticket(*row) if row else None

    def by_message_ids(self, ids: Sequence[str]) -> dict[str, int]:
        """The ticket in which each Message-ID, theirs or ours, is known; the oldest, where it was used again."""
        indexed = _indexed(ids)
        if not indexed:
            return {}
        rows = self._connection.execute(_BY_MESSAGE_IDS, {"ids": indexed}).all()
        return dict(sorted(rows, key=itemgetter(1), reverse=True))

    def by_thread_index(self, index: str) -> list[int]:
        """The tickets that Outlook's conversation belongs to, oldest first, at most ten."""
        return list(self._connection.scalars(_BY_THREAD_INDEX, {"index": index}))

    def of_caller(self, telephone: str) -> int | None:
        """The newest ticket that a voicemail from this number has opened and that has not ended."""
        return self._connection.scalar(_OF_CALLER, {"of_telephone": telephone})

    def participants(self, id: int) -> dict[str, Participant]:
        """Who takes part, by address."""
        rows = self._connection.execute(_PARTICIPANTS, {"of_id": id})
        return {row[0]: Participant(*row) for row in rows}

    def add_participants(self, id: int, people: Sequence[Participant]) -> None:
        """Lets people take part; who does already stays as he is."""
        _JOIN.execute_all(
            self._connection,
            [
                {"ticket_id": id, "address": p.address, "name": p.name, "role": p.role, "copies": p.copies}
                for p in people
            ],
        )

    def change_participant(self, id: int, address: str, **columns: Any) -> None:
        """Sets columns of one who takes part, named as the fields of Participant."""
        self._connection.execute(_CHANGE_PARTICIPANT, {"of_id": id, "of_address": address, **columns})

    def add_message(self, message: NewMessage) -> int:
        """Adds what was said, with its attachments and Message-IDs, and returns its id."""
        id = _SAY.insert(self._connection, of_message(message))
        _ATTACH.execute_all(self._connection, [of_attachment(id, found) for found in message.attachments])
        self._remember(message.ticket_id, message.message_ids)
        return id

    def move_message(self, message: Message, ticket_id: int) -> None:
        """Gives a message with its attachments to another ticket, which its answers find from now on."""
        self._connection.execute(_MOVE_MESSAGE, {"of_id": message.id, "to_ticket": ticket_id})
        if message.message_id:
            which = {"of_message_id": message.message_id, "of_ticket": message.ticket_id, "to_ticket": ticket_id}
            self._connection.execute(_MOVE_ID, which)

    def remember_ids(self, ticket_id: int, ids: Iterable[str], kind: str) -> None:
        """Message-IDs by which the ticket is found from now on; kind is sent, received or observed."""
        self._remember(ticket_id, dict.fromkeys(ids, kind))

    def _remember(self, ticket_id: int, kinds: Mapping[str, str]) -> None:
        _REMEMBER.execute_all(
            self._connection,
            [{"message_id": id, "ticket_id": ticket_id, "kind": kinds[id]} for id in _indexed(kinds)],
        )

    def add_events(self, new: Sequence[NewEvent]) -> None:
        _NOTE_EVENT.execute_all(
            self._connection,
            [
                {
                    "ticket_id": event.ticket_id,
                    "at": event.at,
                    "actor": event.actor,
                    "what": event.what,
                    "detail": event.detail,
                    "inbound_id": event.inbound_id,
                    "outbox_id": event.outbox_id,
                }
                for event in new
            ],
        )

    def link(self, ticket_id: int, other_id: int, why: str) -> None:
        """Links a ticket to another, once."""
        self._connection.execute(_LINK, {"ticket_id": ticket_id, "other_id": other_id, "why": why})

    def events(self, id: int) -> list[Event]:
        """What happened to a ticket, oldest first."""
        return [Event(*row) for row in self._connection.execute(_EVENTS, {"of_id": id})]

    def messages(self, id: int) -> list[Message]:
        """What was said in a ticket, oldest first."""
        return [Message(*row) for row in self._connection.execute(_MESSAGES, {"of_id": id})]

    def last_messages(self, id: int, limit: int) -> list[Message]:
        """What was said last in a ticket, newest first."""
        return [Message(*row) for row in self._connection.execute(_LAST_MESSAGES, {"of_id": id, "at_most": limit})]

    def heard(self, id: int, limit: int) -> list[tuple[datetime, str]]:
        """When the last mails of customers came in and their Message-IDs, oldest first."""
        rows = self._connection.execute(_HEARD, {"of_id": id, "at_most": limit})
        return [(row[0], row[1]) for row in rows][::-1]

    def attachments(self, id: int) -> list[StoredAttachment]:
        """The attachments of all messages of a ticket, oldest first."""
        return [StoredAttachment(*row) for row in self._connection.execute(_ATTACHMENTS, {"of_id": id})]

    def links(self, id: int) -> list[Link]:
        """The links from and to a ticket."""
        return [Link(*row) for row in self._connection.execute(_LINKS, {"of_id": id})]

    def list(self, *, statuses: Sequence[str] | None = None, after: int = 0, limit: int | None = None) -> list[Ticket]:
        """Tickets in the order of their numbers, those above `after`, at most `limit`; all states if None."""
        wanted = _ROW.where(tickets.c.id > after).order_by(tickets.c.id).limit(limit)
        if statuses is not None:
            wanted = wanted.where(tickets.c.status.in_(statuses))
        return [Ticket(*row) for row in self._connection.execute(wanted)]


def _indexed(ids: Iterable[str]) -> list[str]:
    return [id for id in ids if len(id) <= _LONGEST_ID]


def as_opened(id: int, new: NewTicket) -> Ticket:
    """The row that `Tickets.open` has just made, without asking for it."""
    return Ticket(id=id, resolved=None, closed=None, reopened=None, **of_ticket(new))
