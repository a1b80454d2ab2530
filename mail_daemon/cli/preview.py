"""`mail-daemon preview`: a letter as its reader will see it, before any customer does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mail_daemon.app import App
from mail_daemon.cli.output import print_lines
from mail_daemon.writing import about, desk_facts
from responders.letter import Letter
from responders.samples import samples


def command(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(help="acknowledgement, notice, refused, ...")],
    ticket: Annotated[str | None, typer.Option(help="Real data of this ticket instead of a sample.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language, such as de; else the desk's.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the HTML form to this file.")] = None,
) -> None:
    """Renders a letter with sample or real data and prints its text form."""
    app = App(context.obj)
    known = sorted({name for name, _ in app.desk.renderer.letters()})
    if letter not in known:
        raise ValueError(f"there is no letter {letter!r}; write one of {', '.join(known)}")
    language = lang or app.desk.settings.desk.language
    rendered = app.desk.renderer.render(
        _real(app, letter, ticket, language) if ticket else _sample(app, letter, language)
    )
    print_lines([f"Subject: {rendered.subject}", "", rendered.text])
    if html:
        html.write_text(rendered.html, encoding="utf-8")
        print_lines([f"wrote {html}"])


def _sample(app: App, name: str, language: str) -> Letter:
    from dataclasses import replace

    return replace(next(iter(samples(name, language))), desk=desk_facts(app.desk))


def _real(app: App, name: str, ref: str, language: str) -> Letter:
    app.require_database()
    number = app.desk.number(ref)
    with app.store.read() as work:
        ticket = work.tickets.get(number)
        if ticket is None:
            raise LookupError(f"there is no ticket {app.desk.ref(number)}")
        clocks = work.clocks.of(number)
    zone = ZoneInfo(ticket.zone) if ticket.zone else app.desk.settings.desk.timezone
    return about(app.desk, name, ticket, clocks, zone=zone, language=language, now=app.clock())
