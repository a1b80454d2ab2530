"""The composition root of all that files and answers mails: the one place that picks implementations."""

from __future__ import annotations

import contextlib
import importlib.resources
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mail_daemon import maillog
from mail_daemon.archive import Archive, real_clock
from mail_daemon.daemon import Daemon, Wiring
from mail_daemon.desk import Desk
from mail_daemon.domain.calendar import Calendar, Span
from mail_daemon.domain.identity import Signer
from mail_daemon.instance import Instance
from mail_daemon.mailboxes.base import Arrival, Mailbox
from mail_daemon.mailboxes.maildir import Maildir
from mail_daemon.settings.directory import Directory, merged
from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.loader import Configuration, load
from mail_daemon.settings.policy import BusinessCalendar
from mail_daemon.settings.secrets import password
from mail_daemon.settings.sections import ImapMailbox, LmtpMailbox, MaildirMailbox, Settings
from mail_daemon.stages.bill import wishes
from mail_daemon.stages.deliver import channel
from mail_daemon.stages.triage import compiled
from mail_daemon.store import migrate
from mail_daemon.store.errors import StoreDown
from mail_daemon.telling import warnings
from parsers.sandbox import Reader
from responders.push import Push
from responders.renderer import Renderer
from responders.smtp import Relay
from responders.template_file import TemplateError

if TYPE_CHECKING:
    from mail_daemon.mailboxes.lmtp import Lmtp


class App:
    """The program on one configuration folder. Raises ConfigError when that can't be used."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = real_clock,
    ) -> None:
        self._environ = environ
        self.clock = clock
        self.configuration = load(folder, environ)
        self.desk = desk_of(self.configuration)
        self.archive = Archive(self.configuration.settings, self.configuration.folder)
        self.store, self.blobs = self.archive.store, self.archive.blobs
        self._relay = relay_of(self.configuration)
        self._roads = roads_of(self.configuration)
        self._imported: tuple[datetime | None, list[dict[str, Any]]] = (None, [])
        self._told: list[str] = []  # the last problems that the admins were mailed about

    def daemon(self) -> Daemon:
        """Ready to run: the database is of this version, and claims of a dead daemon are ended."""
        limits = self.configuration.settings.limits
        reader = Reader(seconds=limits.reading.total_seconds(), memory=limits.reading_memory)
        migrate.upgrade(self.store)
        with self.store.begin() as work:
            work.inbound.reclaim()
            work.outbox.reclaim()
        self.take_over_imports()
        return Daemon(
            Wiring(
                store=self.store,
                blobs=self.blobs,
                reader=reader,
                clock=self.clock,
                desk=lambda: self.desk,
                mailboxes=lambda: mailboxes_of(self.configuration, self.clock),
                listeners=lambda store: listeners_of(self.configuration, store, self.clock),
                relay=lambda: self._relay,
                push=Push(lambda recipient: channel(self.desk, recipient)),
                reload=self.reload,
                take_over_imports=self.take_over_imports,
                watched=watched_of(self.configuration),
            )
        )

    def instance(self) -> Instance:
        return Instance(self.configuration.folder)

    def reload(self) -> bool:
        """Takes the configuration on disk, or keeps the last good one.

        True when mailboxes must be opened anew.
        """
        old, old_roads = self.configuration, self._roads
        try:
            configuration = load(old.folder, self._environ)
            desk = desk_of(configuration, self._imported[1])
        except (ConfigError, TemplateError) as error:
            self._refuse(list(error.problems))
            return False
        self.configuration, self.desk, self._told = configuration, desk, []
        self._roads = roads_of(configuration)
        if self._roads[0] != old_roads[0]:
            self._relay = relay_of(configuration)
        if at_start_only(configuration.settings) != at_start_only(old.settings):
            maillog.warning("database, blobs, LMTP and the limits of reading are taken over at the next start")
        maillog.reloaded(len(configuration.files))
        return self._roads[1:] != old_roads[1:]

    def take_over_imports(self) -> int:
        """Takes the accounts that `accounts import` has written, and returns how many; 0 where nothing is new."""
        with self.store.read() as work:
            newest = work.accounts.newest()
            if newest == self._imported[0]:
                return 0
            self._imported = newest, [account.given for account in work.accounts.all()]
        self.desk = replace(self.desk, directory=directory_of(self.configuration, self._imported[1]))
        return len(self._imported[1])

    def _refuse(self, problems: list[str]) -> None:
        """The last good configuration stays; each problem is logged, and the admins hear of it once."""
        for problem in problems:
            maillog.reload_refused(problem)
        if problems == self._told:
            return
        what = "The configuration on disk is broken; the last good one stays in force"
        with contextlib.suppress(StoreDown):  # then the admins hear of it at the next try
            with self.store.begin() as work:
                work.outbox.add(warnings(self.desk, None, what, tuple(problems), now=self.clock()))
            self._told = problems


def roads_of(configuration: Configuration) -> tuple[object, ...]:
    """What connections are made from, passwords included, so that a reload sees what has changed: SMTP first."""
    settings = configuration.settings
    imap = [box for box in settings.mailboxes if isinstance(box, ImapMailbox)]
    return (
        (settings.smtp, password(settings.smtp)),
        settings.mailboxes,
        [password(box) for box in imap],
        settings.limits,
    )


def at_start_only(settings: Settings) -> tuple[object, ...]:
    limits = settings.limits
    lmtp = [box for box in settings.mailboxes if isinstance(box, LmtpMailbox)]
    return settings.database, settings.blobs, lmtp, limits.reading, limits.reading_memory


def desk_of(configuration: Configuration, imported: Iterable[Mapping[str, Any]] = ()) -> Desk:
    """`imported`: accounts in the database. Raises TemplateError when a template can't be used."""
    settings, policy = configuration.settings, configuration.policy
    return Desk(
        settings=settings,
        policy=policy,
        directory=directory_of(configuration, imported),
        rules=compiled(configuration.priorities),
        wishes=wishes(policy.install, configuration.priorities),
        calendar=calendar_of(policy.calendar),
        renderer=Renderer(template_folders(configuration.folder), language=settings.desk.language),
        signer=Signer(configuration.keys, domain=settings.desk.domain, tag=settings.desk.tag),
    )


def directory_of(configuration: Configuration, imported: Iterable[Mapping[str, Any]]) -> Directory:
    public = configuration.settings.matching.public_domains
    return Directory(configuration.agents, merged(configuration.accounts, imported), public_domains=public)


def calendar_of(section: BusinessCalendar) -> Calendar:
    return Calendar(
        zone=section.timezone,
        spans=tuple(Span(frozenset(hours.days), hours.opens, hours.closes) for hours in section.hours),
        country=section.holidays,
        closed=frozenset(section.extra_holidays),
    )


def template_folders(folder: Path) -> list[Path]:
    """The templates that ship, and over them those of the configuration."""
    shipped = Path(str(importlib.resources.files("templates")))
    return [each for each in (shipped, folder / "templates") if each.is_dir()]


def mailboxes_of(configuration: Configuration, clock: Callable[[], datetime]) -> list[tuple[Mailbox, float]]:
    limits = configuration.settings.limits
    spool = limits.spool
    opened: list[tuple[Mailbox, float]] = []
    for section in configuration.settings.mailboxes:
        if isinstance(section, ImapMailbox):
            # Imported here, as LMTP is below: each costs time and memory that a desk without it has no use for.
            from mail_daemon.mailboxes.imap import Imap

            imap = Imap(
                section,
                password=password(section) or "",
                mail_size=limits.mail_size,
                batch=limits.batch,
                spool=spool,
                clock=clock,
            )
            opened.append((imap, section.poll_seconds))
        elif isinstance(section, MaildirMailbox):
            maildir = Maildir(section, mail_size=limits.mail_size, batch=limits.batch, spool=spool)
            opened.append((maildir, section.poll_seconds))
    return opened


def listeners_of(
    configuration: Configuration, store: Callable[[Arrival], None], clock: Callable[[], datetime]
) -> list[Lmtp]:
    size = configuration.settings.limits.mail_size
    sections = [each for each in configuration.settings.mailboxes if isinstance(each, LmtpMailbox)]
    if not sections:
        return []
    from mail_daemon.mailboxes.lmtp import Lmtp

    return [Lmtp(section, store=store, mail_size=size, clock=clock) for section in sections]


def relay_of(configuration: Configuration) -> Relay:
    smtp = configuration.settings.smtp
    return Relay(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        username=smtp.username,
        password=password(smtp),
        timeout=smtp.timeout.total_seconds(),
    )


def watched_of(configuration: Configuration) -> Sequence[Path]:
    templates = configuration.folder / "templates"
    return [configuration.folder, templates] if templates.is_dir() else [configuration.folder]
