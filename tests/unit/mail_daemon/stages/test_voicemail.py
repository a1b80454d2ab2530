"""Voicemail notices of telephone systems become calls of their customers (policy section 2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mail_daemon.changes.ticket import answered, move
from mail_daemon.domain.ticket import Cause
from mail_daemon.pipeline import Outcome
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.on_call import OnCall, VoicemailSection
from mail_daemon.settings.policy import Account
from parsers.mail import Mail, Trusted
from parsers.message import read
from tests.office import AGENTS, HOUR, NOW, Office, told, words
from tests.office import read as letter_of
from tests.ordering import order, shown
from tests.written import ANN, PROVEN

MAILS = Path(__file__).parents[3] / "mails" / "voicemail"
CALLER = "+13035550142"
BOSS, PBX = "boss@acme.example", "asterisk@pbx.desk.example"
ACME = Account(name="Acme", domains=("acme.example",), contacts=(BOSS,), telephones=(CALLER,))
EVERY_DAY = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "until": "00:00"}
ON_CALL = {"people": [{"name": "ann", "address": ANN}], "shifts": [EVERY_DAY | {"people": ["ann"]}]}


def notice(name: str, **fields: Any) -> Mail:
    raw = (MAILS / f"{name}.eml").read_bytes()
    return replace(read(raw, trusted=Trusted(("mx.desk.example",))), **fields)


def with_voicemail(office: Office, account: Account = ACME, **section: Any) -> Office:
    sections = {
        "on_call": OnCall.model_validate(ON_CALL),
        "voicemail": VoicemailSection(senders=("pbx.desk.example",), **section),
    }
    policy = office.desk.policy.model_copy(update=sections)
    office.desk = replace(office.desk, policy=policy, directory=Directory(AGENTS, [account]))
    return office


@pytest.fixture
def ringing(office: Office) -> Office:
    return with_voicemail(office)


def filed(office: Office, name: str, **fields: Any) -> Outcome:
    outcome = office.file(notice(name, **fields))
    office.tick()
    assert outcome.ticket is not None
    return outcome


def paged(office: Office) -> int:
    return sum(letter == "page" for letter, *_ in told(office))


def notices(office: Office) -> list[str]:
    return [" ".join(words(letter_of(office, each)).split()) for each in office.letters() if each.letter == "notice"]


@pytest.mark.parametrize("name", ["asterisk", "3cx", "yeastar"])
def test_a_notice_opens_a_ticket_for_the_callers_account_and_pages(ringing: Office, name: str) -> None:
    ticket = filed(ringing, name).ticket
    assert ticket is not None
    assert (ticket.account, ticket.requester, ticket.telephone) == ("Acme", BOSS, CALLER)
    assert (ticket.subject, ticket.category, ticket.priority) == (f"Voicemail from {CALLER}", "trouble", 2)
    assert paged(ringing) == 1


@pytest.mark.parametrize("name", ["asterisk", "freepbx-transcript", "3cx", "yeastar", "withheld"])
def test_its_recording_is_kept_and_nobody_outside_is_written_to(ringing: Office, name: str) -> None:
    filed(ringing, name)
    with ringing.store.read() as work:
        assert [each.kind for each in work.tickets.attachments(1001)] == ["voicemail"]
    assert {to for _, *all_to in told(ringing) for to in all_to} == {ANN}
    (event,) = ringing.events(1001, "answer suppressed")
    assert "no proof of who called" in event.detail["reason"]


def test_words_of_its_transcript_rank_it_and_the_number_that_called_counts(ringing: Office) -> None:
    ticket = filed(ringing, "freepbx-transcript").ticket
    assert ticket is not None
    assert (ticket.category, ticket.priority) == ("outage", 1)
    assert ticket.telephone == CALLER
    assert set(ringing.people(1001)) == {BOSS}  # and not the other mailbox of the desk


def test_its_level_is_as_configured(office: Office) -> None:
    ticket = filed(with_voicemail(office, level=3), "asterisk").ticket
    assert ticket is not None
    assert ticket.priority == 3
    assert paged(office) == 1


def test_a_withheld_number_opens_a_ticket_without_an_account(ringing: Office) -> None:
    ticket = filed(ringing, "withheld").ticket
    assert ticket is not None
    assert (ticket.account, ticket.telephone, ticket.requester) == (None, None, PBX)
    assert ticket.subject == "Voicemail from a caller without a number"
    assert paged(ringing) == 1


def test_an_account_without_contacts_is_known_all_the_same(office: Office) -> None:
    ticket = filed(with_voicemail(office, ACME.model_copy(update={"contacts": ()})), "asterisk").ticket
    assert ticket is not None
    assert (ticket.account, ticket.requester) == ("Acme", PBX)


def test_an_answer_to_the_telephone_system_is_not_sent_and_says_whom_to_ring(office: Office) -> None:
    ringing = with_voicemail(office, ACME.model_copy(update={"contacts": ()}))
    filed(ringing, "asterisk")
    order(ringing, 1001, "Dear Dana, we are looking into it.")
    assert f"nobody can be written to. Ring back: {CALLER}" in shown(ringing)
    assert ringing.clocks(1001)["response"].state == "running"


def test_agents_are_told_what_the_number_proves(ringing: Office) -> None:
    filed(ringing, "asterisk")
    (shown,) = notices(ringing)
    assert f"A voicemail from {CALLER}. The number is Acme's, which is no proof of who called." in shown
    assert "msg0005.wav" in shown


# --- a second one -----------------------------------------------------------------------------------------


def test_another_voicemail_of_the_same_caller_joins_the_ticket_and_pages_again(ringing: Office) -> None:
    filed(ringing, "asterisk")
    ringing.change(answered, 1001)
    ringing.tick(NOW + HOUR)
    assert filed(ringing, "yeastar").case.match.kind == "reply"  # type: ignore[union-attr]
    assert len(ringing.messages(1001)) == 2
    assert paged(ringing) == 2
    assert len(notices(ringing)) == 2
    assert "The caller rang again" in words(letter_of(ringing, ringing.letters()[-1]))


def test_it_is_the_customers_turn_no_more(ringing: Office) -> None:
    filed(ringing, "asterisk")
    ringing.change(move, 1001, Cause.ASKED)
    filed(ringing, "yeastar")
    assert ringing.ticket(1001).status == "open"


def test_its_words_may_raise_the_ticket_and_its_default_never_does(office: Office) -> None:
    with_voicemail(office, level=3)
    filed(office, "asterisk")
    office.desk = replace(
        office.desk, policy=office.desk.policy.model_copy(update={"voicemail": VoicemailSection(senders=(PBX,))})
    )
    filed(office, "asterisk", message_id="<8@pbx.desk.example>")
    assert office.ticket(1001).priority == 3
    with_voicemail(office)
    filed(office, "freepbx-transcript")
    assert office.ticket(1001).priority == 1


def test_after_the_end_of_the_ticket_a_call_opens_another(ringing: Office) -> None:
    filed(ringing, "asterisk")
    ringing.change(move, 1001, Cause.RESOLVED)
    assert filed(ringing, "yeastar").case.match.kind == "new"  # type: ignore[union-attr]


def test_two_callers_without_a_number_are_two(ringing: Office) -> None:
    filed(ringing, "withheld")
    filed(ringing, "withheld", message_id="<8@pbx.desk.example>")
    assert len(ringing.tickets()) == 2


# --- what is none -----------------------------------------------------------------------------------------


def test_by_default_nothing_is_a_voicemail(office: Office) -> None:
    ticket = filed(office, "asterisk").ticket
    assert ticket is not None
    assert (ticket.requester, ticket.telephone) == (PBX, None)


@pytest.mark.parametrize(
    "fields",
    [{"subject": "PBX: disk almost full"}, {"sender_defect": "two From fields"}],
    ids=["another subject", "a broken From"],
)
def test_another_mail_of_the_telephone_system_is_none(ringing: Office, fields: dict[str, Any]) -> None:
    assert filed(ringing, "asterisk", **fields).case.voicemail is None  # type: ignore[union-attr]
    assert paged(ringing) == 0


def test_where_servers_are_trusted_a_notice_must_be_proven(guarded: Office) -> None:
    with_voicemail(guarded)
    assert filed(guarded, "forged").ticket.account is None  # type: ignore[union-attr]
    assert paged(guarded) == 0
    proven = filed(guarded, "forged", message_id="<8@pbx.desk.example>", authentication=PROVEN)
    assert proven.ticket.account == "Acme"  # type: ignore[union-attr]
    assert paged(guarded) == 1


# --- an account that is past due --------------------------------------------------------------------------


def test_it_opens_on_no_hold_whatever_the_account_owes(office: Office) -> None:
    with_voicemail(office, ACME.model_copy(update={"days_past_due": 40}))
    strict = office.desk.policy.delinquent.model_copy(update={"service_categories": ("outage",)})
    office.desk = replace(office.desk, policy=office.desk.policy.model_copy(update={"delinquent": strict}))
    assert filed(office, "asterisk").ticket.status == "new"  # type: ignore[union-attr]
