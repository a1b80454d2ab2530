"""A template's file: front matter (`key: value` lines between two `---`) and a body in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = re.compile(r"([a-z][a-z0-9-]*)\.([a-z]{2,3}(?:-[a-z0-9]+)*)\.md", re.IGNORECASE)
KEYS = ("subject", "badge")


class TemplateError(Exception):
    """Templates can't be used. The text names every problem, one a line: "file:line: what; write instead"."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class TemplateFile:
    path: Path
    name: str  # acknowledgement
    language: str  # en
    subject: str
    badge: str  # the coloured label of the HTML form; "" shows none
    body: str
    first_line: int  # where the body begins, counted from 1
    key_lines: dict[str, int]


def find(folders: Sequence[Path]) -> list[Path]:
    """All template files, one for each name and language; a later folder's file replaces an earlier one's."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.md")):
            if FILE_NAME.fullmatch(path.name):
                found[path.name.lower()] = path
    return list(found.values())


def read(path: Path) -> TemplateFile:
    """Raises TemplateError."""
    named = FILE_NAME.fullmatch(path.name)
    if named is None:
        raise TemplateError([f"{path}:1: the name is not NAME.LANGUAGE.md; write e.g. notice.en.md"])
    lines = read_text(path).splitlines()
    end = _end_of_front_matter(path, lines)
    values, at = _front_matter(path, lines[1:end])
    return TemplateFile(
        path=path,
        name=named[1].lower(),
        language=named[2].lower(),
        subject=values["subject"],
        badge=values.get("badge", ""),
        body="\n".join(lines[end + 1 :]),
        first_line=end + 2,
        key_lines=at,
    )


def read_text(path: Path) -> str:
    """Raises TemplateError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateError([f"{path}:1: the file is not UTF-8 ({error.reason}); save it as UTF-8"]) from error
    except OSError as error:
        raise TemplateError([f"{path}:1: can't be read: {error.strerror}"]) from error


def _end_of_front_matter(path: Path, lines: list[str]) -> int:
    if not lines or lines[0].strip() != "---":
        raise TemplateError([f"{path}:1: no front matter; begin with `---`, `subject: ...`, `---`"])
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return number
    raise TemplateError([f"{path}:1: the front matter never ends; write `---` on a line of its own after it"])


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    values: dict[str, str] = {}
    at: dict[str, int] = {}
    problems = []
    for number, line in enumerate(lines, start=2):
        key, colon, value = line.partition(":")
        key = key.strip()
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not colon or key not in KEYS:
            problems.append(f"{path}:{number}: `{key}` means nothing here; write `subject:` or `badge:`")
        values[key], at[key] = value.strip(), number
    if not values.get("subject"):
        problems.append(f"{path}:1: no subject; write `subject: ...` between the two `---`")
    if problems:
        raise TemplateError(problems)
    return values, at
