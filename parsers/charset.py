"""Bytes to text under the charset names that mails really carry; never raises."""

from __future__ import annotations

import codecs
from functools import lru_cache

# What mail programs write for what they mean. Names that understate are widened to the superset that
# the senders use (WHATWG Encoding Standard, section 4.2): latin1 is cp1252, gb2312 is gb18030.
_ALIASES = {
    "ansi_x3.4-1968": "cp1252",
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "cp-850": "cp850",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "cp1252",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-windows-949": "cp949",
}
# Codecs of Python's that are no charset of a mail, or slow on hostile input.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
# Charsets written in seven bits: their bytes look like ASCII and mean something else.
_SEVEN_BIT = frozenset({"utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
# What is written where another is declared: Japanese relays turn seven bits into eight.
_RELATIVES = {
    "iso2022_jp": ("utf-8", "iso2022_jp_ext", "euc_jp", "cp932"),
    "iso2022_kr": ("utf-8", "cp949"),
    "hz": ("utf-8", "gb18030"),
}
_CJK = frozenset({"big5hkscs", "cp932", "cp949", "cp950", "euc_jp", "gb18030", "johab", "euc_jis_2004"})


def decode(data: bytes, charset: str | None) -> tuple[str, str | None]:
    """The text, and what was wrong with the label, in words, or None where it was true.

    Bytes that are UTF-8 are read as UTF-8 whatever the label says; bytes that the label can't explain
    and that are not UTF-8 are read as cp1252, in which no byte is refused.
    """
    codec = _codec(charset) if charset else "utf-8"
    if data.isascii() and (codec is None or not _stateful(codec)):
        return data.decode("ascii"), None
    if codec is None:
        return _guess(data), f"unknown charset {charset!r:.60}"
    if codec == "utf-8":
        return _utf8(data)
    if not _stateful(codec) and _is_utf8(data, least=3 if codec in _CJK else 1):
        return data.decode("utf-8"), f"UTF-8 labelled {charset!r:.60}"
    try:
        return _scalar(data.decode(codec)), None
    except (UnicodeError, ValueError):
        return _scalar(_second_try(data, codec)), f"bytes that are not {charset!r:.60}"


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """Python's name of the charset, or None where it names none."""
    name = charset.strip(" \t\r\n\"';").lower().partition(";")[0]
    name = _ALIASES.get(name.replace(" ", ""), name)
    for candidate in (name, name.removeprefix("x-"), name.replace("cp-", "cp")):
        try:
            found = codecs.lookup(_ALIASES.get(candidate, candidate))
        except (LookupError, ValueError):
            continue
        if found._is_text_encoding and found.name not in _REFUSED:
            return _ALIASES.get(found.name, found.name)
    return None


def _stateful(codec: str) -> bool:
    return codec in _SEVEN_BIT or codec.startswith("iso2022")


def _second_try(data: bytes, codec: str) -> str:
    """Bytes that their charset refuses: in a relative of it, in UTF-8, and at last with losses."""
    for other in (*_RELATIVES.get(codec, ()), "utf-8"):
        try:
            return data.decode(other)
        except UnicodeError:
            continue
    if codec in _CJK or _stateful(codec):
        return data.decode(codec, "replace")
    return data.decode("cp1252", "replace")


def _utf8(data: bytes) -> tuple[str, str | None]:
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    # A few broken characters in true UTF-8 (a text cut by bytes), or no UTF-8 at all?
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = sum(1 for byte in data if byte >= 0xC0)
    if broken * 2 <= letters:
        return text, "broken UTF-8"
    return data.decode("cp1252", "replace"), "bytes that are not UTF-8"


def _guess(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _is_utf8(data: bytes, least: int) -> bool:
    """Valid UTF-8 with at least so many characters beyond ASCII: short CJK text can be both."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # Each further character of two to four bytes shortens the text by one to three.
    return len(data) - len(text) >= least


def _scalar(text: str) -> str:
    """Without lone surrogates, which UTF-7 can spell and no output accepts."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
