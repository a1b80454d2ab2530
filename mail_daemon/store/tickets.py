"""Tickets and all that hangs on them: who takes part, what was said, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, union_all, update

# PostgreSQL's construct, since both engines render its ON CONFLICT DO NOTHING alike.
from sqlalchemy.dialects.postgresql import insert as insert_new

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
from parsers.mail import Attachment

# PostgreSQL can't index more than 2.7 kB, and no Message-ID that a program made comes near this length.
_LONGEST_ID = 500
_MOST_THREADS = 10  # tickets of one Thread-Index

_OPEN = insert(tickets)
_ROW = select(*(tickets.c[field.name] for field in fields(Ticket)))
_GET = _ROW.where(tickets.c.id == bindparam("of_id"))
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
_PARTICIPANTS = select(*(participants.c[field.name] for field in fields(Participant))).where(
    participants.c.ticket_id == bindparam("of_id")
)
_JOIN = insert_new(participants).on_conflict_do_nothing()
_CHANGE_PARTICIPANT = update(participants).where(
    participants.c.ticket_id == bindparam("of_id"), participants.c.address == bindparam("of_address")
)
_SAY = insert(messages)
_ATTACH = insert(attachments)
_REMEMBER = insert_new(message_ids).on_conflict_do_nothing()
_NOTE_EVENT = insert(events)
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
        return self._insert(_OPEN, _new_ticket(ticket))

    def change(self, id: int, **columns: Any) -> None:
        """Sets columns of a ticket, named as the fields of Ticket."""
        self._connection.execute(_CHANGE, {"of_id": id, **columns})

    def get(self, id: int) -> Ticket | None:
        row = self._connection.execute(_GET, {"of_id": id}).first()
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

    def participants(self, id: int) -> dict[str, Participant]:
        """Who takes part, by address."""
        rows = self._connection.execute(_PARTICIPANTS, {"of_id": id})
        return {row[0]: Participant(*row) for row in rows}

    def add_participants(self, id: int, people: Sequence[Participant]) -> None:
        """Lets people take part; who does already stays as he is."""
        self._insert_all(
            _JOIN,
            (
                {"ticket_id": id, "address": p.address, "name": p.name, "role": p.role, "copies": p.copies}
                for p in people
            ),
        )

    def change_participant(self, id: int, address: str, **columns: Any) -> None:
        """Sets columns of one who takes part, named as the fields of Participant."""
        self._connection.execute(_CHANGE_PARTICIPANT, {"of_id": id, "of_address": address, **columns})

    def add_message(self, message: NewMessage) -> int:
        """Adds what was said, with its attachments and Message-IDs, and returns its id."""
        id = self._insert(_SAY, _new_message(message))
        self._insert_all(_ATTACH, (_new_attachment(id, found) for found in message.attachments))
        self._remember(message.ticket_id, message.message_ids)
        return id

    def remember_ids(self, ticket_id: int, ids: Iterable[str], kind: str) -> None:
        """Message-IDs by which the ticket is found from now on; kind is sent, received or observed."""
        self._remember(ticket_id, dict.fromkeys(ids, kind))

    def _remember(self, ticket_id: int, kinds: Mapping[str, str]) -> None:
        self._insert_all(
            _REMEMBER,
            ({"message_id": id, "ticket_id": ticket_id, "kind": kinds[id]} for id in _indexed(kinds)),
        )

    def add_events(self, new: Sequence[NewEvent]) -> None:
        self._insert_all(
            _NOTE_EVENT,
            (
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
            ),
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

    def _insert(self, statement: Any, row: dict[str, Any]) -> int:
        key = self._connection.execute(statement, row).inserted_primary_key
        assert key is not None
        return int(key[0])

    def _insert_all(self, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
        if batch := [*rows]:
            self._connection.execute(statement, batch)


def _indexed(ids: Iterable[str]) -> list[str]:
    return [id for id in ids if len(id) <= _LONGEST_ID]


def as_opened(id: int, new: NewTicket) -> Ticket:
    """The row that `Tickets.open` has just made, without asking for it."""
    return Ticket(id=id, resolved=None, closed=None, reopened=None, **_new_ticket(new))


def _new_ticket(ticket: NewTicket) -> dict[str, Any]:
    return {
        "subject": ticket.subject,
        "status": ticket.status,
        "category": ticket.category,
        "priority": ticket.priority,
        "highest_priority": ticket.priority,
        "requester": ticket.requester,
        "requester_name": ticket.requester_name,
        "account": ticket.account,
        "assignee": ticket.assignee,
        "language": ticket.language,
        "zone": ticket.zone,
        "thread_index": ticket.thread_index,
        "proven": ticket.proven,
        "opened": ticket.opened,
        "changed": ticket.opened,
        "next_due": ticket.next_due,
        "overdue": False,
        "reasons": ticket.reasons,
    }


def _new_message(message: NewMessage) -> dict[str, Any]:
    return {
        "ticket_id": message.ticket_id,
        "inbound_id": message.inbound_id,
        "outbox_id": message.outbox_id,
        "direction": message.direction,
        "author": message.author,
        "at": message.at,
        "subject": message.subject,
        "text": message.text,
        "quoted": message.quoted,
        "visibility": message.visibility,
    }


def _new_attachment(message_id: int, attachment: Attachment) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "kind": attachment.kind,
        "inline": attachment.inline,
        "content_id": attachment.content_id,
        "position": attachment.position,
        "text": attachment.text,
        "facts": dict(attachment.facts),
    }
