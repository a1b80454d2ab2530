"""Who a mail says it is from, and what makes that say nothing: any doubt about From is no identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parsers.header import decoded, one_line
from parsers.mail import Address

_ADDRESS_LENGTH = 320  # RFC 5321 section 4.5.3.1: 64 before the @, 255 behind it
_FROM_LENGTH = 4000  # characters; a longer From is no person's
_NAME_LENGTH = 200

# What mail-parser remarks on that leaves no doubt which address is meant.
_HARMLESS = frozenset({"overlong-encoded-word", "structural-recovery", "invalid-encoded-word"})


def addresses(found: Iterable[tuple[str, str]]) -> tuple[Address, ...]:
    """Address values out of (name, address) pairs, each address once, without those that are none."""
    kept: dict[str, Address] = {}
    for name, address in found:
        clean = one_line(address).lower()
        if _is_address(clean):
            kept.setdefault(clean, Address(_name(name), clean))
    return tuple(kept.values())


def sender(
    values: Sequence[str], found: Sequence[tuple[str, str]], problems: Sequence[Mapping[str, Any]]
) -> tuple[Address, str | None]:
    """The sender, and why the From header proves nothing, in words, or None where it is whole.

    `values` are the From headers, their 8-bit bytes read; `found` and `problems` are what mail-parser
    made of the first.
    """
    read = addresses(found)
    shown = read[0] if read else Address(_name(values[0].partition("<")[0]) if values else "", "")
    return shown, _defect(values, found, read, problems) if values else "no From header"


def mended_comma(
    found: Sequence[tuple[str, str]], problems: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]] | None:
    """The sender of `Doe, Jane <jane@x>`, whose comma lacks its quotes; None where it is another case.

    What stands before the comma has no @, so that it can't be another address.
    """
    before = [str(problem["raw"]) for problem in problems if not problem["recovered"]]
    if len(found) != 1 or not before or any("@" in raw or "<" in raw for raw in before):
        return None
    name, address = found[0]
    return [(", ".join(part.strip() for part in [*before, name] if part.strip()), address)]


def _defect(
    values: Sequence[str],
    found: Sequence[tuple[str, str]],
    read: Sequence[Address],
    problems: Sequence[Mapping[str, Any]],
) -> str | None:
    if len(values) > 1:
        return "two From headers"
    if len(values[0]) > _FROM_LENGTH:
        return "From is too long"
    if not read:
        return "no address in From"
    if len(read) > 1 or len(found) > 1:
        return "two addresses in From"
    if "@" in read[0].name and read[0].name.strip("'\"<> ").lower() != read[0].address:
        return "an address in the name of From"
    if any(_doubtful(problem) for problem in problems):
        return "From is malformed"
    return None


def _doubtful(problem: Mapping[str, Any]) -> bool:
    return not problem["recovered"] or not set(str(problem["reason"]).split(",")) <= _HARMLESS


def _is_address(address: str) -> bool:
    local, _, domain = address.partition("@")
    whole = local and domain and "@" not in domain and " " not in address
    return bool(whole) and len(address) <= _ADDRESS_LENGTH


def _name(name: str) -> str:
    """Decoded where mail-parser did not know the charset or a character is cut in two words."""
    return (decoded(name) if "=?" in name else one_line(name))[:_NAME_LENGTH].strip()
