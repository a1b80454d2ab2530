"""Commands at the top of an agent's mail are parted from the words below, whatever somebody writes."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.script import LONGEST_LINE, MOST_COMMANDS, almost, read

# Texts in which much of what matters here occurs.
PIECES = st.sampled_from(
    ["#", "# ", "#status", "#p1", " resolved", "\n", "\r\n", "\xa0", "\u200b", ">", "\u2022", "\uff03", "Hi", ":", "1"]
)
TEXTS = st.text() | st.lists(PIECES).map("".join)


def commands(text: str) -> list[tuple[str, str]]:
    return [(command.verb, command.argument) for command in read(text).commands]


@given(TEXTS)
def test_what_is_stripped_and_what_is_kept_is_what_was_written(text: str) -> None:
    script = read(text)
    assert script.block + script.words == text


@given(TEXTS)
def test_what_is_kept_begins_with_no_command(text: str) -> None:
    assert read(read(text).words).commands == ()


@given(TEXTS)
def test_what_is_stripped_is_read_the_same_alone(text: str) -> None:
    script = read(text)
    assert read(script.block).commands == script.commands


def test_commands_stand_one_a_line_above_the_words() -> None:
    script = read("#status resolved\n#priority 2\n\nDear Carol,\nit works again.\n")
    assert [(c.verb, c.argument, c.line) for c in script.commands] == [("status", "resolved", 1), ("priority", "2", 2)]
    assert script.words == "Dear Carol,\nit works again.\n"
    assert script.first_line == 4


def test_a_mail_without_commands_is_all_words() -> None:
    assert read("Dear Carol,\n\nit works.").words == "Dear Carol,\n\nit works."


def test_a_mail_of_commands_alone_has_no_words() -> None:
    assert read("\n#resolve\n\n").words == ""


def test_blank_lines_stand_before_and_between_commands() -> None:
    assert commands("\n \n#take\n\xa0\n\u200b\n#p1\n") == [("take", ""), ("p1", "")]


def test_commands_end_at_the_first_other_line() -> None:
    assert commands("#take\nHello\n#close") == [("take", "")]


@pytest.mark.parametrize(
    "line",
    [
        "#status resolved",
        "#STATUS resolved",
        "#Status: resolved",
        "#status=resolved",
        "  #status   resolved  ",
        "#status\xa0resolved",
        "\u200b#sta\u200btus\u200b resolved\ufeff",
        "\ufeff#status\tresolved\r",
        "#status\u2003resolved",
        "\u200e#status resolved",
    ],
)
def test_what_mail_programs_make_of_a_line_is_tolerated(line: str) -> None:
    assert commands(line) == [("status", "resolved")]


def test_free_text_stays_as_it_was_written() -> None:
    assert commands("#subject Caf\xe9 \u201cOne\u201d: can\u2019t dial") == [
        ("subject", "Caf\xe9 \u201cOne\u201d: can\u2019t dial")
    ]


def test_no_control_character_gets_into_an_argument() -> None:
    assert commands("#subject a\x00b\x1b[31mc\x0bd\x85e\u202ef") == [("subject", "ab[31mc d ef")]


@pytest.mark.parametrize(
    "line",
    [
        "# status resolved",  # a heading
        "## status",
        "> #status resolved",  # quoted
        ">#status resolved",
        "\u2022 #status resolved",
        "- #status resolved",
        "\uff03status resolved",  # look-alikes of #
        "\u266fstatus resolved",
        "\ufe5fstatus resolved",
        "#1042 is the same",
        "#",
        "Hi #status resolved",
        "<!-- #status resolved -->",
    ],
)
def test_what_only_looks_like_a_command_is_words(line: str) -> None:
    script = read(f"{line}\nand more")
    assert (script.commands, script.words) == ((), f"{line}\nand more")


@pytest.mark.parametrize(
    "line", ["# status resolved", "## status resolved", "\u2022 #status resolved", "\uff03status resolved"]
)
def test_what_a_person_may_have_meant_is_seen(line: str) -> None:
    assert almost(line) == ("status", "resolved")


@pytest.mark.parametrize("line", ["> #status resolved", "status resolved", "see #status", "#1042", "", "#"])
def test_nobody_means_these_as_commands(line: str) -> None:
    assert almost(line) == ("", "")


def test_a_long_command_right_above_the_words_may_have_been_wrapped() -> None:
    command = "#time 1h30m professional " + "moved the queue " * 3
    assert read(f"{command}\nto Boston").wrapped
    assert not read(f"{command}\n\nDear Carol").wrapped
    assert not read(f"{command}\n").wrapped
    assert not read("#resolve\nDear Carol").wrapped


def test_more_commands_than_may_be_are_seen_and_none_of_them_is_words() -> None:
    script = read("#help\n" * 1_000 + "Hello")
    assert (len(script.commands), script.words) == (MOST_COMMANDS + 1, "Hello")


def test_a_line_longer_than_may_be_is_seen_and_not_kept_whole() -> None:
    (command,) = read("#subject " + "x" * 1_000_000).commands
    assert len(command.argument) == LONGEST_LINE + 1


@given(TEXTS)
def test_no_line_makes_the_search_for_look_alikes_raise(text: str) -> None:
    assert len(almost(text)) == 2


MEGABYTES = {
    "commands": "#a\n" * 330_000,
    "one command": "#a " + "b " * 500_000,
    "one verb": "#" + "a" * 1_000_000,
    "one word": "a" * 1_000_000,
    "hashes": "#" * 1_000_000,
    "blank lines": "\n" * 1_000_000,
    "unseen": "\u200b" * 1_000_000,
    "colons": "#a" + ": " * 500_000,
    "points": "#a" + "." * 1_000_000 + " b",
    "bullets": "\u2022 " * 500_000 + "#x",
}


@pytest.mark.parametrize("text", MEGABYTES.values(), ids=MEGABYTES)
def test_a_megabyte_takes_no_time(text: str) -> None:
    begun = process_time()
    script = read(text)
    assert script.block + script.words == text
    almost(text)
    assert process_time() - begun < 5  # quadratic time would be minutes
