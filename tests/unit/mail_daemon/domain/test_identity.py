"""Signed Message-IDs: what is altered, foreign or old-fashioned is worth nothing; what is ours is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.identity import NONCE_BYTES, Role, Signer, untagged

ISSUED = datetime(2026, 11, 25, 14, 32, tzinfo=UTC)
NONCE = bytes(NONCE_BYTES)
OLD, NEW = b"o" * 32, b"n" * 32

tickets = st.integers(0, 10**12 - 1)
roles = st.sampled_from(Role)
addresses = st.from_regex(r"[a-z0-9.+-]{1,20}@[a-z0-9]{1,10}\.example", fullmatch=True)


def signer(*keys: bytes) -> Signer:
    return Signer(keys or (OLD,), domain="desk.example", tag="TPBX")


def token(ticket: int = 1042, address: str = "ann@desk.example", role: Role = Role.AGENT, *keys: bytes) -> str:
    return signer(*keys).token(ticket, address, role, issued=ISSUED, nonce=NONCE)


@given(tickets, addresses, roles, st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES))
def test_what_was_signed_is_read_again(ticket: int, address: str, role: Role, nonce: bytes) -> None:
    ours = signer()
    text = ours.token(ticket, address, role, issued=ISSUED, nonce=nonce)
    for carrier in (ours.message_id(text), f"support+{text}@desk.example"):
        read = ours.read(carrier)
        assert read is not None
        assert (read.ticket, read.role, read.issued) == (ticket, role, ISSUED)
        assert ours.meant_for(read, address)


def test_a_message_id_names_the_ticket_and_is_a_valid_one() -> None:
    message_id = signer().message_id(token())
    assert message_id.startswith("<TPBX-1042.")
    assert message_id.endswith("@desk.example>")
    assert message_id.isascii()
    assert len(message_id) < 100


def test_two_letters_to_one_person_have_different_ids() -> None:
    ours = signer()
    one, two = (ours.token(1, "a@b.example", Role.CUSTOMER, issued=ISSUED, nonce=bytes([n] * 5)) for n in (1, 2))
    assert one != two


def test_every_flipped_bit_is_noticed() -> None:
    genuine = token()
    for at, character in enumerate(genuine):
        for bit in range(7):
            flipped = genuine[:at] + chr(ord(character) ^ 1 << bit) + genuine[at + 1 :]
            if flipped.lower() != genuine:  # relays may fold case
                assert signer().read(f"<TPBX-{flipped}@desk.example>") is None, flipped


def test_every_cut_is_noticed() -> None:
    genuine = token()
    for length in range(len(genuine)):
        assert signer().read(genuine[:length]) is None
        assert signer().read(genuine[length + 1 :]) is None


@given(st.text(max_size=300))
def test_no_other_text_is_a_token(text: str) -> None:
    assert signer().read(text) is None


@given(tickets, tickets)
def test_a_token_is_worth_nothing_for_another_ticket(ticket: int, other: int) -> None:
    moved = token(ticket).replace(str(ticket), str(other), 1)
    read = signer().read(moved)
    assert read is None if moved != token(ticket) else read is not None


def test_a_token_is_not_meant_for_anybody_else() -> None:
    read = signer().read(token(address="ann@desk.example"))
    assert read is not None
    assert not signer().meant_for(read, "bob@desk.example")
    assert not signer().meant_for(read, "")


def test_a_customers_token_can_not_be_made_an_agents() -> None:
    customers = token(role=Role.CUSTOMER)
    ticket, issued, audience, mac = customers.split(".")
    assert audience[0] == Role.CUSTOMER
    assert signer().read(f"{ticket}.{issued}.{Role.AGENT}{audience[1:]}.{mac}") is None


def test_parts_of_two_tokens_make_no_third() -> None:
    anns, bobs = token(address="ann@desk.example").split("."), token(address="bob@desk.example").split(".")
    assert signer().read(".".join([*anns[:2], bobs[2], anns[3]])) is None
    assert signer().read(".".join([*anns[:3], bobs[3]])) is None


@pytest.mark.parametrize("plain", ["<TPBX-1042@desk.example>", "<1042@desk.example>", "[TPBX-1042]", ""])
def test_an_unsigned_reference_is_no_token(plain: str) -> None:
    assert signer().read(plain) is None


def test_a_foreign_key_signs_nothing_of_ours() -> None:
    assert signer(NEW).read(token(1042, "ann@desk.example", Role.AGENT, OLD)) is None


def test_after_a_rotation_old_letters_are_still_heard() -> None:
    old = token(1042, "ann@desk.example", Role.AGENT, OLD)
    rotated = signer(NEW, OLD)
    read = rotated.read(old)
    assert read is not None
    assert rotated.meant_for(read, "ann@desk.example")
    assert not rotated.meant_for(read, "bob@desk.example")


def test_the_first_key_signs() -> None:
    fresh = token(1042, "ann@desk.example", Role.AGENT, NEW, OLD)
    assert signer(NEW).read(fresh) is not None
    assert signer(OLD).read(fresh) is None


def test_a_relay_that_folds_case_does_no_harm() -> None:
    read = signer().read(signer().message_id(token()).upper())
    assert read is not None
    assert signer().meant_for(read, "Ann@Desk.Example")


def test_what_is_longer_than_any_token_is_not_even_looked_at() -> None:
    assert signer().read(token() + "x" * 200) is None


def test_a_signer_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Signer([], domain="desk.example", tag="TPBX")


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("cy@acme.example", "cy@acme.example"),
        ("cy+1@acme.example", "cy@acme.example"),
        ("cy+1+2@acme.example", "cy@acme.example"),
        ("+cy@acme.example", "+cy@acme.example"),
        ("cy@a+b.example", "cy@a+b.example"),
    ],
)
def test_an_address_without_its_tag_names_the_mailbox(address: str, mailbox: str) -> None:
    assert untagged(address) == mailbox
