"""`mail-daemon preview`: a letter as its reader will see it, before any customer does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mail_daemon.app import App
from mail_daemon.changes.rfo_letters import told
from mail_daemon.cli.output import print_lines
from mail_daemon.writing import about, desk_facts
from responders import pdf as document
from responders.letter import Letter
from responders.samples import samples


def command(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(help="acknowledgement, notice, refused, ...")],
    ticket: Annotated[str | None, typer.Option(help="Real data of this ticket instead of a sample.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language, such as de; else the desk's.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the HTML form to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write it as a PDF to this file, such as rfo-document.")] = None,
) -> None:
    """Renders a letter with sample or real data and prints its text form."""
    app = App(context.obj)
    known = sorted({name for name, _ in app.desk.renderer.letters()})
    if letter not in known:
        raise ValueError(f"there is no letter {letter!r}; write one of {', '.join(known)}")
    language = lang or app.desk.settings.desk.language
    written = _real(app, letter, ticket, language) if ticket else _sample(app, letter, language)
    rendered = app.desk.renderer.render(written)
    print_lines([f"Subject: {rendered.subject}", "", rendered.text])
    if html:
        html.write_text(rendered.html, encoding="utf-8")
        print_lines([f"wrote {html}"])
    if pdf:
        renderer = app.desk.renderer
        pdf.write_bytes(document.render(renderer.document(written), created=app.clock(), fonts=renderer.fonts))
        print_lines([f"wrote {pdf}"])


def _sample(app: App, name: str, language: str) -> Letter:
    return replace(next(iter(samples(name, language))), desk=desk_facts(app.desk))


def _real(app: App, name: str, ref: str, language: str) -> Letter:
    app.archive.require_database()
    number = app.desk.number(ref)
    with app.store.read() as work:
        ticket = work.tickets.get(number)
        if ticket is None:
            raise LookupError(f"there is no ticket {app.desk.ref(number)}")
        clocks = work.clocks.of(number)
        zone = ZoneInfo(ticket.zone) if ticket.zone else app.desk.settings.desk.timezone
        rfo = told(work, ticket, work.rfos.of(number), zone, language)
    letter = about(app.desk, name, ticket, clocks, zone=zone, language=language, now=app.clock())
    return replace(letter, rfo=rfo)
