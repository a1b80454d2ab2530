"""The documentation says what the code says, where the two can be compared."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from mail_daemon import maillog
from mail_daemon.domain.ticket import TRANSITIONS, Status

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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []
