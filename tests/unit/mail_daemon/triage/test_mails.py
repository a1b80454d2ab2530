"""The shipped rules on the labelled mails beside this file, ranked as `mail-daemon rules test` does it."""

from __future__ import annotations

from pathlib import Path

from mail_daemon.domain.labelled import read, score
from tests.unit.mail_daemon.triage.shipped import ranked

MAILS = Path(__file__).with_name("mails.tsv")


def test_the_shipped_rules_rank_the_labelled_mails_as_an_engineer_would() -> None:
    with MAILS.open(encoding="utf-8") as lines:
        mails = list(read(lines))
    result = score(mails, lambda subject, body: ranked(body, subject=subject))
    assert len(mails) >= 700
    assert result.accuracy >= 0.98, [(miss.mail.line, miss.ranking) for miss in result.misses]
    assert not [miss.mail.subject for miss in result.misses if miss.grave]
