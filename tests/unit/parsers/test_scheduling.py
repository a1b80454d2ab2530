"""A pressed button is no mail to a person; what somebody writes beside it is."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from parsers.message import read

ACCEPTED = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def answer(calendar: str, method: str = "REPLY", *, encoded: bool = False) -> str | None:
    """What kind of automatic mail it is whose calendar part reads so."""
    content = encodebytes(calendar.encode()).decode() if encoded else calendar
    encoding = "base64" if encoded else "7bit"
    raw = (
        "From: dana@acme.example\r\nSubject: Accepted: Planned maintenance\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nDana has accepted this invitation.\r\n"
        f"--b\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n{content}\r\n--b--\r\n"
    )
    return read(raw.encode()).automatic


@pytest.mark.parametrize("encoded", [False, True])
def test_an_acceptance_is_a_machines(encoded: bool) -> None:
    assert answer(ACCEPTED, encoded=encoded) == "invitation-answer"
    assert answer(ACCEPTED, "reply") == "invitation-answer"


@pytest.mark.parametrize(
    "line", ["COMMENT:", "COMMENT;LANGUAGE=en-US:\\n", "comment: \\N \\n", "X-COMMENT:Not that night"]
)
def test_an_empty_comment_says_nothing(line: str) -> None:
    assert answer(ACCEPTED.replace("UID:1", f"UID:1\r\n{line}")) == "invitation-answer"


@pytest.mark.parametrize(
    "line", ["COMMENT:Not that night", "COMMENT;LANGUAGE=en-US:\\nNo\\n", "comment: \\, please", "COMMENT:\\n\\\\"]
)
def test_a_comment_is_a_persons_words(line: str) -> None:
    assert answer(ACCEPTED.replace("UID:1", f"UID:1\r\n{line}")) is None


@pytest.mark.parametrize("method", ["REQUEST", "COUNTER", "CANCEL"])
def test_other_scheduling_is_a_persons(method: str) -> None:
    assert answer(ACCEPTED, method) is None
