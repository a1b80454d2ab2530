"""Puts the statements that stood between lines back between the blocks that Markdown made of those lines.

A template may loop over list items and table rows and make paragraphs conditional:

    | What | Until |
    |---|---|
    {% for promise in promises %}
    | {{ promise.what }} | {{ promise.until }} |
    {% endfor %}

Markdown knows nothing of it: it sees the table without the two lines, and says for each block from which line
to which it goes. A `for` goes as deep as its lines allow (around the row, not around the table); an `if`
stays as far outside as it can (around the whole list, when it holds all of it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from responders.tags import CLOSES, OPENS, MisplacedTag, Statement

CONTAINERS = frozenset({"bullet_list", "ordered_list", "list_item", "blockquote", "table", "tbody"})


@dataclass(slots=True)
class Group:
    """One if or for, from its first statement to its last, with the groups inside it."""

    statements: list[Statement] = field(default_factory=list)
    inner: list[Group] = field(default_factory=list)

    @property
    def begin(self) -> int:
        return self.statements[0].before

    @property
    def end(self) -> int:
        return self.statements[-1].before


Woven = Token | Statement


def weave(markdown: str, tokens: Sequence[Token], statements: Sequence[Statement]) -> list[Woven]:
    """The tokens in their order with every statement at its place. Raises MisplacedTag."""
    filled = accumulate((bool(line.strip()) for line in markdown.split("\n")), initial=0)
    weaver = _Weaver(list(filled))
    return list(weaver.woven(SyntaxTreeNode(tokens).children, _groups(statements)))


def _groups(statements: Sequence[Statement]) -> list[Group]:
    outermost: list[Group] = []
    open_groups: list[Group] = []
    for statement in statements:
        if statement.keyword in OPENS:
            group = Group([statement])
            (open_groups[-1].inner if open_groups else outermost).append(group)
            open_groups.append(group)
        elif not open_groups:
            raise MisplacedTag(statement.line, f"`{statement.tag}` closes nothing; write its if or for before it")
        else:
            open_groups[-1].statements.append(statement)
            if statement.keyword in CLOSES:
                open_groups.pop()
    if open_groups:
        first = open_groups[-1].statements[0]
        raise MisplacedTag(first.line, f"`{first.tag}` never ends; write `{{% end{first.keyword} %}}`")
    return outermost


class _Weaver:
    def __init__(self, filled: list[int]) -> None:
        self._filled = filled  # how many lines before this one are not blank

    def woven(self, nodes: Sequence[SyntaxTreeNode], groups: Sequence[Group]) -> Iterator[Woven]:
        here, deeper = self._placed(nodes, groups)
        for index, node in enumerate(nodes):
            begin = self._span(node)[0]
            while here and here[0].before <= begin:
                yield here.pop(0)
            yield from self._node(node, deeper.get(index, []))
        yield from here

    def _node(self, node: SyntaxTreeNode, groups: Sequence[Group]) -> Iterator[Woven]:
        if node.nester_tokens is None or not groups:
            yield from node.to_tokens()
            return
        yield node.nester_tokens.opening
        yield from self.woven(node.children, groups)
        yield node.nester_tokens.closing

    def _placed(
        self, nodes: Sequence[SyntaxTreeNode], groups: Sequence[Group]
    ) -> tuple[list[Statement], dict[int, list[Group]]]:
        here: list[Statement] = []
        deeper: dict[int, list[Group]] = {}
        waiting = list(groups)
        while waiting:
            group = waiting.pop()
            index = self._holder(nodes, group)
            if index is not None:
                deeper.setdefault(index, []).append(group)
                continue
            for statement in group.statements:
                self._check_gap(nodes, statement)
            here += group.statements
            waiting += group.inner
        here.sort(key=lambda statement: statement.order)
        return here, deeper

    def _holder(self, nodes: Sequence[SyntaxTreeNode], group: Group) -> int | None:
        """The block inside which the whole group belongs, if there is one."""
        loop = group.statements[0].keyword == "for"
        for index, node in enumerate(nodes):
            begin, end = self._span(node)
            within = begin <= group.begin and group.end <= end and begin < end
            whole = begin == group.begin and group.end == end
            at_edge = group.begin == group.end and group.begin in (begin, end)
            if node.type in CONTAINERS and within and not at_edge and (not whole or _repeats(node, loop)):
                return index
        return None

    def _check_gap(self, nodes: Sequence[SyntaxTreeNode], statement: Statement) -> None:
        for node in nodes:
            begin, end = self._span(node)
            if begin < statement.before < end:
                what = node.type.replace("_", " ")
                raise MisplacedTag(
                    statement.line,
                    f"`{statement.tag}` cuts a {what} in two; leave a blank line before and after it",
                )

    def _span(self, node: SyntaxTreeNode) -> tuple[int, int]:
        first, last = node.map or (0, 0)
        return self._filled[first], self._filled[last]


def _repeats(node: SyntaxTreeNode, loop: bool) -> bool:
    """A loop over all of a list repeats its items, not the list; over a whole item, the item."""
    return loop and node.type != "list_item"
