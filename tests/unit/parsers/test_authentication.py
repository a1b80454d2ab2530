"""Only what our own server said of the sender counts."""

from __future__ import annotations

from email import message_from_string

import pytest

from parsers.authentication import authentication
from parsers.mail import Authentication

PASS = (
    "mx.desk.example; spf=pass smtp.mailfrom=acme.example;"
    " dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"
)
NONE = Authentication()


def _read(
    *fields: str, domain: str = "acme.example", trusted: tuple[str, ...] = ("MX.desk.example",)
) -> Authentication:
    return authentication(message_from_string("\n".join(fields) + "\n\n"), domain, trusted)


def test_a_trusted_server_is_believed() -> None:
    found = _read(f"Authentication-Results: {PASS}")
    assert found == Authentication("mx.desk.example", "pass", "pass", "pass", dkim_aligned=True)


@pytest.mark.parametrize(
    "value",
    [
        PASS.replace("mx.desk.example", "mx.evil.example"),
        PASS.replace("mx.desk.example;", ""),
        PASS.replace("mx.desk.example", "evil (mx.desk.example)"),
        PASS.replace("mx.desk.example", "mx.desk.example.evil.example"),
        "mx.desk.example",
        "mx.desk.example; none",
        "",
    ],
)
def test_foreign_and_malformed_results_count_as_none(value: str) -> None:
    found = _read(f"Authentication-Results: {value}")
    assert (found.dmarc, found.dkim, found.spf, found.dkim_aligned) == ("none", "none", "none", False)


@pytest.mark.parametrize(
    "value", ["mx.desk.example; dkim=", "mx.desk.example; =pass", "mx.desk.example; dkim=pass ((("]
)
def test_results_that_cannot_be_read_count_as_none(value: str) -> None:
    assert _read(f"Authentication-Results: {value}").dkim_aligned is False


def test_no_server_is_trusted_unless_named() -> None:
    assert _read(f"Authentication-Results: {PASS}", trusted=()) == NONE


def test_a_forged_field_below_the_true_one_is_ignored() -> None:
    true = "Authentication-Results: mx.desk.example; spf=fail smtp.mailfrom=x"
    forged = f"Authentication-Results: {PASS}"
    for between in ("Received: from evil by mx.desk.example", "X-Other: 1"):
        found = _read("Received: from a by b", true, between, forged)
        assert (found.spf, found.dmarc, found.dkim) == ("fail", "none", "none")
    assert _read(true, "Received: from evil by mx", forged).dmarc == "none"


def test_two_fields_of_the_server_above_its_received_are_one_report() -> None:
    found = _read(
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example",
        "Authentication-Results: mx.desk.example; dkim=pass header.d=acme.example",
        "Received: from a by mx.desk.example",
    )
    assert (found.dmarc, found.dkim, found.dkim_aligned) == ("pass", "pass", True)


@pytest.mark.parametrize(
    "signer", ["header.d=evil.example", "header.d=acme.example.evil.example", "header.i=@evil.example"]
)
def test_a_signature_of_another_domain_is_not_aligned(signer: str) -> None:
    found = _read(f"Authentication-Results: mx.desk.example; dkim=pass {signer}")
    assert (found.dkim, found.dkim_aligned) == ("pass", False)


def test_dmarc_of_another_from_is_none() -> None:
    assert _read(f"Authentication-Results: {PASS}", domain="other.example").dmarc == "none"
    assert _read(f"Authentication-Results: {PASS}", domain="").dkim_aligned is False


def test_a_signature_over_a_part_of_the_text_proves_nothing() -> None:
    signature = "DKIM-Signature: v=1; d=acme.example; l=100; b=x"
    only_dkim = PASS.replace("spf=pass", "spf=none")
    found = _read(f"Authentication-Results: {only_dkim}", signature)
    assert (found.dmarc, found.dkim_aligned) == ("none", False)
    assert _read(f"Authentication-Results: {PASS}", signature).dmarc == "pass"  # by SPF


def test_spf_alone_aligns_nothing() -> None:
    found = _read("Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=jane@acme.example")
    assert found == Authentication("mx.desk.example", "none", "none", "pass", dkim_aligned=False)
