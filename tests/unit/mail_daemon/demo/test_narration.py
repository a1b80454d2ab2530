"""The table tells each mail's fate in words, and shows what mails say as it is."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rich.console import Console

from mail_daemon.demo.customers import Sample
from mail_daemon.demo.narration import Story, table

OPENED = Story(
    sample=Sample("01-outage", b"", "Petra Lang", "all phones down", "<1@acme.example>"),
    ref="TPBX-1001",
    what="opened",
    silence="",
    priority=1,
    promise="1 hour",
    why="“all phones down”\nphones-dead",
    told=("acknowledged to petra@acme.example", "notice to ann"),
)


def test_says_ticket_priority_reason_and_readers() -> None:
    shown = drawn(OPENED)
    for each in ("TPBX-1001", "1  answer in 1 hour", "“all phones down”", "notice to ann"):
        assert each in shown


def test_says_why_nothing_was_answered() -> None:
    assert "no answer: bulk mail" in drawn(replace(OPENED, silence="no answer: bulk mail"))


def test_a_mail_that_sets_no_priority_leaves_it_unchanged() -> None:
    assert "unchanged" in drawn(replace(OPENED, priority=None))


def test_markup_and_control_characters_of_a_mail_are_no_markup_and_no_control_characters() -> None:
    hostile = replace(OPENED.sample, sender="[red]Mallory[/red]", subject="bell\x07 and \x1b[2J[/bold]")
    shown = drawn(replace(OPENED, sample=hostile))
    assert "[red]Mallory[/red]" in shown
    assert "[/bold]" in shown
    assert not {"\x07", "\x1b"} & set(shown)


def test_long_words_do_not_fill_the_screen() -> None:
    endless = replace(OPENED.sample, subject="x" * 5000)
    assert drawn(replace(OPENED, sample=endless)).count("x") < 200


def drawn(story: Story) -> str:
    page = StringIO()
    Console(file=page, width=100).print(table([story], "title"))
    return page.getvalue()
