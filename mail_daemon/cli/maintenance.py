"""`mail-daemon maintenance`: customers are told of planned work, and how it goes on (policy section 11)."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import typer

from mail_daemon.app import App
from mail_daemon.archive import archive_to_look_at, real_clock
from mail_daemon.changes import maintenance as changes
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.maintenance import Round, TooLate
from mail_daemon.changes.maintenance_letters import letter_of, written
from mail_daemon.cli.output import print_json, print_lines, print_table, shown
from mail_daemon.desk import Desk
from mail_daemon.domain.maintenance import stage
from mail_daemon.settings import maintenance_file
from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.maintenance_file import MaintenanceFile
from mail_daemon.store import migrate
from mail_daemon.store.rows_duties import Maintenance
from mail_daemon.store.store import Store, Work

_COLUMNS = ("id", "state", "starts", "ends", "impact", "told", "accounts", "service")
_MOST_TOLD = 20  # accounts with nobody to write to that are named

app = typer.Typer(help="Planned maintenance: announce, update, cancel, complete, list.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file like maintenance.example.yaml.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The id that the maintenance was announced with.")]
Late = Annotated[bool, typer.Option("--late", help="Tell of it although its window has begun or is over.")]
Text = Annotated[str, typer.Option(help="What customers are told beside it; plain text.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say who gets what, and send nothing.")]

Verb = Callable[[Work, Desk, datetime], Round]


@app.command()
def announce(context: typer.Context, file: File, late: Late = False, dry_run: DryRun = False) -> None:
    """Mails every account that it concerns; a file with an id that was announced before is an update."""
    _from_file(App(context.obj), file, late=late, dry_run=dry_run, first=True)


@app.command()
def update(context: typer.Context, file: File, late: Late = False, dry_run: DryRun = False) -> None:
    """The same for an id that was announced before, and for no other."""
    _from_file(App(context.obj), file, late=late, dry_run=dry_run, first=False)


@app.command()
def cancel(context: typer.Context, id: Id, text: Text = "", dry_run: DryRun = False) -> None:
    """Tells everybody who was told that it does not take place."""
    _end(App(context.obj), changes.cancel, id, text, dry_run=dry_run)


@app.command()
def complete(context: typer.Context, id: Id, text: Text = "", dry_run: DryRun = False) -> None:
    """Tells everybody who was told that the work is done."""
    _end(App(context.obj), changes.complete, id, text, dry_run=dry_run)


@app.command("list")
def list_all(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Lists what was announced, in the order in which it begins."""
    archive = archive_to_look_at(context.obj)
    with archive.store.read() as work:
        told = work.maintenances.told()
        rows = [_row(each, told.get(each.id, 0), real_clock()) for each in work.maintenances.all()]
    if as_json:
        print_json(rows)
    else:
        print_table(_COLUMNS, ([row[name] for name in _COLUMNS] for row in map(_joined, rows)))


def _from_file(app: App, path: Path, *, late: bool, dry_run: bool, first: bool) -> None:
    with _database(app, dry_run=dry_run) as store:
        file = maintenance_file.read(path, app.desk.directory.accounts)

        def verb(work: Work, desk: Desk, now: datetime) -> Round:
            if not first and work.maintenances.get(file.said.key) is None:
                key = file.said.key
                raise LookupError(f"no maintenance {key!r} was announced; mail-daemon maintenance announce {path}")
            return _announced(work, desk, file, now, late=late)

        _go(app, store, verb, dry_run=dry_run)


def _announced(work: Work, desk: Desk, file: MaintenanceFile, now: datetime, *, late: bool) -> Round:
    try:
        return changes.announce(work, desk, file.said, now=now, late=late)
    except TooLate as error:
        raise ConfigError([f"{file.window}: window.starts: {error}"]) from error


def _end(app: App, verb: Callable[..., Round], key: str, text: str, *, dry_run: bool) -> None:
    try:
        words = maintenance_file.plain(text) if text else ""
    except ValueError as error:
        raise ValueError(f"--text: {error}") from None
    with _database(app, dry_run=dry_run) as store:
        _go(app, store, lambda work, desk, now: verb(work, desk, key, words, now=now), dry_run=dry_run)


@contextmanager
def _database(app: App, *, dry_run: bool) -> Iterator[Store]:
    """The real one; a dry run before there is any has an empty one, which is thrown away."""
    if app.store.exists() or not dry_run:
        migrate.upgrade(app.store)
        app.take_over_imports()
        yield app.store
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(store)
        yield store
        store.close()


def _go(app: App, store: Store, verb: Verb, *, dry_run: bool) -> None:
    now = app.clock()
    with store.begin() as work:
        due = verb(work, app.desk, now)
    if dry_run:
        print_lines(_rehearsed(app.desk, due))
    else:
        _carry_out(app, store, verb, due, now)
    print_lines(_told(due, dry_run=dry_run))
    if dry_run and due.nobody:
        raise typer.Exit(1)


def _carry_out(app: App, store: Store, verb: Verb, due: Round, now: datetime) -> None:
    """The letters wait in a file until the transaction, which is then short however many they are."""
    with tempfile.TemporaryFile() as file:
        for draft in written(app.desk, due.said, due.before, due.posts, sequence=due.sequence, now=now):
            pickle.dump(draft, file)
        file.seek(0)
        drafts = (pickle.load(file) for _ in due.posts)  # noqa: S301  our own, of a moment ago
        with store.begin() as work:
            if verb(work, app.desk, now) != due:
                raise ChangeError(changes.OVERTAKEN)
            changes.carry_out(work, due, drafts, now=now)


def _told(due: Round, *, dry_run: bool) -> Iterator[str]:
    news = {each.value: len(list(posts)) for each, posts in groupby(sorted(due.posts, key=_news), key=_news)}
    if not due.posts and not due.changed:
        yield f"{due.said.key}: nothing has changed, and everybody has been told; no letter is sent"
    else:
        letters = ", ".join(f"{number} {name}" for name, number in news.items()) or "nobody to write to"
        yield f"{due.said.key}: {'would send: ' if dry_run else ''}{letters}; sequence {due.sequence}"
    for name in due.nobody[:_MOST_TOLD]:
        yield f"warning: {shown(name)} has nobody to write to; write contacts in accounts.yaml or import them"
    if len(due.nobody) > _MOST_TOLD:
        yield f"warning: ... and so with {len(due.nobody) - _MOST_TOLD} more"


_news = attrgetter("news")


def _rehearsed(desk: Desk, due: Round) -> Iterator[str]:
    """Who gets what, and each letter once in every language that somebody gets it in."""
    for post in due.posts:
        yield f"{post.news:<10} {shown(post.reader)}  ({shown(post.account)})"
    seen: set[tuple[str, str]] = set()
    for post in due.posts:
        letter = letter_of(desk, due.said, due.before, post)
        if (letter.language, post.news) not in seen:
            seen.add((letter.language, post.news))
            rendered = desk.renderer.render(letter)
            yield from ("", f"--- {post.news}, {letter.language}, to {shown(post.reader)}")
            yield from (f"Subject: {rendered.subject}", "", rendered.text)


def _row(each: Maintenance, told: int, now: datetime) -> dict[str, Any]:
    return {
        "id": each.key,
        "state": stage(each.status, each.starts, each.ends, now),
        "service": each.service,
        "impact": each.impact,
        "starts": each.starts,
        "ends": each.ends,
        "accounts": each.accounts or maintenance_file.EVERYBODY,
        "told": told,
        "sequence": each.sequence,
        "announced": each.announced,
    }


def _joined(row: dict[str, Any]) -> dict[str, Any]:
    accounts: str | Sequence[str] = row["accounts"]
    return row | {"accounts": accounts if isinstance(accounts, str) else ", ".join(accounts)}
