"""What each command exits with and says when something is missing or wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Shell
from tests.office import Office
from tests.written import mail

LISTING = [["tickets"], ["ticket", "1001"], ["outbox"], ["quarantine", "list"], ["quarantine", "show", "1"]]


@pytest.mark.parametrize("command", [*LISTING, ["quarantine", "retry", "1"], ["preview", "notice", "--ticket", "1"]])
def test_without_a_database_the_work_fails_and_none_is_made(shell: Shell, command: list[str]) -> None:
    done = shell(*command)
    assert done.code == 1
    assert "there is no database at" in done.err
    assert done.err.strip().endswith("`run` makes it")
    assert not (shell.folder / "var").exists()


@pytest.mark.parametrize("command", [*LISTING, ["check"], ["preview", "notice"], ["explain", "x"], ["run", "--once"]])
def test_without_a_configuration_it_says_how_to_write_one(shell: Shell, command: list[str], tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    done = shell(*command, config=nowhere)
    assert done.code == 2
    assert f"there is no such folder; write one by `mail-daemon init {nowhere}`" in done.err + done.out


@pytest.mark.parametrize("command", [["tickets"], ["preview", "notice"], ["explain", "-"]])
def test_a_broken_configuration_is_told_by_file_and_line(shell: Shell, command: list[str]) -> None:
    path = shell.folder / "mail-daemon.yaml"
    path.write_text(path.read_text() + "smpt: {}\n")
    done = shell(*command)
    assert done.code == 2
    assert done.err == f"mail-daemon: {path}:4: smpt: this key is unknown; write smtp\n"


def test_all_problems_are_told_at_once(shell: Shell) -> None:
    (shell.folder / "mail-daemon.yaml").write_text("desk: {adress: x}\nsmpt: {}\n")
    assert len(shell("tickets").err.splitlines()) > 2


def test_a_broken_template_is_told_by_file_and_line(shell: Shell) -> None:
    folder = shell.folder / "templates"
    folder.mkdir()
    (folder / "notice.en.md").write_text("---\nsubject: x\n---\n{{ ticket.nonsense }}\n")
    done = shell("preview", "notice")
    assert done.code == 2
    assert f"{folder}/notice.en.md:4: " in done.err


def test_while_rules_and_templates_are_broken_one_can_look(office: Office, shell: Shell) -> None:
    office.file(mail())
    (shell.folder / "priorities.yaml").write_text("rules: [{name: nonsense}]\n")
    (shell.folder / "templates").mkdir()
    (shell.folder / "templates" / "notice.en.md").write_text("no front matter\n")
    for command in (["tickets"], ["ticket", "1001"], ["outbox"], ["quarantine", "list"]):
        assert shell(*command).code == 0
    assert shell("explain", "-").code == 2


def test_a_mistyped_command_is_told_with_the_nearest(shell: Shell) -> None:
    assert "Did you mean 'tickets'" in shell("tikcets").err


@pytest.mark.parametrize("command", ["ingest", "tickets", "outbox", "quarantine"])
def test_a_command_that_only_stores_or_looks_loads_no_rules_letters_or_daemon(command: str) -> None:
    """A mail server starts `ingest` for every mail."""
    code = f"import sys; import mail_daemon.cli.root, mail_daemon.cli.{command}; print(*sys.modules, sep='\\n')"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert {"mail_daemon.settings.main_file", "sqlalchemy"} <= loaded
    assert not loaded & {"jinja2", "pebble", "structlog", "imapclient", "mail_daemon.domain.rules", "mail_daemon.app"}


def test_a_database_of_a_newer_program_is_left_alone(office: Office, shell: Shell) -> None:
    database = shell.folder / "var" / "mail-daemon.db"
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert shell("ingest", "-", stdin=b"From: a@b.example\n\nx\n").code == 75


@pytest.mark.parametrize(
    "command", [["nonsense"], ["tickets", "--nonsense"], ["ticket"], ["quarantine", "show", "x"], ["run", "--at", "x"]]
)
def test_wrong_usage(shell: Shell, command: list[str]) -> None:
    done = shell(*command)
    assert done.code == 2
    assert done.out == ""
    assert done.err != ""


def test_faults_go_to_standard_error_alone(shell: Shell) -> None:
    assert shell("tickets", "--json").out == ""


def test_help_names_every_command_with_what_it_does(shell: Shell) -> None:
    done = shell("--help")
    assert done.code == 0
    lines = [line.split(maxsplit=1) for line in done.out.partition("Commands:")[2].splitlines() if line]
    assert {"ingest", "run", "tickets", "ticket", "quarantine", "rules"} <= {name for name, _ in lines}


def test_a_time_without_a_zone_is_shown_with_one(shell: Shell) -> None:
    done = shell("run", "--once", "--at", "2026-11-30")
    assert done.code == 2
    assert "write 2026-11-30T00:00Z for UTC" in done.err
