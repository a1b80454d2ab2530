"""Header fields as bytes-ready text: RFC 5322 lines, RFC 2047 encoded words. No value can end its line."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

from responders.addresses import wire

LINE = 76  # RFC 2047 section 2: a line with an encoded word
WORD_BYTES = 42  # of text in one encoded word: 56 letters of base64, 68 in all
LONGEST_PARAMETER = 120  # characters of a parameter's value
_PLAIN = re.compile(r"[ -~]*")


def unstructured(name: str, value: str) -> str:
    """A header of free text such as Subject, ending in CRLF. Runs of white space become one space."""
    text = " ".join(value.split())
    if len(name) + len(text) + 2 <= LINE and _may_stand(text):
        return f"{name}: {text}\r\n"
    words = text.split(" ")
    if not _may_stand(text) or max(map(len, words)) > LINE - 2:
        words = _encoded_words(text)
    return f"{name}: {_folded(words, len(name) + 2)}\r\n"


def mailbox(name: str, address: str) -> str:
    """`"Name" <address>`. Raises BadAddress."""
    checked = wire(address)
    text = " ".join(name.split())[:200]
    if not text:
        return f"<{checked}>"
    if _may_stand(text) and len(text) <= LINE - 12:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{checked}>' if len(quoted) + len(checked) > 60 else f'"{quoted}" <{checked}>'
    return "\r\n ".join([*_encoded_words(text), f"<{checked}>"])


def listed(name: str, items: Iterable[str]) -> str:
    """A header whose items stand one on a line: References, To."""
    return f"{name}: " + "\r\n ".join(items) + "\r\n"


def parameter(name: str, value: str) -> str:
    """`; name="value"`, on lines of their own; other alphabets and long values as RFC 2231 sections 3 and 4 say."""
    text = value[:LONGEST_PARAMETER]
    if _PLAIN.fullmatch(text) and len(text) <= LINE - len(name) - 5 and not set('"\\%*') & set(text):
        return f';\r\n {name}="{text}"'
    pieces: list[str] = ["utf-8''"]
    for character in text:
        escaped = quote(character.encode("utf-8", "replace"), safe="")
        if len(pieces[-1]) + len(escaped) > LINE - len(name) - 8:
            pieces.append("")
        pieces[-1] += escaped
    if len(pieces) == 1:
        return f";\r\n {name}*={pieces[0]}"
    return "".join(f";\r\n {name}*{number}*={piece}" for number, piece in enumerate(pieces))


def _may_stand(text: str) -> bool:
    # What looks like an encoded word would be decoded by the reader: it must be encoded to stay itself.
    return bool(_PLAIN.fullmatch(text)) and "=?" not in text


def _encoded_words(text: str) -> list[str]:
    """RFC 2047 section 5: a character is never cut in two."""
    words: list[str] = []
    chunk = bytearray()
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > WORD_BYTES:
            words.append(_word(chunk))
            chunk = bytearray()
        chunk += encoded
    return [*words, _word(chunk)]


def _word(chunk: bytes | bytearray) -> str:
    return f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?="


def _folded(words: list[str], used: int) -> str:
    lines: list[str] = []
    line, room = "", LINE - used
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])
