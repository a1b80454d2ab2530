"""Templates and letters for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from responders.letter import Letter
from responders.renderer import Rendered, Renderer
from responders.samples import sample

SHIPPED = Path(__file__).parents[3] / "templates"


def shipped() -> Renderer:
    return Renderer([SHIPPED])


def written(folder: Path, body: str, *, subject: str = "S", name: str = "acknowledgement.en.md") -> Path:
    """A template file of this body in `folder`; the body begins in line 4."""
    path = folder / name
    path.write_text(f"---\nsubject: {subject}\n---\n{body}", encoding="utf-8")
    return path


def rendered(folder: Path, body: str, letter: Letter | None = None, *, subject: str = "S") -> Rendered:
    written(folder, body, subject=subject)
    return Renderer([folder]).render(letter or sample("acknowledgement"))


def body_html(page: Rendered) -> str:
    """What stands between the frame's body tags, on one line."""
    return " ".join(page.html.partition("<body>")[2].partition("</body>")[0].split())


def asking(subject: str, letter: str = "acknowledgement") -> Letter:
    """A letter about a ticket with this subject."""
    rich = sample(letter)
    return replace(rich, ticket=replace(rich.ticket, subject=subject))
