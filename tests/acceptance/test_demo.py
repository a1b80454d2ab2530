"""`mail-daemon demo`, run as its first reader runs it: everything that it claims is checked at its source."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

COMMAND = str(Path(sys.executable).parent / "mail-daemon")

pytestmark = pytest.mark.acceptance


@dataclass(frozen=True)
class Demo:
    folder: Path  # where it was started
    output: str
    seconds: float

    @property
    def letters(self) -> Path:
        return self.folder / "demo" / "letters"

    def letter(self, name: str) -> EmailMessage:
        message = message_from_bytes((self.letters / f"{name}.eml").read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def page(self, name: str) -> str:
        return (self.letters / f"{name}.html").read_text("utf-8")

    def names(self, of: str) -> set[str]:
        return {path.stem for path in self.letters.glob(f"{of}.*.eml")}

    def told(self, *command: str) -> Any:
        """What a command that lists says of the run, as JSON."""
        return json.loads(listed(self.folder, *command))


@cache
def listed(folder: Path, *command: str) -> str:
    return call(folder, "--config", "demo/config", *command, "--json").stdout


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    if arguments[0] == "demo":
        environ["MAIL_DAEMON__SMTP__HOST"] = "smtp.invalid"  # a real installation's must not reach the demo
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    pytest.importorskip("pymap", reason="pymap is missing: pip install mail-daemon[demo]")
    folder = tmp_path_factory.mktemp("somewhere")
    began = time.monotonic()
    done = call(folder, "demo")
    seconds = time.monotonic() - began
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return Demo(folder, done.stdout, seconds)


@pytest.fixture
def ticket(demo: Demo) -> Callable[[int], Any]:
    return lambda number: demo.told("ticket", str(number))


def test_takes_seconds(demo: Demo) -> None:
    assert demo.seconds < 60  # three or four on an idle machine with 2 cores


def test_thirteen_mails_become_nine_tickets(demo: Demo) -> None:
    assert [(each["requester"], each["priority"], each["category"]) for each in demo.told("tickets")] == [
        ("petra.lang@acme.example", 1, "outage"),
        ("sam.ortiz@acme.example", 2, "trouble"),
        ("lee.wong@globex.example", 1, "outage"),  # 3 until the reply said that everybody is cut off
        ("kim.doyle@webmail.example", 3, "account"),
        ("dana.cruz@globex.example", 4, "install"),
        ("deals@offers.example", 4, "billing"),
        ("j.moeller@nordwind.example", 4, "other"),
        ("mallory@visitor.example", 4, "request"),
        ("rosa.vega@acme.example", 2, "trouble"),
    ]


def test_no_letter_is_left_behind(demo: Demo) -> None:
    assert {letter["state"] for letter in demo.told("outbox")} == {"sent"}
    assert demo.told("quarantine", "list") == []


def test_a_customer_reads_number_and_promise(demo: Demo) -> None:
    letter = demo.letter("01-outage.acknowledgement")
    assert letter["Subject"] == "Re: URGENT: all phones down [TPBX-1001]"
    assert letter["In-Reply-To"] == "<CAKx7Q-91c2@mail.acme.example>"
    assert "1 hour" in demo.page("01-outage.acknowledgement")


def test_agents_hear_of_what_is_theirs(demo: Demo) -> None:
    assert {"01-outage.notice-to-ann", "01-outage.notice-to-ben"} <= demo.names("01-outage")
    assert demo.names("05-install") == {"05-install.acknowledgement", "05-install.notice-to-ann"}


def test_attachments_are_known_for_what_they_are(ticket: Callable[[int], Any]) -> None:
    assert [each["kind"] for each in ticket(1002)["attachments"]] == ["trace"]
    assert [each["kind"] for each in ticket(1003)["attachments"]] == ["screenshot"]


def test_advertising_gets_no_answer(demo: Demo) -> None:
    assert demo.names("06-newsletter") == {"06-newsletter.notice-to-ann"}
    assert "no answer: mail of a mailing list" in words(demo.output)


def test_germans_are_answered_in_german(demo: Demo) -> None:
    body = demo.letter("07-german.acknowledgement").get_body(("plain",))
    assert body is not None
    assert "Guten Tag Jens Möller" in body.get_content()


def test_an_attack_is_text_to_agents_and_nothing_to_others(demo: Demo) -> None:
    letter = demo.letter("08-attack.acknowledgement")
    assert (letter["To"], letter["Bcc"], letter["X-Oops"]) == ("mallory@visitor.example", None, None)
    assert "{{7*7}}" in demo.page("08-attack.notice-to-ann")
    assert not any(word in demo.page("08-attack.acknowledgement") for word in ("7*7", "Dear", "Mallory"))
    assert demo.told("ticket", "1008")["status"] == "new"  # "#status closed" was only text, too


def test_the_second_copy_of_a_mail_changes_nothing(demo: Demo, ticket: Callable[[int], Any]) -> None:
    assert len(ticket(1009)["messages"]) == 1
    assert demo.names("10-twice-again") == set()
    assert "a second copy: stored and filed once" in words(demo.output)


def test_a_reply_to_our_letter_finds_its_ticket_and_raises_it(ticket: Callable[[int], Any]) -> None:
    raised = ticket(1003)
    assert [event["what"] for event in raised["events"]][:2] == ["opened", "reply"]
    assert raised["events"][1]["detail"]["how"] == "token"
    assert raised["priority"] == 1


def test_an_out_of_office_reply_reaches_nobody(demo: Demo, ticket: Callable[[int], Any]) -> None:
    assert len(ticket(1005)["messages"]) == 2
    assert demo.names("12-out-of-office") == set()


def test_a_bounce_of_our_letter_is_shown_to_agents_alone(demo: Demo, ticket: Callable[[int], Any]) -> None:
    assert demo.names("13-bounce") == {"13-bounce.notice-to-ann"}
    assert ticket(1004)["messages"][1]["visibility"] == "internal"


def test_the_table_names_every_mail_and_ends_with_what_to_do(demo: Demo) -> None:
    for name in ("Petra Lang", "Ortiz, Sam", "Lee Wong", "Kim Doyle", "Dana Cruz", "VoIP Deals!!"):
        assert name in demo.output
    end = demo.output[demo.output.index("Open in a browser") :]
    assert "demo/letters/01-outage.acknowledgement.html" in end
    assert "--config demo/config tickets" in end
    assert "check --connect" in end


def test_the_daemon_had_no_trouble(demo: Demo) -> None:
    log = (demo.folder / "demo" / "daemon.log").read_text("utf-8")
    assert "event=stopped" in log
    for trouble in ("level=error", "event=waiting", "event=retried", "event=quarantined", "Traceback"):
        assert trouble not in log


def test_runs_again_in_its_folder_and_in_no_other(demo: Demo) -> None:
    other = demo.folder / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    refused = call(demo.folder, "demo", "--keep", "mine")
    assert refused.returncode == 2
    assert "mine holds other things; name another folder with --keep" in refused.stderr
    assert (other / "thesis.txt").exists()
    assert call(demo.folder, "demo").returncode == 0
    tickets = call(demo.folder, "--config", "demo/config", "tickets", "--json").stdout
    assert len(json.loads(tickets)) == 9


def words(output: str) -> str:
    """The last column of the table as one line, since cells wrap."""
    return " ".join(" ".join(line[70:].split()) for line in output.splitlines())
