"""A thousand mixed mails, from the mailbox to the acknowledgements."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.audit import audit
from tests.acceptance.desk import Desk
from tests.corpus import Origin, mails
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance


def test_a_thousand_mixed_mails_are_filed_and_each_answerable_one_is_acknowledged_once(
    tmp_path: Path, dovecot: Dovecot, sink: Sink, database_url: str
) -> None:
    desk = Desk(tmp_path, sink=sink, dovecot=dovecot, database=database_url)
    samples = list(mails(200, seed=1))
    dovecot.place("support", [sample.raw for sample in samples])
    with desk.running_daemon():
        desk.finish(sample.raw for sample in samples)
        origins = [Origin(sent.message_id, sent.to) for sent in desk.letters() if sent.answers]
        later = list(mails(800, seed=2, replies_to=origins))
        dovecot.place("support", [sample.raw for sample in later])
        desk.finish(sample.raw for sample in later)

    samples += later
    books = audit(desk, samples, origins=origins)
    bounces = sum(sample.kind == "bounce" for sample in samples)
    assert books.problems == []
    assert books.repeats == []
    assert (books.filed, books.quarantined) == (1000 - bounces, bounces)
    assert books.acknowledged > 900
    assert dovecot.count("support") == 0
    assert dovecot.count("support", "Processed") == 1000
    assert desk.log("crashed") == []
