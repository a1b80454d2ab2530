"""Text into words: lower case, with no punctuation but what ends clauses and sentences. Linear in the text."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from unicodedata import normalize

QUESTION = "?"  # a word of its own, the last one of a question

_LONGEST = 60_000  # characters; what comes later in a mail decides no priority
_MOST_WORDS = 5_000  # that a person would read
_SHORT_LINE = 50  # a line shorter than this was ended by its writer, not wrapped by a mail program
_STOPS = ".,:"
_KEPT = string.ascii_lowercase + string.digits + _STOPS + QUESTION
_ASCII: dict[int, str | None] = {code: chr(code) if chr(code) in _KEPT else " " for code in range(128)}
# One character for one, or none: only so does str.translate take its fast way.
_ASCII |= dict.fromkeys(map(ord, "!;"), ".") | dict.fromkeys(map(ord, "'`&"))
_TYPOGRAPHY = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u00b4": "'",
        "\u2013": " - ",
        "\u2014": " - ",
        "\u201c": " ",
        "\u201d": " ",
    }
    | {"\u00a0": " ", "\u2026": "... ", "\u2022": ". ", "\u200b": None, "\ufeff": None}
)
_SHORTENED = ("e.g.", "i.e.", "ext.")  # their points end no sentence
_COMBINING = re.compile("[\u0300-\u036f]+")
_OTHER = re.compile(r"[^\w\s.,?:;!()'`&]+")


def words(text: str) -> list[str]:
    """The words of a text, with the comma, point or colon after them.

    Apostrophes vanish (can't is cant), hyphens and slashes part words (one-way is two), accents are dropped, and
    a short line ends with a point. At most the first 60,000 characters and 5,000 words count.
    """
    text = text[:_LONGEST].lower()
    if "\n" in text:
        text = _unwrapped(text)
    text = text.replace(" - ", ", ")
    if not text.isascii():
        text = _folded(text)
    if "'re " in text:
        text = text.replace("'re ", " are ")
    if "(" in text or ")" in text:
        text = text.replace(" (", ", ").replace("(", ", ").replace(")", ", ")
    text = text.translate(_ASCII)
    if ".." in text:
        text = text.replace("..", ". ")
    if QUESTION in text:
        text = text.replace(QUESTION, f" {QUESTION} ")
    return text.split(None, _MOST_WORDS)[:_MOST_WORDS]


def stopped(word: str) -> tuple[str, bool, bool]:
    """A word without what follows it, whether a clause ends there, and whether the sentence does."""
    if word in _SHORTENED:
        return word.replace(".", ""), False, False
    bare = word.rstrip(_STOPS)
    stops = word[len(bare) :]
    ends = "." in stops or ":" in stops or word == QUESTION
    return bare, bool(stops) or ends, ends


def spoken(words: Sequence[str]) -> str:
    """Words as a line for people."""
    return " ".join(words).rstrip(_STOPS).replace(" ,", ",").replace(" ?", "?")


def _folded(text: str) -> str:
    """Typographic signs as plain ones; letters without their accents, as ASCII where they have it."""
    text = text.translate(_TYPOGRAPHY).replace("  -  ", " - ").replace(" - ", ", ")
    if text.isascii():
        return text
    text = _COMBINING.sub("", normalize("NFKD", text))
    return text if text.isascii() else _OTHER.sub(" ", text.lower())


def _unwrapped(text: str) -> str:
    """Joins lines that a mail program wrapped; a short or empty line ends its sentence."""
    return "".join(line + (". " if len(line) < _SHORT_LINE else " ") for line in text.split("\n"))
