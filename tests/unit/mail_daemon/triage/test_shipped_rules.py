"""What the shipped rules understand: policy section 5, and its open places as docs/policy.md reads them."""

from __future__ import annotations

import time

import pytest

from mail_daemon.domain.words import words
from mail_daemon.stages.triage import readings, triage
from parsers.mail import Attachment
from tests.unit.mail_daemon.triage.shipped import ranked, table


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("No dial tone in the whole company.", 1),
        ("Nobody has a dial tone at any of our sites.", 1),
        ("No dial tone on the second floor, the first floor works.", 2),
        ("Our Dallas branch has no dial tone.", 2),
        ("Several phones have no dial tone, the others are fine.", 2),
        ("Only my phone has no dial tone.", 3),
        ("The phone in the lobby has no dial tone.", 3),
        ("It's not just my phone: nobody in the company has a dial tone.", 1),
        ("All phones are down except that nothing else is.", 1),
    ],
)
def test_scope_decides_how_urgent_the_same_fault_is(text: str, level: int) -> None:
    assert ranked(text).level == level


@pytest.mark.parametrize("too", ["It's the same for my colleague.", "Ann and Bob say the same.", "Ben can't either."])
def test_what_a_colleague_has_as_well_is_no_fault_of_one(too: str) -> None:
    assert ranked("My calls drop.").level == 3
    assert ranked(f"My calls drop. {too}").level == 2


def test_whose_cousin_it_is_does_not_narrow_a_fault_told_in_another_sentence() -> None:
    assert ranked("Calls drop.").level == ranked("Her cousin told me. Calls drop.").level == 2


@pytest.mark.parametrize(
    "text",
    [
        "This is not an outage.",
        "All phones are back up.",
        "All phones were down this morning. Everything is working again.",
        "What would happen if all phones went down?",
        "In the event that all our phones go down, whom do we call?",
        "Please set up forwarding in case all our phones go offline.",
        "Last month all our phones were down for an hour, please explain why.",
    ],
)
def test_what_is_denied_over_or_imagined_is_no_outage(text: str) -> None:
    assert ranked(text).level == 4


def test_a_relapse_counts_though_service_was_restored_before() -> None:
    assert ranked("It was fixed on Monday but now all phones are down again.").level == 1


def test_what_still_fails_counts_beside_what_is_restored() -> None:
    assert ranked("All phones are up again, but my voicemail doesn't work.").level == 3


@pytest.mark.parametrize("shout", ["URGENT!!! ASAP!!! ", "CRITICAL EMERGENCY!!! "])
@pytest.mark.parametrize("text", ["Please create extension 305.", "My voicemail doesn't work.", "Calls drop."])
def test_shouting_raises_nothing(shout: str, text: str) -> None:
    assert ranked(shout + text.upper()).level == ranked(text).level


def test_importance_is_weak_evidence_where_no_words_speak() -> None:
    quiet, flagged = ranked("See the attachment."), ranked("See the attachment.", importance="high")
    assert (quiet.level, flagged.level) == (4, 3)
    assert [(reason.rule, reason.where) for reason in flagged.reasons] == [("marked-important", "header")]
    assert ranked("My phone is dead.", importance="high").level == 3
    assert ranked("Please create extension 305.", importance="high").level == 4
    assert ranked("See the attachment.", importance="low").level == 4


@pytest.mark.parametrize(
    ("text", "category", "level"),
    [
        ("Nobody in the company can make or receive calls.", "outage", 1),
        ("Customers can't hear us on many calls.", "trouble", 2),
        ("The portal is down for all of us.", "outage", 2),
        ("Please reset my password.", "account", 3),
        ("Call forwarding stopped working yesterday.", "trouble", 3),
        ("Please set up an auto attendant.", "request", 4),
        ("We want to schedule our new install.", "install", 4),
        ("What is the surcharge on our invoice?", "billing", 4),
        ("When is the next maintenance window?", "maintenance", 4),
        ("We'd like a custom dial plan.", "request", 4),
        ("New dial plan", "request", 4),
        ("Do you have a cheaper plan?", "billing", 4),
        ("Hello there.", "other", 4),
    ],
)
def test_categories(text: str, category: str, level: int) -> None:
    ranking = ranked(text)
    assert (ranking.category, ranking.level) == (category, level)


def test_signatures_and_disclaimers_do_not_count() -> None:
    text = "Please add a user.\n\nKind regards,\nJo, Total Outage Response\nAll phones down? Call me."
    assert ranked(text).level == 4
    assert ranked("Please add a user.\n\nThis email is confidential; all phones are down.").level == 4


def test_what_is_forwarded_below_a_signature_counts() -> None:
    text = "See below.\n\nRegards, Jo\n\n---- Forwarded message ----\nAll our phones are down."
    assert ranked(text).level == 1


def test_every_decision_says_which_rule_which_words_and_where() -> None:
    ranking = ranked("None of our phones has dial tone.", subject="Help")
    reason = ranking.reasons[0]
    assert reason.where == "body"
    assert reason.rule == "no-dial-tone (everyone)"
    assert reason.evidence == "none of our phones has dial tone"


def test_doubted_words_are_told_as_well() -> None:
    reasons = ranked("There is not an outage.").reasons
    assert [reason.rule for reason in reasons] == ["outage (does not count: negation)"]


def test_what_is_read_from_a_picture_counts_one_step_weaker() -> None:
    picture = [("ocr: error.png", "0 of 85 devices registered")]
    ranking = triage(table(), subject="See picture", text="", importance=None, readings=picture)
    assert (ranking.level, ranking.reasons[0].where) == (2, "ocr: error.png")
    alone = triage(table(), subject="0 of 85 devices registered", text="", importance=None)
    assert alone.level == 1


def test_a_finding_of_a_trace_is_evidence() -> None:
    finding = [("trace: call.pcap", "one_way_audio: the caller hears nothing")]
    ranking = triage(table(), subject="Trace", text="", importance=None, readings=finding)
    assert (ranking.category, ranking.level) == ("trouble", 3)


def test_what_was_read_from_attachments_is_told_by_place_and_name() -> None:
    picture, trace, other, unread = (
        Attachment(name, "image/png", 1, "", kind, False, None, 0, text)
        for name, kind, text in (
            ("error.png", "screenshot", "Registration failed"),
            ("call.pcap", "trace", "one_way_audio"),
            ("notes.bin", "other", "all phones down"),
            ("photo.png", "screenshot", ""),
        )
    )
    assert readings([picture, trace, other, unread]) == [
        ("ocr: error.png", "Registration failed"),
        ("trace: call.pcap", "one_way_audio"),
    ]


@pytest.mark.parametrize(
    ("text", "weak"),
    [
        ("All phones are down.", False),
        ("Please create extension 305.", False),
        ("The extension is 305.", True),
        ("It does not look right.", True),
    ],
)
def test_weak_signs_are_marked(text: str, weak: bool) -> None:
    assert ranked(text).weak is weak


def test_importance_alone_is_a_weak_sign() -> None:
    assert ranked("See the attachment.", importance="high").weak


def test_the_longest_mail_of_the_worst_words_takes_less_than_a_second() -> None:
    words = ["all", "phones", "nobody", "can", "cant", "not", "the", "down", "call", "if", "were", ",", "our"]
    text = " ".join(words[(at * at + at // 7) % len(words)] for at in range(200_000))
    began = time.process_time()
    ranked(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("word", ["phones ", "down, ", "all phones down ", "can't call? ", "x.y-z/", "(", "a"])
def test_a_megabyte_of_one_word_takes_less_than_half_a_second(word: str) -> None:
    text = word * (1_000_000 // len(word))
    began = time.process_time()
    ranked(text)
    assert time.process_time() - began < 0.5


def test_typography_makes_no_difference() -> None:
    typographic = "We can\u2019t call \u2014 no \u201cdial\u2011tone\u201d"
    assert words(typographic) == words('We can\'t call - no "dial-tone"')
