"""Fills a database with tickets of the past years, so fast that a million take a minute or two."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

# SQL over the numbers i from 1 to :count. Ticket i came a minute after ticket i - 1, the last one yesterday.
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
TIME = "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now', '-1 day', (i - :count) || ' minutes')"
SPREAD = "printf('%08x', i * 2654435761 % 4294967296)"  # scattered over the indexes as hashes are
KEY = f"{SPREAD} || printf('%056x', i)"
SUBJECT = "'Phone ' || i || ' has no dial tone'"
CUSTOMER = "'old' || i || '@customer' || (i % 20000) || '.example'"
TABLES = {
    "tickets": {
        "id": "1000 + i", "subject": SUBJECT, "status": "'closed'", "category": "'trouble'", "priority": "4",
        "highest_priority": "3", "requester": CUSTOMER, "requester_name": "'Customer ' || i",
        "language": "'en'", "zone": "'America/New_York'", "proven": "0", "opened": TIME, "changed": TIME,
        "thread_index": "CASE i % 4 WHEN 0 THEN printf('%044x', i * 2654435761) END", "resolved": TIME,
        "closed": TIME, "overdue": "0", "reasons": "'[]'",
    },
    "inbound": {
        "id": "i", "fingerprint": KEY, "blob": KEY, "size": "26000", "received": TIME,
        "mailbox": "'support'", "key": "'1:' || i", "stored_at": TIME, "state": "'filed'", "attempts": "1",
        "ticket_id": "1000 + i", "match": "'new'", "facts": "'{}'",
    },
    "sightings": {"mailbox": "'support'", "key": "'1:' || i", "inbound_id": "i"},
    "participants": {
        "ticket_id": "1000 + i", "address": CUSTOMER, "name": "'Customer ' || i", "role": "'requester'",
        "copies": "1",
    },
    "outbox": {
        "id": "i", "ticket_id": "1000 + i", "letter": "'acknowledgement'",
        "recipients": f"json_array({CUSTOMER})", "recipient": CUSTOMER, "proven": "0",
        "envelope_from": "'support@desk.example'", "message_id": f"'<' || {KEY} || '@desk.example>'",
        "state": "'sent'", "attempts": "1", "queued": TIME, "next_attempt": TIME, "sent_at": TIME,
        "content": "zeroblob(400)",
    },
    "messages": {
        "id": "i", "ticket_id": "1000 + i", "inbound_id": "i", "direction": "'in'", "author": CUSTOMER,
        "at": TIME, "subject": SUBJECT, "text": "'It went silent in call ' || i", "quoted": "''",
        "visibility": "'public'",
    },
    "message_ids": {
        "message_id": f"'<' || {SPREAD} || '.' || i || '@old.example>'", "ticket_id": "1000 + i",
        "kind": "'received'",
    },
    "events": {
        "id": "i", "ticket_id": "1000 + i", "at": TIME, "actor": CUSTOMER, "what": "'opened'",
        "detail": "'{}'", "inbound_id": "i",
    },
    "clocks": {
        "id": "i", "ticket_id": "1000 + i", "kind": "'response'", "state": "'met'", "started": TIME,
        "due": TIME, "stopped_at": TIME,
    },
}  # fmt: skip


def add(database: Path, count: int) -> None:
    """`count` closed tickets with their mails, letters, events and clocks, into a database without any."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        for table, columns in TABLES.items():
            names = ", ".join(f'"{name}"' for name in columns)
            values = ", ".join(columns.values())
            connection.execute(f"INSERT INTO {table} ({names}) {NUMBERS} SELECT {values} FROM n", {"count": count})
