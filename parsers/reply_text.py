"""What a person newly wrote, apart from what the mail quotes and from the signature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.reply_marks import Cut, find_cut, is_phone_signature, is_quote

_EXAMINED = 200_000  # characters; what follows them stays with what stands above it
_WRAP = 60  # a quoted line of at least this length may have been wrapped, its rest losing the ">"
_OWN_WORDS = 3  # lines below a quote that are the writer's own; fewer are a footer or a signature

_FORWARDS = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vb|vl|vid|pd|ilt|továbbítás|转发|轉寄|転送|전달)\s?[:\uff1a]",
    re.IGNORECASE,
)

_NEW, _QUOTED, _SIGNATURE = range(3)

# A note that says nothing but "read what follows".
_POINTERS = frozenset(
    [
        *("fyi", "f.y.i", "fyi see below", "see below", "please see below", "see attached"),
        *("zur info", "zur information", "zur kenntnis", "zk", "siehe unten", "s.u"),
        *(
            "pour info",
            "pour information",
            "voir ci-dessous",
            "ver abajo",
            "para su información",
            "para info",
        ),
        *("vedi sotto", "per info", "per conoscenza", "ter info", "ter informatie", "zie onder"),
        *(
            "para conhecimento",
            "veja abaixo",
            "til info",
            "se nedan",
            "för kännedom",
            "do wiadomości",
            "viz níže",
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail's text in three; every line of it is in exactly one."""

    new: str
    quoted: str
    signature: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring lines, blank ones aside, that are all quoted or all not."""

    quoted: bool
    start: int
    end: int
    lines: int


def forwards(subject: str) -> bool:
    """Whether the subject begins as mail programs begin that of a forwarded mail."""
    return _FORWARDS.match(subject) is not None


def split(text: str, *, forwarded: bool = False) -> Reply:
    """Splits the text of a mail line by line, in linear time.

    A mail that forwards (`forwarded` says that its subject does; a marker in the text does too) is
    new as a whole, since its writer sends it to be read. Answers written between the lines of a
    quote keep the lines that they answer, still marked by ">".
    """
    head, rest = _examined(text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = head.split("\n")
    tags = [_NEW] * len(lines)
    _tag(lines, tags, forwarded)
    reply = Reply(*(_joined(lines, tags, tag) for tag in (_NEW, _QUOTED, _SIGNATURE)))
    if not rest:
        return reply
    if reply.quoted:
        return Reply(reply.new, f"{reply.quoted}\n{rest}", reply.signature)
    return Reply(f"{reply.new}\n{rest}".strip("\n"), "", reply.signature)


def _examined(text: str) -> tuple[str, str]:
    if len(text) <= _EXAMINED:
        return text, ""
    end = text.rfind("\n", 0, _EXAMINED)
    end = end if end > 0 else _EXAMINED
    return text[:end], text[end:].strip("\n")


def _joined(lines: Sequence[str], tags: Sequence[int], wanted: int) -> str:
    """The lines of one tag, without the blank ones around them."""
    chosen = [line for line, tag in zip(lines, tags, strict=True) if tag == wanted]
    return "\n".join(chosen).strip("\n \t")


def _tag(lines: Sequence[str], tags: list[int], forwarded: bool) -> None:
    cut = find_cut(lines, 0, len(lines))
    if cut is None:
        _tag_signature(lines, tags, 0, len(lines))
        _tag_uncut(lines, tags)
        return
    if forwarded or cut.kind == "forward":
        return
    _tag_signature(lines, tags, 0, cut.start)
    own = " ".join(line.strip() for line, tag in zip(lines[: cut.start], tags, strict=False) if tag == _NEW)
    if cut.kind == "attribution":
        _tag_attributed(lines, tags, cut, bool(own.strip()))
    elif own.strip() and own.strip(" .!:-").lower() not in _POINTERS:
        _mark(tags, cut.start, len(lines), _QUOTED)


def _tag_uncut(lines: Sequence[str], tags: list[int]) -> None:
    """Without a marking line only quotes at the end are sure to be what is answered."""
    groups = list(_groups(lines, 0, _first(tags, _SIGNATURE)))
    if len(groups) == 1 and groups[0].quoted and not _answers(lines[groups[0].start : groups[0].end]):
        return
    while groups and groups[-1].quoted:
        _mark(tags, groups[-1].start, groups[-1].end, _QUOTED)
        groups.pop()


def _answers(quote: Sequence[str]) -> bool:
    """Whether the quote begins with "On ..., ... wrote:", so that it is a thread without an answer."""
    bare = [line.lstrip("> ") for line in quote[:4]]
    return find_cut(bare, 0, len(bare)) is not None


def _tag_attributed(lines: Sequence[str], tags: list[int], cut: Cut, answered_above: bool) -> None:
    _mark(tags, cut.start, cut.end, _QUOTED)
    following = find_cut(lines, cut.end, len(lines))
    end = following.start if following else len(lines)
    _mark(tags, end, len(lines), _QUOTED)
    groups = list(_groups(lines, cut.end, end))
    if groups and not groups[0].quoted:
        if answered_above:
            _mark(tags, cut.end, end, _QUOTED)
        else:
            _tag_signature(lines, tags, cut.end, end)
        return
    _tag_answers(lines, tags, groups, answered_above)


def _tag_answers(lines: Sequence[str], tags: list[int], groups: list[_Group], answered_above: bool) -> None:
    """Below an attribution and a quote: nothing, a footer, one answer, or answers between the lines."""
    if groups and not groups[-1].quoted:
        _tag_signature(lines, tags, groups[-1].start, groups[-1].end, written=True)
        if tags[groups[-1].start] == _SIGNATURE:
            groups.pop()
    between = len(groups) > 2
    while groups and groups[-1].quoted:
        _mark(tags, groups[-1].start, groups[-1].end, _QUOTED)
        groups.pop()
    own = sum(group.lines for group in groups if not group.quoted)
    if not between and answered_above and own < _OWN_WORDS:
        for group in groups:
            _mark(tags, group.start, len(lines), _QUOTED)
    elif not between and groups:
        _mark(tags, groups[0].start, groups[0].end, _QUOTED)


def _tag_signature(lines: Sequence[str], tags: list[int], start: int, end: int, *, written: bool = False) -> None:
    """Everything from "-- " (RFC 3676 section 4.3) or a phone's line on, if something is written above."""
    for index in range(start, end):
        line = lines[index]
        if written and line[:1] in "-_" and _begins_signature(lines, index):
            return _mark(tags, index, end, _SIGNATURE)
        if line and line[0] != ">" and is_phone_signature(line):
            return _mark(tags, index, end if written else index + 1, _SIGNATURE)
        written = written or (line != "" and not line.isspace())
    return None


def _begins_signature(lines: Sequence[str], index: int) -> bool:
    """Whether the line is "-- ", or the rule above a mailing list's footer."""
    line = lines[index].strip()
    if line == "--":
        return True
    below = lines[index + 1].lower() if index + 1 < len(lines) else ""
    return len(line) >= 2 and not line.strip("_") and "mailing list" in below


def _groups(lines: Sequence[str], start: int, end: int) -> Iterator[_Group]:
    first, count, quoted = start, 0, False
    for index in range(start, end):
        line = lines[index]
        if not line or line.isspace():
            continue
        now = is_quote(line) or _is_wrapped_rest(lines, index, start)
        if count and now != quoted:
            yield _Group(quoted, first, index, count)
            first, count = index, 0
        quoted, count = now, count + 1
    if count:
        yield _Group(quoted, first, end, count)


def _is_wrapped_rest(lines: Sequence[str], index: int, start: int) -> bool:
    """Whether the line lost its ">" when the long quoted line above it was wrapped."""
    if index == start or not is_quote(lines[index - 1]) or len(lines[index - 1]) < _WRAP:
        return False
    return index + 1 < len(lines) and is_quote(lines[index + 1])


def _first(tags: Sequence[int], tag: int) -> int:
    return tags.index(tag) if tag in tags else len(tags)


def _mark(tags: list[int], start: int, end: int, tag: int) -> None:
    tags[start:end] = [tag] * (end - start)
