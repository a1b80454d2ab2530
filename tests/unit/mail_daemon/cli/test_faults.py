"""What each command exits with and says when something is missing or wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.commands import Shell
from tests.office import Office

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
