"""How a value gets into a letter: as text, whatever it holds. It is never read as Markdown, HTML or Jinja."""

from __future__ import annotations

import re
from html import escape

from responders.layout import LINE

LONGEST = 20_000  # characters of one value
CUT = "\n[...]"

# C0 and C1 controls (our layout marks are among them), lone surrogates, and the marks that turn the direction
# of writing around, with which a name can show as another one. Joiners stay: emoji and Persian need them.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
NEW_LINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

LINK = re.compile(r"https?://[^\s<>]+")
MARK = re.compile("&(?:lt|gt|quot|#x27|nbsp);")  # an escaped character that no URL holds

REPLY = re.compile(r"(?:(?:re|aw|antw|sv|vs|rv|ref|odp|res)(?:\[\d{1,3}\])? ?: ?)+", re.IGNORECASE)
LONGEST_SUBJECT = 150


def clean(value: object) -> str:
    """Only what can be seen, with LF line ends."""
    text = str(value)
    if text.isprintable() and len(text) <= LONGEST:
        return text
    if len(text) > LONGEST:
        text = text[:LONGEST] + CUT
    text = NEW_LINE.sub("\n", text).replace("\t", "    ")
    return UNSEEN.sub("", text)


def plain(value: object) -> str:
    """For the text form; line breaks are kept through the layout."""
    text = clean(value)
    return text.strip("\n").replace("\n", LINE) if "\n" in text else text


def html(value: object) -> str:
    """For the HTML form: escaped, with line breaks and runs of spaces kept."""
    text = escape(clean(value))
    if "\n" in text:
        text = text.strip("\n").replace("\n", "<br>\n")
    return text.replace("  ", "&nbsp; ") if "  " in text else text


def linked(value: object) -> str:
    """For the HTML form, as `html`, with what begins with http:// or https:// as links."""
    return LINK.sub(_link, html(value))


def _link(found: re.Match[str]) -> str:
    whole = found[0]
    url = MARK.split(whole, maxsplit=1)[0].rstrip(".,:!?)]}'")
    return f'<a href="{url}">{url}</a>{whole[len(url) :]}'


def one_line(value: object) -> str:
    """For headers."""
    return " ".join(clean(value).split())


def bare(subject: str) -> str:
    """A subject without Re: and its kin in other languages, cut to a sane length."""
    line = one_line(subject)
    reply = REPLY.match(line)
    line = line[reply.end() :] if reply else line
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 3].rstrip() + "..."
