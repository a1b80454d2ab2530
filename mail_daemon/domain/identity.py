"""Signed Message-IDs: who holds one has received a letter of ours about that ticket.

The local part reads `TPBX-1042.<issued><nonce>.<audience>.<mac>`: the ticket, when the letter was made, for
whom (role and a keyed hash of the address), and 100 bits of HMAC-SHA256 over all of it. The same token after
"+" in the reply address serves where the mail server takes plus addresses. All of it is lower-case base 32
or digits, since some relays fold case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

NONCE_BYTES = 5
NO_TICKET = 0  # in the token of a letter that belongs to none

_AUDIENCE_LENGTH = 8  # 40 bits: tells addresses apart; the MAC protects it
_MAC_LENGTH = 20  # 100 bits
_TOKEN = re.compile(
    r"(?P<ticket>[0-9]{1,12})\.(?P<issued>[0-9a-f]{8})(?P<nonce>[a-z2-7]{8})"
    r"\.(?P<role>[ac])(?P<audience>[a-z2-7]{8})\.(?P<mac>[a-z2-7]{20})"
)
_LONGEST = 200  # characters; no token of ours is longer


class Role(StrEnum):
    """What the letter's recipient was to us."""

    AGENT = "a"
    CUSTOMER = "c"


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose MAC was right."""

    ticket: int
    issued: datetime
    role: Role
    audience: str
    nonce: str  # names the one letter that carried it


class Signer:
    """Signs with the first key and verifies with every key, so that keys can be rotated."""

    def __init__(self, keys: Sequence[bytes], *, domain: str, tag: str) -> None:
        if not keys:
            raise ValueError("a Signer needs at least one key")
        self._keys = tuple(keys)
        self._domain = domain
        self._tag = tag

    def token(self, ticket: int, address: str, role: Role, *, issued: datetime, nonce: bytes) -> str:
        """A fresh token for one letter; `nonce` is NONCE_BYTES random bytes."""
        audience = role.value + _audience(self._keys[0], role, address)
        stem = f"{ticket}.{int(issued.timestamp()):08x}{_base32(nonce)}.{audience}"
        return f"{stem}.{_mac(self._keys[0], stem)}"

    def message_id(self, token: str) -> str:
        return f"<{self._tag}-{token}@{self._domain}>"

    def read(self, text: str) -> Token | None:
        """The token in a Message-ID or a plus address; None unless one of our keys made it."""
        if len(text) > _LONGEST:
            return None
        found = _TOKEN.search(text.lower())
        if found is None:
            return None
        stem, _, mac = found[0].rpartition(".")
        # Every key is tried, so that the time it takes tells nothing.
        if not any([hmac.compare_digest(_mac(key, stem), mac) for key in self._keys]):  # noqa: C419
            return None
        issued = datetime.fromtimestamp(int(found["issued"], 16), UTC)
        nonce = found["issued"] + found["nonce"]
        return Token(int(found["ticket"]), issued, Role(found["role"]), found["audience"], nonce)

    def meant_for(self, token: Token, address: str) -> bool:
        """Whether the letter that carried the token went to this very address."""
        audiences = [_audience(key, token.role, address) for key in self._keys]
        return any([hmac.compare_digest(each, token.audience) for each in audiences])  # noqa: C419  as in `read`


def untagged(address: str) -> str:
    """The address without what stands behind "+": one mailbox gets them all, as far as anybody can know."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}" if "+" in local else address


def _audience(key: bytes, role: Role, address: str) -> str:
    return _base32(_digest(key, f"audience {role.value} {address.lower()}"))[:_AUDIENCE_LENGTH]


def _mac(key: bytes, stem: str) -> str:
    return _base32(_digest(key, f"token {stem}"))[:_MAC_LENGTH]


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), hashlib.sha256)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()
