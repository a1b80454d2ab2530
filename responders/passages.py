"""Plain words, as somebody typed them into a mail, as the blocks that a letter is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from responders.letter import Passage

_WRAPPED = 56  # characters; a shorter line ended where its writer wanted it to
_WIDTH = 72  # mail programs wrap at this width or a little more
_BULLET = re.compile(r"\s{0,8}[-*\u2022\u00b7]\s+(?=\S)")
_NUMBER = re.compile(r"\s{0,8}[0-9]{1,3}[.)]\s")


def passages(text: str) -> tuple[Passage, ...]:
    """Paragraphs, lists with bullets, and quotes by ">". What a mail program wrapped is one line again.

    Every word stays, in its order; numbered lists stay lines with the numbers that were typed.
    """
    return tuple(passage for kind, lines in _runs(text) if (passage := _passage(kind, lines)))


def _runs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Neighbouring lines of one kind; a blank line ends a run, and so does the first bullet."""
    kind = ""
    run: list[str] = []
    for line in [*text.split("\n"), ""]:
        now = _kind(line, kind)
        if run and now != kind:
            yield kind, run
            run = []
        kind = now
        if now:
            run.append(line)


def _kind(line: str, above: str) -> str:
    if not line.strip():
        return ""
    if line.lstrip().startswith(">"):
        return "quote"
    if _BULLET.match(line) or (above == "list" and line.startswith("  ")):
        return "list"
    return "paragraph"


def _passage(kind: str, lines: Sequence[str]) -> Passage | None:
    if kind == "list":
        return Passage(kind, lines=tuple(_items(lines)))
    if kind == "quote":
        lines = [line.lstrip("> ") for line in lines]
    words = "\n".join(_unwrapped(lines)).strip()
    return Passage(kind, words) if words else None


def _items(lines: Sequence[str]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        bullet = _BULLET.match(line)
        if bullet and item:
            yield "\n".join(_unwrapped(item))
            item = []
        item.append(line[bullet.end() :] if bullet else line.strip())
    yield "\n".join(_unwrapped(item))


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Joins a line to the one above that had no room for its first word."""
    joined: list[str] = []
    last = ""  # the line above, as it stood
    for line in lines:
        if joined and _goes_on(last, line):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line.rstrip())
        last = line.rstrip()
    return joined


def _goes_on(above: str, line: str) -> bool:
    first = line.split(None, 1)[0] if line.strip() else ""
    columns = "  " in above.strip() or "\t" in above or line[:1].isspace() or _NUMBER.match(line)
    return bool(first) and not columns and len(above) >= _WRAPPED and len(above) + 1 + len(first) > _WIDTH
