"""The rules that ship, compiled once for all tests of this folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from mail_daemon.domain.priority import Ranking
from mail_daemon.domain.rules import RuleTable
from mail_daemon.settings.loader import load_priorities
from mail_daemon.stages.triage import compiled, triage


@cache
def table() -> RuleTable:
    return compiled(load_priorities(Path(str(files("config")))))


def ranked(text: str, *, subject: str = "", importance: str | None = None) -> Ranking:
    return triage(table(), subject=subject, text=text, importance=importance)
