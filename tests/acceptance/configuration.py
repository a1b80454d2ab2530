"""A mail-daemon.yaml for tests: short pauses, wide caps, no encryption on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.sink import Sink

ADMIN = "root@agents.example"


def configuration(sink: Sink, dovecot: Dovecot | None, database: str, mailbox: Mapping[str, Any]) -> dict[str, Any]:
    imap = {
        "name": "support",
        "type": "imap",
        "host": "127.0.0.1",
        "port": dovecot.imap_port if dovecot else 143,
        "security": "none",
        "username": "support",
        "password": PASSWORD,
        "done": {"move": "Processed"},
        "poll_seconds": 1,
        **mailbox,
    }
    return {
        "desk": {
            "name": "ThreePBX Support",
            "address": "support@desk.example",
            "admins": [ADMIN],
            "timezone": "America/New_York",
            "tag": "TPBX",
        },
        "database": {"url": database},
        "mailboxes": [imap] if dovecot else [],
        "smtp": {"host": "127.0.0.1", "port": sink.port, "security": "none", "timeout": "5s"},
        "answers": {"unproven": 1_000_000, "known": 1_000_000, "overall": 1_000_000},
        "delivery": {"first_retry": "1s", "longest_pause": "2s"},
    }
