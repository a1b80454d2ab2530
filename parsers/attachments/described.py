"""A part of a mail described as an attachment."""

from __future__ import annotations

import hashlib

from parsers.attachments.kind import HEAD, kind
from parsers.attachments.name import LENGTH, made_up, safe_name
from parsers.header import decoded, one_line, readable, text
from parsers.mail import Attachment
from parsers.part import Part
from parsers.transfer import transfer_decoded


def described(part: Part, position: int, parent: str, defects: list[str]) -> Attachment:
    """What the part is, by its bytes; `parent` is the media type of what holds it."""
    data, broken = transfer_decoded(part.content, part.encoding)
    if broken:
        defects.append(f"{broken} in an attachment")
    declared = "application/octet-stream" if part.deep else part.media_type
    name = safe_name(given_name(part))
    found, media_type = kind(data[:HEAD], declared, name)
    return Attachment(
        name=name or _name_of_letter(part) or made_up(media_type),
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        kind=found,
        inline=part.disposition == "inline" or (not part.disposition and parent == "multipart/related"),
        content_id=_content_id(part),
        position=position,
    )


def given_name(part: Part) -> str:
    """The name that the sender gave, decoded, not yet safe; encoded words stand in parameters too."""
    name = part.disposition_parameters.get("filename") or part.type_parameters.get("name") or ""
    return decoded(readable(name, part)) if "=?" in name or not name.isascii() else name


def _name_of_letter(part: Part) -> str:
    """A forwarded mail is called by its subject."""
    if part.media_type != "message/rfc822" or not part.parts:
        return ""
    subject = safe_name(text(part.parts[0], "Subject").replace("/", "-")[: LENGTH - 4])
    return f"{subject}.eml" if subject else ""


def _content_id(part: Part) -> str | None:
    for name, value in part.raw_items():
        if name.lower() == "content-id":
            return one_line(str(value), 500).strip("<> ") or None
    return None
