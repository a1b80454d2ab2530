"""Writes a config folder to begin with: the shipped files with their comments, the letters, and a new key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as package
from importlib.resources.abc import Traversable
from pathlib import Path

from mail_daemon.settings import keys

_KEY = "secret.key"


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` made, and what was there already and stayed as it was."""

    written: tuple[Path, ...]
    left: tuple[Path, ...]


def write(folder: Path) -> Written:
    """Fills the folder, which is made if missing; existing files are never touched. Raises OSError."""
    written: list[Path] = []
    left: list[Path] = []
    for source, target in _shipped(folder):
        (written if _create(target, source.read_bytes()) else left).append(target)
    key = folder / _KEY
    try:
        keys.make(key)
        written.append(key)
    except FileExistsError:
        left.append(key)
    return Written(tuple(written), tuple(left))


def _shipped(folder: Path) -> Iterator[tuple[Traversable, Path]]:
    for name, target in (("config", folder), ("templates", folder / "templates")):
        for source in sorted(package(name).iterdir(), key=lambda source: source.name):
            if source.is_file() and not source.name.endswith((".py", ".pyc")):
                yield source, target / source.name


def _create(target: Path, content: bytes) -> bool:
    """False where something has that name already, be it a link that leads nowhere."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True
