"""Telephone numbers are compared in one form."""

from __future__ import annotations

import pytest

from mail_daemon.domain.telephone import e164


@pytest.mark.parametrize(("written", "country", "number"), [
    ("+13035550142", None, "+13035550142"),
    ("+1 (303) 555-0142", None, "+13035550142"),
    ("+49 30 901820", None, "+4930901820"),
    ("tel:+1-303-555-0142", None, "+13035550142"),
    ("303-555-0142", "US", "+13035550142"),
    ("303-555-0142", None, None),  # whose country?
    ("+1 303", None, None),
    ("+1 303 555 0142 0142 0142", None, None),
    ("anonymous", "US", None),
    ("", "US", None),
    ("9" * 100_000, "US", None),
])  # fmt: skip
def test_a_number_has_one_form_or_none(written: str, country: str | None, number: str | None) -> None:
    assert e164(written, country) == number
