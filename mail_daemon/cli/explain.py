"""`mail-daemon explain`: a dry run that says what it reads and would do, and stores and sends nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from email import message_from_bytes
from typing import Annotated, Any

import typer

from mail_daemon.app import App
from mail_daemon.cli.output import iso, print_json, print_lines, shown
from mail_daemon.mailboxes.base import Arrival
from mail_daemon.mailboxes.files import arrival
from mail_daemon.pipeline import Outcome, file_mail
from mail_daemon.stages.triage import readings, triage
from mail_daemon.store import migrate
from mail_daemon.store.rows import Draft
from mail_daemon.store.rows_inbound import Claimed, NewInbound
from mail_daemon.store.store import Store
from parsers import header
from parsers.fingerprint import fingerprint
from parsers.mail import Mail
from parsers.sandbox import Failure, Job, Reader


def command(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Mail files, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Says what the daemon would make of these mails, without storing or sending anything."""
    app = App(context.obj)
    limits = app.configuration.settings.limits
    reader = Reader(seconds=limits.reading.total_seconds(), memory=limits.reading_memory)
    try:
        with _database(app) as store:
            told = [_explain(app, store, reader, name) for name in files]
    finally:
        reader.close()
    if as_json:
        print_json(told)
    else:
        for one in told:
            print_lines(_in_words(one))
    if any(one["error"] for one in told):
        raise typer.Exit(1)


@contextmanager
def _database(app: App) -> Iterator[Store]:
    """The real one where it exists; else an empty one that is thrown away."""
    if app.store.exists():
        app.take_over_imports()
        yield app.store
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(store)
        yield store
        store.close()


def _explain(app: App, store: Store, reader: Reader, name: str) -> dict[str, Any]:
    now = app.clock()
    try:
        came = arrival(name, limit=app.configuration.settings.limits.mail_size, received=now)
    except OSError as error:
        return {"file": name, "error": f"{error.strerror or error}"}
    job = Job(0, raw=came.raw, trusted=app.desk.trusted)
    (read,) = reader.submit([job]).result()
    if isinstance(read, Failure):
        return {"file": name, "error": read.reason}
    outcome = _rehearse(app, store, came, read)
    return {"file": name, "error": None, **_read(read), **_done(app, read, outcome)}


def _rehearse(app: App, store: Store, came: Arrival, mail: Mail) -> Outcome | None:
    """The real line on the real database, undone at its end; None for a mail that is stored already."""
    now = app.clock()
    print_of_it = fingerprint(came.raw, came.received)
    new = NewInbound("explain", came.key, print_of_it, "", came.size, now, refused=came.refused)
    with store.begin() as work:
        work.rehearse()
        try:
            if not work.inbound.add([new], now=now):
                return None
            row = work.inbound.by_fingerprint(print_of_it)
            assert row is not None
            claimed = Claimed(row.id, row.attempts, row.blob, row.size, now, row.mailbox, None, came.refused)
            return file_mail(work, app.desk, claimed, mail, raw=lambda _: came.raw, now=now)
        finally:
            work.rollback()


def _read(mail: Mail) -> dict[str, Any]:
    return {
        "message_id": mail.message_id,
        "from": asdict(mail.sender),
        "to": [asdict(each) for each in mail.to],
        "cc": [asdict(each) for each in mail.cc],
        "subject": mail.subject,
        "date": iso(mail.date),
        "dispatched": iso(mail.dispatched),
        "text": mail.text,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "language": mail.language,
        "automatic": mail.automatic,
        "bounce": asdict(mail.bounce) if mail.bounce else None,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "attachments": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.sha256,
                "kind": each.kind,
                "inline": each.inline,
                "text": each.text,
                "facts": dict(each.facts),
            }
            for each in mail.attachments
        ],
        "authentication": asdict(mail.authentication),
        "defects": list(mail.defects),
    }


def _done(app: App, mail: Mail, outcome: Outcome | None) -> dict[str, Any]:
    read = readings(mail.attachments)
    ranking = triage(app.desk.rules, subject=mail.subject, text=mail.text, importance=mail.importance, readings=read)
    if outcome and outcome.case:
        ranking = outcome.case.ranking
    ranked = {
        "category": ranking.category,
        "priority": {"level": ranking.level, "reasons": [asdict(reason) for reason in ranking.reasons]},
    }
    if outcome is None:
        return {"answerable": False, **ranked, "match": "duplicate", "letters": []}
    case = outcome.case
    return {
        "automatic": "own" if outcome.screening.own else mail.automatic,
        "answerable": outcome.screening.unanswerable is None,
        **ranked,
        "match": case.match.kind if case and not mail.bounce else None,
        "ticket": app.desk.ref(case.match.ticket) if case and case.match.ticket else None,
        "quarantine": outcome.quarantined,
        "suppressed": outcome.suppressed,
        "letters": [_letter(draft) for draft in outcome.letters],
    }


def _letter(draft: Draft) -> dict[str, Any]:
    subject = header.text(message_from_bytes(draft.content), "Subject")
    return {"letter": draft.letter, "to": list(draft.recipients), "subject": subject}


def _in_words(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['file']}"
    if told["error"]:
        yield f"  can't be read: {shown(told['error'])}"
        return
    yield f"  from      {shown(told['from']['name'])} <{shown(told['from']['address'])}>"
    yield f"  subject   {shown(told['subject'])}"
    yield f"  match     {told['match'] or 'none'} {told.get('ticket') or ''}"
    if told.get("quarantine"):
        yield f"  set aside {shown(told['quarantine'])}"
    yield f"  priority  {told['priority']['level']} ({told['category']})"
    yield from _reasons(told["priority"]["reasons"])
    if told["automatic"] or told["bounce"]:
        yield f"  machine   {told['automatic'] or 'bounce'}"
    if told.get("suppressed"):
        yield f"  no answer {shown(told['suppressed'])}"
    for each in told["attachments"]:
        yield f"  attached  {shown(each['name'])} ({each['kind']}, {each['media_type']}, {each['size']} bytes)"
    for letter in told["letters"]:
        yield f"  letter    {letter['letter']} to {', '.join(letter['to'])}: {shown(letter['subject'])}"
    for defect in told["defects"]:
        yield f"  mended    {shown(defect)}"
    yield from (f"  | {shown(line)}" for line in told["text"].splitlines()[:20])
    yield ""


def _reasons(reasons: Sequence[dict[str, str]]) -> Iterator[str]:
    yield from (f"            {shown(r['rule'])}: {shown(r['evidence'])} ({shown(r['where'])})" for r in reasons)
