"""secret.key: the keys that sign Message-IDs. The first signs, all verify, so that keys can be rotated."""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path

from mail_daemon.settings.document import Place, Problem
from mail_daemon.settings.secrets import Unreadable, read_secret

SHORTEST = 16  # bytes: 128 bits
_LIKE = "the output of `openssl rand -hex 32`"
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def read(path: Path, place: Place) -> tuple[tuple[bytes, ...], list[Problem]]:
    """The keys, one a line, each hex or base64; "#" begins a comment. `place` is where the file is named."""
    try:
        text = read_secret(path)
    except Unreadable as error:
        return (), [Problem(place, f"{error}; `mail-daemon init` makes one")]
    keys: list[bytes] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        written = line.partition("#")[0].strip()
        if not written:
            continue
        key = _key(written)
        if len(key) < SHORTEST:
            words = f"this is no key; write hex or base64 of at least {SHORTEST} bytes, like {_LIKE}"
            problems.append(Problem(Place(str(path), number), words))
        keys.append(key)
    if not keys:
        problems.append(Problem(Place(str(path), 1), f"there is no key; write one, like {_LIKE}"))
    return tuple(keys), problems


def make(path: Path) -> None:
    """Writes a file with one new key, readable by its owner alone from the first moment. Never overwrites."""
    comment = "# Signs our Message-IDs: a reply that carries one is proven. Keep it secret; back it up."
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{comment}\n{os.urandom(32).hex()}\n")


def _key(text: str) -> bytes:
    """The bytes of one key; none for what is neither hex nor base64."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
