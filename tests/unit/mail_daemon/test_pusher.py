"""Pushes leave beside mails, neither waiting for the other, and not for longer than they are worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Literal

import pytest

from mail_daemon.deliverer import Deliverer
from mail_daemon.settings.on_call import OnCall
from mail_daemon.stages.deliver import channel
from mail_daemon.store.store import Store
from responders.smtp import Deferred, Refused
from tests import stored
from tests.fakes import FakeRelay
from tests.office import Office, desk, words


class Bench:
    """A deliverer of mails and one of pushes, over one road that takes both; and cat, who has two channels."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.office = Office(store, desk({"desk": {"admins": ("root@desk.example",)}}))
        self.relay = FakeRelay()
        cat = {"name": "cat", "address": "cat@desk.example", "channels_file": folder / "cat.channels"}
        (folder / "cat.channels").write_text("# at night\njson://hunter2@one\n\njson://hunter2@two\n")
        section = {"on_call": OnCall.model_validate({"people": [cat]})}
        self.office.desk = replace(self.office.desk, policy=self.office.desk.policy.model_copy(update=section))
        self.deliverer, self.pusher = self._deliverer("mail"), self._deliverer("push")

    def _deliverer(self, channel: Literal["mail", "push"]) -> Deliverer:
        return Deliverer(
            self.store,
            lambda: self.relay,
            desk=lambda: self.office.desk,
            clock=lambda: self.office.now,
            channel=channel,
        )

    def queue(self, name: str, **fields: Any) -> None:
        with self.store.begin() as work:
            work.outbox.add([stored.letter(name, content=name.encode(), **fields)])

    def push(self, name: str) -> None:
        self.queue(name, channel="push", recipients=("cat/1",), letter="page")


@pytest.fixture
def pushes(store: Store, tmp_path: Path) -> Bench:
    return Bench(store, tmp_path)


def test_mails_and_pushes_never_wait_for_one_another(pushes: Bench) -> None:
    pushes.queue("mail")
    pushes.push("push")
    assert pushes.deliverer.step() is True
    assert pushes.relay.accepted == [b"mail"]
    pushes.pusher.step()
    assert pushes.relay.accepted == [b"mail", b"push"]


def test_a_push_is_tried_again_until_the_next_page_says_the_same(pushes: Bench) -> None:
    pushes.push("push")
    pushes.relay.faults.extend(Deferred("ntfy:// did not take it") for _ in range(50))
    for _ in range(20):
        pushes.pusher.step()
        pushes.office.now += timedelta(minutes=1)
    letter, warning = pushes.office.letters()
    assert letter.state == "failed"
    assert "given up after 15 minutes: ntfy:// did not take it" in (letter.error or "")
    assert 3 <= letter.attempts <= 6
    assert "page to cat/1" in words(message_from_bytes(pushes.office.content(warning), policy=default))


def test_a_channel_is_looked_up_as_the_push_is_delivered(pushes: Bench, tmp_path: Path) -> None:
    desk = pushes.office.desk
    assert channel(desk, "cat/2") == "json://hunter2@two"
    for gone in ("cat/3", "cat/0", "dee/1"):
        with pytest.raises(Refused, match="has no channel"):
            channel(desk, gone)
    (tmp_path / "cat.channels").unlink()
    with pytest.raises(Deferred, match="there is no file"):
        channel(desk, "cat/1")
