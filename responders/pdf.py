"""A document as PDF: the same words as the letter's other forms, laid out for paper. The only door to fpdf2.

The same document and moment give the same bytes. Its font, DejaVu Sans Condensed, goes into the file, cut down
to the characters that are used; it knows Latin, Greek, Cyrillic, Armenian and Georgian. Alphabets that are written
from right to left would need a shaping engine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from responders.layout import Block, Kind
from responders.renderer import Document

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
PAGE = (210, 279)  # mm: as wide as A4 and as high as Letter, so that both print it whole
MARGIN = 18
GAP, MOST_LABEL = 8, 80  # beside a table's first column, and its greatest width
LINE_HEIGHT = 1.45  # of the font's size
POINT = 0.3528  # mm
BODY, SMALL, HEADING, TITLE = 9.5, 8.0, 11.0, 20.0
KEPT = 18  # mm that must be left below a heading, so that it does not end a page

INK, MUTED, FAINT, ACCENT = (31, 42, 55), (91, 103, 118), (213, 221, 230), (16, 69, 143)
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc"})


def render(document: Document, *, created: datetime, fonts: Sequence[Path] = ()) -> bytes:
    """The PDF. `fonts` are asked, in order, for characters that DejaVu lacks; what no font has shows as a mark."""
    pdf = _page(document, created)
    shown = _Shown(pdf, document, fonts)
    _head(pdf, shown, document)
    for kind, group in groupby(document.blocks, attrgetter("kind")):
        if kind is Kind.ROW:
            _table(pdf, [[shown(cell) for cell in block.cells] for block in group])
        else:
            for block in group:
                _block(pdf, shown, block)
    return bytes(pdf.output())


class _Shown:
    """What fonts can show of a text: they are opened only where a character is missing."""

    def __init__(self, pdf: FPDF, document: Document, fonts: Sequence[Path]) -> None:
        self._known = _characters(pdf)
        wanted = {ord(each) for each in chain.from_iterable(_texts(document))} - {10}
        for number, font in enumerate(fonts):
            if not wanted - self._known:
                break
            pdf.add_font(f"more{number}", "", font)
            self._known |= _characters(pdf)
        pdf.set_fallback_fonts([name for name in pdf.fonts if name.startswith("more")], exact_match=False)

    def __call__(self, text: str) -> str:
        return "".join(self._one(character) for character in text)

    def _one(self, character: str) -> str:
        if character == "\n" or ord(character) in self._known:
            return character
        return "" if unicodedata.category(character) in _UNSEEN else UNKNOWN


def _characters(pdf: FPDF) -> set[int]:
    return set(chain.from_iterable(getattr(font, "cmap", ()) for font in pdf.fonts.values()))


def _texts(document: Document) -> Iterator[str]:
    yield from (document.title, document.badge, document.foot)
    for block in document.blocks:
        yield from (block.text, block.mark, *block.cells)


def _page(document: Document, created: datetime) -> FPDF:
    from fpdf import FPDF  # late: its import costs 0.2 s, and most runs write no document

    class Page(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("body", size=SMALL)
            self.set_text_color(*MUTED)
            self.cell(0, 5, foot)
            self.set_x(MARGIN)
            self.cell(0, 5, str(self.page_no()), align="R")

    pdf = Page(format=PAGE)
    pdf.add_font("body", "", FONTS / "DejaVuSansCondensed.ttf")
    pdf.add_font("body", "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
    known = _characters(pdf)
    foot = "".join(each for each in document.foot if ord(each) in known)
    pdf.set_creation_date(created)
    pdf.set_title(document.title)
    pdf.set_author(document.author)
    pdf.set_creator("mail-daemon")
    pdf.set_lang(document.language)
    pdf.alias_nb_pages(None)  # type: ignore[arg-type]  # else "{nb}" in somebody's words became a number
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, margin=MARGIN)
    pdf.c_margin = 0
    pdf.add_page()
    return pdf


def _head(pdf: FPDF, shown: _Shown, document: Document) -> None:
    _write(pdf, shown(document.title), TITLE, ACCENT, bold=True)
    if document.badge:
        _write(pdf, shown(document.badge), HEADING, MUTED)
    pdf.ln(2)


def _block(pdf: FPDF, shown: _Shown, block: Block) -> None:
    text = shown(block.text)
    match block.kind:
        case Kind.HEADING:
            _keep_together(pdf, KEPT)
            pdf.ln(5)
            _write(pdf, text, HEADING, ACCENT, bold=True)
            pdf.ln(0.5)
        case Kind.RULE:
            pdf.ln(2)
            _line(pdf)
            pdf.ln(2)
        case _:
            if block.mark:
                pdf.cell(6, BODY * POINT * LINE_HEIGHT, shown(block.mark))
            _write(pdf, text, BODY, INK, indent=6 if block.mark else 0)
            pdf.ln(1.5)


def _table(pdf: FPDF, rows: Sequence[Sequence[str]]) -> None:
    """Labels and what they say, the labels' column as wide as they need."""
    pdf.set_font("body", size=BODY)
    widest = max(pdf.get_string_width(row[0]) for row in rows)
    for label, *rest in rows:
        _row(pdf, label, "\n".join(rest), min(widest + GAP, MOST_LABEL))


def _row(pdf: FPDF, label: str, text: str, width: float) -> None:
    line = BODY * POINT * LINE_HEIGHT
    height = cast("float", pdf.multi_cell(pdf.epw - width, line, text, align="L", dry_run=True, output="HEIGHT"))
    _keep_together(pdf, min(height, 10 * line) + 3)
    _line(pdf)
    pdf.ln(1.2)
    top = pdf.get_y()
    _write(pdf, label, BODY, MUTED, width=width - GAP / 2)
    below = pdf.get_y()
    pdf.set_xy(MARGIN, top)
    _write(pdf, text, BODY, INK, indent=width)
    # A text that went on to the next page ends higher up than it began.
    pdf.set_y((max(below, pdf.get_y()) if pdf.get_y() > top else pdf.get_y()) + 1.2)


def _write(
    pdf: FPDF,
    text: str,
    size: float,
    colour: tuple[int, int, int],
    *,
    bold: bool = False,
    indent: float = 0,
    width: float = 0,
) -> None:
    pdf.set_font("body", "B" if bold else "", size)
    pdf.set_text_color(*colour)
    pdf.set_x(MARGIN + indent)
    height = size * POINT * LINE_HEIGHT
    pdf.multi_cell(width, height, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _line(pdf: FPDF) -> None:
    pdf.set_draw_color(*FAINT)
    pdf.line(MARGIN, pdf.get_y(), PAGE[0] - MARGIN, pdf.get_y())


def _keep_together(pdf: FPDF, height: float) -> None:
    if pdf.will_page_break(height):
        pdf.add_page()
