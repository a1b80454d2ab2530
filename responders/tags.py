"""Jinja tags in a template are set aside while Markdown and CSS work on the rest, and put back afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
KEYWORD = re.compile(r"\{%[-+]?\s*(\w+)")
# Plain letters and digits: neither Markdown, HTML nor CSS nor a URL changes them.
STAND_IN = re.compile(r"<!--qjz(\d+)z-->|qjz(\d+)z")

OPENS = frozenset({"for", "if"})
DIVIDES = frozenset({"elif", "else"})
CLOSES = frozenset({"endfor", "endif"})


class MisplacedTag(Exception):
    """A tag stands where the letter's structure can't take it. `line` counts from 1 in the text given."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Statement:
    """A `{% ... %}` on a line of its own: it stands after `before` lines that are not blank."""

    tag: str
    keyword: str
    before: int
    line: int  # in the source, from 1
    order: int  # among all statements of the source


@dataclass(slots=True)
class Tags:
    """The tags set aside so far, each under the number of its stand-in."""

    kept: list[str] = field(default_factory=list)

    def word(self, tag: str) -> str:
        """A stand-in that is part of a text."""
        self.kept.append(tag)
        return f"qjz{len(self.kept) - 1}z"

    def comment(self, tag: str) -> str:
        """A stand-in that may stand between table rows and list items in HTML."""
        return f"<!--{self.word(tag)}-->"

    def put_back(self, text: str) -> str:
        return STAND_IN.sub(lambda match: self.kept[int(match[1] or match[2])], text)


def set_aside(source: str, tags: Tags) -> tuple[str, list[Statement]]:
    """Markdown without Jinja, and the statements that stood on lines of their own. Raises MisplacedTag."""
    kept: list[str] = []
    statements: list[Statement] = []
    before = 0
    for number, line in enumerate(source.split("\n"), start=1):
        found = TAG.findall(line)
        rest = TAG.sub("", line)
        if "{{" in rest or "{%" in rest or "{#" in rest:
            raise MisplacedTag(number, "this tag does not end on its line; write it all on one line")
        if found and not rest.strip() and not any(tag.startswith("{{") for tag in found):
            for tag in found:
                if tag.startswith("{%"):
                    statements.append(Statement(tag, _keyword(tag, number), before, number, len(statements)))
            continue
        _check_inline(found, number)
        kept.append(TAG.sub(lambda match: "" if match[0].startswith("{#") else tags.word(match[0]), line))
        before += bool(line.strip())
    return "\n".join(kept), statements


def _keyword(tag: str, line: int) -> str:
    named = KEYWORD.match(tag)
    keyword = named[1] if named else ""
    if keyword not in OPENS | DIVIDES | CLOSES:
        raise MisplacedTag(line, f"`{tag}` is not for letters; write if, elif, else or for")
    return keyword


def _check_inline(found: list[str], line: int) -> None:
    """Statements inside a line open and close on that line: HTML would cross otherwise."""
    depth = 0
    for tag in found:
        if tag.startswith("{%"):
            keyword = _keyword(tag, line)
            depth += (keyword in OPENS) - (keyword in CLOSES)
    if depth:
        raise MisplacedTag(line, "an if or for begins here and ends in another line; give each tag its own line")
