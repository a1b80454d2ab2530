"""Sample letters: for `preview`, and to try every template when configuration is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from responders.letter import (
    AttachmentFacts,
    ContactFacts,
    DeskFacts,
    Letter,
    Promises,
    Reason,
    TicketFacts,
)
from responders.times import spoken, spoken_duration

_ARRIVED = datetime(2026, 11, 25, 18, 32, tzinfo=UTC)
_ZONE = ZoneInfo("America/New_York")

_DESK = DeskFacts(name="ThreePBX Support", address="support@desk.example", telephone="877-771-7464", press="2")
_WRITTEN = """Hello,

since about 1 pm nobody at our Denver office hears the other side when they
call out. Inbound is fine. We rebooted two phones and the router: no change.

  10:58:02  INVITE sip:13035550142@pbx.example  ->  200 OK
  10:58:31  BYE

Screenshot and a trace are attached.

Dana Whitfield
Acme Supply"""

# What each letter is told in `what` and `detail`.
_NEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "notice": ("new ticket", ("TPBX-0998: one-way audio at the Boise office, closed on 3 November 2026",)),
    "refused": ("mail too large", ("Your mail has 61 MB; we can take up to 50 MB.",)),
    "warning": (
        "A letter could not be delivered",
        ("acknowledgement of TPBX-1042 to dana@acme.example", "550 5.1.1 user unknown"),
    ),
}


def sample(name: str, language: str = "en") -> Letter:
    """A rich letter of this name: everything that a template may show is there."""
    what, detail = _NEWS.get(name, ("", ()))
    return Letter(
        name=name,
        language=language,
        desk=_DESK,
        ticket=_ticket(language),
        promises=_promises(language),
        greeting_name="Dana",
        reasons=(
            Reason(rule="one-way-audio", evidence="nobody hears the other side", where="body"),
            Reason(rule="site", evidence="Denver office", where="subject"),
        ),
        contacts=(
            ContactFacts("Carlos Roman", "Regional Sales Manager", "carlos@desk.example", "877-771-7464 Ext 102"),
        ),
        attachments=(
            AttachmentFacts("softphone.png", "screenshot", "120 kB", "Registration failed (408)\nExt 2104"),
            AttachmentFacts("denver.pcap", "trace", "1.4 MB", ""),
        ),
        text=_WRITTEN,
        what=what,
        detail=detail,
    )


def samples(name: str, language: str = "en") -> Sequence[Letter]:
    """Letters that together walk every branch: rich, bare, after hours, install, unproven, no ticket."""
    rich = sample(name, language)
    bare = replace(rich, greeting_name="", reasons=(), contacts=(), attachments=(), text="", what="", detail=())
    urgent = replace(
        rich, ticket=replace(rich.ticket, priority=1, priority_name="System-wide outage"), after_hours=True
    )
    install = replace(
        rich,
        ticket=replace(rich.ticket, priority=4, priority_name="Set-up or question", category="install"),
        promises=replace(
            rich.promises,
            resolve_within=spoken_duration(timedelta(hours=48), language, business=True),
            resolve_by=spoken(_ARRIVED + timedelta(days=7), _ZONE, language),
        ),
        install_earliest=spoken(_ARRIVED + timedelta(days=6), _ZONE, language),
        what="reply",
    )
    nothing = replace(
        bare,
        ticket=TicketFacts("", "", "", 0, "", "", "", "", "", ""),
        promises=Promises("", "", "", ""),
    )
    return (rich, bare, urgent, install, replace(rich, proven=False, what="reopened"), nothing)


def _ticket(language: str) -> TicketFacts:
    return TicketFacts(
        ref="TPBX-1042",
        subject="Denver office: one-way audio on outbound calls",
        status="new",
        priority=2,
        priority_name="Partial outage",
        category="trouble",
        requester="dana@acme.example",
        requester_name="Dana Whitfield",
        account="Acme Supply",
        opened=spoken(_ARRIVED, _ZONE, language),
    )


def _promises(language: str) -> Promises:
    return Promises(
        respond_within=spoken_duration(timedelta(hours=2), language),
        respond_by=spoken(_ARRIVED + timedelta(hours=2), _ZONE, language),
        resolve_within="as soon as possible",
        resolve_by="",
    )
