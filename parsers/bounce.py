"""Delivery reports and complaints: which mail came back, for whom, and whether for good."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.bounce_text import (
    failed_recipients,
    is_complaint,
    looks_like_bounce,
    says_delayed,
    says_temporary,
)
from parsers.charset import decode
from parsers.header import raw, text
from parsers.html import to_text
from parsers.mail import Bounce
from parsers.part import Part, leaves
from parsers.transfer import transfer_decoded

_EXAMINED = 200_000  # bytes of one part
_RECIPIENTS = 100

_REPORT = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/global-headers",
    "message/rfc822-headers",
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)")
_REPLY_CODE = re.compile(r"(?:^|[\s:<\[(#=-])([45])\d\d(?=[\s:>\])-])", re.MULTILINE)
_MESSAGE_ID = re.compile(r"(?:^|\n)[ \t>]*(?:X-)?(?:Original-)?Message-ID:\s{0,40}(<[^<>\s]{1,500}>)", re.IGNORECASE)
_ID = re.compile(r"<[^<>\s]{1,500}>")
_ADDRESS = re.compile(r"[^\s<>;,:\"'()\[\]{}|]{1,200}@[^\s<>;,:\"'()\[\]{}|@]{1,250}")
_FULL = ("5.2.2", "4.2.2")  # RFC 3463 section 3.3: the mailbox is full, which passes


def bounce(root: Part) -> Bounce | None:
    """What a report says about a mail sent earlier, or None where the mail is no report.

    hard is a failure for good (status 5, but a full mailbox), soft one that may pass (status 4, given
    up), delay one that the server still tries to mend, feedback a complaint (RFC 5965).
    """
    parts = list(leaves(root))
    for part in parts:
        if part.media_type == "message/feedback-report":
            return _feedback(root, parts, _fields(_content(part)))
    for part in parts:
        if part.media_type in _REPORT or part.media_type == "multipart/report":  # without any boundary
            groups = _groups(_content(part))
            if any("action" in group or "status" in group for group in groups):
                return _standard(root, parts, groups)
    return _complaint(root, parts) or _by_its_looks(root, parts)


def _feedback(root: Part, parts: Sequence[Part], fields: dict[str, list[str]]) -> Bounce:
    named = [*fields.get("original-rcpt-to", ()), *fields.get("removal-recipient", ())]
    return Bounce("feedback", _addresses(named), None, _original_id(root, parts, ""))


def _standard(root: Part, parts: Sequence[Part], groups: Sequence[dict[str, list[str]]]) -> Bounce | None:
    """RFC 3464: one group for the mail, one for each recipient."""
    recipients = [group for group in groups if "final-recipient" in group or "action" in group] or groups
    for action in ("failed", "delayed"):
        chosen = [group for group in recipients if _action(group) == action]
        if chosen:
            status = _status_of(chosen[0])
            kind = "delay" if action == "delayed" else _kind(status, "")
            named = [_recipient(group) for group in chosen[:_RECIPIENTS]]
            return Bounce(kind, _addresses(named), status, _original_id(root, parts, ""))
    return None  # delivered, relayed or expanded: nothing came back


def _complaint(root: Part, parts: Sequence[Part]) -> Bounce | None:
    """Complaints that do not follow RFC 5965."""
    sender, subject = text(root, "From"), text(root, "Subject")
    if raw(root, "X-Apple-Unsubscribe"):  # a mail program that says "no more" for its user
        return Bounce("feedback", _addresses([sender]), None, None)
    if is_complaint(sender, subject, "") and _returned(parts):
        return _feedback(root, parts, {"original-rcpt-to": raw(root, "X-HmXmrOriginalRecipient")})
    return None


def _by_its_looks(root: Part, parts: Sequence[Part]) -> Bounce | None:
    """Servers that follow no standard: told by sender, subject and words."""
    sender, subject, failed = (text(root, name) for name in ("From", "Subject", "X-Failed-Recipients"))
    returned = _returned(parts)
    known = bool(failed) or looks_like_bounce(sender, subject, text(root, "Return-Path"), returned)
    if not (known or root.media_type == "multipart/report"):
        return None
    if root.type_parameters.get("report-type", "").lower() == "disposition-notification":
        return None
    words = "\n".join(_text(part) for part in parts if part.media_type.startswith(("text/", "multipart/")))
    words = words[:_EXAMINED]
    explained = failed_recipients(words, known and returned)
    if explained is None:
        return None
    ours = _addresses([text(root, "To")])  # the report came back to whoever sent the mail
    named = _addresses([failed]) or tuple(a for a in explained if a not in ours) or explained
    if is_complaint(sender, subject, words):
        return Bounce("feedback", named, None, _original_id(root, parts, words))
    status = next((".".join(found) for found in _STATUS.findall(words) if found[0] != "2"), None)
    kind = "delay" if says_delayed(subject, words) else _kind(status, words)
    return Bounce(kind, named, status, _original_id(root, parts, words))


def _returned(parts: Sequence[Part]) -> bool:
    return any(part.media_type in _ORIGINAL for part in parts)


def _kind(status: str | None, words: str) -> str:
    if status:
        return "soft" if status[0] == "4" or status in _FULL else "hard"
    if says_temporary(words):
        return "soft"
    code = _REPLY_CODE.search(words)
    return "soft" if code and code[1] == "4" else "hard"


def _action(group: dict[str, list[str]]) -> str:
    said = group.get("action", [""])[0].lower().split(" ")[0].strip(" ;.")
    if said in ("failed", "failure", "delayed", "delivered", "relayed", "expanded"):
        return "failed" if said == "failure" else said
    status = _status_of(group)
    return "failed" if status and status[0] in "45" else ""


def _status_of(group: dict[str, list[str]]) -> str | None:
    """The status; where it only says "some failure", the code in the diagnosis if that says more."""
    found = _STATUS.search(" ".join(group.get("status", ())))
    status = ".".join(found.groups()) if found else None
    if status is None or status.endswith(".0.0"):
        closer = _STATUS.search(" ".join(group.get("diagnostic-code", ())))
        if closer and closer[1] != "2":
            return ".".join(closer.groups())
    return status


def _recipient(group: dict[str, list[str]]) -> str:
    return " ".join((group.get("final-recipient") or group.get("original-recipient") or [""])[:1])


def _addresses(named: Sequence[str]) -> tuple[str, ...]:
    found = [address.lower().strip(".") for value in named for address in _ADDRESS.findall(value[:2000])]
    return tuple(dict.fromkeys(found))[:_RECIPIENTS]


# ---- which mail it was ----


def _original_id(root: Part, parts: Sequence[Part], words: str) -> str | None:
    return next(_original_ids(root, parts, words), None)


def _original_ids(root: Part, parts: Sequence[Part], words: str) -> Iterator[str]:
    """The likeliest first: the mail or its headers as returned, the report's own words, what it answers."""
    for part in parts:
        if part.media_type in _ORIGINAL:
            for inner in part.parts[:1]:
                yield from _ID.findall(" ".join(raw(inner, "Message-ID"))[:1000])
            yield from _ids_in(_content(part))
    for part in parts:
        if part.media_type not in _ORIGINAL and not part.media_type.startswith(("image/", "audio/", "video/")):
            yield from _ids_in(_content(part))
    yield from _ids_in(words)
    for name in ("X-Original-Message-ID", "Original-Message-ID", "In-Reply-To", "References"):
        yield from _ID.findall(" ".join(raw(root, name))[-2000:])


def _ids_in(content: str) -> Iterator[str]:
    for found in _MESSAGE_ID.finditer(content):
        yield found[1]


# ---- bytes to text ----


def _content(part: Part) -> str:
    """The head of the part's content without its transfer encoding; what isn't ASCII becomes U+FFFD."""
    content = part.content[:_EXAMINED]
    return transfer_decoded(content, part.encoding)[0].decode("ascii", "replace").replace("\r\n", "\n")


def _text(part: Part) -> str:
    content = transfer_decoded(part.content[:_EXAMINED], part.encoding)[0]
    words = decode(content, part.type_parameters.get("charset", ""))[0].replace("\r\n", "\n")
    return to_text(words) if part.media_type == "text/html" else words


def _groups(content: str) -> list[dict[str, list[str]]]:
    return [_fields(group) for group in re.split(r"\n[ \t]*\n", content)[: 10 * _RECIPIENTS] if group.strip()]


def _fields(group: str) -> dict[str, list[str]]:
    """Field names in lower case to their values, unfolded."""
    fields: dict[str, list[str]] = {}
    values: list[str] = []
    for line in group.split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in " \t" and values:
            values[-1] += " " + line.strip()
        elif colon:
            values = fields.setdefault(name.strip().lower(), [])
            values.append(value.strip())
    return fields
