"""What agents order by mail, and what they are told when it can't be understood."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain import orders
from mail_daemon.domain.script import read
from mail_daemon.domain.ticket import Cause, Status
from mail_daemon.domain.understanding import Understood, hints, understood
from mail_daemon.domain.verbs import ALIASES, VERBS, applying, help_text, way_to
from tests.unit.mail_daemon.domain.test_script import MEGABYTES

BOSTON = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Boston
DOCS = Path(__file__).parents[4] / "docs" / "agents.md"

ARGUMENTS = st.text(max_size=40) | st.sampled_from(
    ["", "resolved", "friday", "3d", "-", "none", "1042", "a@b.c", "1h professional x", "draft", "99:99", "2026-02-30"]
)
LINES = st.builds(
    lambda verb, argument: f"#{verb} {argument}", st.sampled_from([*VERBS, *ALIASES]) | st.text(max_size=8), ARGUMENTS
)
MAILS = st.builds(
    lambda lines, words: "\n".join([*lines, words]), st.lists(LINES | ARGUMENTS, max_size=6), st.text(max_size=80)
)


def reading(text: str) -> Understood:
    return understood(read(text), NOW, BOSTON, "TPBX")


def ordered(line: str) -> orders.Order:
    (order,) = reading(line).orders
    return order


def told(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.said) for problem in reading(text).problems]


def until(words: str) -> str:
    """The moment of `#pending`, in Boston."""
    order = ordered(f"#pending {words}")
    assert isinstance(order, orders.Pending) and order.until and order.until.tzinfo is UTC
    return f"{order.until.astimezone(BOSTON):%a %Y-%m-%d %H:%M}"


@given(MAILS)
def test_no_mail_makes_it_raise_and_it_is_all_or_nothing(text: str) -> None:
    found = reading(text)
    assert not (found.orders and found.problems)
    assert all("\n" not in problem.written and problem.said for problem in found.problems)


@given(MAILS)
def test_words_are_given_on_whole_or_taken_whole(text: str) -> None:
    script = read(text)
    assert reading(text).words in (script.words, "")
    assert all(hint.line >= script.first_line for hint in hints(script))


@given(
    ARGUMENTS | st.text(alphabet="0123456789dhmwap :-tofriunex", max_size=20),
    st.integers(0, 40_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
def test_whoever_waits_waits_for_the_future(words: str, now: datetime) -> None:
    for zone in (BOSTON, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")):
        for order in understood(read(f"#pending {words}"), now, zone, "TPBX").orders:
            if isinstance(order, orders.Pending) and order.until:
                assert now < order.until <= now + timedelta(days=366)


@pytest.mark.parametrize("text", MEGABYTES.values(), ids=MEGABYTES)
def test_a_megabyte_takes_no_time(text: str) -> None:
    for mail in (text, "Hi\n" + text):
        begun = process_time()
        reading(mail)
        hints(read(mail))
        assert process_time() - begun < 3  # quadratic time would be minutes


# The table.


@pytest.mark.parametrize("example", [verb.example for verb in VERBS.values() if verb.name != "for"])
def test_every_example_is_understood(example: str) -> None:
    assert ordered(example)


def test_every_alias_stands_for_a_command() -> None:
    assert [meant for meant in ALIASES.values() if meant.split()[0] not in VERBS] == []
    assert not ALIASES.keys() & VERBS.keys()


def test_the_page_for_agents_shows_exactly_these_commands() -> None:
    page = DOCS.read_text(encoding="utf-8").replace("\\|", "\N{BROKEN BAR}")
    rows = [
        tuple(part.replace("\N{BROKEN BAR}", "|") for part in row)
        for row in re.findall(r"^\| `(#[^`]+)` \| ([^|]+) \| `([^`]+)` \|$", page, re.MULTILINE)
    ]
    assert rows == [(verb.form, verb.help, verb.example) for verb in VERBS.values()]
    assert re.findall(r"^\| `#(\w+)` \| `#([^`]+)` \|$", page, re.MULTILINE) == list(ALIASES.items())


def test_there_is_a_command_for_every_order() -> None:
    lines = "#resolve #pending #vendor_1 #workaround_x #p1 #take #note #category_other #account_x #subject_x #cc_a@b.c"
    lines += " #accept_a@b.c #merge_1 #split #link_1 #time_1h_install_x #fault_customer #rfo_draft #rfo_send"
    lines += " #rfo_waive_x #rfo_share_1 #escalate #spam #resend #history #help #new_a@b.c #queue #overdue #today"
    found = {type(ordered(line.replace("_", " "))) for line in lines.split()}
    assert found == set(get_args(orders.Order))


# Which commands apply.


@pytest.mark.parametrize(
    ("status", "absent"),
    [
        (Status.NEW, {"reopen"}),
        (Status.OPEN, {"reopen"}),
        (Status.PENDING, set()),
        (Status.VENDOR, set()),
        (Status.MONITORING, {"pending", "vendor", "monitor"}),
        (Status.ON_HOLD, {"pending", "vendor", "monitor"}),
        (Status.RESOLVED, {"pending", "vendor", "monitor", "resolve", "priority", "workaround", "escalate"}),
        (Status.CLOSED, {"pending", "vendor", "monitor", "resolve", "priority", "workaround", "escalate", "close"}),
    ],
)
def test_a_tickets_state_decides_which_commands_apply(status: Status, absent: set[str]) -> None:
    of_tickets = VERBS.keys() - {"new", "for", "queue", "overdue", "today"}
    assert {verb.name for verb in applying(status)} == of_tickets - absent


def test_a_mail_to_the_desk_opens_tickets_or_asks_for_tables() -> None:
    assert [verb.name for verb in applying(None)] == ["help", "new", "for"]
    assert [verb.name for verb in applying(None, admin=True)] == ["help", "new", "for", "queue", "overdue", "today"]


def test_the_help_names_the_states_that_can_follow() -> None:
    assert help_text(Status.RESOLVED)[0] == "#status open|closed: sets the state"
    assert "#pending [UNTIL]: the customer's turn; clocks pause, until a time if you name one" in help_text(Status.OPEN)


@pytest.mark.parametrize(
    ("status", "target", "cause"),
    [
        (Status.NEW, Status.OPEN, None),  # by an answer, not by a command
        (Status.OPEN, Status.RESOLVED, Cause.RESOLVED),
        (Status.PENDING, Status.OPEN, Cause.REOPENED),
        (Status.MONITORING, Status.OPEN, Cause.RELAPSED),
        (Status.ON_HOLD, Status.OPEN, Cause.RELEASED),
        (Status.CLOSED, Status.RESOLVED, None),
        (Status.OPEN, Status.OPEN, None),
    ],
)
def test_a_state_is_reached_by_what_an_agent_can_do(status: Status, target: Status, cause: Cause | None) -> None:
    assert way_to(status, target) is cause


# What is understood.


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("#status resolved", orders.SetStatus(Status.RESOLVED)),
        ("#STATUS Resolved.", orders.SetStatus(Status.RESOLVED)),
        ("#status on hold", orders.SetStatus(Status.ON_HOLD)),
        ("#status \u201con-hold\u201d", orders.SetStatus(Status.ON_HOLD)),
        ("#resolved", orders.SetStatus(Status.RESOLVED)),
        ("#reopen", orders.SetStatus(Status.OPEN)),
        ("#monitor", orders.SetStatus(Status.MONITORING)),
        ("#p1", orders.Rank(1)),
        ("#priority P3", orders.Rank(3)),
        ("#assign Bob", orders.Assign("bob")),
        ("#assign @bob", orders.Assign("bob")),
        ("#assign bob@desk.example<mailto:bob@desk.example>", orders.Assign("bob@desk.example")),
        ("#take", orders.Assign(orders.ME)),
        ("#assign none", orders.Assign(None)),
        ("#pending", orders.Pending(None)),
        ("#vendor CASE-77120", orders.Vendor("CASE-77120")),
        ("#workaround Dial \u201c9\u201d first.", orders.Workaround("Dial \u201c9\u201d first.")),
        ("#category Billing", orders.Categorise("billing")),
        ("#account Acme Ltd.", orders.SetAccount("Acme Ltd.")),
        ("#account none", orders.SetAccount(None)),
        ("#subject \u201cOne-way audio\u201d", orders.SetSubject("One-way audio")),
        ('#subject "One" and "two"', orders.SetSubject('"One" and "two"')),
        ("#cc Dave@Acme.example", orders.AddCc("dave@acme.example")),
        ("#cc dave@acme.example <mailto:dave@acme.example>", orders.AddCc("dave@acme.example")),
        ("#cc Dave Doe <dave@acme.example>;", orders.AddCc("dave@acme.example")),
        ("#accept [dave@acme.example](mailto:dave@acme.example?subject=x)", orders.Accept("dave@acme.example")),
        ("#merge TPBX-1042", orders.Merge(1042)),
        ("#merge [tpbx-1042]", orders.Merge(1042)),
        ("#merge TPBX\u20111042", orders.Merge(1042)),  # a non-breaking hyphen
        ("#link #1042", orders.LinkTo(1042)),
        ("#link 1042", orders.LinkTo(1042)),
        ("#time 1h30m professional moved the queue", orders.LogTime(90, "professional", "moved the queue")),
        ("#time 1.5h Install phones", orders.LogTime(90, "install", "phones")),
        ("#time 1 h 30 min emergency on site", orders.LogTime(90, "emergency", "on site")),
        ("#time 90m emergency on site", orders.LogTime(90, "emergency", "on site")),
        ("#time \u221230m emergency twice", orders.LogTime(-30, "emergency", "twice")),
        ("#fault provider", orders.Fault("provider")),
        ("#rfo waive A test of ours", orders.RfoWaive("A test of ours")),
        ("#rfo share 1042, TPBX-1043 1042", orders.RfoShare((1042, 1043))),
        ("#new #for carol@acme.example", orders.New("carol@acme.example")),
        ("#new\n#for carol@acme.example", orders.New("carol@acme.example")),
        ("#for carol@acme.example\n#new", orders.New("carol@acme.example")),
    ],
)
def test_what_agents_write_is_understood(line: str, order: orders.Order) -> None:
    assert ordered(line) == order


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("friday", "Fri 2026-11-27 09:00"),
        ("until Friday", "Fri 2026-11-27 09:00"),
        ("fri at 14:00", "Fri 2026-11-27 14:00"),
        ("wednesday", "Wed 2026-12-02 09:00"),  # never today
        ("tomorrow 9:00", "Thu 2026-11-26 09:00"),
        ("today 5pm", "Wed 2026-11-25 17:00"),
        ("2:30 PM", "Wed 2026-11-25 14:30"),
        ("9:00", "Thu 2026-11-26 09:00"),  # today's has passed
        ("12am", "Thu 2026-11-26 00:00"),
        ("2026-12-01", "Tue 2026-12-01 09:00"),
        ("2026\u201312\u201301", "Tue 2026-12-01 09:00"),
        ("2026-12-01 14:00", "Tue 2026-12-01 14:00"),
        ("2026-12-01T14:00:00", "Tue 2026-12-01 14:00"),
        ("3d", "Sat 2026-11-28 10:00"),
        ("in 3 days", "Sat 2026-11-28 10:00"),
        ("1w", "Wed 2026-12-02 10:00"),
        ("90m", "Wed 2026-11-25 11:30"),
    ],
)
def test_moments_are_read_in_the_agents_time_zone(words: str, moment: str) -> None:
    assert until(words) == moment


def test_days_keep_the_time_on_the_wall_and_hours_pass() -> None:
    before = datetime(2026, 10, 31, 14, 0, tzinfo=UTC)  # 10:00 in Boston, the day before its clocks go back
    (by_day,) = understood(read("#pending 1d"), before, BOSTON, "TPBX").orders
    (by_hour,) = understood(read("#pending 24h"), before, BOSTON, "TPBX").orders
    assert by_day == orders.Pending(before + timedelta(hours=25))
    assert by_hour == orders.Pending(before + timedelta(hours=24))


# Where the words go.


def test_words_go_on_where_no_command_takes_them() -> None:
    found = reading("#p1\n#take\n\nDear Carol")
    assert (found.orders, found.words) == ((orders.Rank(1), orders.Assign("me")), "Dear Carol")


def test_a_note_keeps_all_that_the_mail_says() -> None:
    found = reading("#note He is cross.\n#p1\n\nCall him first.\n")
    assert found.orders == (orders.Note("He is cross.\nCall him first."), orders.Rank(1))
    assert found.words == ""


def test_a_work_around_takes_the_words_below_unless_its_line_has_some() -> None:
    assert reading("#workaround\n\nDial 9.\n") == Understood((orders.Workaround("Dial 9."),), (), "")
    assert reading("#workaround Dial 9.\nDear Carol").words == "Dear Carol"


# What is not understood.


def test_one_bad_line_stops_all_and_each_is_told() -> None:
    found = reading("#p1\n#staus closed\n#category outge\n#take\n\nDear Carol")
    assert (found.orders, found.words) == ((), "Dear Carol")
    assert [(each.line, each.written) for each in found.problems] == [(2, "#staus closed"), (3, "#category outge")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("#staus closed", "did you mean `#status closed`?"),
        ("#resovle", "did you mean `#resolve`?"),
        ("#priorty 1", "did you mean `#priority 1`?"),
        ("#\u0455tatus closed", "did you mean `#status closed`?"),  # a Cyrillic letter
        ("#xyzzy", "there is no command #xyzzy; `#help` in a mail of its own shows them all"),
        ("#status resovled", "did you mean resolved? (as in `#status resolved`)"),
        ("#status new", "'new' is no state; write open, pending, vendor"),
        ("#status", "something is missing; write `#status STATE`, as in `#status resolved`"),
        ("#priority 5", "'5' is no priority; write 1, 2, 3 or 4"),
        ("#p1 2", "is no priority"),
        ("#resolve Thank you", "nothing stands behind `#resolve`"),
        ("#pending firday", "'firday' is no day; did you mean friday?"),
        ("#pending 12/01/2026", "write it like friday, tomorrow 9:00, 3d, 2026-12-01 or 2026-12-01 14:00"),
        ("#pending 2026-02-30", "there is no 2026-02-30"),
        ("#pending 2026-11-24", "has passed"),
        ("#pending today", "has passed"),
        ("#pending 2062-12-01", "more than a year ahead"),
        ("#pending friday 25:00", "there is no 25:00"),
        ("#pending 13pm", "there is no 13 pm"),
        ("#merge ABC-1042", "'ABC-1042' is no ticket; write it like TPBX-1042 or 1042"),
        ("#cc Dave", "'Dave' is no address"),
        ("#cc dave@acme", "is no address"),
        ("#cc a@acme.example, b@acme.example", "are several addresses; write one a line"),
        ("#time 30 professional x", "'30' is no time; write it like 1h30m, 1.5h or 90m"),
        ("#time 0m professional x", "is no time"),
        ("#time 30m", "say which kind of work it was, emergency, install or professional, and what was done"),
        ("#time 30m professional", "and what was done"),
        ("#time 30m profesional x", "did you mean professional?"),
        ("#fault nobody", "'nobody' is no side; write customer or provider"),
        ("#rfo", "something is missing"),
        ("#rfo sent", "did you mean send?"),
        ("#rfo waive", "#rfo waive WHY"),
        ("#rfo draft now", "write #rfo draft, #rfo send"),
        ("#subject " + "x" * 201, "has 201 characters; write 1 to 200"),
        ("#subject " + "x" * 1_001, "this line is too long"),
        ("#" + "x" * 1_001, "this line is too long"),
        ("#new", "say for whom, as in `#new carol@acme.example`"),
        ("#for carol@acme.example", "this belongs to `#new`"),
        ("#workaround", "write the work-around behind it"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(line: str, said: str) -> None:
    ((number, text),) = told(line)
    assert number == 1
    assert said in text


def test_too_many_commands_are_one_problem() -> None:
    assert told("#help\n" * 60) == [(51, "these are too many commands; write at most 50")]


@pytest.mark.parametrize("line", ["#merge 1042", "#spam", "#rfo send"])
def test_what_asks_first_stands_alone(line: str) -> None:
    assert told(f"#p1\n{line}") == [(2, "this one asks you first; send it in a mail without other commands")]


def test_one_mail_opens_one_ticket() -> None:
    assert told("#new a@acme.example\n#for b@acme.example") == [(2, "one mail opens one ticket, for one customer")]


def test_a_note_and_a_work_around_do_not_share_the_words() -> None:
    ((line, _),) = told("#note\n#workaround\nDial 9")
    assert line == 2


# Slips that would show the customer what he is not meant to read.


@pytest.mark.parametrize("line", ["# note", "\u2022 #note", "\uff03note", "- #note he is cross", "# status resolved"])
def test_a_first_line_that_is_nearly_a_command_stops_the_mail(line: str) -> None:
    ((number, said),) = told(f"{line}\nHe is cross.")
    assert number == 1
    assert "if it belongs to your words, write a line above it" in said


def test_a_heading_that_is_no_command_is_words() -> None:
    assert reading("# What we found\nA loose cable.").words == "# What we found\nA loose cable."


def test_the_rest_of_a_wrapped_command_stops_the_mail() -> None:
    ((line, said),) = told(f"#time 1h professional {'talked to his boss ' * 3}\nabout the bill")
    assert (line, "an empty line between them" in said) == (2, True)


def test_a_note_below_the_words_stops_the_mail() -> None:
    ((line, said),) = told("Dear Carol\n\n#note he is cross")
    assert (line, "put `#note` above them all" in said) == (3, True)


def test_another_command_below_the_words_is_words_with_a_hint() -> None:
    text = "Dear Carol\n\n#close\n#1042 is yours\n#whatever"
    assert reading(text) == Understood((), (), text)
    assert [(hint.line, hint.written) for hint in hints(read(text))] == [(3, "#close")]
    assert [hint.line for hint in hints(read(f"#take\n\n{text}\n\n#p1"))] == [5, 9]


def test_quoted_lines_are_nobodys_commands() -> None:
    text = "> #note\n> #close\nSee above."
    assert (reading(text), hints(read(text))) == (Understood((), (), text), [])
