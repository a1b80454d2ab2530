"""The document as its reader finds it: every word of it, in order, and the same bytes for the same words."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from responders import pdf, values
from responders.layout import Block, Kind
from responders.renderer import Document
from responders.samples import sample
from tests.unit.responders.letters import shipped

MADE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SHORT = Document("Title", "Badge", "Desk · desk@desk.example", "en", "Desk", ())


def paper(text: str) -> Document:
    return replace(SHORT, blocks=(Block(Kind.PARAGRAPH, text),))


def read(document: Document, fonts: tuple[Path, ...] = ()) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render(document, created=MADE, fonts=fonts)))


def shown(document: Document) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(document).pages).split())


def test_it_shows_all_of_the_letter_in_its_order() -> None:
    words = shown(shipped().document(sample("rfo-document")))
    facts = (
        "Reason for Outage",
        "TPBX-1042 · Acme Supply",
        "Affected Outbound calls of the US East cluster",
        "Reported Wednesday 25 November 2026, 13:32 EST",
        "Service restored Wednesday 25 November 2026, 14:25 EST",
        "Duration 53 minutes",
        "Cause At 13:02 EST a routing change",
        "Impact Until 14:25 EST callers",
        "Resolution We took",
        "Prevention - A gateway",
        "Timeline",
        "13:51 EST An engineer answered",
        "Reply to the mail that brought this document and leave [TPBX-1042]",
    )
    places = [words.find(fact) for fact in facts]
    assert -1 not in places, facts[places.index(-1)]
    assert places == sorted(places)
    assert "ThreePBX Support · support@desk.example · 877-771-7464" in words


@pytest.mark.parametrize(("language", "title"), [("de", "Ausfallbericht"), ("es", "Informe de la avería")])
def test_it_is_written_in_the_readers_language(language: str, title: str) -> None:
    document = shipped().document(sample("rfo-document", language))
    assert title in shown(document)
    assert read(document).trailer["/Root"]["/Lang"] == language


def test_an_ordinary_one_is_one_page() -> None:
    assert len(read(shipped().document(sample("rfo-document"))).pages) == 1


def test_the_same_words_at_the_same_moment_are_the_same_bytes() -> None:
    document = shipped().document(sample("rfo-document"))
    assert pdf.render(document, created=MADE) == pdf.render(document, created=MADE)


def test_its_properties_say_what_it_is() -> None:
    found = read(SHORT).metadata
    assert found is not None
    assert (found.title, found.author, found.creation_date) == ("Title", "Desk", MADE)


@pytest.mark.parametrize("text", ["Zürich", "Łódź", "Москва", "Αθήνα", "Երևան", "თბილისი", "“quoted” 5 €"])
def test_names_in_many_alphabets_are_there(text: str) -> None:
    assert text in shown(paper(text))


def test_what_no_font_has_shows_as_a_mark_and_not_as_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert shown(paper("from 李雷 at 9\u180e")) == "Title Badge from �� at 9 Desk · desk@desk.example 1"
    assert caplog.records == []


def test_a_font_of_the_desks_own_is_asked_for_what_ours_lacks() -> None:
    tiny = Path(pdf.FONTS / "DejaVuSansCondensed-Bold.ttf")
    assert "Zürich" in "".join(page.extract_text() for page in read(paper("Zürich"), (tiny,)).pages)


@pytest.mark.parametrize("text", ["{nb}", "**b** __u__ --s--", "<b>x</b>", "(a\\) Tj ET", "[x](y)", "a\u00adb"])
def test_nothing_in_a_text_is_an_instruction(text: str) -> None:
    assert text.replace("\u00ad", "") in shown(paper(text)).replace("\u00ad", "")


def test_a_title_cannot_leave_its_place() -> None:
    found = read(replace(SHORT, title="a) /Author (Eve")).metadata
    assert found is not None
    assert (found.title, found.author) == ("a) /Author (Eve", "Desk")


def test_long_texts_and_tables_run_over_pages_without_losing_a_line() -> None:
    rows = [Block(Kind.ROW, cells=(f"row{number}", " ".join(f"w{number}" for _ in range(60)))) for number in range(40)]
    text = Block(Kind.PARAGRAPH, "\n".join(f"line{number}" for number in range(200)))
    found = shown(replace(SHORT, blocks=(*rows, Block(Kind.HEADING, "Then"), text)))
    for number in range(40):
        assert f"row{number} " in found
        assert found.split().count(f"w{number}") == 60
    for number in range(200):
        assert f"line{number} " in found


def test_a_word_wider_than_the_page_is_broken() -> None:
    assert "w" * 500 in shown(paper("w" * 500)).replace(" ", "")


def test_it_loads_nothing_and_runs_nothing() -> None:
    raw = pdf.render(shipped().document(sample("rfo-document")), created=MADE)
    for mark in (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction << /S", b"/GoToR"):
        assert mark not in raw
    assert len(raw) < 60_000


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_any_text_makes_a_document(text: str) -> None:
    words = values.clean(text)
    document = replace(SHORT, badge=words, blocks=(Block(Kind.ROW, cells=(words, words)), Block(Kind.ITEM, words, "-")))
    assert read(document).pages
