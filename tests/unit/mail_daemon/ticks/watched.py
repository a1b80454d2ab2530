"""A desk whose policy has all that time acts on: warnings, updates, contacts by level, closing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mail_daemon.settings.policy import Policy
from tests.office import desk

CONTACTS = [
    {"name": "Carlos", "title": "Manager", "address": "carlos@desk.example", "telephone": "102"},
    {"name": "Dora", "title": "Director", "address": "dora@desk.example", "telephone": "103", "after": "2h"},
    {"name": "Emil", "title": "Owner", "address": "emil@desk.example", "telephone": "104", "after": "8h"},
]


def watched(**sections: Any) -> Any:
    """The office's desk; `sections` replace those of policy.yaml."""
    ours = desk()
    written = ours.policy.model_dump(mode="python")
    levels = written["levels"]
    levels[1]["update_every"], levels[2]["update_every"] = "1h", "2h"
    policy = Policy.model_validate({**written, "levels": levels, "escalation": CONTACTS, **sections})
    return replace(ours, policy=policy)
