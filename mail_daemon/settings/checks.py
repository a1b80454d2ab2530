"""What no single value shows: names given twice, secrets named twice, roads without encryption.

Reads the documents, not the typed sections, so that these problems are told together with all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from mail_daemon.settings.document import Document, Problem, Where
from mail_daemon.settings.paths import socket_address
from mail_daemon.settings.public_domains import PUBLIC_DOMAINS
from mail_daemon.settings.secrets import Unreadable, read_password, read_secret

Found = Iterable[tuple[Where, Any]]


def across(settings: Document, agents: Document, accounts: Document) -> Iterator[Problem]:
    """Everything that the three files hold against one another and within themselves."""
    yield from _twins(settings, settings.each("mailboxes", "*", "name"))
    yield from _twins(agents, agents.each("agents", "*", "name"))
    yield from _twins(agents, agents.each("agents", "*", "address"))
    yield from _twins(accounts, accounts.each("accounts", "*", "name"))
    yield from _twins(accounts, accounts.each("accounts", "*", "domains", "*"))
    yield from _twins(accounts, accounts.each("accounts", "*", "contacts", "*"))
    yield from _twins(accounts, accounts.each("accounts", "*", "telephones", "*"))
    yield from _public_domains(settings, accounts)
    yield from _agents_at_the_desk(settings, agents)
    yield from _urls(settings)
    for where, section in [*settings.each("smtp"), *settings.each("mailboxes", "*")]:
        if isinstance(section, dict):
            yield from _passwords(settings, where, section)
            yield from _plaintext(settings, where, section)
            yield from _listening(settings, where, section)


def files(settings: Document, folder: Path) -> Iterator[Problem]:
    """Files that settings name and that can't be used."""
    for where, section in [
        *settings.each("database"),
        *settings.each("smtp"),
        *settings.each("mailboxes", "*"),
    ]:
        for key in ("password_file", "ca_file"):
            named = section.get(key) if isinstance(section, dict) else None
            if isinstance(named, str) and named.isprintable():
                yield from _file(settings, (*where, key), folder / named)


def channel_files(policy: Document, folder: Path) -> Iterator[Problem]:
    """The files with the channels of who is on call."""
    for where, named in policy.each("on_call", "people", "*", "channels_file"):
        if isinstance(named, str) and named.isprintable():
            try:
                read_secret(folder / named)
            except Unreadable as error:
                yield Problem(policy.place(where), str(error))


def loopback(host: str) -> bool:
    """True when what is sent to this host never leaves the machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _file(settings: Document, where: Where, path: Path) -> Iterator[Problem]:
    try:
        if where[-1] == "password_file":
            read_password(path)
        elif not path.is_file():
            raise Unreadable(f"{path} is no file; write the path of the authority's certificate (PEM)")
    except Unreadable as error:
        yield Problem(settings.place(where), str(error))


def _twins(document: Document, found: Found) -> Iterator[Problem]:
    first: dict[str, Where] = {}
    for where, value in found:
        word = _plain(value)
        if word and word in first:
            remedy = f"write another {where[-1]}" if isinstance(where[-1], str) else "write it once"
            text = f"{value!r} is taken, see {document.place(first[word])}; {remedy}"
            yield Problem(document.place(where), text)
        first.setdefault(word, where)


def _public_domains(settings: Document, accounts: Document) -> Iterator[Problem]:
    written = [value for _, value in settings.each("matching", "public_domains", "*")]
    configured = bool(list(settings.each("matching", "public_domains")))
    public = {_plain(domain) for domain in (written if configured else PUBLIC_DOMAINS)}
    for where, domain in accounts.each("accounts", "*", "domains", "*"):
        if _plain(domain) in public:
            text = f"{domain!r} is a public mail domain, shared by strangers; write addresses under contacts"
            yield Problem(accounts.place(where), text)


def _agents_at_the_desk(settings: Document, agents: Document) -> Iterator[Problem]:
    desk = {_plain(value) for _, value in [*settings.each("desk", "address"), *settings.each("desk", "aliases", "*")]}
    for where, address in agents.each("agents", "*", "address"):
        if _plain(address) in desk - {""}:
            text = f"{address!r} is the desk's own address, which would answer itself; write the agent's own"
            yield Problem(agents.place(where), text)


def _passwords(settings: Document, where: Where, section: dict[str, Any]) -> Iterator[Problem]:
    has = [key for key in ("password", "password_file") if section.get(key) is not None]
    logs_in = (where[0] == "smtp" and section.get("username") is not None) or section.get("type") == "imap"
    if len(has) == 2:
        text = "password and password_file both stand here; write one of them"
        yield Problem(settings.place((*where, "password")), text)
    if logs_in and not has:
        yield Problem(settings.place(where), "there is no password for the login; write password_file: FILE")
    if where[0] == "smtp" and has and section.get("username") is None:
        yield Problem(settings.place((*where, has[0])), "a password without a username; write username: NAME")


def _plaintext(settings: Document, where: Where, section: dict[str, Any]) -> Iterator[Problem]:
    allowed = str(section.get("allow_plaintext")).lower() in ("true", "yes", "on", "1")
    if section.get("security") == "none" and not allowed and not loopback(str(section.get("host", "localhost"))):
        text = (
            "security none would send passwords and mail readable over the network; "
            "write tls or starttls, or allow_plaintext: true beside it"
        )
        yield Problem(settings.place((*where, "security")), text)


def _listening(settings: Document, where: Where, section: dict[str, Any]) -> Iterator[Problem]:
    listen = section.get("listen")
    address = socket_address(listen) if isinstance(listen, str) else None
    if address and not (loopback(address[0]) and 0 < address[1] < 65536):
        text = f"{listen!r} is no port of this machine; write 127.0.0.1:PORT, [::1]:PORT or a socket's path"
        yield Problem(settings.place((*where, "listen")), text)


def _urls(settings: Document) -> Iterator[Problem]:
    for where, url in settings.each("database", "url"):
        if not str(url).startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")) or url == "sqlite:///":
            text = "this is no database; write sqlite:///var/mail-daemon.db or postgresql://user@host/name"
            yield Problem(settings.place(where), text)
        elif _has_password(str(url)) and list(settings.each("database", "password_file")):
            text = "the URL holds a password and password_file names one; write one of them"
            yield Problem(settings.place(where), text)
    for where, url in settings.each("blobs", "url"):
        if not str(url).startswith("file:") and "://" not in str(url):
            text = "this is no place for mails; write file:var/blobs or s3://bucket/folder"
            yield Problem(settings.place(where), text)


def _has_password(url: str) -> bool:
    login, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return bool(at) and ":" in login


def _plain(value: Any) -> str:
    """Names and addresses are compared like this; what is no text is compared with nothing."""
    return value.strip().lower() if isinstance(value, str) else ""
