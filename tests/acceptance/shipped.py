"""The desk as it ships: every number, rule and letter of config/ and templates/, with a company's people in it.

Only what cannot ship is written here: who the agents are, who the customers, and who is on call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mail_daemon.app import desk_of
from mail_daemon.desk import Desk
from mail_daemon.settings import init
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.loader import load
from mail_daemon.settings.on_call import OnCall, VoicemailSection
from mail_daemon.settings.policy import Account

PBX = "pbx@desk.example"  # whose mails are voicemail notices
ADMIN = "root@desk.example"
OLGA = "olga@home.example"

AGENTS = [
    {"name": "ann", "address": "ann@desk.example"},
    {"name": "bob", "address": "bob@desk.example", "categories": ["billing"]},
]
ACCOUNTS = [
    {
        "name": "Acme",
        "domains": ["acme.example"],
        "contacts": ["boss@gmail.com"],
        "telephones": ["+13035550142"],
        "timezone": "America/New_York",
    },
    {"name": "Bluebird", "domains": ["bluebird.example"], "timezone": "America/Denver"},
    {"name": "Chai", "domains": ["chai.example"], "timezone": "Asia/Kolkata"},
]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
ROTA = {
    "people": [{"name": "ann", "address": "ann@desk.example"}, {"name": "olga", "address": OLGA}],
    "shifts": [
        {"days": WEEKDAYS, "from": "08:00", "until": "19:00", "people": ["ann", "olga"]},
        {"days": WEEKDAYS, "from": "19:00", "until": "08:00", "people": ["olga", "ann"]},
        {"days": ["sat", "sun"], "from": "08:00", "until": "08:00", "people": ["olga", "ann"]},
    ],
}


def desk(folder: Path, *, accounts: Sequence[dict[str, Any]] = ACCOUNTS) -> Desk:
    """What `mail-daemon init` writes into the folder, read as the daemon reads it."""
    init.write(folder)
    for name in ("imap.password", "smtp.password"):
        (folder / name).write_text("secret\n")
    (folder / "agents.yaml").write_text(json.dumps({"agents": AGENTS}))
    (folder / "accounts.yaml").write_text(json.dumps({"accounts": accounts}))
    built = desk_of(load(folder, {}))
    policy = built.policy.model_copy(
        update={
            "on_call": OnCall.model_validate(ROTA),
            "voicemail": VoicemailSection.model_validate({"senders": [PBX]}),
        }
    )
    settings = built.settings.model_copy(update={"desk": built.settings.desk.model_copy(update={"admins": (ADMIN,)})})
    return replace(built, policy=policy, settings=settings)


def with_account(desk: Desk, name: str, **columns: Any) -> Desk:
    """As after an import that changed the account."""
    accounts = [
        each if each.name != name else Account.model_validate({**each.model_dump(exclude_none=True), **columns})
        for each in desk.directory.accounts.values()
    ]
    return with_accounts(desk, accounts)


def with_accounts(desk: Desk, accounts: Sequence[Account]) -> Desk:
    directory = Directory(desk.directory.agents, accounts, public_domains=desk.settings.matching.public_domains)
    return replace(desk, directory=directory)
