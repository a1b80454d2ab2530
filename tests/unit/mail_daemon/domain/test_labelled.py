"""Labelled mails: how they are read and scored."""

from __future__ import annotations

import pytest

from mail_daemon.domain.labelled import read, score
from mail_daemon.domain.priority import Ranking


def test_lines_are_read_and_comments_left_out() -> None:
    mails = list(read(["# label, subject, body\n", "\n", "1\tDown\tAll phones.\\nHelp.\n"]))
    assert [(mail.line, mail.level, mail.subject, mail.body) for mail in mails] == [
        (3, 1, "Down", "All phones.\nHelp.")
    ]


@pytest.mark.parametrize("line", ["5\ta\tb", "1\tno body", "one\ta\tb", "1\ta\tb\tc"])
def test_a_wrong_line_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r"2: no labelled mail; write level"):
        list(read(["1\ta\tb", line]))


def test_misses_are_counted_by_label_and_rank_and_grave_ones_marked() -> None:
    mails = list(read(["1\ta\tx", "2\ta\tx", "4\ta\tx"]))
    result = score(mails, lambda subject, body: Ranking("trouble", 4, ()))
    assert (result.right, result.accuracy) == (1, 1 / 3)
    assert result.confusion == {(1, 4): 1, (2, 4): 1, (4, 4): 1}
    assert [(miss.mail.line, miss.grave) for miss in result.misses] == [(1, True), (2, False)]
