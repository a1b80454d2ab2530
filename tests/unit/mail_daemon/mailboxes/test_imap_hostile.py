"""IMAP servers that are broken, hostile, or have somebody in between: we stop in time, in bounded memory,
and before any credential is sent."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imapclient import SocketTimeout

from mail_daemon import maillog
from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.mailboxes.imap import Imap, check, idle
from mail_daemon.mailboxes.imap.wire import Wire
from mail_daemon.settings.sections import ImapMailbox
from tests.servers.scripted_imap import ScriptedImap, Talk

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PASSWORD = "correct horse"


def section(port: int, **values: Any) -> ImapMailbox:
    given = {
        "name": "support",
        "host": "127.0.0.1",
        "security": "none",
        "username": "support",
        "done": "keep",
    }
    return ImapMailbox.model_validate(given | {"port": port} | values)


def mailbox(server: ScriptedImap, spool: Path, **values: Any) -> Imap:
    of = section(server.port, **values)
    return Imap(of, password=PASSWORD, mail_size=50_000_000, batch=100, spool=spool, clock=lambda: NOW)


def nothing_known(keys: Collection[str]) -> set[str]:
    return set()


def take(box: Imap) -> list[bytes]:
    return [arrival.raw for batch in box.batches(nothing_known) for arrival in batch]


class TestCredentialsAreNotSent:
    def refused(self, script: Callable[[Talk], None], **values: Any) -> str:
        with ScriptedImap(script) as server, pytest.raises(MailboxDown) as down:
            check(section(server.port, **values), PASSWORD)
        assert not server.heard_credentials()
        return str(down.value)

    def test_when_starttls_is_not_offered(self) -> None:
        def stripped(talk: Talk) -> None:
            talk.greet("IMAP4rev1 AUTH=PLAIN")
            talk.hear()

        assert "does not offer STARTTLS" in self.refused(stripped, security="starttls")

    def test_when_starttls_is_refused(self) -> None:
        def refusing(talk: Talk) -> None:
            talk.greet("IMAP4rev1 STARTTLS AUTH=PLAIN")
            talk.answer(status="NO not today")
            talk.hear()

        assert "refuses it" in self.refused(refusing, security="starttls")

    def test_when_the_greeting_is_preauth(self) -> None:
        def preauth(talk: Talk) -> None:
            talk.say("* PREAUTH welcome back\r\n")
            talk.answer("* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n")
            talk.hear()

        assert "PREAUTH" in self.refused(preauth, security="starttls")

    def test_when_plain_text_was_injected_behind_the_answer_to_starttls(self) -> None:
        def injected(talk: Talk) -> None:
            talk.greet("IMAP4rev1 STARTTLS AUTH=PLAIN")
            tag = talk.hear().split()[0].decode()
            talk.say(f"{tag} OK begin TLS\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
            talk.hear()

        assert "plain text" in self.refused(injected, security="starttls")

    def test_when_the_server_on_the_tls_port_speaks_plain_text(self) -> None:
        self.refused(lambda talk: talk.greet(), security="tls")

    def test_when_there_is_no_tls_at_all_and_the_server_is_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Wire, "peer", property(lambda wire: "192.0.2.7"))

        def elsewhere(talk: Talk) -> None:
            talk.greet()
            talk.hear()

        assert "loopback" in self.refused(elsewhere)

    def test_when_the_server_takes_no_login(self) -> None:
        def disabled(talk: Talk) -> None:
            talk.greet("IMAP4rev1 LOGINDISABLED")
            talk.hear()

        assert "LOGIN" in self.refused(disabled)


class TestLogin:
    def test_without_auth_plain_user_name_and_password_are_quoted(self) -> None:
        def old(talk: Talk) -> None:
            talk.greet("IMAP4rev1")
            talk.answer(status='NO "correct horse" is wrong')

        with ScriptedImap(old) as server, pytest.raises(MailboxDown):
            check(section(server.port, username='a "b'), PASSWORD)
        assert server.heard[-1].endswith(b' LOGIN "a \\"b" "correct horse"\r\n')

    def test_the_password_is_in_no_error(self) -> None:
        def telling(talk: Talk) -> None:
            talk.greet("IMAP4rev1")
            talk.answer(status='NO "correct horse" is wrong\x1b[2J')

        with ScriptedImap(telling) as server, pytest.raises(MailboxDown) as down:
            check(section(server.port), PASSWORD)
        assert PASSWORD not in str(down.value)
        assert str(down.value).isprintable()

    def test_a_password_cannot_carry_a_command(self) -> None:
        with ScriptedImap(lambda talk: talk.greet("IMAP4rev1")) as server, pytest.raises(MailboxDown):
            check(section(server.port), "x\r\na LOGOUT")
        assert not any(b"LOGOUT" in line for line in server.heard)


class TestAnswersOutOfBounds:
    def down(self, tmp_path: Path, script: Callable[[Talk], None]) -> str:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with ScriptedImap(script) as server, pytest.raises(MailboxDown) as down:
            take(mailbox(server, tmp_path))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
        assert grown < 20, f"{grown} MB"
        return str(down.value)

    def test_a_literal_of_9_gb(self, tmp_path: Path) -> None:
        def greedy(talk: Talk) -> None:
            talk.log_in()
            talk.list(1000)
            talk.hear()
            talk.say("* 1 FETCH (UID 1 BODY[] {9000000000}\r\n" + "x" * 100_000)
            talk.hear()

        assert "9000000000" in self.down(tmp_path, greedy)

    def test_a_literal_of_9_gb_in_the_greeting(self) -> None:
        def greedy(talk: Talk) -> None:
            talk.say("* OK {9000000000}\r\n" + "x" * 1000)

        with ScriptedImap(greedy) as server, pytest.raises(MailboxDown, match="9000000000"):
            check(section(server.port), PASSWORD)

    def test_a_mail_far_larger_than_the_server_had_said(self, tmp_path: Path) -> None:
        def lying(talk: Talk) -> None:
            talk.log_in()
            talk.list(1000)
            talk.hear()
            talk.say("* 1 FETCH (UID 1 BODY[] {30000000}\r\n")
            talk.hear()

        assert "30000000" in self.down(tmp_path, lying)

    def test_lines_without_end(self, tmp_path: Path) -> None:
        def endless(talk: Talk) -> None:
            talk.log_in()
            talk.hear()
            while True:
                talk.say("* OK still here\r\n" * 1000)

        assert "more than was asked" in self.down(tmp_path, endless)

    def test_one_line_without_end(self, tmp_path: Path) -> None:
        def endless(talk: Talk) -> None:
            talk.log_in()
            talk.hear()
            while True:
                talk.say("9" * 10_000)

        assert "more than was asked" in self.down(tmp_path, endless)

    def test_nested_without_end(self, tmp_path: Path) -> None:
        def nested(talk: Talk) -> None:
            talk.log_in()
            talk.answer("* SEARCH 1\r\n")
            talk.answer("* 1 FETCH (UID 1 X " + "(" * 100_000 + "\r\n")

        self.down(tmp_path, nested)

    @pytest.mark.parametrize(
        "answer",
        ["* SEARCH x y\r\n", "* SEARCH " + "9" * 5000 + "\r\n", "rubbish\r\n", "* BYE\r\n", "\x00\r\n"],
    )
    def test_rubbish(self, tmp_path: Path, answer: str) -> None:
        def odd(talk: Talk) -> None:
            talk.log_in()
            talk.answer(answer)

        self.down(tmp_path, odd)


def test_a_byte_every_now_and_then_does_not_last_for_ever() -> None:
    def dripping(talk: Talk) -> None:
        talk.greet()
        talk.hear()
        while True:
            talk.say("*")
            time.sleep(0.05)

    with ScriptedImap(dripping) as server:
        wire = Wire("127.0.0.1", server.port, None, SocketTimeout(10, 60))
        wire.expect(seconds=0.4)
        began = time.monotonic()
        with pytest.raises(OSError, match=r"too long|timed out"):
            wire.noop()
        assert time.monotonic() - began < 2
        wire.shutdown()


def test_a_body_that_the_server_will_not_give_is_passed_over(tmp_path: Path) -> None:
    def partly(talk: Talk) -> None:
        talk.log_in(mails=3)
        talk.list(5, 5, 5)
        talk.answer(
            "* 1 FETCH (UID 1 BODY[] NIL)\r\n* 3 FETCH (FLAGS (\\Seen) UID 3 BODY[] {5}\r\nthird)\r\n"
            "* 9 FETCH (UID 9 BODY[] {5}\r\nother)\r\n"
        )

    with ScriptedImap(partly) as server:
        assert take(mailbox(server, tmp_path)) == [b"third"]


def test_a_mail_that_outgrows_its_announced_size_is_refused(tmp_path: Path) -> None:
    """The server says 2 MB and goes on giving parts: we stop at the limit and keep the header."""

    def outgrowing(talk: Talk) -> None:
        talk.log_in()
        talk.list(2_000_000)
        while b"HEADER" not in (command := talk.hear()):
            tag, offset = command.split()[0].decode(), int(command.partition(b"<")[2].partition(b".")[0])
            talk.say(f"* 1 FETCH (UID 1 BODY[]<{offset}> {{256000}}\r\n{'x' * 256_000})\r\n{tag} OK done\r\n")
        tag = command.split()[0].decode()
        talk.say(f"* 1 FETCH (UID 1 BODY[HEADER]<0> {{9}}\r\nA: b\r\n\r\n )\r\n{tag} OK done\r\n")

    with ScriptedImap(outgrowing) as server:
        of = section(server.port)
        box = Imap(of, password=PASSWORD, mail_size=3_000_000, batch=100, spool=tmp_path, clock=lambda: NOW)
        (arrival,) = next(iter(box.batches(nothing_known)))
    assert arrival.refused == "3.07 MB, the limit is 3 MB"
    assert arrival.raw.startswith(b"A: b") and arrival.path is None
    assert not list((tmp_path / "support").iterdir())


def test_where_the_server_gives_no_date_the_clock_does(tmp_path: Path) -> None:
    def dateless(talk: Talk) -> None:
        talk.log_in()
        talk.answer("* SEARCH 1\r\n")
        talk.answer("* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE NIL FLAGS ())\r\n")
        talk.answer("* 1 FETCH (UID 1 BODY[] {5}\r\nfirst)\r\n")

    with ScriptedImap(dateless) as server:
        (arrival,) = next(iter(mailbox(server, tmp_path).batches(nothing_known)))
    assert arrival.received == NOW


def test_a_uidvalidity_that_changes_within_the_session_means_a_full_rescan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(maillog, "uidvalidity_changed", lambda *values: told.append(values))

    def recreated(talk: Talk) -> None:
        talk.log_in()
        talk.list(5)
        talk.answer("* 1 FETCH (UID 1 BODY[] {5}\r\nfirst)\r\n")
        talk.select(validity=8)
        talk.list(5)
        talk.answer("* 1 FETCH (UID 1 BODY[] {5}\r\nother)\r\n")

    with ScriptedImap(recreated) as server:
        box = mailbox(server, tmp_path)
        keys = []
        for _ in range(2):
            for batch in box.batches(nothing_known):
                keys += [arrival.key for arrival in batch]
                box.done(batch)
    assert [key.rpartition(":")[0] for key in keys] == ["7:1", "8:1"]
    assert told == [("support", "INBOX", 7, 8)]
    assert [line for line in server.heard if b"SEARCH" in line][1].endswith(b"UID SEARCH 1:* UID 1:*\r\n")


class TestIdle:
    def waiting(self, tmp_path: Path, script: Callable[[Talk], None], seconds: float = 5) -> tuple[bool, float]:
        def whole(talk: Talk) -> None:
            talk.log_in(mails=0)
            script(talk)

        with ScriptedImap(whole) as server:
            box = mailbox(server, tmp_path)
            assert take(box) == []
            began = time.monotonic()
            return box.wait(seconds), time.monotonic() - began

    def test_an_event_that_arrives_together_with_the_plus_is_seen(self, tmp_path: Path) -> None:
        def together(talk: Talk) -> None:
            tag = talk.hear().split()[0].decode()
            talk.say("+ idling\r\n* 1 EXISTS\r\n")
            talk.hear()
            talk.say(f"{tag} OK done\r\n")

        news, took = self.waiting(tmp_path, together)
        assert news and took < 1

    def test_an_event_that_arrives_before_the_plus_is_seen(self, tmp_path: Path) -> None:
        def before(talk: Talk) -> None:
            tag = talk.hear().split()[0].decode()
            talk.say("* 1 EXISTS\r\n+ idling\r\n")
            talk.hear()
            talk.say(f"{tag} OK done\r\n")

        news, took = self.waiting(tmp_path, before)
        assert news and took < 1

    def test_an_event_that_arrives_with_the_end_of_idle_is_seen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idle, "STRETCH", 0.1)

        def at_the_end(talk: Talk) -> None:
            tag = talk.hear().split()[0].decode()
            talk.say("+ idling\r\n")
            talk.hear()
            talk.say(f"* 1 EXISTS\r\n{tag} OK done\r\n")

        assert self.waiting(tmp_path, at_the_end)[0]

    def test_other_events_do_not_end_it(self, tmp_path: Path) -> None:
        def chatty(talk: Talk) -> None:
            tag = talk.hear().split()[0].decode()
            talk.say("+ idling\r\n* OK still here\r\n* 1 EXPUNGE\r\n* 2 FETCH (FLAGS (\\Seen))\r\n")
            talk.hear()
            talk.say(f"{tag} OK done\r\n")

        news, took = self.waiting(tmp_path, chatty, seconds=0.5)
        assert not news and took >= 0.5

    def test_the_end_of_the_stream_is_noticed_at_once(self, tmp_path: Path) -> None:
        def vanishing(talk: Talk) -> None:
            talk.hear()
            talk.say("+ idling\r\n")

        began = time.monotonic()
        with pytest.raises(MailboxDown, match="closed the connection"):
            self.waiting(tmp_path, vanishing)
        assert time.monotonic() - began < 2

    def test_a_connection_whose_other_end_is_gone_is_noticed_within_a_minute(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert idle.STRETCH + idle.ANSWER < 60
        monkeypatch.setattr(idle, "STRETCH", 0.2)
        monkeypatch.setattr(idle, "ANSWER", 0.2)

        def half_open(talk: Talk) -> None:
            talk.hear()
            talk.say("+ idling\r\n")
            while talk.hear():
                pass

        began = time.monotonic()
        with pytest.raises(MailboxDown):
            self.waiting(tmp_path, half_open, seconds=60)
        assert time.monotonic() - began < 2

    def test_a_line_that_never_ends_does_not_hold_up_the_bell(self, tmp_path: Path) -> None:
        def whole(talk: Talk) -> None:
            talk.log_in(mails=0)
            tag = talk.hear().split()[0].decode()
            talk.say("+ idling\r\n* 1 EXIS")
            talk.hear()
            talk.say(f"TS\r\n{tag} OK done\r\n")

        with ScriptedImap(whole) as server:
            box = mailbox(server, tmp_path)
            take(box)
            threading.Timer(0.2, box.wake).start()
            began = time.monotonic()
            assert box.wait(30)  # rung, and the rest of the line told of news
            assert time.monotonic() - began < 2

    def test_a_server_that_offers_idle_and_refuses_it_is_told_of(self, tmp_path: Path) -> None:
        with pytest.raises(MailboxDown, match="idle: false"):
            self.waiting(tmp_path, lambda talk: talk.answer(status="NO never"))  # type: ignore[arg-type]

    def test_without_idle_it_sleeps_until_woken(self, tmp_path: Path) -> None:
        with ScriptedImap(lambda talk: talk.log_in("IMAP4rev1 AUTH=PLAIN", mails=0)) as server:
            box = mailbox(server, tmp_path)
            take(box)
            threading.Timer(0.2, box.wake).start()
            began = time.monotonic()
            assert not box.wait(30)
            assert 0.1 < time.monotonic() - began < 2


def test_waking_before_the_wait_counts(tmp_path: Path) -> None:
    box = Imap(section(1), password="", mail_size=1, batch=1, spool=tmp_path, clock=lambda: NOW)
    box.wake()
    began = time.monotonic()
    assert not box.wait(30)
    assert time.monotonic() - began < 1
    box.close()
    box.wake()  # nobody listens any more: no error


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MailboxDown, match=r"^127\.0\.0\.1:1: .*refused"):
        check(section(1), PASSWORD)


def test_a_folder_that_is_read_instead_of_another_with_the_same_uidvalidity_is_read_in_full(tmp_path: Path) -> None:
    def one_mail(talk: Talk) -> None:
        talk.log_in()
        talk.list(5)
        talk.answer("* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n")

    keys: set[str] = set()

    def known(asked: Collection[str]) -> set[str]:
        return keys & set(asked)

    with ScriptedImap(one_mail, one_mail) as server:
        for folder in ("INBOX", "Support"):
            box = mailbox(server, tmp_path, folder=folder)
            taken = [arrival for batch in box.batches(known) for arrival in batch]
            assert [arrival.raw for arrival in taken] == [b"hello"]
            keys.update(arrival.key for arrival in taken)
            box.close()
