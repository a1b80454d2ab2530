"""Which template is taken, and what bounds a letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from responders.letter import AttachmentFacts
from responders.renderer import Renderer, TemplateError
from responders.samples import sample
from tests.unit.responders.letters import SHIPPED, rendered, shipped, written


@pytest.mark.parametrize(("asked", "greeting"), [
    ("de", "Guten Tag"), ("de-AT", "Guten Tag"), ("es", "Hola"), ("en", "Hello"),
    ("pt", "Hello"), ("", "Hello"),
])  # fmt: skip
def test_the_language_falls_back_to_english(asked: str, greeting: str) -> None:
    assert shipped().render(sample("acknowledgement", asked)).text.startswith(greeting)


def test_the_desks_own_language_comes_before_english() -> None:
    page = Renderer([SHIPPED], language="de").render(sample("acknowledgement", "pt"))
    assert page.text.startswith("Guten Tag")


def test_a_later_folder_replaces_a_template_and_keeps_the_others(tmp_path: Path) -> None:
    written(tmp_path, "Ours.\n")
    renderer = Renderer([SHIPPED, tmp_path])
    assert renderer.render(sample("acknowledgement")).text == "Ours.\n"
    assert renderer.render(sample("acknowledgement", "de")).text.startswith("Guten Tag")


def test_a_letter_without_a_template_says_which_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"no template for rfo; write rfo\.en\.md"):
        Renderer([tmp_path]).render(sample("rfo"))


def test_a_frame_needs_a_place_for_the_letter(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("<html></html>")
    with pytest.raises(TemplateError, match=r"letter\.html:1: nothing says where the letter goes"):
        Renderer([tmp_path])


def test_a_frames_mistakes_are_found_at_load(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("<html>\n{{ tickt.ref }}<!-- body --></html>")
    with pytest.raises(TemplateError, match=r"letter\.html:2: `tickt` does not exist; write ticket"):
        Renderer([tmp_path])


def test_a_template_that_no_letter_needs_yet_is_checked_at_load(tmp_path: Path) -> None:
    (tmp_path / "notice.en.md").write_text("---\nsubject: x\n---\n{% if proven %}\nnever ended\n")
    (tmp_path / "notice.de.md").write_text("---\nsubject: x\n---\n{{ tickt.ref }}\n")
    with pytest.raises(TemplateError) as raised:
        Renderer([SHIPPED, tmp_path])
    told = "\n".join(raised.value.problems)
    assert "notice.en.md:" in told
    assert "notice.de.md:4: `tickt` does not exist; write ticket" in told


def test_a_huge_mail_is_cut_and_still_becomes_a_letter() -> None:
    flood = tuple(AttachmentFacts(f"{number}.png", "screenshot", "1 kB", '"' * 100_000) for number in range(1000))
    page = shipped().render(replace(sample("notice"), text="<\n" * 1_000_000, attachments=flood))
    assert "[...]" in page.text
    assert len(page.html) < 1_000_000


def test_a_letter_never_outgrows_its_bound(tmp_path: Path) -> None:
    greedy = "{% for line in detail %}\n- {{ text }}\n{% endfor %}\n"
    letter = replace(sample("acknowledgement"), text="x" * 20_000, detail=("l",) * 100)
    with pytest.raises(TemplateError, match="grows over"):
        rendered(tmp_path, greedy, letter)


def test_a_frame_that_is_no_utf8_is_a_problem_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_bytes("<html>Grüße<!-- body --></html>".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"letter\.html:1: the file is not UTF-8"):
        Renderer([SHIPPED, tmp_path])
