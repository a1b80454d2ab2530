"""Jinja's loops and conditions inside Markdown, in both forms of a letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.letter import Reason
from responders.renderer import Renderer, TemplateError
from responders.samples import sample
from tests.unit.responders.letters import asking, body_html, rendered, written

LETTER = replace(sample("acknowledgement"), detail=("one", "two"))

LIST = "{% for line in detail %}\n- {{ line }}\n{% endfor %}\n- last\n"
TABLE = "| A | B |\n|---|---|\n{% for line in detail %}\n| {{ line }} | x |\n{% endfor %}\n"


def test_a_loop_between_list_items_repeats_items_of_one_list(tmp_path: Path) -> None:
    page = rendered(tmp_path, LIST, LETTER)
    assert page.text == "- one\n- two\n- last\n"
    assert body_html(page) == "<ul> <li>one</li> <li>two</li> <li>last</li> </ul>"


def test_a_loop_over_the_whole_list_makes_one_list(tmp_path: Path) -> None:
    page = rendered(tmp_path, "{% for line in detail %}\n- {{ line }}\n{% endfor %}\n", LETTER)
    assert body_html(page) == "<ul> <li>one</li> <li>two</li> </ul>"


def test_a_loop_between_table_rows_repeats_rows(tmp_path: Path) -> None:
    page = rendered(tmp_path, TABLE, LETTER)
    assert page.text == "A    B\none  x\ntwo  x\n"
    assert body_html(page).count("<tr>") == 3
    assert body_html(page).count("<table>") == 1


def test_columns_are_as_wide_as_the_values_need(tmp_path: Path) -> None:
    page = rendered(tmp_path, TABLE, replace(LETTER, detail=("a long value", "b")))
    assert page.text == "A             B\na long value  x\nb             x\n"


def test_an_ordered_list_counts_its_loop(tmp_path: Path) -> None:
    page = rendered(tmp_path, "{% for line in detail %}\n1. {{ line }}\n{% endfor %}\n", LETTER)
    assert page.text == "1. one\n2. two\n"


def test_an_if_around_a_list_leaves_no_empty_list(tmp_path: Path) -> None:
    body = "{% if detail %}\n- a\n- b\n{% endif %}\n"
    assert body_html(rendered(tmp_path, body, replace(LETTER, detail=()))) == ""


def test_an_if_around_one_item_keeps_the_others(tmp_path: Path) -> None:
    body = "- a\n{% if after_hours %}\n- b\n{% endif %}\n- c\n"
    assert rendered(tmp_path, body, LETTER).text == "- a\n- c\n"
    assert rendered(tmp_path, body, replace(LETTER, after_hours=True)).text == "- a\n- b\n- c\n"


def test_if_else_around_paragraphs(tmp_path: Path) -> None:
    body = "{% if after_hours %}\n\nnight\n\n{% else %}\n\nday\n\n{% endif %}\n"
    assert rendered(tmp_path, body, LETTER).text == "day\n"
    assert body_html(rendered(tmp_path, body, replace(LETTER, after_hours=True))) == "<p>night</p>"


def test_conditions_inside_a_loop_over_rows(tmp_path: Path) -> None:
    row = "{% if line == 'two' %}\n| {{ line }} |\n{% endif %}\n"
    body = "| A |\n|---|\n{% for line in detail %}\n" + row + "{% endfor %}\n"
    assert rendered(tmp_path, body, LETTER).text == "A\ntwo\n"


def test_quotes_inside_items_inside_a_loop(tmp_path: Path) -> None:
    body = "{% for line in detail %}\n\n- {{ line }}\n\n  > said {{ line }}\n\n{% endfor %}\n"
    assert rendered(tmp_path, body, LETTER).text == "- one\n\n  > said one\n\n- two\n\n  > said two\n"


def test_strong_words_and_links_become_plain_text(tmp_path: Path) -> None:
    tel = "[**{{ desk.telephone }}**](tel:{{ desk.telephone }})"
    body = tel + " [write](mailto:{{ desk.address }}) <https://a.example/{{ ticket.ref }}>\n"
    page = rendered(tmp_path, body, LETTER)
    assert page.text == "877-771-7464 write (support@desk.example) https://a.example/TPBX-1042\n"
    assert '<a href="mailto:support@desk.example">write</a>' in page.html


LITERAL = ["{{7*7}}", "{% for x in y %}", "<script>alert(1)</script>", "**bold**", "[x](javascript:alert(1))",
           "| a | b |", "# head", "- item", "&amp;", "`code`", "qjz0z", "<!--qjz0z-->", "\\*",
           "_a_"]  # fmt: skip


@pytest.mark.parametrize("value", LITERAL)
def test_what_a_mail_says_is_shown_as_it_is(tmp_path: Path, value: str) -> None:
    page = rendered(tmp_path, "{{ ticket.subject }}\n\n- {{ ticket.subject }}\n", asking(value))
    assert page.text == f"{value}\n\n- {value}\n"
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert body_html(page) == f"<p>{escaped}</p> <ul> <li>{escaped}</li> </ul>"


def test_a_value_can_not_break_out_of_an_attribute(tmp_path: Path) -> None:
    page = rendered(tmp_path, "[w](mailto:{{ ticket.subject }})\n", asking('x" onclick="alert(1)'))
    assert 'onclick="' not in page.html


@given(st.text(max_size=80))
def test_no_value_changes_the_number_of_tags_or_records(value: str) -> None:
    letter = replace(asking(value), reasons=(Reason(value, value, value),), text=value)
    page = RENDERER.render(letter)
    assert page.html.count("<p>") == 3
    assert page.html.count("<") - page.html.count("<br>") == TAGS
    assert "\n" not in page.subject
    assert not any(mark in page.text for mark in "\x00\x1b\x1c\x1d\x1e\x1f\u202e")
    assert page.text.encode()


@pytest.mark.parametrize(("body", "problem"), [
    ("a\n{% if after_hours %}\nb\n{% endif %}\n", ":5: `{% if after_hours %}` cuts a paragraph in two"),
    ("{% if after_hours %}\n\na\n", ":4: "),
    ("a\n\n{% endfor %}\n", ":6: "),
    ("x {% if after_hours %} y\n\nz {% endif %}\n", ":4: an if or for begins here"),
    ("{{ ticket.\nref }}\n", ":4: this tag does not end on its line"),
    ("{{ ticket.reff }}\n", ":4: `.reff` does not exist here; write .ref"),
    ("\n{{ tickets.ref }}\n", ":5: `tickets` does not exist; write ticket"),
    ("{{ ticket.__class__ }}\n", ":4: `.__class__` does not exist here"),
    ("{{ ticket.ref.upper() }}\n", ":4: a call (`...()`) can't be used"),
    ("{{ 'a' * 10**8 }}\n", ":4: `*` can't be used"),
    ("{% set x = 1 %}\n", ":4: `set` can't be used"),
    ("{{ ticket.subject | safe }}\n", ":4: the filter `safe` can't be used"),
    ("{% for c in text %}\n- {{ c }}\n{% endfor %}\n", ":4: this is not a list"),
    ("[x]({{ ticket.subject }})\n", ":4: the link to `{{ ... }}` has no fixed kind"),
    ("{{ range(10) }}\n", ":4: "),
    ("{% include 'x' %}\n", ":4: `include` can't be used"),
])  # fmt: skip
def test_a_broken_template_is_named_by_file_line_and_remedy(tmp_path: Path, body: str, problem: str) -> None:
    path = written(tmp_path, body)
    with pytest.raises(TemplateError) as caught:
        Renderer([tmp_path])
    assert any(one.startswith(f"{path}{problem}") for one in caught.value.problems), caught.value


def test_all_broken_files_are_listed_at_once(tmp_path: Path) -> None:
    written(tmp_path, "{{ a }}\n")
    written(tmp_path, "{{ b }}\n", name="notice.en.md")
    (tmp_path / "warning.en.md").write_text("no front matter")
    with pytest.raises(TemplateError) as caught:
        Renderer([tmp_path])
    assert len(caught.value.problems) == 3


BODY = """{{ ticket.subject }}

> {{ text }}

{% for reason in reasons %}
- {{ reason.evidence }}
{% endfor %}

end
"""


def _one_of_each() -> Renderer:
    with TemporaryDirectory() as folder:
        written(Path(folder), BODY, subject="{{ ticket.subject }}")
        return Renderer([Path(folder)])


RENDERER = _one_of_each()
TAGS = RENDERER.render(replace(asking("s"), reasons=(Reason("r", "e", "w"),), text="t")).html.count("<")
