"""What the letters that we ship say, and what they never say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from responders.samples import sample, samples
from tests.unit.responders.letters import asking, rendered, shipped

RENDERER = shipped()


def test_every_template_can_show_every_sample() -> None:
    assert RENDERER.check() == []
    assert RENDERER.letters() == [
        ("acknowledgement", "de"),
        ("acknowledgement", "en"),
        ("acknowledgement", "es"),
        ("notice", "en"),
        ("refused", "en"),
        ("warning", "en"),
    ]


def test_an_acknowledgement_gives_number_priority_reasons_and_promised_times() -> None:
    page = RENDERER.render(sample("acknowledgement"))
    for form in (page.text, page.html):
        assert "TPBX-1042" in form
        assert "partial outage" in form
        assert "nobody hears the other side" in form
        assert "Wednesday 25 November 2026, 15:32 EST" in form
        assert "as soon as possible" in form
        assert "screenshot" in form
        assert "877-771-7464, press" not in form
    assert page.subject == "Re: Denver office: one-way audio on outbound calls [TPBX-1042]"


def test_after_hours_it_tells_how_to_ring() -> None:
    page = RENDERER.render(replace(sample("acknowledgement"), after_hours=True))
    assert "ring 877-771-7464, press 2 and leave a detailed message" in " ".join(page.text.split())


def test_a_new_installation_is_told_its_earliest_date() -> None:
    page = RENDERER.render(replace(sample("acknowledgement"), install_earliest="Tuesday 1 December 2026"))
    assert "Tuesday 1 December 2026" in page.text
    assert "some business days" in " ".join(page.text.split())


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_an_unproven_sender_reads_none_of_his_own_words(language: str) -> None:
    page = RENDERER.render(replace(sample("acknowledgement", language), proven=False))
    assert page.subject == "Your request [TPBX-1042]"
    for word in ("Denver", "Dana", "Acme", "hears the other side"):
        assert word not in page.text
        assert word not in page.html


def test_no_template_can_echo_an_unproven_sender_by_mistake(tmp_path: Path) -> None:
    careless = "{{ greeting_name }}/{{ ticket.subject }}/{{ text }}/{{ ticket.requester_name }}"
    page = rendered(tmp_path, careless, replace(sample("acknowledgement"), proven=False))
    assert page.text == "///\n"


def test_agents_do_read_what_an_unproven_sender_wrote_and_are_warned() -> None:
    page = RENDERER.render(replace(sample("notice"), proven=False))
    assert "nobody at our Denver office" in page.text
    assert "Careful: nothing proves" in page.text


def test_a_notice_keeps_the_lines_and_columns_of_what_was_written() -> None:
    page = RENDERER.render(sample("notice"))
    assert "> since about 1 pm nobody at our Denver office hears the other side when they\n> call" in page.text
    assert ">   10:58:31  BYE\n" in page.text
    assert "when they<br>\ncall" in page.html
    assert "&nbsp; 10:58:31&nbsp; BYE" in page.html


@pytest.mark.parametrize(("subject", "shown"), [
    ("Re: AW: phones", "Re: phones [TPBX-1042]"),
    ("", "Your request [TPBX-1042]"),
    ("Re: ", "Your request [TPBX-1042]"),
    ("a\r\nBcc: x@evil.example", "Re: a Bcc: x@evil.example [TPBX-1042]"),
    ("{{7*7}} **b** <script>", "Re: {{7*7}} **b** <script> [TPBX-1042]"),
    ("w" * 2000, f"Re: {'w' * 147}... [TPBX-1042]"),
])  # fmt: skip
def test_the_subject_repeats_the_customers_once_and_always_ends_in_the_number(subject: str, shown: str) -> None:
    assert RENDERER.render(asking(subject)).subject == shown


def test_lines_of_text_stay_within_76_characters() -> None:
    for name, language in RENDERER.letters():
        for letter in samples(name, language):
            if name != "notice":
                assert max(map(len, RENDERER.render(letter).text.splitlines())) <= 76, (name, language)


def test_text_shows_no_marks_of_markdown() -> None:
    for name, language in RENDERER.letters():
        for letter in samples(name, language):
            text = RENDERER.render(letter).text
            assert "**" not in text
            assert "|" not in text
            assert "](" not in text
            assert "{" not in text
            assert not any(line.startswith("#") for line in text.splitlines())


def test_html_fetches_nothing() -> None:
    for name, language in RENDERER.letters():
        page = RENDERER.render(sample(name, language)).html
        for remote in ("http://", "https://", "<img", "<script", "<link", "url(", "@import", "@font-face"):
            assert remote not in page, (name, remote)


def test_the_style_stands_in_the_tags() -> None:
    page = RENDERER.render(sample("acknowledgement")).html
    assert '<p style="' in page
    assert "prefers-color-scheme: dark" in page
    assert ".badge-2 { background: #ffecd1" not in page
