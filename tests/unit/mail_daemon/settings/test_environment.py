"""Values that come from the environment instead of mail-daemon.yaml."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from mail_daemon.settings.loader import ConfigError, load
from mail_daemon.settings.secrets import password
from mail_daemon.settings.sections import Done, ImapMailbox

MAILBOXES = """
mailboxes:
  - {name: support, type: imap, host: imap.desk.example, username: support, password_file: imap.password}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(Path(__file__).parent / "good", tmp_path / "config"))
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write(MAILBOXES)
    (folder / "imap.password").write_text("from the file\n")
    return folder


def problems(folder: Path, environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(folder, environ)
    return raised.value.problems


def test_every_kind_of_value_can_come_from_a_variable(folder: Path) -> None:
    settings = load(
        folder,
        {
            "MAIL_DAEMON__SMTP__HOST": "smtp.desk.example",
            "MAIL_DAEMON__SMTP__PORT": "2525",
            "MAIL_DAEMON__SMTP__TIMEOUT": "90",
            "MAIL_DAEMON__DESK__PLUS_ADDRESSING": "true",
            "MAIL_DAEMON__LIMITS__MAIL_SIZE": "20MB",
            "MAIL_DAEMON__TRUSTED__AUTHSERV_IDS": '["mx.desk.example"]',
            "MAIL_DAEMON__ANSWERS": '{"window": "1h", "unproven": 2}',
            "MAIL_DAEMON_CONFIG": "/etc/mail-daemon",
        },
    ).settings
    assert (settings.smtp.host, settings.smtp.port) == ("smtp.desk.example", 2525)
    assert settings.smtp.timeout == timedelta(seconds=90)
    assert settings.desk.plus_addressing
    assert settings.limits.mail_size == 20_000_000
    assert settings.trusted.authserv_ids == ("mx.desk.example",)
    assert (settings.answers.window, settings.answers.unproven) == (timedelta(hours=1), 2)


def test_an_item_of_a_list_is_reached_by_its_number(folder: Path) -> None:
    environ = {
        "MAIL_DAEMON__MAILBOXES__0__HOST": "[::1]",
        "MAIL_DAEMON__MAILBOXES__0__DONE": '{"move": "Old"}',
    }
    mailbox = load(folder, environ).settings.mailboxes[0]
    assert isinstance(mailbox, ImapMailbox)
    assert (mailbox.host, mailbox.done, mailbox.username) == ("::1", Done(move="Old"), "support")


def test_a_whole_list_and_then_one_of_its_items(folder: Path) -> None:
    environ = {
        "MAIL_DAEMON__MAILBOXES": '[{"name": "a", "type": "maildir", "path": "a"}]',
        "MAIL_DAEMON__MAILBOXES__0__NAME": "b",
    }
    assert [mailbox.name for mailbox in load(folder, environ).settings.mailboxes] == ["b"]


def test_a_password_from_the_environment_replaces_the_password_file(folder: Path) -> None:
    environ = {"MAIL_DAEMON__MAILBOXES__0__PASSWORD": "{from: [the environment"}
    mailbox = load(folder, environ).settings.mailboxes[0]
    assert isinstance(mailbox, ImapMailbox)
    assert password(mailbox) == "{from: [the environment"
    assert mailbox.password_file is None


def test_an_empty_variable_stands_for_no_value(folder: Path) -> None:
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write("matching: {reopen_within: 1d}\n")
    settings = load(folder, {"MAIL_DAEMON__MATCHING__REOPEN_WITHIN": ""}).settings
    assert settings.matching.reopen_within == timedelta(days=14)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SMTP__PORT", "submission", "smtp.port: 'submission' is no whole number; write digits alone"),
        ("SMTP__HOTS", "mx", "smtp.hots: this key is unknown; write host"),
        ("SMTP__PASSWORD_FILE__X", "1", "smtp.password_file: this is no path; write it in quotes"),
        (
            "TRUSTED__AUTHSERV_IDS",
            "[mx",
            'trusted.authserv_ids: \'[mx\' is no list; write it as JSON: ["a", "b"]',
        ),
        ("ANSWERS", "5m", 'answers: \'5m\' is no section; write it as JSON: {"key": "value"}'),
        (
            "MAILBOXES__7__HOST",
            "mx",
            "the list has no such item; write the whole list as JSON, or an item's number from 0",
        ),
        (
            "MAILBOXES__0__SECURITY",
            "none",
            "security none would send passwords and mail readable over the network; "
            "write tls or starttls, or allow_plaintext: true beside it",
        ),
        ("DESK__ADDRESS", "ann@desk.example", None),
    ],
)
def test_a_wrong_value_names_its_variable(folder: Path, variable: str, value: str, told: str | None) -> None:
    found = problems(folder, {f"MAIL_DAEMON__{variable}": value})
    if told is None:  # the agent's line is named: his address was right until the desk took it
        told, variable = (
            "'Ann@desk.example' is the desk's own address, which would answer itself; write the agent's own",
            "",
        )
        assert found == [f"{folder}/agents.yaml:2: {told}"]
    else:
        assert f"MAIL_DAEMON__{variable.removesuffix('__X')}" in found[0]
        assert found[0].endswith(told)


def test_deep_json_is_no_list(folder: Path) -> None:
    found = problems(folder, {"MAIL_DAEMON__DESK__ALIASES": "[" * 100_000})
    assert found[0].startswith("MAIL_DAEMON__DESK__ALIASES: desk.aliases: ")
    assert len(found[0]) < 250
