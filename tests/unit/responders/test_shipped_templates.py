"""What the letters that we ship say, and what they never say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from responders.letter import RateFacts
from responders.samples import sample, samples
from tests.unit.responders.letters import asking, rendered, shipped

RENDERER = shipped()


def test_every_template_can_show_every_sample() -> None:
    assert RENDERER.check() == []
    assert RENDERER.letters() == [
        ("account-hold", "de"),
        ("account-hold", "en"),
        ("account-hold", "es"),
        ("acknowledgement", "de"),
        ("acknowledgement", "en"),
        ("acknowledgement", "es"),
        ("agent-reply", "de"),
        ("agent-reply", "en"),
        ("agent-reply", "es"),
        ("closing-warning", "de"),
        ("closing-warning", "en"),
        ("closing-warning", "es"),
        ("confirm", "en"),
        ("escalation", "de"),
        ("escalation", "en"),
        ("escalation", "es"),
        ("maintenance", "de"),
        ("maintenance", "en"),
        ("maintenance", "es"),
        ("note", "en"),
        ("notice", "en"),
        ("page", "en"),
        ("push", "en"),
        ("refused", "en"),
        ("rfo", "de"),
        ("rfo", "en"),
        ("rfo", "es"),
        ("rfo-document", "de"),
        ("rfo-document", "en"),
        ("rfo-document", "es"),
        ("rfo-draft", "en"),
        ("status", "de"),
        ("status", "en"),
        ("status", "es"),
        ("transcript", "en"),
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
    assert "3 business days in advance" in " ".join(page.text.split())


PRICES = {
    "en": ("Help after 19:00 EST", "125.00 USD per hour, with a minimum of 1 hour", "usual schedule is fine for you"),
    "de": ("Arbeit nach 19:00 EST", "125,00 USD je Stunde, mindestens 1 Stunde", "der übliche Termin reicht"),
    "es": ("después de las 19:00 EST", "125.00 USD por hora, con un mínimo de 1 hora", "le va bien el plazo habitual"),
}


@pytest.mark.parametrize("language", PRICES)
def test_what_is_billed_of_an_installation_is_told_with_its_price(language: str) -> None:
    letter = replace(sample("acknowledgement", language), install_earliest="X")
    after, price, asked = PRICES[language]
    usual = " ".join(RENDERER.render(letter).text.split())
    assert after in usual
    assert price in usual
    assert asked not in usual
    assert asked in " ".join(RENDERER.render(replace(letter, billable="priority handling")).text.split())
    free = " ".join(RENDERER.render(replace(letter, rate=RateFacts())).text.split())
    assert "USD" not in free


@pytest.mark.parametrize("language", PRICES)
def test_the_cause_of_an_uncovered_outage_is_reviewed_before_anything_is_billed(language: str) -> None:
    letter = sample("acknowledgement", language)
    price = PRICES[language][1].partition(",")[0] if language != "de" else "125,00 USD je Stunde"
    assert price not in " ".join(RENDERER.render(letter).text.split())
    assert price in " ".join(RENDERER.render(replace(letter, cause_review=True)).text.split())


HOLDS = {
    "en": ("on hold", "invoice", "Pay the invoice", "disputed amount does not count as overdue"),
    "de": ("zurückgestellt", "Rechnung", "Begleichen Sie die Rechnung", "strittiger Betrag gilt nicht als überfällig"),
    "es": ("en espera", "factura", "Pague la factura", "importe en disputa no cuenta como vencido"),
}


@pytest.mark.parametrize("language", HOLDS)
@pytest.mark.parametrize("name", ["account-hold", "acknowledgement"])
def test_a_ticket_on_hold_is_explained_with_how_the_hold_ends_and_promises_no_times(name: str, language: str) -> None:
    letter = sample(name, language)
    page = RENDERER.render(replace(letter, ticket=replace(letter.ticket, status="on_hold")))
    text = " ".join(page.text.split())
    for words in HOLDS[language]:
        assert words in text
    assert letter.promises.respond_by not in text


@pytest.mark.parametrize("language", HOLDS)
@pytest.mark.parametrize("what", ["released", "service"])
def test_a_ticket_off_hold_is_told_its_times_again(language: str, what: str) -> None:
    letter = replace(sample("account-hold", language), what=what)
    text = " ".join(RENDERER.render(letter).text.split())
    assert letter.promises.respond_by in text
    assert HOLDS[language][2] not in text


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
            if name not in ("notice", "note", "confirm"):  # which quote a mail as it was written
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
        page = RENDERER.render(sample(name, language)).html.replace("https://docs.desk.example", "")  # a link
        for remote in ("http://", "https://", "<img", "<script", "<link", "url(", "@import", "@font-face"):
            assert remote not in page, (name, remote)


def test_the_style_stands_in_the_tags() -> None:
    page = RENDERER.render(sample("acknowledgement")).html
    assert '<p style="' in page
    assert "prefers-color-scheme: dark" in page
    assert ".badge-2 { background: #ffecd1" not in page
