"""Connecting to an IMAP server and logging in; no credential leaves before the connection is safe."""

from __future__ import annotations

import imaplib
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient, SocketTimeout

from mail_daemon.mailboxes.base import MailboxDown
from mail_daemon.mailboxes.imap.wire import Wire
from mail_daemon.settings.sections import ImapMailbox

TIMEOUT = SocketTimeout(connect=10, read=60)  # imapclient's own default is to wait for ever

# What a broken network raises, and what imaplib and imapclient raise when a server answers oddly.
ODDITIES = (
    imaplib.IMAP4.error,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
)


class Client(IMAPClient):  # type: ignore[misc]
    """imapclient over our own `wire`."""

    wire: Wire

    def __init__(self, section: ImapMailbox, context: ssl.SSLContext | None) -> None:
        super().__init__(section.host, section.port, ssl=context is not None, ssl_context=context, timeout=TIMEOUT)
        self.wire.debug = 0  # imapclient formats every line for its debug log: half of a fetch's time
        self.normalise_times = False

    def _create_IMAP4(self) -> Wire:
        self.wire = Wire(self.host, self.port, self.ssl_context, TIMEOUT)
        return self.wire

    def offers(self, capability: str) -> bool:
        return bool(self.has_capability(capability))

    def hang_up(self, *, politely: bool = False) -> None:
        """Closes the connection, after a LOGOUT if `politely`; never raises."""
        with suppress(*ODDITIES):
            if politely:
                self.wire.expect(seconds=5)
                self.logout()
        with suppress(*ODDITIES):
            self.wire.shutdown()


def connect(section: ImapMailbox, password: str) -> Client:
    """A connection that is logged in. Raises MailboxDown, before any credential is sent if it isn't safe."""
    with speaking_to(section, secret=password):
        context = ssl.create_default_context(cafile=section.ca_file)
        client = Client(section, context if section.security == "tls" else None)
        try:
            _secure(client, section, context)
            _log_in(client, section.username, password)
            client.capabilities()  # asked again: before the login they may have been others
        except BaseException:
            client.hang_up()
            raise
    return client


@contextmanager
def speaking_to(section: ImapMailbox, *, secret: str = "") -> Iterator[None]:
    """Turns whatever goes wrong with this server into MailboxDown, one line without the secret."""
    try:
        yield
    except ODDITIES as error:
        raise MailboxDown(f"{section.host}:{section.port}: {_one_line(error, secret)}") from error


def _secure(client: Client, section: ImapMailbox, context: ssl.SSLContext) -> None:
    wire = client.wire
    if wire.state != "NONAUTH":
        raise wire.error("the server says that we are logged in already (PREAUTH); refused")
    if section.security == "starttls":
        if "STARTTLS" not in wire.capabilities:
            raise wire.error("the server does not offer STARTTLS; write `security: tls` or look who is in between")
        client.starttls(context)
    if section.security == "none" and not (section.allow_plaintext or _loopback(client)):
        raise wire.error("`security: none` is for loopback; write tls or starttls, or `allow_plaintext: true`")


def _log_in(client: Client, username: str, password: str) -> None:
    if any(ord(character) < 32 for character in username + password):
        raise ValueError("the user name or the password holds control characters")
    client.wire.expect()
    capabilities = client.wire.capabilities
    if "AUTH=PLAIN" in capabilities:  # base64 (RFC 4616): takes every character
        client.sasl_login("PLAIN", lambda _: f"\0{username}\0{password}".encode())
    elif "LOGINDISABLED" in capabilities:
        raise client.wire.error("the server offers neither AUTH=PLAIN nor LOGIN")
    elif not (username + password).isascii():
        raise ValueError("the server's LOGIN takes ASCII alone, and user name or password holds more")
    else:
        quoted = username.replace("\\", "\\\\").replace('"', '\\"')  # imaplib quotes only the password
        client.login(f'"{quoted}"', password)


def _loopback(client: Client) -> bool:
    address = ipaddress.ip_address(client.wire.peer.partition("%")[0])
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _one_line(error: BaseException, secret: str) -> str:
    text = str(error) or type(error).__name__
    if secret:
        text = text.replace(secret, "***")
    return "".join(c if c.isprintable() else " " for c in text)[:300]
