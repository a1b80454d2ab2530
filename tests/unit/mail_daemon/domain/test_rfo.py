"""An agent's reply to the draft: the sections come out of it, in whatever form they were written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.rfo import LONGEST, Sections, completed, listed, mentions, too_long

WHOLE = Sections(cause="A bad route.", impact="No calls.", resolution="Taken back.", prevention="A check.")

FORMS = {
    "plain": "Cause: A bad route.\nImpact: No calls.\nResolution: Taken back.\nPrevention: A check.",
    "headings": "# Cause\nA bad route.\n\n## Impact\nNo calls.\n### Resolution\nTaken back.\n# Prevention\nA check.",
    "bold": "**Cause:** A bad route.\n**Impact**: No calls.\n__Resolution__\nTaken back.\n*Prevention:* A check.",
    "other order": "Prevention: A check.\nCause: A bad route.\nResolution: Taken back.\nImpact: No calls.",
    "below": "Cause:\n\nA bad route.\n\nImpact:\nNo calls.\n\nResolution:\n\n\n\nTaken back.\nPrevention:\nA check.\n",
    "underlined": "Cause\n=====\nA bad route.\n\nImpact\n------\nNo calls.\n\n"
    "Resolution\n---\nTaken back.\n\nPrevention\n---\nA check.",
    "other names": "Root cause: A bad route.\nIMPACT : No calls.\nresolution: Taken back.\n"
    "Preventive measures: A check.",
    "numbered": "1. Cause: A bad route.\n2) Impact: No calls.\n- Resolution: Taken back.\n4. Prevention\nA check.",
    "within the quote": "> Cause:\nA bad route.\n> Impact:\nNo calls.\n> Resolution:\nTaken back.\n"
    "> Prevention:\nA check.",
    "above the quote": "Cause: A bad route.\nImpact: No calls.\nResolution: Taken back.\nPrevention: A check.\n"
    "> Hello,\n> Cause:\n> an old cause\n> Impact: an old impact\n",
    "greeted and signed": "Hi,\nhere it is.\n\nCause: A bad route.\nImpact: No calls.\nResolution: Taken back.\n"
    "Prevention: A check.\n-- \nAnn\nCause: none",
    "CRLF": "Cause: A bad route.\r\nImpact: No calls.\r\nResolution: Taken back.\r\nPrevention: A check.\r\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_all_four_sections_are_read(text: str) -> None:
    assert completed(text) == WHOLE
    assert completed(text).missing() == ()


def test_what_is_left_out_is_missing() -> None:
    said = completed("Impact: No calls.\n\nCause:\n")
    assert said == Sections(impact="No calls.")
    assert said.missing() == ("cause", "resolution", "prevention")


def test_the_service_may_be_corrected_and_is_never_missing() -> None:
    said = completed("Service: Outbound calls\nCause: A bad route.")
    assert said.service == "Outbound calls"
    assert "service" not in said.missing()


def test_a_section_keeps_its_paragraphs_and_lists() -> None:
    text = "Prevention:\n- one\n- two\n\n\n\nAnd a line\n  with a second.\n\nCause: x"
    assert completed(text).prevention == "- one\n- two\n\nAnd a line\n  with a second."


def test_a_word_within_a_sentence_opens_no_section() -> None:
    text = "Cause: We first had to see the\nimpact\nof the change: its resolution was late.\nThe cause: unknown."
    assert completed(text) == Sections(cause=text.partition(": ")[2])


def test_a_mail_without_sections_has_none() -> None:
    assert completed("I will do it tomorrow.") == Sections()


@pytest.mark.parametrize(
    ("names", "said"),
    [(["cause"], "cause"), (["cause", "impact"], "cause and impact"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed_as_people_do(names: list[str], said: str) -> None:
    assert listed(names) == said


def test_newer_words_replace_older_ones_and_leave_the_rest() -> None:
    assert (WHOLE | Sections(cause="A worse route.")).cause == "A worse route."
    assert (WHOLE | Sections(cause="A worse route.")).impact == WHOLE.impact


def test_a_section_has_a_longest_length() -> None:
    assert too_long(Sections(cause="c" * LONGEST, impact="i" * (LONGEST + 1))) == [("impact", LONGEST + 1)]


@pytest.mark.parametrize(("name", "found"), [
    ("Acme", True), ("ACME", True), ("Acm", False), ("TPBX-1002", True), ("TPBX-100", False), ("", False),
    ("cy@acme.example", True), ("Cy  Carter", True), ("Carter Dee", False), ("株式会社", True),
])  # fmt: skip
def test_names_of_others_are_found_as_whole_words(name: str, found: bool) -> None:
    said = Sections(impact="At Acme (TPBX-1002) Cy\nCarter <cy@acme.example> heard nothing, 株式会社青 neither.")
    assert list(mentions(said, [name])) == ([("impact", name)] if found else [])


@given(st.text(max_size=400) | st.text(alphabet=" \n>#*:-=causeimpct", max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(completed(text), Sections)


def test_a_huge_text_is_read_in_linear_time() -> None:
    began = time.perf_counter()
    for text in ("#" * 1_000_000, "Cause:\n" * 100_000, "> " * 500_000, "a\n" * 300_000, "-" * 1_000_000):
        completed(text)
    assert time.perf_counter() - began < 5
