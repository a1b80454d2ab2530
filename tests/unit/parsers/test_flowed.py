"""format=flowed (RFC 3676) reads as it was typed."""

from __future__ import annotations

import pytest

from parsers.flowed import unflowed


@pytest.mark.parametrize(
    ("wire", "typed"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> one \n> two\nanswer", "> one two\nanswer"),
        ("> one \n>> deeper\n", "> one \n>> deeper\n"),
        (" From stuffed", "From stuffed"),
        ("words \n-- \nJane", "words \n-- \nJane"),
        ("", ""),
        ("last \n", "last "),
    ],
)
def test_soft_line_ends_are_joined(wire: str, typed: str) -> None:
    assert unflowed(wire, delete_space=False) == typed


def test_spaces_that_the_wire_added_are_taken_out() -> None:
    assert unflowed("电话 \n不通", delete_space=True) == "电话不通"
