"""One part of a mail, as the standard library's Message, over bytes that are not copied."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from typing import Any

from parsers.parameters import parameters

_TYPE_LENGTH = 4096  # characters of a MIME header field that are read


class Part(Message):
    """A part whose content stays in the mail's bytes until it is asked for.

    `media_type` and `disposition` are in lower case, with their parameters beside them; `deep` marks a
    part that was not taken apart because it lies too deep; `parts` is empty for a leaf.
    """

    def __init__(self, source: bytes) -> None:
        super().__init__()
        self._source = source
        self._has_text = False
        self.parts: list[Part] = []
        self.start = self.end = 0
        self.media_type = "text/plain"
        self.type_parameters: dict[str, str] = {}
        self.disposition = ""
        self.disposition_parameters: dict[str, str] = {}
        self.encoding = ""
        self.deep = False

    @property
    def content(self) -> bytes:
        """The body as it came, transfer encoding and all."""
        return self._source[self.start : self.end]

    def declare(self, default: str) -> None:
        """Takes media type, disposition and encoding from the headers; the first of each counts."""
        self.media_type = default
        for name, value in self.raw_items():
            low = name.lower()
            if low == "content-type" and not self.type_parameters:
                found, self.type_parameters = parameters(str(value)[:_TYPE_LENGTH])
                if found.count("/") == 1:
                    self.media_type = found
                elif found:
                    # RFC 2045 section 5.2 reads an invalid type as plain text; "text" alone is meant so too.
                    self.media_type = "text/plain" if found.startswith("text") else "application/octet-stream"
            elif low == "content-disposition" and not self.disposition:
                self.disposition, self.disposition_parameters = parameters(str(value)[:_TYPE_LENGTH])
            elif low == "content-transfer-encoding" and not self.encoding:
                self.encoding = str(value)[:100].strip(" \t\"';").lower()

    def hold(self, parts: list[Part]) -> None:
        """Makes it a container."""
        self.parts = parts
        self.set_payload(list(parts))

    def get_payload(self, i: Any = None, decode: Any = False) -> Any:
        """As the standard library's; the text of a leaf is made when first asked for."""
        if not self.parts and not self._has_text:
            self._has_text = True
            self.set_payload(self.content.decode("ascii", "surrogateescape"))
        return super().get_payload(i, decode)


def leaves(part: Part) -> Iterator[Part]:
    """The parts that hold something, in walking order; a mail inside the mail is one of them."""
    if part.media_type.startswith("multipart/") and part.parts:
        for child in part.parts:
            yield from leaves(child)
    else:
        yield part
