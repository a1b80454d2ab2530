"""HTML of a mail to text that a person can read, and to HTML that is safe to show."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

import nh3
from resiliparse.extract.html2text import extract_plain_text

_words = str.split  # for tables that are read as words

_LONGEST = 1_000_000  # characters of HTML that are read
_LONGEST_SHOWN = 200_000  # characters of HTML that are cleaned; nh3 takes quadratic time over "&&&..."
_DEEPEST = 100  # open elements; C parsers take quadratic time, or overflow, beneath thousands
_LONGEST_ATTRIBUTES = 4_000
_LONGEST_LINK = 2_000

# A tag with its attributes; a quoted value may hold ">", but nothing crosses a "<", so this is linear.
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*+)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+|[^<>]*+)>|<[!?][^<>]*+>|<")
_DATA_URI = re.compile(r"data:[a-z]+/[^\"'>\s]*", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_HIDES = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:font-size|max-height|opacity):0(?:\.0+)?(?:px|pt|em"
    r"|%)?(?:[;!\"']|$)|(?:^|[\"'])hidden(?:$|=)"
)
_HIDDEN = re.compile(r"\shidden(?:[\s=/]|$)", re.IGNORECASE)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
# Outlook puts the mail that it answers below an element with one of these.
_REPLY_BORDER = re.compile(r"divRplyFwdMsg|border-top:\s?solid #\w+ 1\.0pt;\s?padding:\s?3\.0pt", re.IGNORECASE)

# Their nesting decides nothing about the text, and parsers reopen each of them in every paragraph.
_FORMATTING = frozenset(_words("a b big code em font i nobr s small strike strong tt u span"))
_STRUCTURE = frozenset(
    _words(
        "p div br h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th pre blockquote"
        " section article header footer main aside address center figure figcaption head title script"
        " style noscript template svg object iframe textarea"
    )
)
_UNCOUNTED = frozenset(_words("p br li dt dd tr td th thead tbody tfoot hr img input meta link area base col wbr"))
_UNREAD = [
    "head",
    "title",
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "object",
    "iframe",
    "textarea",
    "[data-x]",
]

# Marks in the extracted text, from Unicode's private use area; those of the mail itself are removed before.
_QUOTE, _UNQUOTE, _LINK, _URL, _END = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_MARKS = {ord(mark): None for mark in (_QUOTE, _UNQUOTE, _LINK, _URL, _END)}
_LINKED = re.compile(f"{_LINK}([^{_LINK}{_URL}]*){_URL}([^{_END}]*){_END}")
_BLANK_LINES = re.compile(r"\n{3,}")
_TABS = re.compile(r"\t{2,}")


def to_text(html: str) -> str:
    """The visible text: quotes marked by ">", links as "text <url>", tables with tabs, lists with bullets.

    What a reader would not see (comments, hidden elements, scripts) is left out.
    """
    html = _without_comments(_shortened(html, _LONGEST).translate(_MARKS))
    text = extract_plain_text(
        _Skeleton(html).html, alt_texts=False, links=False, list_bullets=True, skip_elements=_UNREAD
    )
    text = _LINKED.sub(_shown_link, text.replace("\xa0", " "))
    return _BLANK_LINES.sub("\n\n", _TABS.sub("\t", _quoted(text))).strip("\n")


def clean(html: str) -> str:
    """The HTML without scripts, styles that position, forms and anything fetched; pictures only from cid:."""
    html = _Bounded(_without_comments(_shortened(html, _LONGEST_SHOWN))).html
    return nh3.clean(
        html,
        attribute_filter=_harmless,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    """A picture from outside would tell its sender who read the mail, and when."""
    if attribute in ("src", "srcset", "background", "cite", "longdesc"):
        return value if attribute == "src" and value.strip().lower().startswith("cid:") else None
    if attribute == "href" and not value.strip().lower().startswith(("http:", "https:", "mailto:", "tel:")):
        return None
    return value


def _shortened(html: str, longest: int) -> str:
    if len(html) > longest:  # pictures inside the HTML are not worth the room
        html = _DATA_URI.sub("", html[: 20 * _LONGEST])[:longest]
    return html.replace("\x00", "")


def _without_comments(html: str) -> str:
    """Conditional comments, which only Outlook shows, go with the rest."""
    kept = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        kept.append(html[position:start])
        end = html.find("-->", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 3
    kept.append(html[position:])
    return "".join(kept)


class _Rewritten(ABC):
    """HTML whose every tag has passed `tag`; a "<" that begins none is text."""

    def __init__(self, html: str) -> None:
        self.depth = 0
        self.left_out = 0  # open elements that were dropped for their depth
        self.html = _TAG.sub(self._rewrite, html)

    def _rewrite(self, match: re.Match[str]) -> str:
        name = match[2]
        if name is None:
            return "" if len(match[0]) > 1 else "&lt;"
        return self.tag(match[1] == "/", name.lower(), match[3])

    @abstractmethod
    def tag(self, closing: bool, name: str, attributes: str) -> str:
        """What stands in the tag's place."""

    def fits(self, closing: bool, name: str) -> bool:
        """Counts the depth, and says whether the tag stays."""
        if name in _UNCOUNTED:
            return True
        if not closing:
            if self.depth >= _DEEPEST:
                self.left_out += 1
                return False
            self.depth += 1
        elif self.left_out:
            self.left_out -= 1
            return False
        elif self.depth:
            self.depth -= 1
        return True


class _Bounded(_Rewritten):
    """The HTML as it is, without what makes a parser slow."""

    def tag(self, closing: bool, name: str, attributes: str) -> str:
        if not self.fits(closing, name) or (name in _FORMATTING and self.depth > _DEEPEST // 5):
            return ""
        if len(attributes) > _LONGEST_ATTRIBUTES:
            attributes = ""
        return f"<{'/' if closing else ''}{name}{attributes}>"


class _Skeleton(_Rewritten):
    """Only the tags that shape text, without attributes, and with marks for what the text keeps of them."""

    def __init__(self, html: str) -> None:
        self._url = ""
        self._quotes: list[bool] = []
        self._hides = "hidden" in html or _HIDES.search(_plain_style(html)) is not None
        super().__init__(html)

    def tag(self, closing: bool, name: str, attributes: str) -> str:
        if name in _FORMATTING:
            return self._inline(closing, name, attributes)
        if name not in _STRUCTURE or not self.fits(closing, name):
            return ""
        if name == "blockquote":
            return self._blockquote(closing, attributes)
        if closing:
            return f"</{name}>"
        if self._hides and _is_hidden(attributes):
            return f"<{name} data-x>"
        if name == "div" and attributes and _REPLY_BORDER.search(attributes):
            return "<p>-----Original Message-----</p><div>"
        return f"<{name}>"

    def _inline(self, closing: bool, name: str, attributes: str) -> str:
        link = self._link(closing, attributes) if name == "a" else ""
        if not self._hides or not self.fits(closing, name):
            return link
        if closing:
            return f"{link}</span>"
        return f"<span data-x>{link}" if _is_hidden(attributes) else f"<span>{link}"

    def _link(self, closing: bool, attributes: str) -> str:
        ending = f"{_URL}{self._url}{_END}" if self._url else ""
        found = None if closing else _HREF.search(attributes)
        self._url = (found[1] or found[2] or found[3] or "").strip() if found else ""
        if len(self._url) > _LONGEST_LINK or not self._url.lower().startswith(("http", "mailto:", "tel:", "sip:")):
            self._url = ""
        return ending + (_LINK if self._url else "")

    def _blockquote(self, closing: bool, attributes: str) -> str:
        if not closing:
            # Gmail indents the writer's own text by a blockquote without a border.
            self._quotes.append("border:none" not in _plain_style(attributes))
            return f"<blockquote><div>{_QUOTE}</div>" if self._quotes[-1] else "<blockquote>"
        quotes = self._quotes.pop() if self._quotes else False
        return f"<div>{_UNQUOTE}</div></blockquote>" if quotes else "</blockquote>"


def _is_hidden(attributes: str) -> bool:
    if "hidden" in attributes and _HIDDEN.search(_VALUE.sub('""', attributes)):
        return True
    return _HIDES.search(_plain_style(attributes)) is not None


def _plain_style(attributes: str) -> str:
    """Lower case and without white space, so that one spelling is left of "display : None"."""
    return "".join(attributes.lower().split())


def _shown_link(match: re.Match[str]) -> str:
    words, url = match[1], match[2]
    shown = words.strip()
    plain = url.removeprefix("mailto:").removeprefix("tel:")
    if not shown or shown.rstrip("/") in (plain.rstrip("/"), plain.partition("://")[2].rstrip("/")):
        return words
    return f"{words} <{plain}>"


def _quoted(text: str) -> str:
    """Puts one ">" per level before the lines between the marks."""
    if _QUOTE not in text:
        return text.translate(_MARKS)
    lines = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(_QUOTE)
        words = line.translate(_MARKS)
        if words == line:
            lines.append(f"{'>' * min(depth, 20)} {line}".rstrip() if depth else line)
        elif words.strip():
            lines.append(f"{'>' * min(depth, 20)} {words.strip()}" if depth else words)
        depth = max(0, depth - line.count(_UNQUOTE))
    return "\n".join(lines)
