"""Phrases of the priority rules: their small grammar, and a token trie that finds them in linear time.

dial tone          these words, in this order
make|place calls   one of several words
the [whole] floor  a word that may be missing
drop~              any form of the word: drop, drops, dropped, dropping
regist*            any ending
all .. phones      up to three words between
every <place>      any phrase of another list
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from mail_daemon.domain.words import ENDS

GAP = ".."
_GAP_WORDS = 3
_MOST_SEQUENCES = 5_000  # that one word of a phrase may stand for
_MOST_OPTIONAL = 4
_REMEMBERED = 20_000  # words whose keys are kept; strangers' words can't fill memory
_DEEPEST = 4  # lists inside lists
_WORD = re.compile(r"[^\W_]{1,40}[*~]?")

Keys = tuple[str, ...]  # words, `stem*` and GAP


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a phrase, as it is written, and the sequences of words that may stand there."""

    written: str
    choices: tuple[Keys, ...]


Pattern = tuple[Item, ...]


@dataclass(slots=True)
class Node:
    """A place in the trie: where words lead, where a gap leads, and which lists end here."""

    next: dict[str, list[Node]] = field(default_factory=dict)
    gap: Node | None = None
    ends: int = 0  # a bit for each list


def patterns(phrase: str, lists: Mapping[str, Sequence[str]], depth: int = 0) -> list[Pattern]:
    """What a phrase stands for: one pattern, or several where words may be missing.

    Raises ValueError that says what is wrong and what to write instead.
    """
    found: list[Pattern] = [()]
    for written in phrase.split():
        optional = written.startswith("[") and written.endswith("]")
        item = _item(written[1:-1] if optional else written, lists, depth)
        found = (
            [*found, *((*pattern, item) for pattern in found)] if optional else [(*p, item) for p in found]
        )
        if len(found) > 1 << _MOST_OPTIONAL:
            raise ValueError(
                f"phrase {phrase!r} has over {_MOST_OPTIONAL} words that may be missing; write two phrases"
            )
    if any(not pattern or GAP in (pattern[0].written, pattern[-1].written) for pattern in found):
        raise ValueError(
            f"phrase {phrase!r} has no first or last word; write a word before and after {GAP} and [..]"
        )
    return found


class Trie:
    """All phrases of all lists at once. Finding is linear in the text whatever the phrases are."""

    def __init__(self, barriers: Collection[str] = ()) -> None:
        """`barriers` are words that no gap jumps over."""
        self._barriers = ENDS.union(barriers)
        self._root = Node()
        self._branches: dict[tuple[int, str], Node] = {}
        self._keys = _KeysOfWords()

    def add(self, pattern: Pattern, bit: int) -> None:
        node = self._root
        for item in pattern:
            after = self._branches.get((id(node), item.written))
            if after is None:
                after = self._branches[id(node), item.written] = self._branch(node, item)
            node = after
        node.ends |= bit

    def _branch(self, node: Node, item: Item) -> Node:
        if item.written == GAP:
            node.gap = node.gap or Node()
            return node.gap
        end = Node()
        for keys in item.choices:
            at = node
            for key in keys[:-1]:
                at = self._step(at, key)
            self._keys.learn(keys[-1])
            at.next.setdefault(keys[-1], []).append(end)
        return end

    def _step(self, node: Node, key: str) -> Node:
        if key == GAP:
            node.gap = node.gap or Node()
            return node.gap
        self._keys.learn(key)
        after = Node()
        node.next.setdefault(key, []).append(after)
        return after

    def find(self, tokens: Sequence[str]) -> list[tuple[int, int, int]]:
        """(start, end, lists as bits) of each phrase, in order; a phrase inside a longer one is left out."""
        keyed = list(map(self._keys.__getitem__, tokens))
        found = []
        reached = 0
        root = self._root.next
        for start, keys in enumerate(keyed):
            if keys is None:
                continue
            for key in keys:
                if key in root:
                    end, ends = self._longest(keyed, tokens, start)
                    if end > reached:
                        found.append((start, end, ends))
                        reached = end
                    break
        return found

    def _longest(self, keyed: Sequence[Keys | None], tokens: Sequence[str], start: int) -> tuple[int, int]:
        best, ends = 0, 0
        last = len(keyed)
        waiting = [(self._root, start)]
        while waiting:
            node, at = waiting.pop()
            if node.gap is not None:
                waiting += [(node.gap, there) for there in self._gap(tokens, at)]
            keys = keyed[at] if at < last else None
            if keys is None:
                continue
            at += 1
            for key in keys:
                for after in node.next.get(key, ()):
                    if after.ends and at >= best:
                        ends = after.ends if at > best else ends | after.ends
                        best = at
                    if after.next or after.gap is not None:
                        waiting.append((after, at))
        return best, ends

    def _gap(self, tokens: Sequence[str], at: int) -> Iterator[int]:
        """The places that a gap may lead to; it never leaves its sentence."""
        for there in range(at, min(at + _GAP_WORDS, len(tokens) - 1) + 1):
            yield there
            if tokens[there] in self._barriers:
                return


class _KeysOfWords(dict[str, "Keys | None"]):
    """Remembers which keys of the trie a word stands for: itself and stems it begins with; None for no key.

    Threads may fill it together: an entry is the same whoever computes it.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._stems: dict[int, set[str]] = {}

    def learn(self, key: str) -> None:
        self.clear()
        self._known.add(key)
        if key.endswith("*"):
            self._stems.setdefault(len(key) - 1, set()).add(key[:-1])

    def __missing__(self, word: str) -> Keys | None:
        keys = [word] if word in self._known else []
        keys += [word[:size] + "*" for size, stems in self._stems.items() if word[:size] in stems]
        entry = tuple(keys) or None
        if len(self) < _REMEMBERED:
            self[word] = entry
        return entry


def _item(written: str, lists: Mapping[str, Sequence[str]], depth: int) -> Item:
    if written == GAP:
        return Item(GAP, ((GAP,),))
    choices = dict.fromkeys(keys for choice in written.split("|") for keys in _choice(choice, lists, depth))
    if len(choices) > _MOST_SEQUENCES:
        raise ValueError(f"{written!r} stands for over {_MOST_SEQUENCES} phrases; write a simpler list")
    return Item(written, tuple(choices))


def _flat(phrase: str, lists: Mapping[str, Sequence[str]], depth: int) -> Iterator[Keys]:
    """All sequences of words that a phrase of a list stands for."""
    for pattern in patterns(phrase, lists, depth):
        for chosen in product(*(item.choices for item in pattern)):
            yield tuple(key for keys in chosen for key in keys)


def _choice(choice: str, lists: Mapping[str, Sequence[str]], depth: int) -> list[Keys]:
    if choice.startswith("<") and choice.endswith(">"):
        name = choice[1:-1]
        if name not in lists:
            raise ValueError(f"no word list is called {name!r}; write one of {', '.join(sorted(lists))}")
        if depth >= _DEEPEST:
            raise ValueError(f"list {name!r} stands inside itself or too deep; write its words out")
        return [keys for phrase in lists[name] for keys in _flat(phrase, lists, depth + 1)]
    if not _WORD.fullmatch(choice):
        raise ValueError(
            f"{choice!r} is no word of a phrase; write lower-case words, alternatives as a|b, "
            "[optional], form~, stem*, <list> or .. between words"
        )
    if choice.endswith("~"):
        return [(form,) for form in forms(choice[:-1])]
    if choice.endswith("*"):
        return [(choice,)]
    return [(choice,)]


def forms(word: str) -> list[str]:
    """The regular forms of an English word: fail, fails, failed, failing."""
    if word.endswith("e"):
        return [word, word + "s", word + "d", word[:-1] + "ing"]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return [word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"]
    stem = word
    if len(word) < 5 and re.search(r"[^aeiou][aeiou][^aeiouwxy]$", word):
        stem += word[-1]  # drop, dropped
    plural = "es" if word.endswith(("s", "x", "ch", "sh")) else "s"
    return [word, word + plural, stem + "ed", stem + "ing"]
