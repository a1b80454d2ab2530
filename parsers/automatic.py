"""Which mails no person wrote: RFC 3834 and the rest of the field's marks."""

from __future__ import annotations

from parsers import header
from parsers.header import Headers


def automatic(message: Headers, subject: str, envelope_sender: str | None) -> str | None:
    submitted = header.text(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted not in ("", "no"):
        return "auto-reply" if submitted == "auto-replied" else "auto-generated"
    if header.text(message, "Precedence").lower() in ("bulk", "junk", "list"):
        return "bulk"
    if header.text(message, "List-Id"):
        return "list"
    return "null-sender" if envelope_sender == "" else None
