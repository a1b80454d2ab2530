"""YAML under limits: whatever a file holds, reading it is quick, bounded and raises nothing."""

from __future__ import annotations

from pathlib import Path
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.settings import yaml_lines
from mail_daemon.settings.document import Document, Place


def read(text: str) -> Document:
    return yaml_lines.parse(text, Document("f"))


def test_values_know_their_lines() -> None:
    document = read("a: 1\nb:\n  - x: yes\n  - 19:00\nc: {d: 2026-12-24}\n")
    assert document.data == {"a": 1, "b": [{"x": "yes"}, "19:00"], "c": {"d": "2026-12-24"}}
    assert document.place(("b", 0, "x")) == Place("f", 3)
    assert document.place(("b", 1)) == Place("f", 4)
    assert document.place(("c", "nowhere")) == Place("f", 5)
    assert document.place(("nowhere",)) == Place("f", 1)


def test_money_and_leading_zeros_lose_nothing() -> None:
    assert read("a: 125.00\nb: '007'\nc: null\nd: true\n").data == {
        "a": "125.00",
        "b": "007",
        "c": None,
        "d": True,
    }


def test_laughs_by_the_billion_are_not_read() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    began = process_time()
    document = read("\n".join(lines))
    assert process_time() - began < 1
    assert document.problems[0].place == Place("f", 1)
    assert document.problems[0].text.startswith("a value with & is used again by *")


def test_a_value_inside_itself_is_not_read() -> None:
    assert len(read("a: &a\n  b: *a\n").problems) == 1


def test_depth_and_size_have_limits(tmp_path: Path) -> None:
    assert "nested more than" in read("a: " + "[" * 5000).problems[0].text
    (tmp_path / "large.yaml").write_bytes(b"#" * (yaml_lines.LARGEST + 1))
    assert "is larger than 1000 kB" in yaml_lines.read(tmp_path / "large.yaml").problems[0].text


def test_tags_build_nothing() -> None:
    document = read("a: !!python/object/apply:os.system ['true']\nb: !x 1\n")
    assert document.data == {"a": None, "b": None}
    assert [problem.place.line for problem in document.problems] == [1, 2]


@given(st.text(alphabet="ab:-[]{}\"'#&*!|>%@\n \t,?\x00\ufeff1é", max_size=60))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    for problem in read(text).problems:
        assert "; write " in problem.text
