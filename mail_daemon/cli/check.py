"""`mail-daemon check`: what is wrong with the configuration, and what is allowed but seldom meant."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mail_daemon import app as application
from mail_daemon.cli import on_call
from mail_daemon.cli.output import print_lines
from mail_daemon.instance import AlreadyRunning, Instance
from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.loader import Configuration, load
from mail_daemon.settings.secrets import password
from mail_daemon.settings.sections import ImapMailbox, LmtpMailbox, Smtp
from mail_daemon.store.errors import DatabaseUnfit, StoreDown
from mail_daemon.store.store import Store
from responders.smtp import Deferred, Refused
from responders.template_file import TemplateError


def command(
    context: typer.Context,
    connect: Annotated[bool, typer.Option("--connect", help="Reach the database, IMAP, LMTP and SMTP, too.")] = False,
) -> None:
    """Validates the configuration, the rules, the calendars and every template."""
    checked = check_configuration(context.obj, os.environ)
    problems = [*checked.problems]
    if checked.configuration:
        problems += [*_letters(checked.configuration), *on_call.unknown_channels(checked.configuration)]
    print_lines(f"error    {line}" for line in problems)
    print_lines(f"warning  {line}" for line in checked.warnings)
    if problems or checked.configuration is None:
        raise typer.Exit(2)
    files = ", ".join(path.name for path in checked.configuration.files)
    print_lines([f"ok       {files}; all letters render"])
    if connect:
        reached = [_try(*road) for road in _connections(checked.configuration)]
        raise typer.Exit(0 if all(reached) else 1)


def _letters(configuration: Configuration) -> Sequence[str]:
    try:
        return application.desk_of(configuration).renderer.check()
    except TemplateError as error:
        return error.problems


def _connections(configuration: Configuration) -> Iterator[tuple[str, Callable[[], str]]]:
    # Imported here since `run` needs this module's warnings, and neither of the two if no mailbox is of its type.
    from mail_daemon.mailboxes import imap, lmtp

    yield "database", partial(_database, configuration)
    running = _runs(configuration.folder)
    for box in configuration.settings.mailboxes:
        if isinstance(box, ImapMailbox):
            yield f"mailbox {box.name}", partial(imap.check, box, password(box) or "")
        elif isinstance(box, LmtpMailbox):
            yield f"mailbox {box.name}", partial(lmtp.check, box, running=running)
    yield "smtp", application.relay_of(configuration).check


def _database(configuration: Configuration) -> str:
    section = configuration.settings.database
    store = Store(section.url, password(section), base=configuration.folder)
    there = store.exists()
    store.close()
    return f"{store.url.render_as_string()}{'' if there else ' has no tables yet; `run` makes them'}"


def _runs(folder: Path) -> bool:
    instance = Instance(folder)
    try:
        instance.acquire()
    except AlreadyRunning:
        return True
    instance.release()
    return False


def _try(name: str, connection: Callable[[], str]) -> bool:
    try:
        print_lines([f"ok       {name}: {connection()}"])
    except (MailboxDown, StoreDown, DatabaseUnfit, Deferred, Refused) as fault:
        print_lines([f"error    {name}: {fault}"])
        return False
    return True


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` stop the daemon (exit code 2); `warnings` don't. Both are lines that say what to write."""

    configuration: Configuration | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def check_configuration(folder: Path, environ: Mapping[str, str]) -> Checked:
    """The static part of `check`: reads all files and connects to nothing."""
    try:
        configuration = load(folder, environ)
    except ConfigError as error:
        return Checked(None, tuple(error.problems), ())
    return Checked(configuration, (), tuple(warnings(configuration)))


def warnings(configuration: Configuration) -> Iterator[str]:
    """What works and is seldom meant; said at every start, too."""
    folder = configuration.folder
    main = folder / "mail-daemon.yaml"
    yield from _people(configuration, main)
    yield from _roads(configuration, main)
    yield from _open_secrets(configuration)
    yield from on_call.warnings(configuration)
    if not (folder / "policy.yaml").exists():
        yield f"{folder / 'policy.yaml'}: missing, so the shipped one and its contacts stand; write your own"
    for account in configuration.accounts:
        if not account.domains and not account.contacts:
            yield f"{folder / 'accounts.yaml'}: {account.name} matches nobody; write its domains or contacts"


def _people(configuration: Configuration, main: Path) -> Iterator[str]:
    settings, agents = configuration.settings, configuration.agents
    if not agents:
        yield f"{configuration.folder / 'agents.yaml'}: nobody is told of new tickets; write your agents"
    yield from _agents_proof(configuration, main)
    if agents and not settings.trusted.authserv_ids and settings.matching.agent_proof == "strict":
        yield (
            f"{main}: trusted.authserv_ids is empty, so agents are proven by our signed Message-IDs alone; "
            "write the id that your mail server puts first in Authentication-Results"
        )
    if not settings.desk.admins and not any(agent.admin for agent in agents):
        yield f"{main}: nobody is told of broken files; write desk.admins, or admin: true for an agent"


def _agents_proof(configuration: Configuration, main: Path) -> Iterator[str]:
    match configuration.agents and configuration.settings.matching.agent_proof:
        case "token":
            yield (
                f"{main}: matching.agent_proof is token, so whoever gets hold of a notice can command the desk in "
                "its agent's name; write strict, with trusted.authserv_ids"
            )
        case "address":
            yield (
                f"{main}: matching.agent_proof is address, so whoever writes an agent's address into From can command "
                "the desk; write strict, unless nobody outside can send mail to it"
            )


def _roads(configuration: Configuration, main: Path) -> Iterator[str]:
    settings = configuration.settings
    if not settings.mailboxes:
        yield f"{main}: there is no mailbox, and mail comes by `mail-daemon ingest` alone; write mailboxes"
    roads: dict[str, ImapMailbox | Smtp] = {
        f"mailbox {box.name}": box for box in settings.mailboxes if isinstance(box, ImapMailbox)
    }
    for name, road in {**roads, "smtp": settings.smtp}.items():
        if road.security == "none":
            yield f"{main}: {name} goes to {road.host} without encryption; write security: tls or starttls"


def _open_secrets(configuration: Configuration) -> Iterator[str]:
    settings = configuration.settings
    sections = (settings.database, settings.smtp, *settings.mailboxes)
    named = [getattr(section, "password_file", None) for section in sections]
    inline = [configuration.folder / "mail-daemon.yaml" for s in sections if getattr(s, "password", None)]
    named += on_call.secret_files(configuration)
    for path in dict.fromkeys([settings.desk.secret_key_file, *named, *inline]):
        if path is not None and path.exists() and path.stat().st_mode & 0o077:
            yield f"{path}: others may read this secret; write chmod 600 {path}"
