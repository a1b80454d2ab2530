"""What a trusted server of ours said of the sender, out of Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import authres
import authres.core
import authres.dmarc

from parsers.header import Headers, raw
from parsers.mail import Authentication
from parsers.parameters import parameters

_LENGTH = 4000  # characters of one field that are read
_SERVER = re.compile(r"\s*([^\s;()]+)")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"[a-z]{1,20}")
_CONTEXT = authres.FeatureContext(authres.dmarc)


def authentication(headers: Headers, from_domain: str, trusted_ids: Collection[str]) -> Authentication:
    """The results of trusted servers; all "none" where none spoke or what it said can't be read.

    Fields of other servers are forged as easily as any header and ignored. `from_domain` is the
    domain of the one From address, "" where there is no such: then nothing is aligned.
    """
    trusted = {name.lower() for name in trusted_ids}
    found = list(_trusted(headers, trusted)) if trusted else []
    if not found:
        return Authentication()
    results = [result for _, value in found for result in _results(value)]
    domain = from_domain.lower()
    open_ended = _signed_in_part(headers, domain)
    dkim = [result for result in results if result.method == "dkim"]
    return Authentication(
        authserv_id=found[0][0],
        dmarc=_dmarc(results, domain, open_ended),
        dkim=_best(dkim),
        spf=_best([result for result in results if result.method == "spf"]),
        dkim_aligned=not open_ended and any(_signs_for(result, domain) for result in dkim),
    )


def _trusted(headers: Headers, trusted: set[str]) -> Iterator[tuple[str, str]]:
    """The fields (server, value) that our own server wrote.

    A server writes at the top. What stands above the first Received came after the sender had no more
    say; below it only the topmost field counts, since a sender could have written the next.
    """
    received = some = False
    for name, value in headers.raw_items():
        low = name.lower()
        received = received or low == "received"
        if low != "authentication-results" or (received and some):
            continue
        match = _SERVER.match(_COMMENT.sub(" ", str(value)[:_LENGTH]))
        if match and match[1].lower() in trusted:
            some = True
            yield match[1].lower(), str(value)[:_LENGTH]


def _results(value: str) -> list[authres.core.AuthenticationResult]:
    readable = value.encode("ascii", "replace").decode("ascii")
    try:
        header = authres.core.AuthenticationResultsHeader.parse_value(_CONTEXT, readable)
    except (authres.core.AuthResError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return []
    return list(header.results)


def _best(results: list[authres.core.AuthenticationResult]) -> str:
    """Of several signatures one that passes is enough (RFC 6376 section 6.1)."""
    words = [result.result for result in results if _RESULT.fullmatch(result.result)]
    return "pass" if "pass" in words else (words[0] if words else "none")


def _dmarc(results: list[authres.core.AuthenticationResult], domain: str, open_ended: bool) -> str:
    for result in results:
        if result.method != "dmarc":
            continue
        if _property(result, "header", "from") not in ("", domain):
            return "none"  # it judged another From than the one that we read
        if result.result == "pass" and open_ended and not any(_sent_for(spf, domain) for spf in results):
            return "none"
        return _best([result])
    return "none"


def _signs_for(result: authres.core.AuthenticationResult, domain: str) -> bool:
    signer = _property(result, "header", "d") or _property(result, "header", "i").rpartition("@")[2]
    return result.result == "pass" and bool(domain) and signer == domain


def _sent_for(result: authres.core.AuthenticationResult, domain: str) -> bool:
    sender = _property(result, "smtp", "mailfrom").rpartition("@")[2]
    return bool(result.method == "spf" and result.result == "pass" and domain and sender == domain)


def _property(result: authres.core.AuthenticationResult, kind: str, name: str) -> str:
    for item in result.properties:
        if item.type == kind and item.name == name:
            return str(item.value or "").lower()
    return ""


def _signed_in_part(headers: Headers, domain: str) -> bool:
    """A signature of the domain's with l= covers the text's beginning: anybody can add to the rest."""
    for value in raw(headers, "DKIM-Signature"):
        tags = parameters(";" + value[:_LENGTH])[1]
        if "l" in tags and tags.get("d", "").lower() == domain:
            return True
    return False
