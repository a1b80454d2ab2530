"""`init` fills a folder and never touches what is there."""

from __future__ import annotations

from pathlib import Path

from mail_daemon.settings import init


def test_a_new_folder_gets_configuration_letters_and_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "mail-daemon"
    done = init.write(folder)
    names = {str(path.relative_to(folder)) for path in done.written}
    assert names >= {
        "mail-daemon.yaml",
        "policy.yaml",
        "priorities.yaml",
        "agents.yaml",
        "accounts.yaml",
        "secret.key",
        "templates/acknowledgement.en.md",
    }
    assert not any(name.endswith(".py") for name in names)
    assert done.left == ()
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_second_time_writes_nothing(tmp_path: Path) -> None:
    first = init.write(tmp_path)
    (tmp_path / "policy.yaml").write_text("ours")
    key = (tmp_path / "secret.key").read_bytes()
    second = init.write(tmp_path)
    assert (second.written, set(second.left)) == ((), set(first.written))
    assert (tmp_path / "policy.yaml").read_text() == "ours"
    assert (tmp_path / "secret.key").read_bytes() == key


def test_a_file_that_was_deleted_comes_back_and_a_dead_link_stays(tmp_path: Path) -> None:
    init.write(tmp_path)
    (tmp_path / "policy.yaml").unlink()
    (tmp_path / "agents.yaml").unlink()
    (tmp_path / "agents.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert init.write(tmp_path).written == (tmp_path / "policy.yaml",)
    assert not (tmp_path / "elsewhere.yaml").exists()
