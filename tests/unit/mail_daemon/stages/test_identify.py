"""Identify: who the From line claims to be, and what speaks for it."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from mail_daemon.domain.decisions import Sender
from mail_daemon.stages.identify import identify
from parsers.mail import Address, Authentication, Mail
from tests.office import desk
from tests.written import ANN, CUSTOMER, PROVEN, STRANGER, mail

DIRECTORY = desk().directory
UTC = ZoneInfo("UTC")


def identified(one: Mail) -> Sender:
    return identify(one, DIRECTORY, zone=UTC, language="fr")


def test_a_customer_of_a_known_account_gets_its_time_zone() -> None:
    seen = identified(mail(CUSTOMER))
    assert (seen.role, seen.account, seen.zone.key) == ("customer", "Acme", "Europe/Berlin")
    assert seen.proven


def test_a_contact_at_a_public_mail_domain_is_of_the_account() -> None:
    assert identified(mail("boss@gmail.com")).account == "Acme"


def test_a_public_mail_domain_identifies_no_account_even_where_one_claims_it() -> None:
    seen = identified(mail("anyone@gmail.com"))
    assert (seen.role, seen.account, seen.proven) == ("unknown", None, False)
    assert seen.zone == UTC


def test_a_domain_that_only_ends_like_an_accounts_is_foreign() -> None:
    assert identified(mail("cy@notacme.example")).account is None
    assert identified(mail("cy@acme.example.evil.example")).account is None


def test_an_agent_is_known_by_address_and_not_by_name() -> None:
    assert identified(mail(ANN)).role == "agent"
    named = replace(mail(), sender=Address("Ann <ann@desk.example>", STRANGER))
    assert identified(named).role == "unknown"


def test_a_homograph_of_an_agents_domain_is_a_stranger_even_with_dmarc() -> None:
    seen = identified(mail("ann@dеsk.example", authentication=PROVEN))  # noqa: RUF001  a Cyrillic e
    assert seen.role == "unknown"


@pytest.mark.parametrize("sender", [ANN, CUSTOMER])
def test_a_defect_in_from_leaves_no_identity_at_all(sender: str) -> None:
    seen = identified(mail(sender, sender_defect="two From headers", authentication=PROVEN))
    assert (seen.address, seen.role, seen.account) == ("", "unknown", None)
    assert not seen.authenticated
    assert not seen.proven


@pytest.mark.parametrize("verdict", ["none", "fail", "temperror", "permerror", "quarantine", ""])
def test_only_a_dmarc_pass_authenticates(verdict: str) -> None:
    seen = Authentication("mx.desk.example", dmarc=verdict, dkim="pass", spf="pass", dkim_aligned=True)
    assert not identified(mail(STRANGER, authentication=seen)).authenticated


def test_a_dmarc_pass_proves_a_stranger_to_be_who_he_says() -> None:
    seen = identified(mail(STRANGER, authentication=PROVEN))
    assert (seen.role, seen.authenticated, seen.proven) == ("unknown", True, True)


def test_the_language_is_the_mails_or_else_the_desks() -> None:
    assert identified(mail(language="de")).language == "de"
    assert identified(mail(language="")).language == "fr"


def test_an_agent_who_passes_by_spf_alone_is_not_authenticated() -> None:
    by_spf = Authentication("mx.desk.example", dmarc="pass", dkim="none", spf="pass")
    assert not identified(mail(ANN, authentication=by_spf)).authenticated
    assert identified(mail(ANN, authentication=PROVEN)).authenticated
