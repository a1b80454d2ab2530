"""A template's Markdown becomes two Jinja templates, once, when it is loaded: one for HTML, one for text.

The Jinja tags are set aside first and put back at the end: what a mail says is never read as Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from responders.plain_form import plain_form
from responders.tags import STAND_IN, MisplacedTag, Statement, Tags, set_aside
from responders.weaving import Woven, weave

# No raw HTML, no images (nothing remote in our letters), no code blocks: indented lines stay paragraphs.
RULES = (
    "heading",
    "lheading",
    "list",
    "table",
    "blockquote",
    "hr",
    "emphasis",
    "link",
    "autolink",
    "backticks",
)
TARGETS = ("https://", "http://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Forms:
    """Jinja sources: the body of the HTML form, and a text that responders.layout lays out once filled in."""

    html: str
    text: str


def forms(source: str) -> Forms:
    """Raises MisplacedTag."""
    tags = Tags()
    markdown, statements = set_aside(source, tags)
    tokens = _parser().parse(markdown)
    _check_links(tokens)
    woven = weave(markdown, tokens, statements)
    return Forms(html=tags.put_back(_html(woven, tags)), text=tags.put_back(plain_form(woven, tags)))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("zero").enable([*RULES, "escape", "newline", "entity"])


def _html(woven: list[Woven], tags: Tags) -> str:
    # Comments survive between rows and items, where a browser's parser would move any other text.
    tokens = [
        Token("html_block", "", 0, content=tags.comment(item.tag) + "\n") if isinstance(item, Statement) else item
        for item in woven
    ]
    return str(_parser().renderer.render(tokens, _parser().options, {}))


def _check_links(tokens: list[Token]) -> None:
    """A link may hold a value, but its kind is written out: a value must not turn it into javascript:."""
    for token in tokens:
        for child in token.children or ():
            target = str(child.attrGet("href") or "")
            if child.type == "link_open" and not target.startswith(TARGETS):
                shown = STAND_IN.sub("{{ ... }}", target)
                line = token.map[0] + 1 if token.map else 1
                raise MisplacedTag(line, f"the link to `{shown}` has no fixed kind; begin it with https:// or mailto:")
