"""letter.html, the page around every letter's HTML form. Its style goes into the tags, once, at load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from responders.tags import TAG, Tags
from responders.template_file import TemplateError, read_text

FILE_NAME = "letter.html"
PERSONAL = "personal.html"  # around what a person wrote: nothing of a form letter
BODY = "<!-- body -->"


@dataclass(frozen=True, slots=True)
class Frame:
    path: Path
    text: str


# Without any frame a letter is still whole.
BARE = Frame(
    Path(FILE_NAME),
    f"<!doctype html><html><head><title>{{{{ subject }}}}</title></head><body>{BODY}</body></html>",
)


def read_frame(folders: Sequence[Path], file_name: str = FILE_NAME) -> Frame:
    """The last folder's file of this name. Raises TemplateError where it has no place for the letter."""
    for folder in reversed(folders):
        path = folder / file_name
        if path.is_file():
            text = read_text(path)
            if BODY not in text:
                raise TemplateError([f"{path}:1: nothing says where the letter goes; write {BODY} there"])
            return Frame(path, text)
    return BARE


def framed(frame: Frame, body: str) -> str:
    """The whole page as a Jinja source. Fetches nothing: style sheets from elsewhere are not followed."""
    from css_inline import CSSInliner

    tags = Tags()
    page = frame.text.replace(BODY, body)
    set_aside = TAG.sub(
        lambda match: tags.comment(match[0]) if match[0].startswith("{%") else tags.word(match[0]), page
    )
    inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return tags.put_back(inliner.inline(set_aside))
