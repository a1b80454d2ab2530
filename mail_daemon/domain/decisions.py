"""What the stages say to one another: frozen values, each with the reason that the ticket keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Screening:
    """Whether a mail may be filed and answered.

    `quarantine` says why it is set aside instead of filed; `unanswerable` why no automatic letter may go
    back; `machine` that no person wrote it, so that it neither reopens nor resumes anything; `own` that it
    is our own mail, come back.
    """

    quarantine: str | None = None
    unanswerable: str | None = None
    machine: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the From line claims to be, and what speaks for it. A From line alone proves nothing."""

    address: str  # "" where From has no usable address
    name: str
    role: str  # agent, customer (of a known account), unknown
    account: str | None
    zone: ZoneInfo
    language: str
    authenticated: bool  # a trusted server saw DMARC pass, and for an agent through an aligned DKIM signature

    @property
    def proven(self) -> bool:
        """May be addressed by name, and quoted to: a known account or a DMARC pass."""
        return self.account is not None or self.authenticated


@dataclass(frozen=True, slots=True)
class Match:
    """Where a mail belongs.

    `kind` is one of new, reply, reopened, follow-up, command, unproven, stranger, bounce. `ticket` is None
    for a new ticket, and for orders to the desk as a whole; `related` are tickets to link for the agents. `how` is
    the evidence: token, message-id, thread-index, tag, address (an agent's, authenticated) or ""; or why an agent's
    token is no proof: expired-token, void-token (somebody else had it), unauthenticated, automatic. `proof` is the
    nonce of the token that proves an agent, `exposed` are those of agents' tokens that came from somebody else.
    """

    kind: str
    ticket: int | None = None
    how: str = ""
    related: tuple[int, ...] = ()
    proof: str = field(default="", compare=False)
    exposed: tuple[str, ...] = field(default=(), compare=False)
