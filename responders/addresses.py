"""Addresses and Message-IDs fit for a header or an SMTP command: checked, never repaired by guess."""

from __future__ import annotations

import re

# RFC 5321 section 4.1.2, ASCII only: a dot-string or a quoted string, then a domain or an address literal.
_LOCAL = r"(?:[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"(?:[ !#-\[\]-~]|\\[ -~]){0,62}\")"
_DOMAIN = r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?|\[[a-z0-9:.-]{1,60}\])"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,500}>")

LONGEST = 254  # RFC 5321 section 4.5.3.1.3, less its angle brackets


class BadAddress(ValueError):
    """No mail can be sent to this address; the message says why, without control characters."""


def wire(address: str) -> str:
    """The address as it goes over the wire; a domain in other letters becomes its ASCII form (IDNA).

    Raises BadAddress, also where the part before the @ is not ASCII (that needs SMTPUTF8, RFC 6531).
    """
    checked = address if address.isascii() else _ascii_domain(address)
    if len(checked) > LONGEST or not _ADDRESS.fullmatch(checked):
        raise BadAddress(f"{address!a:.100} is not a mail address")
    return checked


def message_id(value: str) -> str | None:
    """The Message-ID with its angle brackets, or None where it can't stand in a header of ours."""
    return value if _MESSAGE_ID.fullmatch(value) else None


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise BadAddress(f"{address!a:.100} is not a mail address") from error
