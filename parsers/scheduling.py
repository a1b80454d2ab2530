"""Answers that calendar programs give to invitations (RFC 5546 section 3.2.3)."""

from __future__ import annotations

import re
from itertools import islice

from parsers.part import Part, leaves
from parsers.transfer import transfer_decoded

_MOST_PARTS = 20
_LARGEST = 100_000  # bytes of a calendar part, as it came
# RFC 5545 section 3.8.1.4; Outlook writes one that holds nothing but a line break.
_COMMENT = re.compile(rb"^COMMENT(?:;[^:\r\n]*)?:(?:\\[nN]|[ \t])*(?:[^\s\\]|\\[^nN])", re.IGNORECASE | re.MULTILINE)


def answers_invitation(root: Part) -> bool:
    """Whether the mail only accepts or declines: a button was pressed, and its reader has said nothing beside it."""
    for part in islice(leaves(root), _MOST_PARTS):
        method = part.type_parameters.get("method", "").lower()
        if part.media_type == "text/calendar" and method == "reply":
            content, _ = transfer_decoded(part.content[:_LARGEST], part.encoding)
            return _COMMENT.search(content) is None
    return False
