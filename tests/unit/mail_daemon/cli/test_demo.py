"""Without the optional server the demo says what to install."""

from __future__ import annotations

import sys

import pytest

from mail_daemon.cli import root


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "pymap", None)
    monkeypatch.setattr(sys, "argv", ["mail-daemon", "demo"])
    with pytest.raises(SystemExit) as ended:
        root.main()
    assert ended.value.code == 2
    assert "pip install mail-daemon[demo]" in capsys.readouterr().err
