"""Whether an answer to a letter `confirm` is a yes.

Whoever is told of a mail in his name may well answer "I did not write this", so only words of assent count.
"""

from __future__ import annotations

import re

_LONGEST = 200  # characters of the first line
_YES = re.compile(
    r"(?:#?yes|#?confirm|confirmed|i confirm|y|yep|yeah|ok|okay|sure|correct|go ahead|do it|ja|s[ií]|oui)(?![\w'-])"
)
_DOUBT = re.compile(r"\?|\b(?:no|not|never|nein|nicht)\b|n't\b")


def consents(text: str) -> bool:
    """True where the first line of the new text says yes, and nothing in it takes that back."""
    written = next((line for line in text.splitlines() if line.strip()), "")[:_LONGEST]
    first = " ".join(written.split()).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return bool(_YES.match(first)) and not _DOUBT.search(first)
