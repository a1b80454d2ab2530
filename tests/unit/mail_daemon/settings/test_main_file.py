"""mail-daemon.yaml alone, for commands that need no other file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.loader import load
from mail_daemon.settings.main_file import load_settings

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad" / "mail-daemon").glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "good", tmp_path / "config"))


def test_the_settings_are_those_of_the_whole_configuration(folder: Path) -> None:
    environ = {"MAIL_DAEMON__DESK__TAG": "HELP"}
    settings = load_settings(folder, environ)
    assert settings == load(folder, environ).settings
    assert settings.desk.ref(1042) == "HELP-1042"


def test_no_other_file_is_needed(folder: Path) -> None:
    settings = load_settings(folder, {})
    for path in folder.iterdir():
        if path.name != "mail-daemon.yaml":
            path.unlink()
    assert load_settings(folder, {}) == settings


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.stem)
def test_each_mistake_is_told_as_check_tells_it_but_for_the_keys(folder: Path, bad: Path) -> None:
    shutil.copy(bad, folder / "mail-daemon.yaml")
    with pytest.raises(ConfigError) as whole:
        load(folder, {})
    others = [line for line in whole.value.problems if "secret.key" in line or "`mail-daemon init` makes one" in line]
    expected = [line for line in whole.value.problems if line not in others]
    if not expected:
        load_settings(folder, {})
        return
    with pytest.raises(ConfigError) as alone:
        load_settings(folder, {})
    assert alone.value.problems == expected
