"""Which parts of a mail are its text and which are attachments, as a person at a mail program sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.attachments.described import described, given_name
from parsers.charset import decode
from parsers.flowed import unflowed
from parsers.html import to_text
from parsers.mail import Attachment
from parsers.part import Part
from parsers.transfer import transfer_decoded

TEXT_LENGTH = 1_000_000  # characters of text that are read; a long novel has as many
_RAW_LENGTH = 4_000_000  # bytes of one text part that are decoded

_TEXTS = ("text/plain", "text/html")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")  # C0 and C1: \x9b is half a CSI
_PLACEHOLDER = 300  # characters; a plain text that only says to look at the HTML is no longer


def body(root: Part, defects: list[str]) -> tuple[str, tuple[Attachment, ...]]:
    """The mail's whole text, quotes and all, and its attachments; what was mended is added to `defects`."""
    reader = _Reader(defects)
    texts = reader.walk(root, "", 0)
    if not texts and reader.fallback is not None:
        texts = [reader.fallback]
    return _joined(reader, texts), tuple(reader.attachments)


def _joined(reader: _Reader, texts: list[Part]) -> str:
    """What all the texts say; a thousand long ones count no more than one."""
    pieces: list[str] = []
    left = TEXT_LENGTH
    for part in texts:
        if left <= 0:
            reader.defects.append(f"texts of over {TEXT_LENGTH} characters: the rest is left out")
            break
        if piece := reader.text(part).strip("\n")[:left]:
            pieces.append(piece)
            left -= len(piece)
    return "\n\n".join(pieces)


@dataclass(slots=True)
class _Reader:
    defects: list[str]
    attachments: list[Attachment] = field(default_factory=list)
    fallback: Part | None = None  # a named text that is shown where there is no other
    _position: int = 0

    def walk(self, part: Part, parent: str, index: int) -> list[Part]:
        """The parts that make up the text; the others become attachments."""
        if part.media_type.startswith("multipart/") and part.parts:
            found = [self.walk(child, part.media_type, n) for n, child in enumerate(part.parts)]
            if part.media_type == "multipart/alternative":
                return self._chosen([texts for texts in found if texts])
            return [text for texts in found for text in texts]
        position, self._position = self._position, self._position + 1
        if _is_text(part, parent, index):
            return [part]
        if not _is_unseen_alternative(part, parent):
            self.attachments.append(described(part, position, parent, self.defects))
            if self.fallback is None and part.media_type in _TEXTS and part.disposition != "attachment":
                self.fallback = part
        return []

    def text(self, part: Part) -> str:
        """The part's text with "\\n" for line ends."""
        text = self._decoded(part)
        if part.media_type == "text/html":
            text = to_text(text)
        elif part.type_parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=part.type_parameters.get("delsp", "").lower() == "yes")
        if len(text) > TEXT_LENGTH:
            self.defects.append(f"a text of over {TEXT_LENGTH} characters: the rest is left out")
            text = text[:TEXT_LENGTH]
        return text

    def _decoded(self, part: Part) -> str:
        data, broken = transfer_decoded(part.content, part.encoding)
        if len(data) > _RAW_LENGTH:
            self.defects.append(f"a text of over {_RAW_LENGTH} bytes: the rest is left out")
            data = data[:_RAW_LENGTH]
        text, mended = decode(data, part.type_parameters.get("charset"))
        for defect in (broken, mended):
            if defect:
                self.defects.append(f"{defect} in the text")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROL.sub("", text)

    def _chosen(self, alternatives: list[list[Part]]) -> list[Part]:
        """The plain text where it says something, else the richest that can be read (RFC 2046 5.1.4)."""
        plain = next((texts for texts in alternatives if _all_plain(texts)), [])
        html = next((texts for texts in reversed(alternatives) if not _all_plain(texts)), [])
        if not plain or not html:
            return plain or html
        said = "".join(self._decoded(part) for part in plain).strip()
        if not said:
            return html
        if len(said) <= _PLACEHOLDER and "html" in said.lower():
            shown = "".join(self.text(part) for part in html).strip()
            return html if len(shown) > len(said) else plain
        return plain


def _is_text(part: Part, parent: str, index: int) -> bool:
    """After RFC 8621 section 4.1.4, but that a text with a file name of its own is a file."""
    if part.deep or part.disposition == "attachment" or "filename" in part.disposition_parameters:
        return False
    if part.media_type.startswith("multipart/"):
        return True  # one that has no boundary, and is read as it stands
    if part.media_type not in _TEXTS:
        return False
    return index == 0 or (parent != "multipart/related" and not given_name(part))


def _is_unseen_alternative(part: Part, parent: str) -> bool:
    """Another form of the text that no mail program lists as a file, such as AMP."""
    return (
        parent == "multipart/alternative"
        and part.media_type.startswith("text/")
        and part.media_type != "text/calendar"
        and part.disposition != "attachment"
        and not given_name(part)
    )


def _all_plain(texts: list[Part]) -> bool:
    return all(part.media_type != "text/html" for part in texts)
