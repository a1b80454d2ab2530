"""Names of attachments can be shown, logged and saved anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.attachments.name import made_up, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jane\\shot.png", "shot.png"),
        ("/", ""),
        ("..", ""),
        ("", ""),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nb.txt", "ab.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("console.txt", "console.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u200fname.txt", "name.txt"),
        ("what?.txt", "what_.txt"),
        (" . hidden. ", "hidden"),
        ("Gera\u0308t.pdf", "Gerät.pdf"),
        ("x\udce9.txt", "x.txt"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("a" * 1000 + ".pdf")
    assert len(name) == 150
    assert name.endswith("a.pdf")
    assert len(safe_name("a." + "b" * 1000)) == 150


def test_a_name_for_what_has_none() -> None:
    assert made_up("image/png") == "image.png"
    assert made_up("text/calendar") == "invitation.ics"
    assert made_up("application/x-strange") == "attachment"


@given(st.text())
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= 151
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    safe.encode("utf-8")
    assert safe_name(safe) == safe
