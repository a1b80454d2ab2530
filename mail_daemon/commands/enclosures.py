"""The attachments and pictures of an agent's mail, on their way to the customer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mail_daemon.changes.errors import ChangeError
from mail_daemon.desk import Desk
from mail_daemon.domain.identity import Role
from mail_daemon.settings.policy import Agent
from parsers.mail import Attachment
from parsers.message import contents
from responders.enclosure import Enclosure

# What the agent's mail program adds about the agent and that mail: signatures, keys.
_OF_THE_MAIL = frozenset(
    {
        "application/pgp-encrypted",
        "application/pgp-keys",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
_CARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_TNEF = "application/ms-tnef"  # the whole mail once more, as Outlook packs it for itself
_TOKEN = re.compile(rb"[A-Za-z0-9]{2,10}-[0-9]{1,12}\.[0-9a-z]{16}\.[ac][a-z2-7]{8}\.[a-z2-7]{20}")
_MOST_TOKENS = 100


def enclosed(
    desk: Desk, agent: Agent, attachments: Sequence[Attachment], raw: Callable[[], bytes]
) -> tuple[Enclosure, ...]:
    """All that the agent attached, of every kind; names are safe since they were read.

    `raw` fetches the mail that the attachments were found in. Raises ChangeError for what may hold internal words,
    such as a letter of ours to an agent, and for more than `agents.attachments`.
    """
    wanted = [each for each in attachments if each.media_type not in _OF_THE_MAIL]
    if not wanted:
        return ()
    _check_size(desk, wanted)
    found = contents(raw(), [each.position for each in wanted])
    with_bytes = [(each, found[each.position]) for each in wanted]
    return tuple(_enclosure(desk, each, content) for each, content in with_bytes if not _own_card(agent, each, content))


def _check_size(desk: Desk, attachments: Sequence[Attachment]) -> None:
    most = desk.settings.agents.attachments
    total = sum(each.size for each in attachments)
    if total > most:
        raise ChangeError(
            f"What you attached has {total / 1_000_000:.1f} MB, and at most {most / 1_000_000:.1f} MB go out."
        )


def _enclosure(desk: Desk, attachment: Attachment, content: bytes) -> Enclosure:
    if attachment.media_type == _TNEF:
        raise ChangeError(
            f"{attachment.name} holds your mail once more, with what it quotes. Send it as HTML or plain text, not as "
            "Rich Text."
        )
    if _ours(desk, content):
        raise ChangeError(f"{attachment.name} holds a letter of ours to an agent, which is internal; leave it out.")
    # A mail in a mail may stand in no base64 (RFC 2046 section 5.2.1); as a file it can.
    whole = attachment.media_type.startswith(("message/", "multipart/"))
    media_type = "application/octet-stream" if whole else attachment.media_type
    picture = attachment.inline and attachment.kind == "screenshot"
    return Enclosure(attachment.name, media_type, content, inline=picture)


def _ours(desk: Desk, content: bytes) -> bool:
    """Whether the Message-ID of a letter to an agent stands in it; Outlook's .msg has a zero after each letter."""
    found = _TOKEN.findall(content.replace(b"\0", b""))
    tokens = (desk.signer.read(each.decode("ascii")) for each in found[:_MOST_TOKENS])
    return any(token is not None and token.role is Role.AGENT for token in tokens)


def _own_card(agent: Agent, attachment: Attachment, content: bytes) -> bool:
    return attachment.media_type in _CARDS and agent.address.encode() in content.lower()
