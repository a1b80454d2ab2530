"""Bytes become text whatever their label says, and nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.charset import decode


@pytest.mark.parametrize(
    ("data", "label", "shown"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode("latin1"), "utf-8", "Grüße"),
        ("Grüße".encode("latin1"), None, "Grüße"),
        ("“quoted”".encode("cp1252"), "iso-8859-1", "“quoted”"),
        ("電話".encode("iso2022_jp"), "iso-2022-jp", "電話"),
        ("次のあて先へ".encode("euc_jp"), "iso-2022-jp", "次のあて先へ"),
        ("café".encode("utf-7"), "utf-7", "café"),
        (b"abc", "base64", "abc"),
        (b"abc", "idna", "abc"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
    ],
)
def test_text_is_read_as_it_was_written(data: bytes, label: str | None, shown: str) -> None:
    assert decode(data, label)[0] == shown


def test_a_short_chinese_word_that_is_also_valid_utf8_is_left_to_its_label() -> None:
    # The famous two characters whose GBK bytes are valid UTF-8.
    assert decode("联通".encode("gbk"), "gbk") == ("联通", None)


def test_one_character_cut_at_the_end_does_not_turn_utf8_into_something_else() -> None:
    text, defect = decode("Größe und Maß".encode()[:-1], "utf-8")
    assert text.startswith("Größe und Ma")
    assert defect == "broken UTF-8"


def test_a_wrong_label_is_named() -> None:
    assert decode(b"\xe9", "klingon")[1] == "unknown charset 'klingon'"
    assert decode("é".encode(), "latin1")[1] == "UTF-8 labelled 'latin1'"


@given(
    st.binary(),
    st.sampled_from(["utf-8", "utf-7", "utf-16", "iso-2022-jp", "hz", "big5", "rot13", "\x00", "é"]),
)
def test_any_bytes_give_text_that_can_be_written(data: bytes, label: str) -> None:
    decode(data, label)[0].encode("utf-8")
