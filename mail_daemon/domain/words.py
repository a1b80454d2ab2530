"""Text into words: lower case, without punctuation, with sentence ends kept. Linear in the text."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from unicodedata import normalize

STOP = "."  # ends a sentence
COMMA = ","  # ends a clause
QUESTION = "?"  # ends a sentence too
ENDS = frozenset({STOP, QUESTION})

_LONGEST = 60_000  # characters; what comes later in a mail decides no priority
_SHORT_LINE = 50  # a line shorter than this was ended by its writer, not wrapped by a mail program
_MARK = "\x1e"
_KEPT = string.ascii_lowercase + string.digits + ".,?:\n" + _MARK
_ASCII: dict[int, str | None] = {
    code: chr(code) if chr(code) in _KEPT else chr(code).lower() if chr(code).isupper() else " " for code in range(128)
}
# One character for one, or none: only so does str.translate take its fast way.
_ASCII |= {ord(c): _MARK for c in "!;"} | {ord(c): None for c in "'`&"}
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
    | {"\u00a0": " ", "\u2026": "... ", "\u2022": _MARK, "\u200b": None, "\ufeff": None}
)
_SHORTENED = (" e.g. ", " i.e. ", " ext. ")  # their points end no sentence
_COMBINING = re.compile("[\u0300-\u036f]+")
_OTHER = re.compile(r"[^\w\s.,?:;!()'`&" + _MARK + "]+")


def tokenise(text: str) -> list[str]:
    """The words of a text, with "." "?" "," where sentences and clauses end.

    Apostrophes vanish (can't is cant), hyphens and slashes part words (one-way is two), accents are dropped,
    and a short line ends a sentence. At most the first 60,000 characters count.
    """
    text = text[:_LONGEST].replace(" - ", COMMA + " ")
    if not text.isascii():
        text = _folded(text)
    if "'" in text:
        text = text.replace("'re ", " are ")
    text = text.replace("(", ", ").replace(")", ", ").translate(_ASCII)
    text = _unwrapped(text) if "\n" in text else text + " "
    for shortened in _SHORTENED:
        text = text.replace(shortened, shortened.replace(".", ""))
    text = text.replace("..", _MARK + " ").replace(". ", _MARK).replace(": ", _MARK)
    text = text.replace(", ", " , ").replace("?", " ? ").replace(_MARK, " . ")
    return text.split()


def spoken(words: Sequence[str]) -> str:
    """Words as a line for people."""
    return " ".join(words).replace(" ,", ",").replace(" .", ".").replace(" ?", "?")


def _folded(text: str) -> str:
    """Typographic signs as plain ones; letters without their accents, as ASCII where they have it."""
    text = text.translate(_TYPOGRAPHY).replace(" - ", COMMA + " ")
    if text.isascii():
        return text
    text = _COMBINING.sub("", normalize("NFKD", text))
    return text if text.isascii() else _OTHER.sub(" ", text.lower())


def _unwrapped(text: str) -> str:
    """Joins lines that a mail program wrapped; a short or empty line ends its sentence."""
    return "".join(
        line + (" " + _MARK if len(line) < _SHORT_LINE else " ") for line in text.replace("\r", "").split("\n")
    )
