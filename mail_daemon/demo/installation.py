"""The demo's own installation: a folder with the configuration that `init` writes, filled in for the demo."""

from __future__ import annotations

import shutil
from pathlib import Path

from mail_daemon.demo.servers import HOST, PASSWORD, USER
from mail_daemon.settings import init

_MARK = "what-this-is.txt"
_WHAT = "Made by `mail-daemon demo`, which replaces everything in this folder each time. Delete it as you like.\n"

_AGENTS = """\
# Ann gets every notice; Ben those of broken service alone.
agents:
  - {name: ann, address: ann@desk.example}
  - {name: ben, address: ben@desk.example, categories: [outage, trouble]}
"""
_ACCOUNTS = """\
accounts:
  - {name: Acme Dental, domains: [acme.example], timezone: America/New_York}
  - {name: Globex, domains: [globex.example], timezone: America/Los_Angeles}
  - {name: Nordwind Logistik, domains: [nordwind.example], timezone: Europe/Berlin, language: de}
"""


def install(folder: Path, *, imap_port: int, smtp_port: int) -> Path:
    """Empties the folder if a demo made it, and returns the config folder in it.

    Raises ValueError for a folder that holds anything else.
    """
    _clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(_WHAT, encoding="utf-8")
    config = folder / "config"
    init.write(config)
    (config / "agents.yaml").write_text(_AGENTS, encoding="utf-8")
    (config / "accounts.yaml").write_text(_ACCOUNTS, encoding="utf-8")
    password = config / "imap.password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    settings = config / "mail-daemon.yaml"
    settings.write_text(_filled_in(settings.read_text(encoding="utf-8"), imap_port, smtp_port), encoding="utf-8")
    return config


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / _MARK).is_file()):
        raise ValueError(f"{folder} holds other things; name another folder with --keep")
    shutil.rmtree(folder)


def _filled_in(text: str, imap_port: int, smtp_port: int) -> str:
    """The shipped file with the lines that every installation changes; all of its comments stay."""
    mailboxes, smtp = text.index("\nmailboxes:"), text.index("\nsmtp:")
    parts = text[:mailboxes], text[mailboxes:smtp], text[smtp:]
    wanted: tuple[dict[str, str], ...] = (
        {"aliases: []": "aliases: [help@desk.example]"},
        {
            "host: imap.desk.example": f"host: {HOST}",
            "port: 993": f"port: {imap_port}",
            "security: tls": "security: none",
            "username: support": f"username: {USER}",
            "poll_seconds: 60": "poll_seconds: 5",
        },
        {
            "host: smtp.desk.example": f"host: {HOST}",
            "port: 587": f"port: {smtp_port}",
            "security: starttls": "security: none",
            "username: support": "username: null",
            "password_file: smtp.password": "password_file: null",
        },
    )
    return "".join(_replaced(part, lines) for part, lines in zip(parts, wanted, strict=True))


def _replaced(text: str, lines: dict[str, str]) -> str:
    for old, new in lines.items():
        if text.count(f" {old}\n") != 1:
            raise LookupError(f"mail-daemon.yaml has no single line {old!r} for the demo to change")
        text = text.replace(f" {old}\n", f" {new}\n")
    return text
