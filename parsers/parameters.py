"""MIME headers with parameters (Content-Type, Content-Disposition), read the way mail programs write them."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from parsers.charset import decode

# An unclosed quote runs to the end; an unquoted value may hold spaces, as many programs write file names.
_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)(?:"|\\?$)|([^;]*))', re.S)
_ESCAPE = re.compile(r"\\(.)", re.S)
_SEGMENTS = 100  # RFC 2231 continuations of one parameter that are joined


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its parameters by lower-case name, RFC 2231 forms decoded.

    Encoded words (RFC 2047), which have no place in parameters and stand there all the same, are left
    to the reader, as are 8-bit bytes (surrogates). Where a parameter comes twice the first counts, but
    its extended form before its plain one. Linear in the length of the value.
    """
    head, _, rest = value.partition(";")
    words = head.split(None, 1)
    plain: dict[str, str] = {}
    extended: dict[str, list[tuple[int, bool, str]]] = {}
    if rest:
        for match in _PARAMETER.finditer(value, len(head)):
            name = match[1].lower()
            content = (match[3] or "").strip() if match[2] is None else _unescaped(match[2])
            if "*" in name:
                base, _, index = name.partition("*")
                extended.setdefault(base, []).append(_segment(index, content))
            else:
                plain.setdefault(name, content)
    for name, segments in extended.items():
        plain[name] = _joined(segments)
    return (words[0].lower() if words else ""), plain


def _unescaped(content: str) -> str:
    """Quoted pairs resolved, but for the backslashes of a Windows path, which nobody escapes."""
    if "\\" not in content or content[1:3] == ":\\":
        return content
    return _ESCAPE.sub(r"\1", content)


def _segment(index: str, content: str) -> tuple[int, bool, str]:
    """ "0*" is the first segment, percent-encoded; "" (from name*=) the only one, percent-encoded."""
    number = index.removesuffix("*")
    order = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return order, index == "" or index.endswith("*"), content


def _joined(segments: list[tuple[int, bool, str]]) -> str:
    charset: str | None = None
    pieces: list[bytes] = []
    for position, (_, encoded, content) in enumerate(sorted(segments[:_SEGMENTS], key=lambda item: item[0])):
        if encoded and position == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data = content.encode("utf-8", "surrogateescape")
        pieces.append(unquote_to_bytes(data) if encoded else data)
    return decode(b"".join(pieces), charset or "utf-8")[0]
