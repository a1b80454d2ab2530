"""Screen: may this mail be filed, and may anything be answered to it? (RFC 3834 section 2)"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mail_daemon.domain.decisions import Screening
from mail_daemon.domain.identity import untagged
from parsers.mail import Mail
from responders.addresses import BadAddress, wire

_NOBODY = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gates compare a mail with."""

    ours: Collection[str]  # the desk's addresses
    refused_senders: Collection[str]  # addresses or domains
    is_ours: Callable[[str], bool]  # whether a Message-ID carries our signature


def screen(mail: Mail, gate: Gate, *, refused: str | None = None) -> Screening:
    """Goes through the gates in order; `refused` is why receiving turned the mail's body away."""
    own = _own(mail, gate)
    return Screening(
        quarantine=_quarantine(mail, gate, refused, own),
        unanswerable=_unanswerable(mail, gate),
        machine=mail.automatic is not None or mail.bounce is not None,
        own=own,
    )


def _own(mail: Mail, gate: Gate) -> bool:
    signed = mail.message_id is not None and gate.is_ours(mail.message_id)
    return signed or (mail.sender.address in gate.ours and mail.automatic is not None)


def _quarantine(mail: Mail, gate: Gate, refused: str | None, own: bool) -> str | None:
    sender = mail.sender
    if refused:
        return f"too large: {refused}"
    if own:
        return "a letter of our own came back"
    if sender.address in gate.refused_senders or sender.domain in gate.refused_senders:
        return f"refused sender {sender.address}"
    return None


def _unanswerable(mail: Mail, gate: Gate) -> str | None:
    for why, holds in _REASONS:
        if holds(mail, gate):
            return why
    return mail.automatic


def _can_be_sent_to(address: str) -> bool:
    try:
        wire(address)
    except BadAddress:
        return False
    return True


# The first that holds is the reason that the ticket keeps; after these, the kind of automatic mail.
_REASONS: tuple[tuple[str, Callable[[Mail, Gate], bool]], ...] = (
    ("delivery report", lambda mail, _: mail.bounce is not None),
    ("From has no usable address", lambda mail, _: not mail.sender.address or mail.sender_defect is not None),
    ("no letter can be sent to the address in From", lambda mail, _: not _can_be_sent_to(mail.sender.address)),
    ("From is an address of ours", lambda mail, gate: untagged(mail.sender.address) in gate.ours),
    ("null envelope sender", lambda mail, _: mail.envelope_sender == ""),
    ("the sender takes no mail", lambda mail, _: mail.sender.address.partition("@")[0] in _NOBODY),
    ("X-Auto-Response-Suppress", lambda mail, _: mail.suppress),
)
