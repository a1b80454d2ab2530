"""The table of commands that an agent's mail may hold; docs/agents.md shows it, and a test keeps both equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mail_daemon.domain import arguments, orders
from mail_daemon.domain.moments import moment
from mail_daemon.domain.ticket import CATEGORIES, ENDED, Cause, Status, ways

AT_DESK: frozenset[Status | None] = frozenset({None})  # in a mail to the desk that answers no ticket
IN_TICKET: frozenset[Status | None] = frozenset(Status)
GOES_ON: frozenset[Status | None] = IN_TICKET - ENDED
ANYWHERE = AT_DESK | IN_TICKET

_NOT_THE_AGENTS = (Cause.CUSTOMER_REPLIED, Cause.AGENT_REPLIED)  # these take words, not a command


@dataclass(frozen=True, slots=True)
class Setting:
    """What an argument is read with: the agent's time zone, the desk's tag."""

    now: datetime
    zone: ZoneInfo
    tag: str


@dataclass(frozen=True, slots=True)
class Verb:
    """`usage` is the form of the argument: "" for none, in brackets where it may be left out.

    `parse` raises ValueError. `where` are the states of a ticket in which the command may do something, with None
    for a mail to the desk.
    """

    name: str
    usage: str
    help: str
    example: str
    parse: Callable[[str, Setting], orders.Order]
    where: frozenset[Status | None] = IN_TICKET
    admin: bool = False

    @property
    def form(self) -> str:
        return f"#{self.name} {self.usage}".rstrip()

    @property
    def needs_argument(self) -> bool:
        return bool(self.usage) and not self.usage.startswith("[")


def way_to(status: Status, target: Status) -> Cause | None:
    """What an agent can let happen so that a ticket gets from one state into another; None where nothing can."""
    return next((cause for cause, then in _ways(status).items() if then is target), None)


def applying(status: Status | None, *, admin: bool = False) -> list[Verb]:
    """The commands that apply in a ticket of this state, or, for None, in a mail to the desk."""
    return [verb for verb in VERBS.values() if status in verb.where and (admin or not verb.admin)]


def help_text(status: Status | None, *, admin: bool = False) -> list[str]:
    """A line for each command that applies now; `#status` names the states that can follow."""
    return [f"{_form(verb, status)}: {verb.help}" for verb in applying(status, admin=admin)]


def _form(verb: Verb, status: Status | None) -> str:
    if verb.name != "status" or status is None:
        return verb.form
    return f"#status {'|'.join(dict.fromkeys(_ways(status).values()))}"


def _ways(status: Status) -> dict[Cause, Status]:
    return {cause: then for cause, then in ways(status).items() if cause not in _NOT_THE_AGENTS}


def _leading_to(target: Status, *also: Status) -> frozenset[Status | None]:
    return frozenset({*also, *(status for status in Status if way_to(status, target))})


def _account(said: str, at: Setting) -> orders.Order:
    return orders.SetAccount(None if arguments.simple(said) == "none" else arguments.line(said))


def _new(said: str, at: Setting) -> orders.Order:
    return orders.New(arguments.address(said) if said else "")


def _pending(said: str, at: Setting) -> orders.Order:
    return orders.Pending(moment(arguments.simple(said), at.now, at.zone) if said else None)


def _rfo(said: str, at: Setting) -> orders.Order:
    what, _, rest = said.partition(" ")
    match arguments.choice(what, ("draft", "send", "waive", "share"), "step of a Reason for Outage"), bool(rest):
        case "draft", False:
            return orders.RfoDraft()
        case "send", False:
            return orders.RfoSend()
        case "waive", True:
            return orders.RfoWaive(arguments.line(rest))
        case "share", True:
            return orders.RfoShare(arguments.refs(rest, at.tag))
    raise ValueError("write #rfo draft, #rfo send, #rfo waive WHY or #rfo share REF")


_TABLE = (
    Verb("status", "STATE", "sets the state", "#status resolved",
         lambda said, _: orders.SetStatus(arguments.state(said))),
    Verb("resolve", "", "solved; closes by itself later", "#resolve",
         lambda *_: orders.SetStatus(Status.RESOLVED), _leading_to(Status.RESOLVED)),
    Verb("close", "", "ends the ticket", "#close",
         lambda *_: orders.SetStatus(Status.CLOSED), _leading_to(Status.CLOSED)),
    Verb("reopen", "", "takes it up again", "#reopen",
         lambda *_: orders.SetStatus(Status.OPEN), _leading_to(Status.OPEN)),
    Verb("pending", "[UNTIL]", "the customer's turn; clocks pause, until a time if you name one", "#pending friday",
         _pending, _leading_to(Status.PENDING, Status.PENDING)),
    Verb("vendor", "REF", "with the platform vendor, under this reference of theirs", "#vendor CASE-77120",
         lambda said, _: orders.Vendor(arguments.line(said)), _leading_to(Status.VENDOR, Status.VENDOR)),
    Verb("workaround", "[TEXT]", "tells the customer what helps until then: the line, or all words below it",
         "#workaround Dial 9 first.", lambda said, _: orders.Workaround(said), GOES_ON),
    Verb("monitor", "", "service is restored; left open and watched", "#monitor",
         lambda *_: orders.SetStatus(Status.MONITORING), _leading_to(Status.MONITORING)),
    Verb("priority", "1-4", "sets the priority, and the clocks by it", "#priority 2",
         lambda said, _: orders.Rank(arguments.level(said)), GOES_ON),
    Verb("assign", "NAME|me|none", "gives the ticket to an agent", "#assign me",
         lambda said, _: orders.Assign(arguments.agent(said))),
    Verb("note", "[TEXT]", "keeps inside all that the mail says", "#note",
         lambda said, _: orders.Note(said)),
    Verb("category", "X", f"one of {', '.join(CATEGORIES)}", "#category billing",
         lambda said, _: orders.Categorise(arguments.choice(said, CATEGORIES, "category"))),
    Verb("account", "X", "the customer's account, or none", "#account Acme", _account),
    Verb("subject", "TEXT", "renames the ticket", "#subject One-way audio in Boston",
         lambda said, _: orders.SetSubject(arguments.line(said))),
    Verb("cc", "ADDRESS", "lets somebody take part, who gets copies from now on", "#cc dave@acme.example",
         lambda said, _: orders.AddCc(arguments.address(said))),
    Verb("accept", "ADDRESS", "lets a stranger who wrote in the ticket take part", "#accept erin@partner.example",
         lambda said, _: orders.Accept(arguments.address(said))),
    Verb("merge", "REF", "puts this ticket into another; asks first", "#merge TPBX-1042",
         lambda said, at: orders.Merge(arguments.ref(said, at.tag))),
    Verb("split", "", "makes a ticket of its own of the customer's last mail", "#split",
         lambda *_: orders.Split()),
    Verb("link", "REF", "names another ticket that belongs to this one", "#link 1042",
         lambda said, at: orders.LinkTo(arguments.ref(said, at.tag))),
    Verb("time", "1h30m KIND TEXT", "puts down work: emergency, install or professional; -30m takes back",
         "#time 1h30m professional moved the queue", lambda said, _: orders.LogTime(*arguments.worked(said))),
    Verb("fault", "customer|provider", "whose fault a priority 1 after hours was", "#fault customer",
         lambda said, _: orders.Fault(arguments.choice(said, arguments.FAULTS, "side"))),
    Verb("rfo", "draft|send|waive WHY|share REF...", "the Reason for Outage; send asks first", "#rfo draft", _rfo),
    Verb("escalate", "", "tells the customer now whom to turn to: the contacts of policy section 7", "#escalate",
         lambda *_: orders.Escalate(), GOES_ON),
    Verb("spam", "", "ends the ticket, and its sender hears no more; asks first", "#spam",
         lambda *_: orders.Spam()),
    Verb("resend", "", "sends the last letter to the customer again", "#resend", lambda *_: orders.Resend()),
    Verb("history", "", "shows what happened so far", "#history", lambda *_: orders.History()),
    Verb("help", "", "shows these commands", "#help", lambda *_: orders.Help(), ANYWHERE),
    Verb("new", "[ADDRESS]", "opens a ticket with the words below for a customer", "#new carol@acme.example",
         _new, AT_DESK),
    Verb("for", "ADDRESS", "that customer, in a line below #new", "#for carol@acme.example",
         lambda said, _: orders.New(arguments.address(said)), AT_DESK),
    Verb("queue", "", "admins: what waits for us", "#queue", lambda *_: orders.Queue(), ANYWHERE, admin=True),
    Verb("overdue", "", "admins: broken promises", "#overdue", lambda *_: orders.Overdue(), ANYWHERE, admin=True),
    Verb("today", "", "admins: what is due today", "#today", lambda *_: orders.Today(), ANYWHERE, admin=True),
)  # fmt: skip

VERBS = {verb.name: verb for verb in _TABLE}

# What agents type as well, and what it stands for.
ALIASES = {
    "p1": "priority 1",
    "p2": "priority 2",
    "p3": "priority 3",
    "p4": "priority 4",
    "prio": "priority",
    "take": "assign me",
    "resolved": "resolve",
    "closed": "close",
    "reopened": "reopen",
    "open": "status open",
    "monitoring": "monitor",
    "internal": "note",
}
