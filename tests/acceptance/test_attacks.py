"""What must never come of a mail: each attack is a mail under tests/mails/attacks, with its reason in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mail_daemon.domain import script
from tests.acceptance.attacks import CUSTOMER, MAILS, Siege
from tests.acceptance.desk import AGENT
from tests.acceptance.sent import Sent
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

pytestmark = pytest.mark.acceptance

# Mails in the agent's name or of somebody who would like to be the agent, each with a command.
PRETENDERS = sorted(path.stem for path in MAILS.glob("0[1-5]-*.eml"))
# Of these, what names no ticket.
OF_NO_TICKET = ["01-agent-asks-for-a-letter-to-a-victim", "01-agent-without-a-tag"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def siege(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    url = "sqlite:///var/mail-daemon.db"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.database())
    folder = tmp_path_factory.mktemp("siege")
    with Sink(folder / "sink") as sink:
        desk = Siege(folder, sink, url)
        yield desk
        desk.close()


def test_every_mail_has_its_reason() -> None:
    readme = (MAILS / "README.md").read_text()
    assert [path.name for path in MAILS.glob("*.eml") if f"| {path.name} |" not in readme] == []


def test_none_is_lost_and_none_breaks_the_daemon(siege: Siege) -> None:
    states = {name: siege.stored(name).state for name in siege.mails}
    assert {name for name, state in states.items() if state not in ("filed", "quarantined")} == set()
    assert siege.desk.log("crashed") == siege.desk.log("retried") == []


def test_the_ticket_under_attack_is_as_it_was_but_for_what_was_said(siege: Siege) -> None:
    ticket = siege.shown(1001)
    for name in ("status", "priority", "assignee", "subject", "requester", "next_due"):
        assert ticket[name] == siege.before[name]
    told = {each["address"]: each["copies"] for each in ticket["participants"]}
    assert [address for address, copies in told.items() if copies] == [CUSTOMER]
    assert [letter.subject for letter in siege.outside if letter.to == CUSTOMER] == []
    assert {letter.header("X-MailDaemon-Ticket") for letter in siege.agents_answers} == {"TPBX-1002"}


def test_for_one_mail_at_most_one_letter_goes_out_and_to_its_sender_alone(siege: Siege) -> None:
    answered = sorted(letter.answers for letter in siege.outside)
    answered.remove("<13@attack.example>")  # the Message-ID of two mails
    assert answered == sorted(set(answered))
    for name in siege.mails:
        for letter in siege.answers(name) if not name.startswith("13") else ():
            assert letter.recipients == (_sender(siege.mails[name]),)


def _sender(raw: bytes) -> str:
    """The address of a mail with one plain From, as SMTP writes it."""
    found = re.search(r"^From: .*?([^\s<\"]+)@([^\s>]+)>?\r?$", raw.decode(), re.M)
    assert found
    return f"{found[1]}@{found[2].encode('idna').decode()}"


# --- 1 to 9: whoever is not proven gives no commands -----------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in PRETENDERS if name not in OF_NO_TICKET])
def test_no_pretender_is_taken_for_the_agent(siege: Siege, name: str) -> None:
    """In the agent's name or in his own, with the agent's token or with none."""
    stored = siege.stored(name)
    assert (stored.match, stored.ticket_id) == ("unproven", 1001)
    message = next(m for m in siege.desk.messages(1001) if m.inbound_id == stored.id)
    assert message.visibility == "internal"
    assert siege.answers(name) == []
    assert not [each for each in siege.shown(1001)["participants"] if "evil" in each["address"] and each["copies"]]


@pytest.mark.parametrize("name", [name for name in PRETENDERS if name.startswith("03")])
def test_any_doubt_about_from_leaves_no_identity_and_no_answer(siege: Siege, name: str) -> None:
    [event] = [
        each
        for each in siege.shown(1001)["events"]
        if each["inbound_id"] == siege.stored(name).id and each["what"] == "unproven"
    ]
    assert event["actor"] == "unknown sender"
    assert siege.answers(name) == []


def test_the_real_agent_is_told_that_somebody_writes_in_his_name(siege: Siege) -> None:
    told = [letter for letter in siege.letters if letter.to == AGENT and "unproven" in letter.words]
    assert any(letter.header("X-MailDaemon-Ticket") == "TPBX-1001" for letter in told)


@pytest.mark.parametrize("kind", ["flipped", "cut", "renumbered", "legacy"])
def test_a_token_that_is_not_whole_opens_nothing(siege: Siege, kind: str) -> None:
    ticket = siege.ticket(f"06-token-{kind}")
    assert ticket["ref"] not in ("TPBX-1001", "TPBX-1002")
    assert siege.stored(f"06-token-{kind}").match == "new"


@pytest.mark.parametrize(
    "name", ["06-agents-token-in-other-hands", "06-agents-token-expired", "06-token-of-another-agent"]
)
def test_an_agents_token_proves_nobody_else_and_not_for_ever(siege: Siege, name: str) -> None:
    stored = siege.stored(name)
    assert (stored.match, stored.ticket_id) == ("unproven", 1001)
    assert siege.answers(name) == []
    assert siege.shown(1001)["status"] == siege.before["status"]
    assert "mallory6@evil.example" not in {each["address"] for each in siege.shown(1001)["participants"]}


def test_who_holds_a_customers_token_is_heard_as_a_stranger_and_gets_nothing_back(siege: Siege) -> None:
    for name, sender in (("06-customers-token-in-other-hands", "mallory7"), ("12-stranger-in-cc", "mallory13")):
        stored = siege.stored(name)
        assert (stored.match, stored.ticket_id) == ("stranger", 1001)
        assert siege.answers(name) == []
        people = {each["address"]: each for each in siege.shown(1001)["participants"]}
        assert (people[f"{sender}@evil.example"]["role"], people[f"{sender}@evil.example"]["copies"]) == (
            "stranger",
            False,
        )
        assert not {"mallory8@evil.example", "mallory14@evil.example", "mallory15@evil.example"} & set(people)


def test_in_an_agents_name_nobody_has_letters_sent(siege: Siege) -> None:
    """Words become a ticket of nobody's, which is not lost; commands alone wait where admins see them."""
    ticket = siege.ticket("01-agent-asks-for-a-letter-to-a-victim")
    assert (siege.stored("01-agent-asks-for-a-letter-to-a-victim").match, ticket["requester"]) == ("unproven", "")
    assert [letter for letter in siege.letters if "victim01@bystander.example" in letter.recipients] == []
    stored = siege.stored("01-agent-without-a-tag")
    assert (stored.state, stored.reason) == ("quarantined", "commands in an agent's name, unproven")


def test_the_agent_is_asked_once_about_all_of_it(siege: Siege) -> None:
    """The cap is one question an hour; all others are told by notices."""
    [asked] = siege.desk.outbox("confirm")
    assert asked["to"] == [AGENT]
    [letter] = [each for each in siege.letters if each.subject.startswith("Did you write this?")]
    assert "Buy pills" in letter.words


def test_the_token_of_one_ticket_opens_no_other(siege: Siege) -> None:
    stored = siege.stored("06-token-of-another-ticket")
    assert (stored.match, stored.ticket_id) == ("unproven", 1002)
    assert siege.answers("06-token-of-another-ticket") == []


def test_the_agent_himself_is_known_by_token_and_dmarc(siege: Siege) -> None:
    """Without this, the tests above could not fail."""
    assert siege.stored("07-agents-mail").match == "command"
    assert siege.stored("07-agents-mail").ticket_id == 1002


def test_a_replayed_mail_of_the_agent_counts_once(siege: Siege) -> None:
    assert siege.stored("07-agents-mail").id == siege.stored("07-agents-mail-replayed").id
    said = [message.text for message in siege.desk.messages(1002) if message.direction == "in"]
    assert said.count("We are on it.") == 1
    assert len([letter for letter in siege.agents_answers if "We are on it" in letter.words]) == 1


@pytest.mark.parametrize("name", ["07-replayed-with-a-command", "07-replayed-under-a-new-id"])
def test_a_mail_of_the_agent_that_comes_again_with_other_words_runs_nothing(siege: Siege, name: str) -> None:
    assert (siege.stored(name).match, siege.stored(name).ticket_id) == ("duplicate", 1002)
    assert _untouched(siege)


@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("09-*.eml")))
def test_what_the_agent_did_not_write_himself_holds_no_commands(siege: Siege, name: str) -> None:
    """The agent is proven in all of them, so that only the place of the commands saves the ticket."""
    stored = siege.stored(name)
    assert (stored.match, stored.ticket_id) == ("command", 1002)
    message = next(each for each in siege.desk.messages(1002) if each.inbound_id == stored.id)
    assert script.read(message.text).commands == ()
    assert _untouched(siege)


def test_what_the_agent_quotes_and_forwards_reaches_no_customer(siege: Siege) -> None:
    for letter in siege.agents_answers:
        body = letter.message.get_body(("plain",))
        assert body is not None
        assert body.get_content().splitlines()[0] in ("We are on it.", "We look into it.")
        assert not re.search(r"#status|#assign|evil|mallory", _html(letter) + body.get_content(), re.I)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("27-agents-absence", "unproven"),
        ("27-agents-full-mailbox", "bounce"),
        ("27-absence-of-whom-the-agent-forwards-to", "unproven"),
    ],
)
def test_no_machine_behind_an_agents_address_answers_for_him(siege: Siege, name: str, match: str) -> None:
    assert (siege.stored(name).match, siege.stored(name).ticket_id) == (match, 1002)
    assert _untouched(siege)
    assert [each for each in siege.letters if "I am away" in each.words] == []


def _untouched(siege: Siege) -> bool:
    """Whether the other ticket was neither closed nor given away by a command."""
    ticket = siege.shown(1002)
    return ticket["status"] not in ("closed", "resolved") and ticket["assignee"] != "evil"


def test_a_customers_command_is_his_text_and_a_quoted_one_is_nothing(siege: Siege) -> None:
    assert siege.stored("08-customer-gives-a-command").match == "reply"
    assert "#status closed" in [m.text for m in siege.desk.messages(1001) if m.author == CUSTOMER][-1]
    assert siege.stored("08-customer-quotes-a-notice").match == "reply"
    assert siege.stored("08-agent-quotes-a-command").match == "command"
    assert siege.shown(1002)["status"] not in ("closed", "resolved")


# --- 10 to 13: what can be guessed proves nothing --------------------------------------------------------------


@pytest.mark.parametrize("name", ["10-tag-in-the-subject", "10-guessed-message-id"])
def test_a_stranger_with_a_number_gets_a_ticket_of_his_own_linked_for_the_agents(siege: Siege, name: str) -> None:
    ticket = siege.ticket(name)
    assert ticket["ref"] != "TPBX-1001"
    assert ticket["links"] == [{"ref": "TPBX-1001", "why": "mentioned"}]
    [letter] = siege.answers(name)
    assert "TPBX-1001" not in letter.words


@pytest.mark.parametrize("name", ["11-verification-code", "11-verification-code-from-nobody"])
def test_a_verification_code_is_never_repeated_outside(siege: Siege, name: str) -> None:
    assert [letter.to for letter in siege.outside if "483" in letter.words and "921" in letter.words] == []
    assert len(siege.answers(name)) == (0 if name.endswith("nobody") else 1)


def test_an_answer_goes_to_the_sender_whatever_reply_to_says(siege: Siege) -> None:
    assert {letter.to for letter in siege.answers("12-stranger-in-reply-to")} <= {"victim12@bystander.example"}
    assert [letter for letter in siege.letters if "mallory12@evil.example" in letter.recipients] == []


def test_one_message_id_over_two_bodies_makes_two_tickets(siege: Siege) -> None:
    first, second = siege.ticket("13-first"), siege.ticket("13-second")
    assert (first["requester"], second["requester"]) == ("one@shared.example", "two@shared.example")
    assert first["ref"] != second["ref"]


# --- 14 to 19: what our letters are made of --------------------------------------------------------------------


def test_no_line_break_reaches_a_header_of_ours(siege: Siege) -> None:
    assert len([letter for letter in siege.outside if letter.to.endswith("@acme.example")]) >= 5
    for letter in siege.letters:
        head = letter.letter.content.partition(b"\r\n\r\n")[0]
        assert b"\r" not in head.replace(b"\r\n", b"") and b"\n" not in head.replace(b"\r\n", b"")
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
        assert not {b"bcc", b"x-evil", b"injected"} & set(names)
        assert len(set(names)) == len(names)
        assert letter.subject.isprintable()
        assert "victim14@bystander.example" not in letter.recipients
    assert siege.ticket("14-encoded-line-break-in-subject")["subject"].isprintable()
    assert siege.ticket("14-line-break-in-file-name")["attachments"][0]["name"].isprintable()


def test_template_code_in_a_mail_is_text(siege: Siege) -> None:
    [letter] = siege.answers("17-template-code")
    assert "{{ 7*7 }} phones are broken" in letter.subject
    [notice] = siege.notices("17-template-code")
    assert "{{ desk.__class__.__mro__ }} {{ 7*7 }}" in notice.words
    assert "49" not in notice.subject and "root:" not in notice.words


def test_markup_in_a_mail_is_text(siege: Siege) -> None:
    for letter in (*siege.answers("17-markup"), *siege.notices("17-markup")):
        html = _html(letter)
        assert "<img src=x" not in html
        assert 'href="https://evil.example' not in html
        assert "<strong>loud</strong>" not in html


def test_active_html_does_not_reach_the_agents(siege: Siege) -> None:
    ticket = siege.ticket("18-active-html")
    assert "Phones are broken." in ticket["messages"][0]["text"]
    assert "alert" not in ticket["messages"][0]["text"]
    for letter in siege.notices("18-active-html"):
        html = _html(letter).lower()
        assert not re.search(r"<script|<iframe|<form|<svg|javascript:|onload|pixel18|evil\.example", html)


@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("19-*.eml")))
def test_a_machine_is_never_answered_and_the_reason_is_kept(siege: Siege, name: str) -> None:
    assert [letter.to for letter in siege.outside if re.match(r"machine-|support@|help@", letter.to)] == []
    stored = siege.stored(name)
    if name == "19-our-own-message-id":
        assert (stored.state, stored.reason) == ("quarantined", "a letter of our own came back")
        return
    reasons = [e["detail"] for e in siege.ticket(name)["events"] if e["what"] == "answer suppressed"]
    assert [(each["letter"], bool(each["reason"])) for each in reasons] == [("acknowledgement", True)]


# --- 20 to 26 --------------------------------------------------------------------------------------------------


def test_an_attackers_words_are_not_mailed_to_a_victim(siege: Siege) -> None:
    [letter] = siege.answers("20-forged-victim")
    assert re.fullmatch(r"Your request \[TPBX-[0-9]+\]", letter.subject)
    assert not re.search(r"pills|evil", letter.words, re.I)


def test_a_forged_bounce_changes_nothing_and_a_genuine_one_is_kept(siege: Siege) -> None:
    for name in ("21-forged-bounce", "21-forged-bounce-tag-only"):
        stored = siege.stored(name)
        assert (stored.state, stored.ticket_id) == ("quarantined", None)
        assert stored.reason == "a delivery report about no letter of ours"
    assert (siege.stored("21-genuine-bounce").match, siege.stored("21-genuine-bounce").ticket_id) == ("bounce", 1002)
    assert [letter.to for letter in siege.letters if "mailer-daemon" in letter.to] == []


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("22-zip-bomb", None),
        ("22-ten-thousand-levels", "levels"),
        ("22-a-hundred-thousand-parts", "parts"),
        ("22-a-header-line-of-10-mb", "header field"),
    ],
)
def test_sheer_size_costs_a_part_of_the_mail_and_keeps_the_ticket(siege: Siege, name: str, limit: str | None) -> None:
    stored = siege.stored(name)
    assert stored.state == "filed"
    named = " ".join(dict(stored.facts or {}).get("defects", []))
    assert limit is None or limit in named, named
    assert len(siege.answers(name)) == 1


def test_names_of_files_are_shown_safely_and_name_no_file_of_ours(siege: Siege) -> None:
    names = [each["name"] for each in siege.ticket("23-names-of-files")["attachments"]]
    assert len(names) == 7
    assert all(name.isprintable() and len(name) <= 255 for name in names)
    assert not any(set(name) & set("/\\\0\u202e") or name.startswith(".") or name.upper() == "CON" for name in names), (
        names
    )
    assert not Path("/tmp/escaped23").exists()
    blobs = siege.desk.config / "var/blobs"
    files = [path for path in blobs.rglob("*") if path.is_file() and path.name != "lock"]
    assert all(re.fullmatch(r"[0-9a-f]{64}\.eml", path.name) for path in files)


def test_external_entities_are_neither_fetched_nor_read(siege: Siege) -> None:
    assert [each["name"] for each in siege.ticket("24-xxe")["attachments"]] == ["a.svg", "a.docx"]
    assert "root:" not in str(siege.ticket("24-xxe"))
    assert not siege.fetched_from_us()


def test_nothing_of_a_mail_steers_a_terminal_or_forges_a_line(siege: Siege) -> None:
    ref = siege.ticket("26-terminal-codes")["ref"]
    as_text = siege.desk.run("tickets").stdout + siege.desk.run("ticket", ref).stdout
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", as_text)
    log = siege.desk.config.parent.joinpath("log").read_bytes()
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", log)
    assert all(line.startswith(b"{") for line in log.splitlines())


def _html(letter: Sent) -> str:
    part = letter.message.get_body(("html",))
    assert part is not None
    return str(part.get_content())
