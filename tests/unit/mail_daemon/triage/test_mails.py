"""The shipped rules on the labelled mails beside this file, ranked as `mail-daemon rules test` does it."""

from __future__ import annotations

from pathlib import Path

from mail_daemon.domain.labelled import Score, read, score
from tests.unit.mail_daemon.triage.shipped import ranked

HERE = Path(__file__).parent


def scored(name: str) -> Score:
    with (HERE / name).open(encoding="utf-8") as lines:
        return score(list(read(lines)), lambda subject, body: ranked(body, subject=subject))


def told(result: Score) -> list[tuple[int, str]]:
    return [(miss.mail.line, miss.mail.subject) for miss in result.misses]


def test_the_shipped_rules_rank_the_mails_they_were_written_with_as_an_engineer_would() -> None:
    result = scored("mails.tsv")
    assert result.mails >= 2300
    assert result.accuracy >= 0.98, told(result)
    assert not [miss.mail.subject for miss in result.misses if miss.grave]


def test_the_shipped_rules_rank_mails_that_they_were_not_written_with() -> None:
    result = scored("aside.tsv")
    assert result.mails >= 195
    assert result.accuracy >= 0.94, told(result)
    assert not [miss.mail.subject for miss in result.misses if miss.grave]
