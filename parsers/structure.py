"""Bytes to a tree of parts (RFC 2045, RFC 2046), in linear time, with limits, mending what is broken.

The standard library's parser goes line by line and through all levels at each line: a mail of 25 MB
takes it seconds and 100 MB, and 10,000 levels its stack. Here the bytes are searched for boundaries and
stay where they are; the tree is made of the standard library's own Message objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from parsers.fields import EMPTY_LINES, FIELDS, fields
from parsers.part import Part

PARTS = 1000  # parts in all; what comes after the last is left out
DEPTH = 50  # levels; what lies below the last is one attachment
_MISLEADING = 10_000  # lines that begin like a boundary and are none, before the search is given up

_OTHER_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.I)


def structure(raw: bytes) -> tuple[Part, list[str]]:
    """The mail's tree, and in words what was mended or left out.

    Shaped as the standard library's: a multipart holds its parts, message/rfc822 the mail inside,
    message/delivery-status its blocks.
    """
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # lines ended as on an old Mac
    splitter = _Splitter(raw)
    start = len(raw) - len(raw.lstrip(b"\r\n")) if raw[:1] in b"\r\n" else 0
    root = splitter.part(start, len(raw), 0, "text/plain")
    return root, list(dict.fromkeys(splitter.defects))


class _Span(NamedTuple):
    start: int
    end: int
    last: bool  # a closing line follows


class _Splitter:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.defects: list[str] = []
        self._parts = 0
        self._misleading = 0

    def part(self, start: int, end: int, depth: int, default: str) -> Part:
        part = Part(self.raw)
        self._parts += 1
        part.set_default_type(default)
        part.start, part.end = self._headers(part, start, end), end
        part.declare(default)
        if depth >= DEPTH:
            if part.media_type.startswith(("multipart/", "message/")):
                part.deep = True
                self.defects.append(f"more than {DEPTH} levels: what lies below is one attachment")
        elif part.media_type.startswith("multipart/"):
            self._take_apart(part, depth)
        elif part.media_type == "message/delivery-status":
            if blocks := self._blocks(part):
                part.hold(blocks)
        elif part.media_type.startswith("message/") and part.encoding in ("", "7bit", "8bit", "binary"):
            part.hold([self.part(part.start, end, depth + 1, "text/plain")])
        return part

    def _headers(self, part: Part, start: int, end: int) -> int:
        """Fills in the headers; where the body begins."""
        body = start
        for name, value, after in fields(self.raw, start, end, self.defects):
            if name:
                part.set_raw(name, value)
            body = after
        if len(part) >= FIELDS:
            self.defects.append(f"more than {FIELDS} header fields: the rest is left out")
        return body

    def _take_apart(self, part: Part, depth: int) -> None:
        boundary = part.type_parameters.get("boundary", "").rstrip()
        found = self._spans(part, boundary.encode("utf-8", "surrogateescape")) if boundary else []
        if not found and (other := _OTHER_BOUNDARY.search(self.raw[part.start : part.start + 8192])):
            self.defects.append("the boundary of a multipart is not the one it declares")
            found = self._spans(part, other[1])
        if not found:
            self.defects.append("a multipart without any boundary: read as text")
            return
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        part.hold(self._children(found, boundary, depth, default))

    def _children(self, found: list[_Span], boundary: str, depth: int, default: str) -> list[Part]:
        children: list[Part] = []
        adopting: Part | None = None
        for span in found:
            if self._parts >= PARTS:
                self.defects.append(f"more than {PARTS} parts: the rest is left out")
                break
            child = self.part(span.start, span.end, depth + 1, default)
            if adopting is not None:
                adopting.hold([*adopting.parts, child])
                adopting = None if span.last else adopting
                continue
            children.append(child)
            if child.media_type.startswith("multipart/") and not child.parts and not span.last:
                # A multipart inside that has its parent's boundary: what follows, up to the next
                # closing line, is its own.
                same = child.type_parameters.get("boundary", "").rstrip() == boundary
                adopting = child if same else None
        return children

    def _spans(self, part: Part, boundary: bytes) -> list[_Span]:
        """Where the parts begin and end."""
        spans: list[_Span] = []
        begin: int | None = None
        for number, (at, after, closing) in enumerate(self._delimiters(part, b"--" + boundary)):
            stop = _before_line_end(self.raw, at)
            if number == 0:
                begin = self._undelimited(part.start, stop, closing)
            if begin is not None and begin < stop:
                spans.append(_Span(begin, stop, closing))
            elif closing and spans:
                spans[-1] = spans[-1]._replace(last=True)
            begin = None if closing else after
            if len(spans) > PARTS:
                return spans
        if begin is not None and begin < part.end:
            self.defects.append("the closing boundary is missing")
            spans.append(_Span(begin, part.end, True))
        return spans

    def _undelimited(self, start: int, end: int, closing: bool) -> int | None:
        """Where the first part begins if it stands where text for old mail programs would.

        Some servers' bounces lack the first delimiter.
        """
        preamble = self.raw[start:end].lstrip(b"\r\n")
        headed = preamble[:8].lower() == b"content-"
        if not headed and not (closing and preamble):
            return None
        self.defects.append("the opening boundary is missing")
        return end - len(preamble) if headed else start

    def _delimiters(self, part: Part, line: bytes) -> Iterator[tuple[int, int, bool]]:
        """(start of the line, start of the next, whether it closes) of each delimiter line."""
        raw, end, size = self.raw, part.end, len(line)
        at = raw.find(line, part.start, end)
        while at >= 0:
            stop = raw.find(b"\n", at + size, min(at + size + 200, end))
            if stop < 0:
                stop = end
            tail = raw[at + size : min(stop, at + size + 200)].strip(b" \t\r")
            if (at == part.start or raw[at - 1] == 10) and tail in (b"", b"--"):
                yield at, min(stop + 1, end), tail == b"--"
            else:
                self._misleading += 1
                if self._misleading > _MISLEADING:
                    self.defects.append("too many lines that look like boundaries: the rest is left out")
                    return
            at = raw.find(line, at + size, end)

    def _blocks(self, part: Part) -> list[Part]:
        """The per-message and per-recipient groups of a delivery report (RFC 3464 section 2.1)."""
        blocks: list[Part] = []
        position = part.start
        while self._parts < PARTS:
            while position < part.end and self.raw[position] in b"\r\n":
                position += 1
            if position >= part.end:
                break
            block = self.part(position, part.end, DEPTH, "text/plain")
            if len(block):
                blocks.append(block)
            position = block.end = block.start
            if not len(block) or not self.raw[position - 3 : position].endswith((b"\n\n", b"\n\r\n")):
                # A line that is no field ends a block too; what follows it up to an empty line is lost.
                found = EMPTY_LINES.search(self.raw, position, part.end)
                position = found.end() if found else part.end
        return blocks


def _before_line_end(raw: bytes, at: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
    if at and raw[at - 1] == 10:
        at -= 1
        if at and raw[at - 1] == 13:
            at -= 1
    return at
