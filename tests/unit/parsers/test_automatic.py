"""A machine is told from a person, so that nobody answers it; and a person is never taken for one."""

# ruff: noqa: RUF001

from __future__ import annotations

from email.message import Message

import pytest

from parsers.automatic import automatic, suppresses_answers


def headers(*lines: str) -> Message:
    message = Message()
    for line in lines:
        name, _, value = line.partition(": ")
        message[name] = value
    return message


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("Auto-Submitted: auto-replied (vacation)", "auto-reply"),
        ("Auto-Submitted: auto-generated", "auto-generated"),
        ("Auto-Submitted: auto-notified; owner-email=x@y.example", "auto-generated"),
        ("Auto-Submitted: something new", "auto-generated"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("Precedence: auto_reply", "auto-reply"),
        ("List-Id: Users <users.lists.example>", "list"),
        ("List-Post: <mailto:users@lists.example>", "list"),
        ("List-Unsubscribe: <mailto:off@lists.example>", "bulk"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: Phones", "auto-reply"),
        ("X-Cron-Env: <SHELL=/bin/sh>", "auto-generated"),
        ("Content-Type: multipart/report; report-type=disposition-notification", "read-receipt"),
        ("X-Spamarrest-noauth: 1", "challenge"),
    ],
)
def test_headers_of_machines(line: str, kind: str) -> None:
    assert automatic(headers(line), "Phones", None) == kind


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Auto-Submitted: no",),
        ("Auto-Submitted: No (a person)",),
        ("Precedence: normal",),
        ("Precedence: first-class",),
        ("X-Autoreply: no",),
        ("X-Auto-Response-Suppress: All",),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Mailer: Microsoft Outlook 16.0"),
    ],
)
def test_headers_of_people(lines: tuple[str, ...]) -> None:
    assert automatic(headers(*lines), "Phones", "ann@customer.example") is None


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: Phones",
        "Automatic reply: Phones",
        "Automatische Antwort: Telefon",
        "Abwesenheitsnotiz: Telefon",
        "Réponse automatique : Téléphone",
        "Respuesta automática: Teléfono",
        "Risposta automatica: Telefono",
        "Resposta automática: Telefone",
        "Automatisch antwoord: Telefoon",
        "Autosvar: Telefon",
        "Automatiskt svar: Telefon",
        "Automaattinen vastaus: Puhelin",
        "Odpowiedź automatyczna: Telefon",
        "Automatická odpověď: Telefon",
        "Automatikus válasz: Telefon",
        "Răspuns automat: Telefon",
        "Автоматический ответ: Телефон",
        "Автоматична відповідь: Телефон",
        "Otomatik yanıt: Telefon",
        "Αυτόματη απάντηση: Τηλέφωνο",
        "自动答复: 电话",
        "自動応答: 電話",
        "자동 회신: 전화",
    ],
)
def test_absence_notices_by_their_subject_alone(subject: str) -> None:
    assert automatic(headers(), subject, "ann@customer.example") == "out-of-office"


@pytest.mark.parametrize("subject", ["Vacation", "I am away from my desk", "Urlaub", "En congé", "In ferie"])
def test_absence_notices_by_subject_and_header(subject: str) -> None:
    assert automatic(headers("Auto-Submitted: auto-replied"), subject, None) == "out-of-office"
    assert automatic(headers(), subject, "") == "out-of-office"
    assert automatic(headers(), subject, "ann@customer.example") is None


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office routing does not work",
        "Re: Automatic reply: Phones",
        "Our auto-reply greeting is wrong",
        "Vacation: please close the queue",
        "Abwesenheit im Team einrichten",
    ],
)
def test_people_who_write_about_such_things(subject: str) -> None:
    assert automatic(headers(), subject, "ann@customer.example") is None


def test_the_null_sender_is_never_a_person() -> None:
    assert automatic(headers(), "Phones", "") == "null-sender"


@pytest.mark.parametrize(
    "subject", ["Please confirm your message to bob@customer.example", "Verification required for your email"]
)
def test_challenges(subject: str) -> None:
    assert automatic(headers(), subject, "bob@customer.example") == "challenge"


@pytest.mark.parametrize("value", ["All", "OOF, AutoReply", "DR;AutoReply", "oof"])
def test_senders_who_want_no_automatic_answer(value: str) -> None:
    assert suppresses_answers(headers(f"X-Auto-Response-Suppress: {value}"))


@pytest.mark.parametrize("lines", [(), ("X-Auto-Response-Suppress: DR, RN, NRN",)])
def test_senders_who_do_not_mind(lines: tuple[str, ...]) -> None:
    assert not suppresses_answers(headers(*lines))
