"""What the phrases are made of for the matcher: places, and words as symbols."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from threading import Lock

from mail_daemon.domain.phrases import GAP, NUMBER, Item, Keys
from mail_daemon.domain.words import QUESTION, stopped

_GAP_WORDS = 3
_REMEMBERED = 50_000  # words: those of strangers' texts can't fill memory
_LONGEST_WORD = 40  # that is remembered


@dataclass(slots=True, eq=False)
class Node:
    """A place in the phrases: where words lead, where a gap leads, and which lists have a phrase ending here."""

    next: dict[str, list[Node]] = field(default_factory=dict)
    gap: Node | None = None
    ends: int = 0
    items: list[tuple[Item, Node]] = field(default_factory=list)  # that `next` doesn't have yet

    def places(self) -> Iterator[tuple[Node, int]]:
        """This node and, where a gap follows, the node behind it with the words that may yet be skipped."""
        if self.next or self.items:
            yield self, 0
        if self.gap:
            yield self.gap, _GAP_WORDS

    def following(self) -> dict[str, list[Node]]:
        """Where words lead. What an item stands for is written out as the first text gets here: few do."""
        while self.items:
            item, end = self.items[-1]
            for keys in item.choices:
                self._lead(keys, end)
            self.items.pop()
        return self.next

    def beyond(self) -> Node:
        """The node behind a gap."""
        self.gap = self.gap or Node()
        return self.gap

    def _lead(self, keys: Keys, end: Node) -> None:
        node = self
        for key in keys[:-1]:
            if key == GAP:
                node = node.beyond()
            else:
                after = Node()
                node.next.setdefault(key, []).append(after)
                node = after
        node.next.setdefault(keys[-1], []).append(end)


Places = frozenset[tuple[Node, int]]
Ending = tuple[int, int, int]  # family, lists as bits, words
# How a walk goes on, None where it cannot, and the longest phrase of each family that ended on the way.
Step = tuple["dict[Symbol | None, Step | None] | None", tuple[Ending, ...]]


class Symbol(dict["Symbol", "Step | None"]):
    """What a word is to the phrases; one for all words that they don't tell apart. Its items: the steps over two."""

    __slots__ = ("_begin", "bars", "closes", "ends", "names")
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, names: Keys, bars: bool, closes: bool, ends: bool, begin: Begin) -> None:
        """`bars` a gap, `closes` a clause, `ends` a sentence."""
        self.names = names
        self.bars = bars
        self.closes = closes
        self.ends = ends
        self._begin = begin

    def __missing__(self, second: Symbol) -> Step | None:
        step = self[second] = self._begin(self, second)
        return step


Begin = Callable[[Symbol, Symbol], "Step | None"]


class Symbols(dict[str, Symbol]):
    """The symbol of each word, with the stops after it. Threads may fill it together."""

    def __init__(self, barriers: Collection[str], begin: Begin) -> None:
        self._lock = Lock()
        self._barriers = {QUESTION, *barriers}
        self._begin = begin
        self._learnt: set[str] = set()
        self._known: set[str] = set()
        self._stems: dict[int, set[str]] = {}
        self._symbols: dict[tuple[Keys, bool, bool, bool], Symbol] = {}

    def learn(self, item: Item) -> None:
        if item.written in self._learnt:
            return
        self._learnt.add(item.written)
        keys = set().union(*item.choices)
        self._known |= keys
        for key in keys:
            if key.endswith("*"):
                self._stems.setdefault(len(key) - 1, set()).add(key[:-1])

    def forget(self) -> None:
        """Forgets all steps."""
        with self._lock:
            for symbol in self._symbols.values():
                symbol.clear()

    def __missing__(self, written: str) -> Symbol:
        word, closes, ends = stopped(written)
        names = [word] if word in self._known else []
        names += [word[:size] + "*" for size, stems in self._stems.items() if word[:size] in stems]
        if word[:1].isdigit():
            names.append(NUMBER)
        meaning = (tuple(names), word in self._barriers, closes, ends)
        with self._lock:
            symbol = self._symbols.setdefault(meaning, Symbol(*meaning, self._begin))
        if len(written) <= _LONGEST_WORD and len(self) < _REMEMBERED:
            self[written] = symbol
        return symbol
