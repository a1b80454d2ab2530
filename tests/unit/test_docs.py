"""The documentation says what the code says, where the two can be compared."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from mail_daemon import maillog
from mail_daemon.domain.ticket import TRANSITIONS, Status
from mail_daemon.settings import yaml_lines

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_diagram_of_states_is_the_table_of_transitions() -> None:
    drawn = re.findall(r"^ +(\w+) --> (\w+): (.+)$", read("flow.md"), re.MULTILINE)
    assert sorted(drawn) == sorted((before, after, cause) for (before, cause), after in TRANSITIONS.items())


def test_every_state_is_explained() -> None:
    section = read("flow.md").partition("## States of a ticket")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [status.value for status in Status]


def test_every_event_of_the_log_is_explained() -> None:
    section = read("operations.md").partition("## The log")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(explained) == sorted(logged())


def logged() -> list[str]:
    """The event that each public function of maillog writes."""
    functions = [
        function
        for name, function in inspect.getmembers(maillog, inspect.isfunction)
        if function.__module__ == maillog.__name__ and not name.startswith("_")
    ]
    return [
        event for function in functions for event in re.findall(r'_log\.\w+\(\s*"(\w+)"', inspect.getsource(function))
    ]


SECTIONS = [part.partition("\n") for part in read("policy.md").split("\n## ")[1:]]


@pytest.mark.parametrize(("title", "text"), [(title, text) for title, _, text in SECTIONS], ids=lambda each: each[:20])
def test_each_clause_of_the_policy_names_the_tests_that_show_it(title: str, text: str) -> None:
    (file,) = (ROOT / "tests" / "acceptance" / "policy").glob(f"test_{int(title.split()[0]):02}_*.py")
    tests = re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(re.findall(r"`(test_\w+)`", text))) == sorted(tests)
    assert [row for row in text.splitlines() if row.startswith("| ") and "`test_" not in row][1:] == []


def test_all_sections_of_the_policy_are_told() -> None:
    assert [int(title.split()[0]) for title, *_ in SECTIONS] == list(range(1, 14))


def test_each_clause_of_the_policy_lives_where_its_row_says() -> None:
    named = re.findall(r"`([\w-]+\.yaml): ([\w.]+)`", read("policy.md"))
    assert named
    assert [each for each in named if not _is_set(*each)] == []
    files = re.findall(r"`((?:config|mail_daemon|templates)/[\w./-]+)`", read("policy.md"))
    assert [file for file in files if not (ROOT / file).exists()] == []


def _is_set(file: str, setting: str) -> bool:
    where = tuple(int(key) if key.isdigit() else key for key in setting.split("."))
    return where in yaml_lines.read(ROOT / "config" / file).places


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []
