"""What of an agent's words goes to the customer: no quote of ours, no signature with a private word, no address.

Whatever looks like more than the agent's own words is left out, and where leaving it out might lose some of them, or
a line is one of ours that nobody outside has seen, ChangeError says so and nothing goes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from mail_daemon.changes.errors import ChangeError
from mail_daemon.desk import Desk
from parsers.mail import Attachment
from parsers.reply_marks import find_cut

LONGEST = 20_000  # characters, as much as one value of a letter may have
_TELLING = 20  # characters, spaces aside, from which on a line is known again
_MOST_QUOTED = 500  # quoted lines that are looked at
_SHORT = 60  # characters; a line of a signature has no more
_FEW = 6  # words, as above
_BULLETS = ("-", "*", "\u2022", "\u00b7")

_SPACE = re.compile("[\\s>\u00a0\u200b-\u200f\u2060\ufeff]+")
_MARKS = re.compile(r"[\W_]+")
_PICTURE = re.compile(r" ?\[cid:([^\]\s]{1,300})\]")
_BLANK = re.compile(r"\n{3,}")


def for_customer(
    desk: Desk,
    words: str,
    attachments: Iterable[Attachment],
    *,
    public: str,
    secrets: Iterable[tuple[str, str]] = (),
) -> str:
    """The words that go out; "" where nothing of the mail is the agent's own.

    Where the agent has answered line by line, those lines go with them that stand in `public`: what the customer has
    said or read. `secrets`: texts that are internal, each with what of it is not. Raises ChangeError.
    """
    text = _own(desk, words, squeezed(public))
    if len(text) > LONGEST:
        raise ChangeError(f"Your words have {len(text)} characters, and at most {LONGEST} go out; attach a file.")
    _check_private(desk, text.split("\n"))
    for inside, known in secrets:
        _check(text.split("\n"), squeezed(inside), squeezed(known))
    return _addressed(desk, _named(text, attachments))


def says_something(desk: Desk, words: str) -> bool:
    """Whether anything in these words is an agent's own."""
    return bool(_own(desk, words, ""))


def _private(desk: Desk) -> list[str]:
    return [each for agent in desk.directory.agents for each in agent.private]


def above_quotes(words: str) -> str:
    """Without a mail below that is quoted or forwarded: it is a letter of ours to the agent, or came by the agent."""
    lines = words.split("\n")
    own = ["" if _quoted(line) else line for line in lines]
    cut = find_cut(own, 0, len(own))
    return "\n".join(lines[: cut.start]) if cut else words


def squeezed(text: str) -> str:
    """Without spaces, line breaks and marks of quotes, which mail programs change."""
    return _SPACE.sub("", text).casefold()


def _own(desk: Desk, words: str, known: str) -> str:
    lines = [*_with_answered_lines(above_quotes(words).split("\n"), known)]
    lines = [*_unsigned(lines, [*(agent.address for agent in desk.directory.agents), *_private(desk)])]
    if not any(line.strip() and not _quoted(line) for line in lines):
        return ""
    return _BLANK.sub("\n\n", "\n".join(lines)).strip("\n \t")


def _with_answered_lines(lines: Iterable[str], known: str) -> Iterable[str]:
    seen = 0
    for line in lines:
        if not _quoted(line):
            yield line
            continue
        seen += 1
        if seen <= _MOST_QUOTED and squeezed(line) in known:  # a bare ">" parts paragraphs
            yield f"> {line.lstrip('> ').rstrip()}"


def _unsigned(lines: Sequence[str], private: Collection[str]) -> Sequence[str]:
    """Without the block at the end that holds a private word, or the part of it that looks like a signature."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    telling = [number for number in range(start, end) if _signs(lines[number]) and _holds(lines[number], private)]
    if not telling:
        return lines[:end]
    alone = all(_signs(line) for line in lines[start : telling[0]])
    return lines[: start if alone else telling[0]]


def _signs(line: str) -> bool:
    """Whether it may be a signature's: short, or parted by bars, and no sentence or item of a list."""
    line = line.strip()
    if line[:1] in _BULLETS or line[-1:] in (".", "?", "!", ":", ";"):
        return False
    return "|" in line or (len(line) <= _SHORT and len(line.split()) <= _FEW)


def _holds(line: str, private: Iterable[str]) -> bool:
    """By letters and digits alone: a telephone number is written in many ways."""
    content = _MARKS.sub("", line).casefold()
    return any(_MARKS.sub("", each).casefold() in content for each in private)


def _check_private(desk: Desk, lines: Iterable[str]) -> None:
    private = _private(desk)
    for line in lines:
        if _holds(line, private):
            raise ChangeError(f"Your words hold what agents.yaml keeps private: “{_short(line)}”. Nothing went out.")


def _check(lines: Iterable[str], inside: str, known: str) -> None:
    for line in lines:
        content = squeezed(line)
        if len(content) >= _TELLING and content in inside and content not in known:
            raise ChangeError(
                f"“{_short(line)}” is from our letter to you, which is internal. Take out what you quote, and send "
                "it again; nothing went out."
            )


def _named(text: str, attachments: Iterable[Attachment]) -> str:
    """Where Outlook left a mark for a picture among the words, its name stands."""
    names = {each.content_id: each.name for each in attachments if each.content_id}
    return _PICTURE.sub(lambda found: f" [{names[found[1]]}]" if found[1] in names else "", text)


def _addressed(desk: Desk, text: str) -> str:
    """Agents' addresses, and ours with their tokens, become ours: whoever writes to it reaches them."""
    own = desk.settings.desk.address
    local, _, domain = own.rpartition("@")
    addresses = "|".join(re.escape(agent.address) for agent in desk.directory.agents)
    tagged = rf"{re.escape(local)}\+[^\s@<>]{{1,200}}@{re.escape(domain)}"
    found = rf"(?<![\w.+-])(?:{'|'.join(each for each in (addresses, tagged) if each)})(?![\w-]|\.\w)"
    return re.sub(found, lambda _: own, text, flags=re.IGNORECASE)


def _quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= _SHORT else line[:_SHORT] + "..."
