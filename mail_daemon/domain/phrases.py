"""The small grammar in which the priority rules write their phrases.

dial tone          these words, in this order
make|place calls   one of several words
call|dial_out      the same, where one choice is two words
the [whole] floor  a word that may be missing
drop~              any form of the word: drop, drops, dropped, dropping
regist*            any ending
#                  a number, or a word that begins with one: 40, 2nd, 7am
?                  the end of a question
all .. phones      up to three words between
every <place>      any phrase of another list
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

GAP = ".."
NUMBER = "#"
_MOST_SEQUENCES = 5_000  # that one word of a phrase may stand for
_MOST_OPTIONAL = 4
_DEEPEST = 5  # lists inside lists
_WORD = re.compile(r"[^\W_]{1,40}[*~]?|[#?]")

Keys = tuple[str, ...]  # words, `stem*`, NUMBER and GAP


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a phrase, as it is written, and the sequences of words that may stand there."""

    written: str
    choices: tuple[Keys, ...]


Pattern = tuple[Item, ...]


class Grammar:
    """Reads phrases that may name word lists."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._items: dict[str, Item] = {}
        self._open: list[str] = []  # the lists whose phrases are being read

    def patterns(self, phrase: str) -> list[Pattern]:
        """What a phrase stands for: one pattern, or several where words may be missing.

        Raises ValueError that says what is wrong and what to write instead.
        """
        found: list[Pattern] = [()]
        for written in phrase.split():
            optional = written.startswith("[") and written.endswith("]")
            item = self._item(written[1:-1] if optional else written)
            found = [*found, *((*p, item) for p in found)] if optional else [(*p, item) for p in found]
            if len(found) > 1 << _MOST_OPTIONAL:
                raise ValueError(
                    f"phrase {phrase!r} has over {_MOST_OPTIONAL} words that may be missing; write two phrases"
                )
        if any(not pattern or GAP in (pattern[0].written, pattern[-1].written) for pattern in found):
            raise ValueError(
                f"phrase {phrase!r} has no first or last word; write a word before and after {GAP} and [..]"
            )
        return found

    def _item(self, written: str) -> Item:
        known = self._items.get(written)
        if known is None:
            choices = dict.fromkeys(keys for choice in written.split("|") for keys in self._choice(choice))
            known = self._items[written] = Item(written, tuple(choices))
        if len(known.choices) > _MOST_SEQUENCES:
            raise ValueError(f"{written!r} stands for over {_MOST_SEQUENCES} phrases; write a simpler list")
        return known

    def _choice(self, choice: str) -> list[Keys]:
        if choice == GAP:
            return [(GAP,)]
        if choice.startswith("<") and choice.endswith(">"):
            return self._listed(choice[1:-1])
        return list(product(*(_forms(word) for word in choice.split("_"))))

    def _listed(self, name: str) -> list[Keys]:
        """All sequences of words that the phrases of a list stand for."""
        if name not in self._lists:
            raise ValueError(f"no word list is called {name!r}; write one of {', '.join(sorted(self._lists))}")
        if name in self._open or len(self._open) >= _DEEPEST:
            raise ValueError(f"list {name!r} stands inside itself or too deep; write its words out")
        self._open.append(name)
        try:
            patterns = [pattern for phrase in self._lists[name] for pattern in self.patterns(phrase)]
        finally:
            self._open.pop()
        found: list[Keys] = []
        for pattern in patterns:
            for chosen in product(*(item.choices for item in pattern)):
                found.append(tuple(key for keys in chosen for key in keys))
                if len(found) > _MOST_SEQUENCES:
                    raise ValueError(f"list {name!r} stands for over {_MOST_SEQUENCES} phrases; write a simpler list")
        return found


def _forms(word: str) -> list[str]:
    if word != word.lower() or not _WORD.fullmatch(word):
        raise ValueError(
            f"{word!r} is no word of a phrase; write lower-case words, alternatives as a|b, "
            "[optional], form~, stem*, #, <list> or .. between words"
        )
    return forms(word[:-1]) if word.endswith("~") else [word]


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
