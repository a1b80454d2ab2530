"""A reload takes over what has changed on the disk, within the secrets' own files, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon import app as application
from mail_daemon.app import App
from tests import commands

MAIN = """
desk: {name: Support, address: support@desk.example, timezone: UTC}
smtp: {host: localhost, security: none, username: support, password_file: smtp.password}
mailboxes:
  - {name: support, type: imap, host: localhost, security: none, username: support, password_file: imap.password}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    folder = commands.configured(tmp_path / "config")
    (folder / "mail-daemon.yaml").write_text(MAIN)
    for name in ("smtp", "imap"):
        (folder / f"{name}.password").write_text("old\n")
    monkeypatch.setattr(application, "Renderer", commands.renderer)
    return App(folder, {})


def test_a_new_password_in_its_file_makes_a_new_connection(app: App) -> None:
    relay = app._relay
    assert app.reload() is False  # nothing has changed
    assert app._relay is relay
    (app.configuration.folder / "smtp.password").write_text("new\n")
    assert app.reload() is False
    assert app._relay is not relay
    (app.configuration.folder / "imap.password").write_text("new\n")
    assert app.reload() is True
