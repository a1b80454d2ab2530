"""Addresses to listen on, told apart from paths; and URLs whose paths start at the config folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon.settings.paths import resolved, socket_address
from mail_daemon.settings.sections import Blobs, Database, LmtpMailbox

FOLDER = Path("/etc/mail-daemon")


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:2424", ("127.0.0.1", 2424)),
        ("[::1]:2424", ("::1", 2424)),
        ("localhost:24", ("localhost", 24)),
        ("var/lmtp.sock", None),
        ("/run/a:1", None),
        ("lmtp.sock", None),
    ],
)
def test_what_is_listened_on(listen: str, address: tuple[str, int] | None) -> None:
    assert socket_address(listen) == address
    section = resolved(LmtpMailbox(name="a", type="lmtp", listen=listen), FOLDER)
    assert section.listen == (listen if address else str(FOLDER / listen))


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("file:var/blobs", "file:/etc/mail-daemon/var/blobs"),
        ("file:/srv/blobs", "file:/srv/blobs"),
        ("file:///srv/blobs", "file:///srv/blobs"),
        ("s3://bucket/desk", "s3://bucket/desk"),
    ],
)
def test_places_of_blobs(url: str, absolute: str) -> None:
    assert resolved(Blobs(url=url), FOLDER).url == absolute


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///var/desk.db", "sqlite:////etc/mail-daemon/var/desk.db"),
        ("sqlite:////srv/desk.db", "sqlite:////srv/desk.db"),
        ("postgresql://desk@db/desk", "postgresql://desk@db/desk"),
    ],
)
def test_places_of_the_database(url: str, absolute: str) -> None:
    assert resolved(Database(url=url), FOLDER).url == absolute
