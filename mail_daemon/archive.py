"""The stored tickets, letters and mails of a config folder, for commands that need neither rules nor letters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from mail_daemon.settings.main_file import load_settings
from mail_daemon.settings.secrets import password
from mail_daemon.settings.sections import Settings
from mail_daemon.store.blobs import Blobs
from mail_daemon.store.store import Store


def real_clock() -> datetime:
    return datetime.now(UTC)


class Archive:
    """Nothing is opened before it is used."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.store = Store(settings.database.url, password(settings.database), base=folder)
        self.blobs = Blobs(settings.blobs.url, folder)

    def require_database(self) -> None:
        """For commands that only look. Raises LookupError where no daemon has made the database yet."""
        if not self.store.exists():
            raise LookupError(f"there is no database at {self.store.url.render_as_string()} yet; `run` makes it")


def archive_of(folder: Path, environ: Mapping[str, str] = os.environ) -> Archive:
    """Reads mail-daemon.yaml alone. Raises ConfigError when that can't be used."""
    return Archive(load_settings(folder, environ), folder)


def archive_to_look_at(folder: Path, environ: Mapping[str, str] = os.environ) -> Archive:
    """Raises LookupError where no daemon has made the database yet, and ConfigError."""
    archive = archive_of(folder, environ)
    archive.require_database()
    return archive
