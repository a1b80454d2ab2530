"""Finds all phrases of all lists in a text at once, in time linear in the text and whatever the phrases are.

The phrases make a non-deterministic automaton over words; its deterministic states are built as texts meet
them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from mail_daemon.domain.phrases import GAP, Item, Pattern
from mail_daemon.domain.words import COMMA, ENDS

_GAP_WORDS = 3
_MOST_STEPS = 200_000  # of all states, about 15 MB; then they are built anew: strangers' texts can't fill memory
_REMEMBERED = 20_000  # the same for words

_OTHER, _END = 0, 1  # the symbols of a word that no phrase has, and of the end of a sentence

Hit = tuple[int, int, int]  # start, end, lists as bits


@dataclass(slots=True, eq=False)
class Node:
    """A place in the phrases: where words lead, where a gap leads, and which lists have a phrase ending here."""

    next: dict[str, list[Node]] = field(default_factory=dict)
    gap: Node | None = None
    ends: int = 0

    def places(self) -> Iterator[tuple[Node, int]]:
        """This node and, where a gap follows, the node behind it with the words that may yet be skipped."""
        if self.next:
            yield self, 0
        if self.gap:
            yield self.gap, _GAP_WORDS


Places = frozenset[tuple[Node, int]]


class _State(dict[int, "_State | None"]):
    """Where one may be in the phrases after some words, and the state that each next symbol leads to."""

    __slots__ = ("_matcher", "found", "places")

    def __init__(self, matcher: Matcher, places: Places, found: tuple[tuple[int, int, int], ...]) -> None:
        self._matcher = matcher
        self.places = places
        self.found = found  # (family, lists as bits, 1) of the phrases that end here

    def __missing__(self, symbol: int) -> _State | None:
        after = self[symbol] = self._matcher.step(self.places, symbol)
        return after


class _Symbols(dict[str, int]):
    """A number for each word, equal for words that no phrase tells apart. Threads may fill it together."""

    def __init__(self, barriers: Collection[str]) -> None:
        self._lock = Lock()
        self._barriers = {*ENDS, COMMA, *barriers}
        self._known: set[str] = set()
        self._stems: dict[int, set[str]] = {}
        self._numbers: dict[tuple[tuple[str, ...], bool], int] = {((), False): _OTHER, ((), True): _END}
        self.meaning: list[tuple[tuple[str, ...], bool]] = [((), False), ((), True)]  # keys; bars a gap

    def learn(self, key: str) -> None:
        self._known.add(key)
        if key.endswith("*"):
            self._stems.setdefault(len(key) - 1, set()).add(key[:-1])

    def __missing__(self, word: str) -> int:
        keys = [word] if word in self._known else []
        keys += [word[:size] + "*" for size, stems in self._stems.items() if word[:size] in stems]
        meaning = (tuple(keys), word in self._barriers)
        with self._lock:
            number = self._numbers.setdefault(meaning, len(self.meaning))
            if number == len(self.meaning):
                self.meaning.append(meaning)
        if len(self) < _REMEMBERED:
            self[word] = number
        return number


class Matcher:
    """Add all phrases, then find; finding is thread-safe."""

    def __init__(self, barriers: Collection[str] = (), families: Sequence[int] = (~0,)) -> None:
        """`barriers`: words that no gap jumps over; a phrase hides shorter ones of its family of lists."""
        self._families = families
        self._nodes = Node()
        self._branches: dict[tuple[int, str], Node] = {}
        self._symbols = _Symbols(barriers)
        self._states: dict[tuple[Places, int], _State] = {}
        self._steps = 0  # that the states remember
        self._root = _State(self, frozenset(), ())

    def add(self, pattern: Pattern, bit: int) -> None:
        node = self._nodes
        for item in pattern:
            after = self._branches.get((id(node), item.written))
            if after is None:
                after = self._branches[id(node), item.written] = self._branch(node, item)
            node = after
        node.ends |= bit
        self._root = _State(self, frozenset(self._nodes.places()), ())

    def find(self, tokens: Sequence[str]) -> list[Hit]:
        """Each phrase, in order of where it starts; one inside a longer one of its family is left out."""
        symbols = list(map(self._symbols.__getitem__, tokens))
        symbols.append(_END)
        hits: list[Hit] = []
        reached = [0] * len(self._families)
        for start, state in enumerate(map(self._root.__getitem__, symbols)):
            if state is None:
                continue
            after = state[symbols[start + 1]]
            longest = state.found if after is None else _longest(state, after, symbols, start)
            for family, lists, size in longest:
                if start + size > reached[family]:
                    reached[family] = start + size
                    hits.append((start, start + size, lists))
        return hits

    def step(self, places: Places, symbol: int) -> _State | None:
        """The state that a symbol leads to; None where no phrase goes on or ends."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self._steps, self._states = 0, {}
            self._root = _State(self, self._root.places, ())
        keys, barred = self._symbols.meaning[symbol]
        after: set[tuple[Node, int]] = set()
        ends = 0
        for node, skips in places:
            if skips and not barred:
                after.add((node, skips - 1))
            for key in keys:
                for following in node.next.get(key, ()):
                    ends |= following.ends
                    after.update(following.places())
        return self._state(frozenset(after), ends) if after or ends else None

    def _state(self, places: Places, ends: int) -> _State:
        state = self._states.get((places, ends))
        if state is None:
            found = tuple((at, ends & family, 1) for at, family in enumerate(self._families) if ends & family)
            state = self._states[places, ends] = _State(self, places, found)
        return state

    def _branch(self, node: Node, item: Item) -> Node:
        if item.written == GAP:
            node.gap = node.gap or Node()
            return node.gap
        end = Node()
        for keys in item.choices:
            at = node
            for key in keys[:-1]:
                at = self._step(at, key)
            self._symbols.learn(keys[-1])
            at.next.setdefault(keys[-1], []).append(end)
        return end

    def _step(self, node: Node, key: str) -> Node:
        if key == GAP:
            node.gap = node.gap or Node()
            return node.gap
        self._symbols.learn(key)
        after = Node()
        node.next.setdefault(key, []).append(after)
        return after


def _longest(state: _State, after: _State | None, symbols: Sequence[int], start: int) -> Iterable[tuple[int, int, int]]:
    """(family, lists as bits, words) of the longest phrase in each family that begins at `start`."""
    longest = {one[0]: one for one in state.found}
    words = 1
    while after is not None:
        words += 1
        for family, lists, _ in after.found:
            longest[family] = (family, lists, words)
        if not after.places:
            break
        after = after[symbols[start + words]]
    return longest.values()
