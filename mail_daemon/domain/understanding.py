"""What an agent's mail orders, all or nothing: orders, or what is wrong with each line and what is likely meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from zoneinfo import ZoneInfo

from mail_daemon.domain import orders
from mail_daemon.domain.script import LONGEST_LINE, MARKED, MOST_COMMANDS, Command, Script, almost, plain
from mail_daemon.domain.verbs import ALIASES, VERBS, Setting, Verb

_LONGEST_SHOWN = 80
_MOST_HINTS = 5
_MOST_EXAMINED = 10_000  # lines that hold a #; whoever writes more of them writes no commands
_KNOWN = (*VERBS, *ALIASES)


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the mail, counted from 1, as it was `written`, shortened; and what is `said` of it to the agent."""

    line: int
    written: str
    said: str


@dataclass(frozen=True, slots=True)
class Understood:
    """`orders`, or `problems` and no orders. `words` are what no command took: the answer to the customer."""

    orders: tuple[orders.Order, ...]
    problems: tuple[Problem, ...]
    words: str


def understood(script: Script, now: datetime, zone: ZoneInfo, tag: str) -> Understood:
    """Reads every command; `zone` is the agent's, `tag` the desk's. No input raises."""
    at = Setting(now, zone, tag)
    read: list[tuple[Command, orders.Order]] = []
    problems: list[Problem] = []
    for command in script.commands[:MOST_COMMANDS]:
        try:
            read.append((command, _order(command, at)))
        except ValueError as error:
            problems.append(_problem(command, str(error)))
    problems += _around(script)
    if not problems:
        problems += _together(script, read)
    if problems:
        return Understood((), tuple(sorted(problems, key=lambda each: each.line)), script.words)
    return _given_words([order for _, order in read], script.words)


def hints(script: Script) -> list[Problem]:
    """The first lines among the words that look like commands and are none, for the transcript."""
    return list(islice(_hints(script), _MOST_HINTS))


def _order(command: Command, at: Setting) -> orders.Order:
    if len(command.verb) + len(command.argument) > LONGEST_LINE:
        raise ValueError(f"this line is too long; write at most {LONGEST_LINE} characters")
    name, argument = _resolved(command.verb, command.argument)
    verb = VERBS.get(name)
    if verb is None:
        raise ValueError(_unknown(command))
    if argument and not verb.usage:
        raise ValueError(f"nothing stands behind `{verb.form}`; write words below the commands, after an empty line")
    if verb.needs_argument and not argument:
        raise ValueError(f"something is missing; write `{verb.form}`, as in `{verb.example}`")
    return _parsed(verb, argument, at)


def _resolved(verb: str, argument: str) -> tuple[str, str]:
    """The verb that an alias stands for, and what belongs to both. `#new #for ADDRESS` is `#new ADDRESS`."""
    name, _, more = ALIASES.get(verb, verb).partition(" ")
    if name == "new":
        argument = argument.removeprefix("#").removeprefix("for ").strip()
    return name, f"{more} {argument}".strip()


def _parsed(verb: Verb, argument: str, at: Setting) -> orders.Order:
    try:
        return verb.parse(argument, at)
    except ValueError as error:
        raise ValueError(f"{error} (as in `{verb.example}`)") from None


def _unknown(command: Command) -> str:
    near = get_close_matches(command.verb[:_LONGEST_SHOWN], _KNOWN, 1)
    if not near:
        return f"there is no command #{_short(command.verb)}; `#help` in a mail of its own shows them all"
    name, argument = _resolved(near[0], command.argument)
    meant = f"#{name} {argument if VERBS[name].usage else ''}".strip()
    return f"there is no command #{_short(command.verb)}; did you mean `{_short(meant)}`?"


def _around(script: Script) -> Iterator[Problem]:
    """What is wrong with the mail's shape, so that words might go where they are not meant to go."""
    if len(script.commands) > MOST_COMMANDS:
        yield _problem(script.commands[MOST_COMMANDS], f"these are too many commands; write at most {MOST_COMMANDS}")
    first = script.words.partition("\n")[0]
    if script.wrapped:
        said = "this may be the rest of the command above; put it into one line, or an empty line between them"
        yield Problem(script.first_line, _short(plain(first)), said)
    elif meant := _meant(first):
        said = f"if this is a command, write `{meant}`; if it belongs to your words, write a line above it"
        yield Problem(script.first_line, _short(plain(first)), said)
    if not any(_resolved(command.verb, "")[0] == "note" for command in script.commands):
        yield from _late_note(script)


def _late_note(script: Script) -> Iterator[Problem]:
    """A note that would reach the customer."""
    for hint in _hints(script):
        if hint.line > script.first_line and _resolved(almost(hint.written)[0], "")[0] == "note":
            said = "this stands below your words, which go to the customer; put `#note` above them all"
            yield Problem(hint.line, hint.written, said)
            return


def _together(script: Script, read: Sequence[tuple[Command, orders.Order]]) -> Iterator[Problem]:
    """What is wrong with commands beside one another."""
    new = [command for command, _ in read if _resolved(command.verb, "")[0] == "new"]
    named = [command for command, order in read if isinstance(order, orders.New) and order.for_]
    if new and not named:
        yield _problem(new[0], "say for whom, as in `#new carol@acme.example`")
    if named and not new:
        yield _problem(named[0], "this belongs to `#new`, which opens a ticket for a customer")
    if len(new) > 1 or len(named) > 1:
        yield _problem((new[1:] + named[1:])[0], "one mail opens one ticket, for one customer")
    for command, order in read:
        if isinstance(order, orders.ASKS_FIRST) and len(read) > 1:
            yield _problem(command, "this one asks you first; send it in a mail without other commands")
    yield from _without_words(script, read)


def _without_words(script: Script, read: Sequence[tuple[Command, orders.Order]]) -> Iterator[Problem]:
    """A work-around that is not there, or whose words a note would keep."""
    noted = any(isinstance(order, orders.Note) for _, order in read)
    open_ = [command for command, order in read if isinstance(order, orders.Workaround) and not order.text]
    for command in open_[:1] if noted or not script.words.strip() else open_[1:]:
        yield _problem(command, "write the work-around behind it, as in `#workaround Dial 9 first.`")


def _given_words(read: Sequence[orders.Order], words: str) -> Understood:
    """Gives the words to the commands that take them; one New is left of `#new` and `#for`."""
    left, given = words, []
    for order in read:
        match order:
            case orders.Note(text):
                # Another note has the words already.
                order = orders.Note("\n".join(each for each in (text, left.strip()) if each))
                left = ""
            case orders.Workaround(""):
                order, left = orders.Workaround(left.strip()), ""
            case orders.New(""):
                continue
        given.append(order)
    return Understood(tuple(given), (), left)


def _hints(script: Script) -> Iterator[Problem]:
    number, start = script.first_line, 0
    for found in islice(MARKED.finditer(script.words), _MOST_EXAMINED):
        number, start = number + script.words.count("\n", start, found.start()), found.start()
        if meant := _meant(found[0]):
            said = f"this was read as words; a command such as `{meant}` stands above all words"
            yield Problem(number, _short(plain(found[0])), said)


def _meant(line: str) -> str:
    """The command that a line looks like; "" where it looks like none that there is."""
    verb, argument = almost(line)
    return f"#{verb} {_short(argument)}".strip() if verb in _KNOWN else ""


def _problem(command: Command, said: str) -> Problem:
    return Problem(command.line, _short(f"#{command.verb} {command.argument}".strip()), said)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
