"""The commands at the top of an agent's mail: `#verb arguments`, one a line, apart from the words below them.

    #priority 2
    #pending friday 14:00

    Dear Carol, could you restart the phone and tell me what it shows?

What HTML mail programs make of such lines is tolerated: unseen characters, other kinds of spaces, indentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_COMMANDS = 50
LONGEST_LINE = 1_000  # characters of a verb with its argument

_WRAP = 60  # characters; mail programs wrap at 72 and more, at the last space before

_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()]
_ZERO_WIDTH = [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)]
_UNSEEN = dict.fromkeys([*_CONTROLS, *_ZERO_WIDTH, 0xFEFF])
_COMMAND = re.compile(r"#([^\W\d_][^\s:=]*)[\s:=]*(.*)")
_HASHES = "#\N{FULLWIDTH NUMBER SIGN}\N{SMALL NUMBER SIGN}\N{MUSIC SHARP SIGN}"
_MARKS = _HASHES + " *+-_\\`'\"([\N{BULLET}\N{MIDDLE DOT}\N{WHITE BULLET}\N{BLACK SMALL SQUARE}\N{EN DASH}\N{EM DASH}"

MARKED = re.compile(rf"^[^\n{_HASHES}]*[{_HASHES}][^\n]*", re.MULTILINE)  # a line that may look like a command


@dataclass(frozen=True, slots=True)
class Command:
    """`verb` is in lower case, without its `#`; `argument` is one line. `line` counts from 1, in the whole text."""

    verb: str
    argument: str
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """An agent's own text in two: `block + words` is what was written. The words begin with a line that shows.

    `commands` are at most one more than MOST_COMMANDS, and their parts at most one character longer than a line
    may be: enough to see that it is too much.
    """

    commands: tuple[Command, ...]
    words: str
    block: str

    @property
    def first_line(self) -> int:
        """The number of the first line of the words."""
        return self.block.count("\n") + 1

    @property
    def wrapped(self) -> bool:
        """Whether the words may begin with the rest of the last command, which a mail program wrapped."""
        last = self.block.removesuffix("\n").rpartition("\n")[2]
        return bool(self.words) and len(plain(last)) >= _WRAP


def read(text: str) -> Script:
    """Parts the commands from the words. Blank lines around commands go with them; linear in the text."""
    commands: list[Command] = []
    end = 0
    for number, (written, stop) in enumerate(_lines(text), start=1):
        found = _COMMAND.fullmatch(written)
        if written and not found:
            break
        if found and len(commands) <= MOST_COMMANDS:
            commands.append(Command(_verb(found[1]), found[2][: LONGEST_LINE + 1], number))
        end = stop
    return Script(tuple(commands), text[end:], text[:end])


def plain(line: str) -> str:
    """A line without what nobody sees, and with single spaces."""
    return " ".join(line.translate(_UNSEEN).split())


def almost(line: str) -> tuple[str, str]:
    """The verb and argument of what looks like a command to a person; ("", "") where nothing does.

    That is a command itself, and one with a space behind its `#`, a list's bullet before it or another sign
    than `#`. Quoted lines are none.
    """
    written = plain(line[:LONGEST_LINE])
    bare = written.lstrip(_MARKS)
    if not any(sign in _HASHES for sign in written[: len(written) - len(bare)]):
        return "", ""
    found = _COMMAND.fullmatch("#" + bare)
    return (_verb(found[1]).rstrip("*_`)]"), found[2]) if found else ("", "")


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Each line as it looks, and where the next one begins."""
    start = 0
    while start < len(text):
        stop = text.find("\n", start) + 1 or len(text)
        yield plain(text[start:stop]), stop
        start = stop


def _verb(word: str) -> str:
    return word[: LONGEST_LINE + 1].lower().rstrip(".,;!?")
