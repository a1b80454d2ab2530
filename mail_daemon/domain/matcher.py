"""Finds all phrases of all lists in a sentence at once, in time linear in it and whatever the phrases are.

The phrases make a non-deterministic automaton over words; its deterministic states are built as texts meet
them. What two words in a row begin is remembered: that settles most places of a text in one look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from itertools import compress, count, groupby
from operator import getitem, or_
from threading import Lock

from mail_daemon.domain.nodes import Ending, Node, Places, Step, Symbol, Symbols
from mail_daemon.domain.phrases import GAP, Item, Pattern

_MOST_STEPS = 200_000  # that are remembered, about 60 MB; then all are forgotten: strangers' texts can't fill memory
_FEW_PLACES = 16
_LONGEST_SENTENCE = 60  # words; what is longer is several

Hit = tuple[int, int, int]  # start, end, lists as bits
Found = tuple[int, int, list[Hit], int]  # a sentence's first word and end, the phrases in it, the lists of them all


class _Walk(dict["Symbol | None", "Step | None"]):
    """Some words into the phrases: how each symbol leads on."""

    __slots__ = ("_found", "_left", "_matcher", "_next", "_places", "_waited", "_words")

    def __init__(self, matcher: Matcher, words: int, places: Places, found: tuple[Ending, ...]) -> None:
        self[None] = None  # no walk is empty, and so none is false
        self._matcher = matcher
        self._words = words
        self._places = places
        self._found = found
        self._next: list[dict[str, list[Node]]] = []  # of the places, once a word leads on
        self._left: Places | None = None
        self._waited: Step | None = None  # where a word leads that only fills a gap, once one did

    def __missing__(self, symbol: Symbol) -> Step | None:
        step = self[symbol] = self._led(symbol) or (None if symbol.bars or symbol.closes else self._filled())
        return step

    def _led(self, symbol: Symbol) -> Step | None:
        if symbol.names and not self._next:
            self._next = self._matcher.following(self._places)
        led = [node for name in symbol.names for following in self._next for node in following.get(name, ())]
        if not led:
            return None
        after = set() if symbol.closes else {place for node in led for place in node.places()}
        if not symbol.bars and not symbol.closes:
            after.update(self._gaps())
        return self._matcher.walk(self._words + 1, frozenset(after), self._found, [node.ends for node in led])

    def _filled(self) -> Step | None:
        if self._waited is None and self._gaps():
            self._waited = self._matcher.walk(self._words + 1, self._gaps(), self._found, ())
        return self._waited

    def _gaps(self) -> Places:
        """The places behind gaps that may be one word longer."""
        if self._left is None:
            self._left = frozenset((node, skips - 1) for node, skips in self._places if skips)
        return self._left


class Matcher:
    """Add all phrases, then find; finding is thread-safe."""

    def __init__(self, barriers: Collection[str] = (), families: Sequence[int] = (~0,), ignored: int = 0) -> None:
        """`barriers`: words that no gap jumps over; a phrase hides shorter ones of its family of lists.

        The phrases of lists that are `ignored` are not found, they only hide others.
        """
        self._ignored = ignored
        self._families = families
        self._nodes = Node()
        self._branches: dict[tuple[int, str], Node] = {}
        self._symbols = Symbols(barriers, self.begin)
        self._end = Symbol((), True, True, False, self.begin)
        self._lock = Lock()
        self._forget()

    def add(self, pattern: Pattern, bit: int) -> None:
        node = self._nodes
        for item in pattern:
            branch = (id(node), item.written)
            if branch not in self._branches:
                self._branches[branch] = self._branch(node, item)
            node = self._branches[branch]
        node.ends |= bit

    def _branch(self, node: Node, item: Item) -> Node:
        if item.written == GAP:
            return node.beyond()
        self._symbols.learn(item)
        end = Node()
        node.items.append((item, end))
        return end

    def ready(self) -> None:
        """To be called once all phrases are added."""
        self._forget()

    def symbols(self, words: Sequence[str]) -> list[Symbol]:
        """What the words are, and an end."""
        return [*map(self._symbols.__getitem__, words), self._end]

    def find(self, symbols: Sequence[Symbol]) -> Iterator[Found]:
        """The phrases in each sentence that has some, by where they start.

        One inside a longer one of its family is left out.
        """
        opened = [*map(getitem, symbols, symbols[1:])]
        reached = [0] * (len(self._families) + 1)
        hits: list[Hit] = []
        begin = mask = 0
        for start, (after, found) in zip(compress(count(), opened), filter(None, opened), strict=True):
            if reached[-1] != begin:
                if hits:
                    yield from _cut(begin, reached[-1], hits, mask)
                    hits, mask = [], 0
                begin = reached[-1]
            at = start + 2
            while after:
                step = after[symbols[at]]
                if step is None:
                    break
                after, found = step
                at += 1
            for family, lists, size in found:
                stop = start + size
                if stop > reached[family]:
                    reached[family] = stop
                    if lists:
                        hits.append((start, stop, lists))
                        mask |= lists
        if hits:
            yield from _cut(begin, len(opened), hits, mask)

    def begin(self, first: Symbol, second: Symbol) -> Step | None:
        """The step over two words, or over the first alone where the second leads nowhere."""
        self._learn()
        after, found = self._root[first] or (None, ())
        step = (after and after[second]) or (None, found)
        if first.ends:
            return None, (*found, (len(self._families), 0, 1))
        return step if step[0] or step[1] else None

    def following(self, places: Places) -> list[dict[str, list[Node]]]:
        """Where words lead from each place; from many, in one dictionary."""
        with self._lock:
            following = [node.following() for node, _ in places]
        if len(following) <= _FEW_PLACES:
            return following
        merged: dict[str, list[Node]] = {}
        for each in following:
            for word, nodes in each.items():
                merged.setdefault(word, []).extend(nodes)
        return [merged]

    def walk(self, words: int, places: Places, found: tuple[Ending, ...], ended: Iterable[int]) -> Step:
        """The step that has found these and now the lists of `ended`; equal ones are one, to share what they learn."""
        self._learn()
        ends = reduce(or_, ended, 0)
        longest = {one[0]: one for one in found}
        for at, family in enumerate(self._families):
            lists = ends & family
            if lists:
                longest[at] = (at, 0 if lists & self._ignored else lists, words)
        key = (words, places, tuple(longest.values()))
        step = self._walks.get(key)
        if step is None:
            found = self._found.setdefault(key[2], key[2])
            step = self._walks[key] = (_Walk(self, words, places, found) if places else None, found)
        return step

    def _learn(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self._forget()

    def _forget(self) -> None:
        self._steps = 0  # that the walks remember
        self._walks: dict[tuple[int, Places, tuple[Ending, ...]], Step] = {}
        self._found: dict[tuple[Ending, ...], tuple[Ending, ...]] = {}
        self._root = _Walk(self, 0, frozenset(self._nodes.places()), ())
        self._symbols.forget()


def _cut(begin: int, end: int, hits: list[Hit], mask: int) -> Iterator[Found]:
    """A sentence, or the parts of one that is too long."""
    if end - begin <= _LONGEST_SENTENCE:
        yield begin, end, hits, mask
        return
    for _, part in groupby(hits, lambda hit: (hit[0] - begin) // _LONGEST_SENTENCE):
        short = list(part)
        yield short[0][0], short[-1][1], short, reduce(or_, (lists for _, _, lists in short))
