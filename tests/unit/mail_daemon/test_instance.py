"""One daemon for one configuration folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mail_daemon.instance import AlreadyRunning, Instance


def test_a_second_daemon_on_the_same_folder_is_turned_away(tmp_path: Path) -> None:
    Instance(tmp_path).acquire()
    with pytest.raises(AlreadyRunning, match=r"runs on this configuration already; stop it first"):
        Instance(tmp_path).acquire()


def test_another_folder_is_free(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        Instance(folder).acquire()


def test_a_folder_is_free_after_its_daemon_has_ended(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.acquire()
    first.release()
    first.release()  # which does no harm
    Instance(tmp_path).acquire()


def test_a_link_to_the_folder_is_the_same_folder(tmp_path: Path) -> None:
    folder, link = tmp_path / "config", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    Instance(folder).acquire()
    with pytest.raises(AlreadyRunning):
        Instance(link).acquire()
    assert Instance(folder).name == Instance(link).name


def test_a_daemon_that_dies_leaves_no_lock_behind(tmp_path: Path) -> None:
    dies = "import os, sys, pathlib; from mail_daemon.instance import Instance; "
    dies += "Instance(pathlib.Path(sys.argv[1])).acquire(); os._exit(9)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", dies, str(tmp_path)], cwd=root).returncode == 9
    Instance(tmp_path).acquire()
