"""The columns of a ticket, a message and an attachment, as they are written."""

from __future__ import annotations

from typing import Any

from mail_daemon.store.rows import NewMessage, NewTicket
from parsers.mail import Attachment


def of_ticket(ticket: NewTicket) -> dict[str, Any]:
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
        "cause_review": ticket.cause_review,
        "billable": ticket.billable,
        "telephone": ticket.telephone,
    }


def of_message(message: NewMessage) -> dict[str, Any]:
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
        "message_id": message.message_id,
    }


def of_attachment(message_id: int, attachment: Attachment) -> dict[str, Any]:
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
