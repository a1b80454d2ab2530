"""Plain words become paragraphs, lists and quotes, and none of them is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.letter import Passage
from responders.passages import passages
from responders.values import html, linked

LONG = "a line of words that a mail program has wrapped since there was no more"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One.\n\nTwo.", [Passage("paragraph", "One."), Passage("paragraph", "Two.")]),
        ("Short\nlines", [Passage("paragraph", "Short\nlines")]),
        (f"{LONG}\nroom left", [Passage("paragraph", f"{LONG} room left")]),
        ("Do:\n- this\n- that", [Passage("paragraph", "Do:"), Passage("list", lines=("this", "that"))]),
        ("\u2022 this\n  and more\n* that", [Passage("list", lines=("this\nand more", "that"))]),
        ("1. this\n2. that", [Passage("paragraph", "1. this\n2. that")]),
        ("> theirs\nours", [Passage("quote", "theirs"), Passage("paragraph", "ours")]),
        (f"  10:58:02  {LONG}\nBYE", [Passage("paragraph", f"10:58:02  {LONG}\nBYE")]),
        ("-5 dB is too low", [Passage("paragraph", "-5 dB is too low")]),
        ("\n \n", []),
    ],
)
def test_passages(text: str, found: list[Passage]) -> None:
    assert list(passages(text)) == found


@given(st.text(alphabet="ab -*>\n1.\u2022", max_size=400))
def test_no_word_is_lost(text: str) -> None:
    def bare(words: str) -> str:
        return re.sub(r"[\s>*\u2022-]", "", words)

    assert bare("".join(each.text + "".join(each.lines) for each in passages(text))) == bare(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/x.", '<a href="https://a.example/x">https://a.example/x</a>.'),
        ("<https://a.example>", '&lt;<a href="https://a.example">https://a.example</a>&gt;'),
        ('https://a.example/"onload="x', '<a href="https://a.example/">https://a.example/</a>&quot;onload=&quot;x'),
        ("https://a.example/?a=1&b=2", '<a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a>'),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_links_are_such_and_nothing_else_is_markup(text: str, shown: str) -> None:
    assert linked(text) == shown


@given(st.text(alphabet="htps:/<>\"'&; \n.x", max_size=200))
def test_a_link_adds_nothing_but_its_tags(text: str) -> None:
    assert re.sub(r'<a href="[^"<>]*">|</a>', "", linked(text)) == html(text)
