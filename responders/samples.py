"""Sample letters: for `preview`, and to try every template when configuration is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from responders.letter import (
    AttachmentFacts,
    ChangeFacts,
    ContactFacts,
    DeadlineFacts,
    DeskFacts,
    EntryFacts,
    Letter,
    MaintenanceFacts,
    MomentFacts,
    PageFacts,
    Promises,
    RateFacts,
    Reason,
    RfoFacts,
    SaidFacts,
    TableFacts,
    TicketFacts,
)
from responders.money import spoken_money
from responders.passages import passages
from responders.times import spoken, spoken_duration

_ARRIVED = datetime(2026, 11, 25, 18, 32, tzinfo=UTC)
_ZONE = ZoneInfo("America/New_York")

_MINUTES = (0, 1, 19, 21, 24, 31, 53)  # of the sample outage

_DESK = DeskFacts(name="ThreePBX Support", address="support@desk.example", telephone="877-771-7464", press="2")
_WRITTEN = """Hello,

since about 1 pm nobody at our Denver office hears the other side when they
call out. Inbound is fine. We rebooted two phones and the router: no change.

  10:58:02  INVITE sip:13035550142@pbx.example  ->  200 OK
  10:58:31  BYE

Screenshot and a trace are attached.

Dana Whitfield
Acme Supply"""

_CHANGES = (
    ChangeFacts("Priority", "3", "2"),
    ChangeFacts("Status", "new", "pending, until Friday 27 November 2026, 14:00 EST"),
    ChangeFacts("Assigned to", "nobody", "ann"),
)
_COMMANDS = ("#resolve: solved; closes by itself later", "#priority 1-4: sets the priority, and the clocks by it")
_TABLE = TableFacts(
    "queue",
    (
        EntryFacts("TPBX-1042", 2, "Denver office: one-way audio on outbound calls", "Acme Supply", "25 Nov 15:32", ""),
        EntryFacts("TPBX-1043", 4, "A new phone for the front desk", "cy@borealis.example", "30 Nov 09:00", "ann"),
    ),
    3,
)

_ANSWER = """Hello Dana,

thank you for the trace. The calls left us with audio, and it was lost behind your router: it opens a new port for
each stream and closes it after 20 seconds.

> We rebooted two phones and the router: no change.

Please try this on one phone first:

- Menu > Network > NAT keep-alive: 15 s
- Reboot the phone, then call any number outside

https://docs.desk.example/nat?phone=t54w#keep-alive shows where that is."""
_SIGNATURE = "Ann Miller\nThreePBX Support"
_WHO_WROTE = "Dana Whitfield, dana@acme.example"

# What each letter is told in `what` and `detail`.
_NEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "notice": ("new ticket", ("TPBX-0998: one-way audio at the Boise office, closed on 3 November 2026",)),
    "refused": ("mail too large", ("Your mail has 61 MB; we can take up to 50 MB.",)),
    "warning": (
        "A letter could not be delivered",
        ("acknowledgement of TPBX-1042 to dana@acme.example", "550 5.1.1 user unknown"),
    ),
    "account-hold": ("held", ()),
    "confirm": ("tickets that were merged can't be parted again", ("#merge TPBX-0998",)),
    "escalation": ("breach", ()),
    "maintenance": ("announced", ()),
    "page": ("A new priority 2", ()),
    "push": ("A new priority 2", ()),
    "transcript": (
        "done",
        ("line 9, `# resolve`: this was read as words; a command such as `#resolve` stands above all words",),
    ),
    "rfo-draft": ("", ("TPBX-1043, Borealis", "TPBX-1051, Carter & Sons")),
    "status": ("workaround", ("Please dial 9 before the number.\nThis takes the calls over our second carrier.",)),
}

# The further news that a letter may bring.
_OTHER_NEWS: dict[str, tuple[str, ...]] = {
    "account-hold": ("released", "service"),
    "notice": ("voicemail", "answered", "stranger"),
    "escalation": ("level", "reply", "asked"),
    "maintenance": ("updated", "dropped", "cancelled", "completed"),
    "status": ("vendor", "restored", "resolved", "closed"),
    "transcript": ("failed", "unconfirmed"),
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
        deadlines=(
            DeadlineFacts(
                "response",
                spoken(_ARRIVED + timedelta(hours=2), _ZONE, language),
                spoken_duration(timedelta(minutes=20), language),
            ),
        ),
        answered=spoken(_ARRIVED + timedelta(hours=1), _ZONE, language),
        resolved=spoken(_ARRIVED + timedelta(days=2), _ZONE, language),
        closes=spoken(_ARRIVED + timedelta(days=9), _ZONE, language),
        until=spoken(_ARRIVED + timedelta(hours=1), _ZONE, language),
        rfo=_rfo(language),
        maintenance=_maintenance(language),
        running=(_maintenance(language),) if name == "notice" else (),
        page=PageFacts(2, spoken(_ARRIVED, _ZONE, language), ("ann", "bob")),
        changes=_CHANGES if name == "transcript" else (),
        commands=_COMMANDS if name in ("transcript", "notice") else (),
        history=_rfo(language).timeline if name == "transcript" else (),
        tables=(_TABLE,) if name == "transcript" else (),
        said=passages(_ANSWER),
        signature=_SIGNATURE,
        writer=_WHO_WROTE,
        thread=_thread(language),
        install_days=3,
        rate=RateFacts(
            spoken_money(Decimal("125.00"), "USD", language), spoken_duration(timedelta(hours=1), language), "19:00 EST"
        ),
    )


def samples(name: str, language: str = "en") -> Sequence[Letter]:
    """Letters that together walk every branch: rich, bare, after hours, install, unproven, no ticket."""
    rich = sample(name, language)
    bare = replace(rich, greeting_name="", reasons=(), contacts=(), attachments=(), text="", what="", detail=())
    bare = replace(bare, deadlines=(), answered="", resolved="", closes="", rfo=RfoFacts(), page=PageFacts())
    bare = replace(bare, said=(), signature="", writer="", thread=(), commands=())
    urgent = replace(
        rich,
        ticket=replace(rich.ticket, priority=1, priority_name="System-wide outage"),
        after_hours=True,
        cause_review=True,
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
        billable="priority handling",
        what="reply",
    )
    installs = [replace(install, billable=each) for each in ("", "work after hours", "asked for after hours")]
    nothing = replace(
        bare,
        ticket=TicketFacts("", "", "", 0, "", "", "", "", "", ""),
        promises=Promises("", "", "", ""),
    )
    news = [replace(rich, what=each) for each in _OTHER_NEWS.get(name, ())]
    states = [
        replace(rich, ticket=replace(rich.ticket, status=each)) for each in ("open", "vendor", "monitoring", "on_hold")
    ]
    unproven = replace(rich, proven=False, what="reopened")
    return (rich, bare, urgent, install, unproven, nothing, *news, *states, *installs)


def _thread(language: str) -> tuple[SaidFacts, ...]:
    def at(minutes: int) -> str:
        return spoken(_ARRIVED + timedelta(minutes=minutes), _ZONE, language)

    return (
        SaidFacts(at(24), "bob", "note", "The gateway in Denver drops RTP. I have asked the carrier."),
        SaidFacts(at(19), "ann", "answer", _ANSWER),
        SaidFacts(at(0), _WHO_WROTE, "customer", _WRITTEN),
    )


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
        telephone="+13035550142",
    )


def _rfo(language: str) -> RfoFacts:
    def after(minutes: int) -> str:
        return spoken(_ARRIVED + timedelta(minutes=minutes), _ZONE, language)

    story = ("reported", "acknowledged", "answered", "raised", "vendor", "workaround", "restored")
    return RfoFacts(
        service="Outbound calls of the US East cluster",
        cause="At 13:02 EST a routing change sent outbound calls to a gateway that was being taken out of service. It"
        " accepted the calls and dropped their audio. The change had only been tried where no gateway was leaving"
        " service, so the test did not show it.",
        impact="Until 14:25 EST callers in Denver and Boise could not hear the other side. Inbound calls, voicemail and"
        " the web interface were not affected.",
        resolution="We took the routing change back at 14:20 EST and restarted two media relays. From 14:25 EST on all"
        " test calls had audio in both directions.",
        prevention="- A gateway that leaves service now refuses new calls (done).\n"
        "- Routing changes are tried on a cluster with such a gateway first (from 1 December).",
        reported=after(0),
        began=after(0),
        acknowledged=after(1),
        answered=after(19),
        restored=after(53),
        resolved="",
        lasted=spoken_duration(timedelta(minutes=53), language),
        timeline=tuple(MomentFacts(after(minutes), what) for minutes, what in zip(_MINUTES, story, strict=True)),
        due=after(96 * 60),
        missing=("prevention",),
    )


def _maintenance(language: str) -> MaintenanceFacts:
    starts, ends = _ARRIVED + timedelta(days=9, hours=11), _ARRIVED + timedelta(days=9, hours=15)
    return MaintenanceFacts(
        id="sbc-2026-12",
        service="Outbound calls of the US East cluster",
        impact="outage",
        starts=spoken(starts, _ZONE, language),
        ends=spoken(ends, _ZONE, language),
        lasts=spoken_duration(ends - starts, language),
        account="Acme Supply",
        text=(
            "We replace the session border controllers that carry outbound calls. Calls in progress are cut off; new"
            " ones can be made again after about ten minutes.",
            "Inbound calls, voicemail and the web interface are not affected. You need not do anything.",
        ),
        upgrade=True,
    )


def _promises(language: str) -> Promises:
    return Promises(
        respond_within=spoken_duration(timedelta(hours=2), language),
        respond_by=spoken(_ARRIVED + timedelta(hours=2), _ZONE, language),
        resolve_within="as soon as possible",
        resolve_by="",
    )
