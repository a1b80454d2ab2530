"""Message-IDs as mail programs write them."""

from __future__ import annotations

import pytest

from parsers.references import in_reply_to, message_id, message_ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("", ()),
        ("<a@x> <b@x>", ("<a@x>", "<b@x>")),
        ("<a@x><b@x>", ("<a@x>", "<b@x>")),
        ("<a@x>,\t<a@x>", ("<a@x>",)),
        ("<fol ded@x>", ("<folded@x>",)),
        ("a@x", ()),
        ("<not an id>", ()),
        ("<unclosed <a@x>", ("<a@x>",)),
        ("<no-at>", ("<no-at>",)),
        ("<\x07a@x> <b@x>", ("<b@x>",)),
    ],
)
def test_every_id_once_oldest_first(value: str, ids: tuple[str, ...]) -> None:
    assert message_ids(value) == ids


@pytest.mark.parametrize(
    ("value", "parent"),
    [
        ("<a@x>", "<a@x>"),
        ("a@x", "<a@x>"),
        ("<a@x> (Jane <jane@x.example>'s message of Tuesday)", "<a@x>"),
        ('Message from "Bob <bob@x>" of "Tue" <a@x>', "<a@x>"),
        ("Your message of Tuesday", None),
        ("", None),
    ],
)
def test_the_mail_that_is_answered(value: str, parent: str | None) -> None:
    assert in_reply_to(value) == parent


@pytest.mark.parametrize(
    ("value", "own"),
    [
        ("<a@x>", "<a@x>"),
        (" a@x ", "<a@x>"),
        ("<a@x> (added by relay)", "<a@x>"),
        ("<>", None),
        ("", None),
        ("two words", None),
        ("<a\r\nBcc: b@x>", "<aBcc:b@x>"),
        ("<" + "a" * 994 + ">", None),
        ("<" + "a" * 993 + ">", "<" + "a" * 993 + ">"),
    ],
)
def test_a_mails_own_id_is_one_line_that_can_be_answered(value: str, own: str | None) -> None:
    assert message_id(value) == own
