"""An agent's yes, told from all that an agent may answer to a mail in his name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.consent import consents


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes.", "YES!", "\n\n  yes  \n\nAnn", "Yes, that was me.", "ok", "Okay, go on", "#yes", "confirmed",
     "Confirm", "go ahead", "ja", "sí", "si.", "oui", "I confirm", "yes\nno more of this please"],
)  # fmt: skip
def test_a_yes_is_one(text: str) -> None:
    assert consents(text)


@pytest.mark.parametrize(
    "text",
    ["", "\n \n", "no", "No, I did not write this", "I did not write this!", "yes?", "Ok, who wrote this?", "yesterday",
     "ok, but don't", "ok, but don\u2019t", "Okay not me", "nein", "What is this", "#status closed", "> yes",
     "Never heard of it.\nyes", "jack", "sure-fire spam", "cancel"],
)  # fmt: skip
def test_all_else_is_none(text: str) -> None:
    assert not consents(text)


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert consents(text) in (True, False)
