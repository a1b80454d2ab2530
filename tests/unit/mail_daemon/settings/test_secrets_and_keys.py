"""Passwords and signing keys in files of their own."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from mail_daemon.settings import keys
from mail_daemon.settings.document import Place
from mail_daemon.settings.secrets import Unreadable, password, read_password
from mail_daemon.settings.sections import Database, Smtp

HERE = Place("mail-daemon.yaml", 7)


def test_a_password_comes_inline_or_from_its_file_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "smtp.password"
    file.write_text("correct horse \n")
    inline = Smtp.model_validate({"host": "mx", "username": "u", "password": "inline"})
    assert password(inline) == "inline"
    assert password(Smtp(host="mx", username="u", password_file=file)) == "correct horse "
    assert password(Database()) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines\n", b"nul\0", b"caf\xe9", b"x" * 100_000])
def test_a_file_that_holds_no_password_is_told_without_its_content(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "p"
    file.write_bytes(content)
    with pytest.raises(Unreadable) as raised:
        read_password(file)
    assert str(raised.value).startswith(str(file))
    assert "; write " in str(raised.value)
    assert "two" not in str(raised.value)


def test_a_pipe_is_no_password_file_and_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="is no file; write"):
        read_password(tmp_path / "pipe")


def test_keys_are_hex_or_base64_and_keep_their_order(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    first, second = b"\x01" * 32, bytes(range(240, 256))
    file.write_text(f"# new\n{base64.b64encode(first).decode()}  # signs\n\n{second.hex()}\n")
    assert keys.read(file, HERE) == ((first, second), [])


@pytest.mark.parametrize("line", ["0011223344556677", "not a key", "c2hvcnQ=", "00" * 16 + "g"])
def test_a_short_or_broken_key_is_told_by_its_line_alone(tmp_path: Path, line: str) -> None:
    file = tmp_path / "secret.key"
    file.write_text(f"{'ab' * 16}\n{line}\n")
    _, problems = keys.read(file, HERE)
    assert [problem.place for problem in problems] == [Place(str(file), 2)]
    assert line not in problems[0].text


def test_a_file_without_keys_and_no_file_are_problems(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    assert keys.read(file, HERE)[1][0].place == HERE
    file.write_text("# nothing yet\n")
    assert keys.read(file, HERE)[1][0].text.startswith("there is no key; write one")


def test_a_new_key_is_readable_by_its_owner_alone_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.make(tmp_path / "secret.key")
    finally:
        os.umask(before)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    found, problems = keys.read(tmp_path / "secret.key", HERE)
    assert (len(found), len(found[0]), problems) == (1, 32, [])


def test_no_key_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("ours")
    with pytest.raises(FileExistsError):
        keys.make(tmp_path / "secret.key")
    assert (tmp_path / "secret.key").read_text() == "ours"
