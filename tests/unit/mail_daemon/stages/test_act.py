"""An agent's mail does what it says: all of it or nothing, once, with a transcript; and it asks where it must."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail_daemon.domain.verbs import ALIASES, VERBS
from mail_daemon.store.store import Store
from tests.office import HOUR, Office, desk, read
from tests.ordering import confirm, names, opened, order, outside, reply, shown, staffed, state, to_desk, wrote
from tests.written import ANN, BOB, CUSTOMER, STRANGER, attachment, mail


@pytest.fixture
def ticket(office: Office) -> int:
    return opened(office, text="My phone is dead.")


# --- all of it --------------------------------------------------------------------------------------------


def test_orders_and_words_of_one_mail_are_done_and_told_in_one_transcript(office: Office, ticket: int) -> None:
    order(office, ticket, "#priority 2\n#assign me\n#pending\n\nDear Cy, please restart it.")
    then = office.ticket(ticket)
    assert (then.priority, then.assignee, then.status) == (2, "ann", "pending")
    assert office.clocks(ticket)["response"].state == "met"
    assert [each.letter for each in outside(office)] == ["acknowledgement", "agent-reply"]
    told = shown(office)
    for line in ("Priority 3 → 2", "Assigned to nobody → ann", "Status open → pending", "sent to the customer"):
        assert line in told


def test_the_transcript_answers_the_agents_own_mail_and_can_be_answered(office: Office, ticket: int) -> None:
    one = reply(office, ticket, "#priority 2")
    office.file(one)
    transcript = next(each for each in office.letters() if each.letter == "transcript")
    assert transcript.recipients == (ANN,)
    assert read(office, transcript)["In-Reply-To"] == one.message_id
    order(office, ticket, "#priority 4", in_reply_to=transcript.message_id)
    assert office.ticket(ticket).priority == 4


def test_commands_alone_send_the_customer_none_of_the_agents_words(office: Office, ticket: int) -> None:
    order(office, ticket, "#priority 2\n", attachments=(attachment(inline=False),))
    assert names(office) == ["acknowledgement", "notice", "transcript"]


def test_an_answer_alone_goes_out_without_a_transcript(office: Office, ticket: int) -> None:
    order(office, ticket, "Please restart it.")
    assert "transcript" not in names(office)
    assert names(office)[-1] == "agent-reply"


def test_who_wants_no_transcripts_gets_those_of_failures_and_of_what_was_asked(office: Office) -> None:
    ticket = opened(staffed(office, transcripts=False))
    order(office, ticket, "#priority 2")
    assert "transcript" not in names(office)
    order(office, ticket, "#priority 7")
    order(office, ticket, "#help")
    assert names(office).count("transcript") == 2


# --- or nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#priority 2\n#staus resolved\n\nDone.", "did you mean `#status resolved`?"),
        ("#priority 2\n#assign nobody-known\n\nDone.", "There is no agent 'nobody-known'; write one of ann, bob."),
        ("#priority 2\n\nDone.\n#note not for the customer", "put `#note` above them all"),
        ("#resolve\n#pending\n\nDone.", "is resolved and can't become pending; it can become open or closed."),
        ("#cc dee@acme.example\n#link 4711\n\nDone.", "There is no ticket TPBX-4711"),
    ],
)
def test_one_line_that_fails_undoes_all_and_nothing_goes_out(office: Office, ticket: int, text: str, said: str) -> None:
    before = state(office)
    order(office, ticket, text)
    assert state(office) == before
    assert said in shown(office)
    assert "Nothing of your mail was done, and nothing went out" in shown(office)


def test_each_wrong_line_is_named_with_its_number(office: Office, ticket: int) -> None:
    order(office, ticket, "#priority 9\n\n#pending yesteryear")
    told = shown(office)
    assert "line 1, #priority 9" in told
    assert "line 3, #pending yesteryear" in told


def test_a_line_among_the_words_that_looks_like_a_command_is_pointed_at(office: Office, ticket: int) -> None:
    order(office, ticket, "Thanks!\n#resolve")
    assert office.ticket(ticket).status == "open"
    assert "line 2, #resolve: this was read as words" in shown(office)


# --- once -------------------------------------------------------------------------------------------------


def test_a_mail_that_comes_again_runs_once(office: Office, ticket: int) -> None:
    one = reply(office, ticket, "#time 1h professional moved the queue\n\nMoved.")
    office.file(one)
    before = state(office), names(office)
    office.file(one)
    assert (state(office), names(office)) == before


@pytest.mark.parametrize("sender", [CUSTOMER, STRANGER, BOB])
def test_nobody_elses_commands_run(office: Office, ticket: int, sender: str) -> None:
    """A customer's mail is a reply; that of another agent proves nothing by ann's token."""
    order(office, ticket, "#close", sender, in_reply_to=reply(office, ticket, "").in_reply_to)
    assert office.ticket(ticket).status == "new"
    assert "status" not in names(office)


# --- what asks first --------------------------------------------------------------------------------------


def test_what_can_not_be_undone_is_asked_about_and_done_by_a_yes_once(office: Office, ticket: int) -> None:
    before = state(office)
    order(office, ticket, "#spam")
    assert state(office) == before
    assert "The ticket ends as spam" in shown(office, "confirm")
    confirm(office)
    assert office.ticket(ticket).status == "closed"
    assert "closed, as spam" in shown(office)
    confirm(office)
    assert "it was confirmed before" in shown(office)


def test_what_could_not_be_done_is_said_at_once(office: Office, ticket: int) -> None:
    order(office, ticket, "#merge 4711")
    assert "There is no ticket TPBX-4711" in shown(office)
    assert "confirm" not in names(office)


def test_an_answer_that_is_no_yes_does_nothing_and_goes_to_nobody(office: Office, ticket: int) -> None:
    order(office, ticket, "#spam")
    confirm(office, "Better not, he is a customer.")
    assert office.ticket(ticket).status == "new"
    assert "Nothing was done" in shown(office)
    assert [each.letter for each in outside(office)] == ["acknowledgement"]


def test_a_yes_that_comes_too_late_does_nothing(office: Office, ticket: int) -> None:
    order(office, ticket, "#spam")
    office.now += 2 * HOUR
    confirm(office)
    assert office.ticket(ticket).status == "new"


# --- to the desk ------------------------------------------------------------------------------------------


def test_orders_for_a_ticket_need_one(office: Office) -> None:
    to_desk(office, "#resolve")
    assert "This mail answers no ticket" in shown(office)


def test_words_beside_a_report_are_said_to_have_gone_nowhere(office: Office) -> None:
    to_desk(office, "#help\n\nIs anybody there?")
    assert "your words went to nobody" in shown(office)
    assert "#new [ADDRESS]" in shown(office)


# --- what the words are for -------------------------------------------------------------------------------


def test_an_answer_to_the_draft_of_a_reason_for_outage_fills_it_in_and_goes_to_nobody(office: Office) -> None:
    number = opened(office, text="Everything is down.")
    order(office, number, "#rfo draft")
    draft = next(each for each in office.letters() if each.letter == "rfo-draft")
    order(office, number, "Cause: a router.\nImpact: no calls.\n", in_reply_to=draft.message_id)
    assert "still lacks resolution and prevention" in shown(office)
    assert [each.letter for each in outside(office)] == ["acknowledgement"]
    order(office, number, "Well, it broke.", in_reply_to=draft.message_id)
    assert "I found no section in it" in shown(office)
    assert [each.letter for each in outside(office)] == ["acknowledgement"]


# --- whatever is written ----------------------------------------------------------------------------------

WORDS = (
    "1 2 4 9 me none bob resolved open pending vendor monitoring on_hold closed 3d friday 1001 1002 4711 CASE-1 "
    "billing outage Acme Borealis dee@acme.example eve@evil.example support@desk.example ann@desk.example customer "
    "draft send"
)
ARGUMENTS = st.sampled_from(
    [*WORDS.split(), "", "1h professional x", "-1h emergency y", "waive why", "share 1002", "share 1001 1002"]
)
LINES = st.builds(lambda verb, argument: f"#{verb} {argument}", st.sampled_from([*VERBS, *ALIASES]), ARGUMENTS)
SCRIPTS = st.builds(
    lambda lines, said: "\n".join([*lines, "", said]),
    st.lists(LINES, max_size=5),
    st.sampled_from(["", "Dear Cy, it works again.", "Cause: x"]),
)


def fresh(empty: Path, folder: Path) -> Iterator[Office]:
    shutil.copy(empty, folder / "one.db")
    store = Store("sqlite:///one.db", base=folder)
    yield staffed(Office(store, desk()), admin=True)
    store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts=st.lists(SCRIPTS, min_size=1, max_size=4))
def test_no_script_raises_nor_runs_by_half(empty_database: Path, tmp_path: Path, scripts: list[str]) -> None:
    for office in fresh(empty_database, tmp_path):
        office.file(mail(text="Everything is down.", cc=["pat@partner.example"]))
        wrote(office, 1001, "Hello?")
        opened(office, "dee@acme.example")
        for script in scripts:
            before = state(office)
            told = order(office, 1001, script).letters
            failed = any(
                str(read(office, each)["Subject"]).startswith("Nothing done") for each in office.letters()[-1:]
            )
            asked = any(letter.letter == "confirm" for letter in told)
            if told and (failed or asked):
                assert state(office) == before
            if asked:
                confirm(office)
            office.tick(office.now + HOUR)
