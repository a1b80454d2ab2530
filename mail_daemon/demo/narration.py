"""What became of each mail, read from the database of the run, and told in a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich import box
from rich.markup import escape
from rich.table import Table

from mail_daemon.demo.customers import Sample
from mail_daemon.desk import Desk
from mail_daemon.domain.priority import Reason
from mail_daemon.store.rows import Event, Posted, Ticket
from mail_daemon.store.rows_inbound import Inbound
from mail_daemon.store.store import Work
from parsers.fingerprint import fingerprint
from responders.times import spoken_duration

_MATCHES = {
    "new": "opened",
    "reply": "a reply to it",
    "reopened": "reopened by a reply",
    "follow-up": "opened, follows an ended one",
    "stranger": "a stranger's mail to it",
    "unproven": "in an agent's name, unproven",
    "bounce": "a letter came back",
}
_MACHINES = {
    "auto-reply": "a machine replied",
    "out-of-office": "an out-of-office reply",
    "list": "mail of a mailing list",
    "bulk": "bulk mail",
    "null-sender": "mail without a sender to answer",
}
_LETTERS = {"acknowledgement": "acknowledged to", "notice": "notice to", "warning": "warning to"}
_COLOURS = {1: "bold red", 2: "bold yellow", 3: "bold cyan", 4: "bold green"}
_PARTS = ("message", "other")  # what delivery reports are made of
_LONGEST = 90  # characters of one thing told


@dataclass(frozen=True, slots=True)
class Story:
    """One mail and what the daemon made of it."""

    sample: Sample
    ref: str  # "" where it belongs to no ticket
    what: str
    silence: str  # why nothing goes back to the sender; "" where an acknowledgement does
    priority: int | None = None  # None where the mail sets none
    promise: str = ""  # "1 hour", until a person answers
    why: str = ""
    attached: tuple[str, ...] = ()
    letters: tuple[Posted, ...] = ()
    told: tuple[str, ...] = ()  # for each letter, who gets it and as what


def stories(work: Work, desk: Desk, samples: Iterable[Sample], seen: set[int]) -> list[Story]:
    """As things stand now. `seen` collects the stored mails told of, which tells a second copy from the first."""
    return [_story(work, desk, sample, seen) for sample in samples]


def is_settled(work: Work, samples: Iterable[Sample]) -> bool:
    """Whether every mail has found its place and no letter waits."""
    found = [work.inbound.by_fingerprint(fingerprint(sample.raw)) for sample in samples]
    return all(mail and mail.state != "received" for mail in found) and not work.outbox.list("waiting")


def table(told: Sequence[Story], title: str) -> Table:
    drawn = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_lines=True, expand=True
    )
    for name, ratio in (("Mail", 27), ("Ticket", 15), ("Priority, and why", 23), ("What was done", 31)):
        drawn.add_column(name, ratio=ratio, overflow="fold")
    for story in told:
        drawn.add_row(
            "\n".join(_mail(story)),
            f"[bold]{story.ref}[/]\n{story.what}" if story.ref else story.what,
            _priority(story),
            "\n".join(_done(story)),
        )
    return drawn


def _story(work: Work, desk: Desk, sample: Sample, seen: set[int]) -> Story:
    mail = work.inbound.by_fingerprint(fingerprint(sample.raw))
    if mail is None:
        raise LookupError(f"{sample.name}: the daemon has not stored it")
    if mail.id in seen:
        ref = desk.ref(mail.ticket_id) if mail.ticket_id else ""
        return Story(sample, ref, "the same mail", "a second copy: stored and filed once")
    seen.add(mail.id)
    ticket = work.tickets.get(mail.ticket_id) if mail.ticket_id else None
    if ticket is None:
        return Story(sample, "", mail.state, mail.reason or "")
    return _filed(work, desk, sample, mail, ticket)


def _filed(work: Work, desk: Desk, sample: Sample, mail: Inbound, ticket: Ticket) -> Story:
    events = [event for event in work.tickets.events(ticket.id) if event.inbound_id == mail.id]
    # A mail's letters are queued at the very moment of its events, in the same transaction.
    moments = {event.at for event in events}
    letters = tuple(letter for letter in work.outbox.of(ticket.id) if letter.queued in moments)
    story = Story(
        sample=sample,
        ref=desk.ref(ticket.id),
        what=_MATCHES.get(mail.match or "", mail.match or ""),
        silence=_silence(mail, events, letters),
        attached=tuple(_attached(work, ticket.id, mail.id)),
        letters=letters,
        told=tuple(_told(desk, letters)),
    )
    if mail.match in ("new", "follow-up") or any(event.what == "priority changed" for event in events):
        within = spoken_duration(desk.policy.levels[ticket.priority].response)
        return replace(story, priority=ticket.priority, promise=within, why=_why(ticket.reasons))
    return story


def _attached(work: Work, ticket_id: int, inbound_id: int) -> Iterator[str]:
    ours = {message.id for message in work.tickets.messages(ticket_id) if message.inbound_id == inbound_id}
    for attachment in work.tickets.attachments(ticket_id):
        if attachment.message_id in ours and attachment.kind not in _PARTS:
            yield f"{attachment.name} ({attachment.kind})"


def _told(desk: Desk, letters: Iterable[Posted]) -> Iterator[str]:
    """Customers by their address, agents by their name; letters of one kind on one line."""
    by_letter: dict[str, list[str]] = {}
    for letter in letters:
        for address in letter.recipients:
            agent = desk.directory.agent(address)
            by_letter.setdefault(letter.letter, []).append(agent.name if agent else address)
    for name, readers in by_letter.items():
        yield f"{_LETTERS.get(name, name + ' to')} {', '.join(readers)}"


def _silence(mail: Inbound, events: Sequence[Event], letters: Sequence[Posted]) -> str:
    details = [event.detail for event in events]
    if any(letter.letter == "acknowledgement" for letter in letters):
        return ""
    if why := next((str(detail["reason"]) for detail in details if "reason" in detail), ""):
        return f"no answer: {_MACHINES.get(why, why)}"
    if mail.match == "bounce":
        return "no answer: a delivery report"
    if machine := next((str(detail["automatic"]) for detail in details if "automatic" in detail), ""):
        return f"no answer: {_MACHINES.get(machine, machine)}"
    return "no acknowledgement: the ticket has one already"


def _why(reasons: Sequence[Reason]) -> str:
    if not reasons:
        return "no rule speaks of it"
    first = reasons[0]
    return f"“{first.evidence}”\n{first.rule}" if first.evidence else first.rule


def _mail(story: Story) -> Iterator[str]:
    yield f"[bold]{_shown(story.sample.sender)}[/]"
    yield _shown(story.sample.subject)
    yield from (f"[dim]+ {_shown(name)}[/]" for name in story.attached)


def _priority(story: Story) -> str:
    if story.priority is None:
        return "[dim]unchanged[/]" if story.ref else ""
    colour = _COLOURS.get(story.priority, "bold")
    return f"[{colour}]{story.priority}[/]  answer in {story.promise}\n[dim]{_shown(story.why)}[/]"


def _done(story: Story) -> list[str]:
    lines = [_shown(each) for each in story.told]
    return lines + ([f"[italic]{_shown(story.silence)}[/]"] if story.silence else [])


def _shown(text: str) -> str:
    """Words from mails as they are: no control characters, no markup, nothing endless."""
    plain = "".join(each if each.isprintable() or each == "\n" else " " for each in text)
    return escape(plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…")
