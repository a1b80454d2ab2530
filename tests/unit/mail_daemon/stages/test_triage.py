"""Triage hears what was written now: a reply's subject repeats that of its ticket."""

from __future__ import annotations

import pytest

from mail_daemon.stages.triage import said_anew


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        ("Re: All phones are down [TPBX-1001]", "All phones are down"),
        ("AW: Re: All phones are down", "All phones are down"),
        ("RE: All  phones are\tdown", "Re: All phones are down"),
        ("Re: " + "All phones are down " * 40, "All phones are down " * 40),
    ],
)
def test_what_is_repeated_is_not_said_anew(subject: str, asked: str) -> None:
    assert "phones" not in said_anew(subject, asked)


@pytest.mark.parametrize("asked", ["A question", ""])
def test_a_subject_of_its_own_is_heard(asked: str) -> None:
    assert said_anew("All phones are down", asked) == "All phones are down"


def test_what_was_added_to_a_subject_is_heard() -> None:
    assert "all phones are down" in said_anew("Re: Help, now all phones are down", "Help")
