"""A letter's blocks as text: records that responders.layout wraps and aligns once values are filled in.

A record is RECORD, then four fields parted by FIELD: its kind, how its first line begins, how the further
lines begin, and its text (a table row: its cells). Values can't hold these characters: they are control
characters, which never get into a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from responders.layout import CELL, FIELD, LINE, RECORD, Kind
from responders.tags import Statement, Tags
from responders.weaving import Woven


def plain_form(woven: Sequence[Woven], tags: Tags) -> str:
    """A text in which the tags are still set aside."""
    writer = _Writer(tags)
    for item in woven:
        if isinstance(item, Statement):
            writer.statement(item)
        else:
            writer.token(item)
    return "".join(writer.out)


@dataclass(slots=True)
class _Indent:
    """What one list item or quote puts before its lines."""

    first: str
    rest: str


class _Writer:
    def __init__(self, tags: Tags) -> None:
        self.out: list[str] = []
        self._tags = tags
        self._indents: list[_Indent] = []
        self._numbers: list[int | None] = []  # of the lists around, None where they are bullets
        self._loops = 0
        self._kind = Kind.PARAGRAPH
        self._cells: list[str] = []

    def statement(self, statement: Statement) -> None:
        self._loops += (statement.keyword == "for") - (statement.keyword == "endfor")
        self.out.append(self._tags.word(statement.tag))

    def token(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                self._indents.append(self._item())
            case "blockquote_open":
                self._indents.append(_Indent("> ", "> "))
            case "list_item_close" | "blockquote_close":
                self._indents.pop()
            case "heading_open":
                self._kind = Kind.HEADING
            case "paragraph_open":
                self._kind = Kind.ITEM if token.hidden else Kind.PARAGRAPH
            case "hr":
                self._record(Kind.RULE, "")
            case "inline":
                self._inline(token)
            case "tr_open":
                self._cells = []
                self._kind = Kind.ROW
            case "tr_close":
                self._record(Kind.ROW, CELL.join(self._cells))

    def _inline(self, token: Token) -> None:
        if self._kind is Kind.ROW:
            self._cells.append(_words(token, self._tags))
        else:
            self._record(self._kind, _words(token, self._tags))

    def _item(self) -> _Indent:
        number = self._numbers[-1]
        if number is None:
            return _Indent("- ", "  ")
        if self._loops:
            return _Indent(self._tags.word("{{ loop.index }}") + ". ", "   ")
        self._numbers[-1] = number + 1
        return _Indent(f"{number}. ", " " * len(f"{number}. "))

    def _record(self, kind: Kind, text: str) -> None:
        first = "".join(indent.first for indent in self._indents)
        rest = "".join(indent.rest for indent in self._indents)
        for indent in self._indents:
            indent.first = indent.rest  # a second paragraph of an item has no bullet of its own
        self.out.append(RECORD + FIELD.join((kind.value, first, rest, text)))


def _words(inline: Token, tags: Tags) -> str:
    """The text without marks; a link's target follows its text where it says more."""
    out: list[str] = []
    target, since = "", 0
    for token in inline.children or ():
        match token.type:
            case "text" | "text_special" | "code_inline":
                out.append(token.content)
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append(LINE)
            case "link_open":
                target, since = str(token.attrGet("href") or ""), len(out)
            case "link_close":
                shown = target.removeprefix("mailto:").removeprefix("tel:")
                if tags.put_back("".join(out[since:])) != tags.put_back(shown):
                    out.append(f" ({shown})")
    return "".join(out)
