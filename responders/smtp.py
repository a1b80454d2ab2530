"""The mail server that takes our letters, over one kept connection. The only file that imports smtplib.

smtplib does the connection, its TLS and the replies. The mail transaction is our own few lines: `sendmail`
parses each address again, walks the letter with a regular expression and waits four times for the server.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from responders.addresses import BadAddress, wire
from responders.transaction import Deferred, LeftOut, Refused, Stale, Transaction, Unreachable, said
from responders.wire import on_the_wire, one_line

# One `send` waits for at most so many answers, reconnecting included: a claim must outlive them all.
MOST_WAITS = 20


class Relay:
    """Used by one thread; only `abort` may be called from another.

    `timeout` is in seconds and bounds each wait for the server. No credentials leave before the certificate
    of `host` has been verified (against `ca_file`, where given), unless `security` is "none".
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: Literal["tls", "starttls", "none"] = "starttls",
        ca_file: Path | None = None,
        username: str | None = None,
        password: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._ca_file = ca_file
        self._username = username
        self._password = password or ""
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None

    def send(self, envelope_from: str, recipients: Sequence[str], content: bytes) -> LeftOut:
        """Hands one mail over; `envelope_from` may be "" (the null sender). Returns when the server has it.

        The result is empty when the server took the mail for every recipient. Raises Deferred or Refused when
        it took it for none, and Unreachable when it could not even be asked.
        """
        try:
            sender = wire(envelope_from) if envelope_from else ""
            addresses = [wire(recipient) for recipient in recipients]
        except BadAddress as error:
            raise Refused(str(error)) from error
        try:
            left_out = self._hand_over(Transaction(sender, addresses, on_the_wire(content)))
        except (OSError, Stale) as error:  # smtplib's own exceptions are OSErrors
            self._drop()
            raise Deferred(_why(error)) from error
        pairs = zip(recipients, addresses, strict=True)
        return {recipient: left_out[address] for recipient, address in pairs if address in left_out}

    def check(self) -> str:
        """Logs in and says in one line what the server showed. Raises Unreachable."""
        self.close()
        smtp = self._connected()
        sock = smtp.sock
        tls = sock.version() if isinstance(sock, ssl.SSLSocket) else None
        seen = [
            f"{self._host}:{self._port}",
            f"{tls}, certificate verified" if tls else "no TLS",
            f"logged in as {self._username}" if self._username is not None else "no login",
            "offers " + (", ".join(sorted(smtp.esmtp_features)).upper() or "no extensions"),
        ]
        self.close()
        return one_line("; ".join(seen))

    def close(self) -> None:
        """Says QUIT, without waiting long for the answer."""
        if self._smtp is not None:
            with suppress(OSError):
                _socket(self._smtp).settimeout(2)
                self._smtp.quit()
        self._drop()

    def abort(self) -> None:
        """Ends a `send` that another thread waits in: it raises Deferred at once."""
        smtp = self._smtp
        if smtp is not None:
            with suppress(OSError):
                _socket(smtp).shutdown(socket.SHUT_RDWR)

    def _hand_over(self, transaction: Transaction) -> LeftOut:
        if self._smtp is not None:
            with suppress(Stale):  # the server hung up while we were idle: no failure of this letter
                return transaction.run(self._smtp, self._smtp.esmtp_features)
            self._drop()
        smtp = self._connected()
        return transaction.run(smtp, smtp.esmtp_features)

    def _connected(self) -> smtplib.SMTP:
        try:
            smtp = _connect(self._host, self._port, self._timeout, self._tls_from_the_start())
            try:
                self._secure_and_log_in(smtp)
            except BaseException:
                smtp.close()
                raise
        except (OSError, UnicodeError) as error:  # a host name that can't be one is a UnicodeError
            raise Unreachable(f"{self._host}:{self._port}: {_why(error)}") from error
        self._smtp = smtp
        return smtp

    def _secure_and_log_in(self, smtp: smtplib.SMTP) -> None:
        _greet(smtp)
        if self._security == "starttls":
            _start_tls(smtp, self._host, self._context())
            _greet(smtp)
        if self._username is not None:
            _log_in(smtp, self._username, self._password)

    def _tls_from_the_start(self) -> ssl.SSLContext | None:
        return self._context() if self._security == "tls" else None

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except OSError as error:
            raise Unreachable(one_line(f"{self._ca_file} holds no usable certificates: {error}")) from error

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _connect(host: str, port: int, timeout: float, tls: ssl.SSLContext | None) -> smtplib.SMTP:
    # Without a name of ours smtplib asks the DNS for it, which can take long.
    name = socket.gethostname()
    if tls is not None:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=timeout, context=tls)
    else:
        smtp = smtplib.SMTP(host, port, local_hostname=name, timeout=timeout)
    if "." not in name:  # RFC 5321 section 4.1.3: no full name, so our address
        address = _socket(smtp).getsockname()[0]
        smtp.local_hostname = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    return smtp


def _greet(smtp: smtplib.SMTP) -> None:
    reply = smtp.ehlo()
    if reply[0] != 250:
        raise smtplib.SMTPHeloError(*reply)


def _start_tls(smtp: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
    """As smtplib's own, but nothing may have been slipped in behind the server's "go ahead" (RFC 3207)."""
    if not smtp.has_extn("starttls"):
        raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS; no login and no mail was sent")
    reply = smtp.docmd("STARTTLS")
    if reply[0] != 220:
        raise smtplib.SMTPResponseException(*reply)
    plain = _socket(smtp)
    patience = plain.gettimeout()
    plain.settimeout(0)
    slipped_in = smtp.file.peek(1) if smtp.file else b""
    plain.settimeout(patience)
    if slipped_in:
        raise smtplib.SMTPException("text stood between STARTTLS and TLS; no login and no mail was sent")
    smtp.sock = context.wrap_socket(plain, server_hostname=host)
    smtp.file = None


def _log_in(smtp: smtplib.SMTP, username: str, password: str) -> None:
    """PLAIN in UTF-8 (RFC 4616); smtplib's own fails on a password beyond ASCII."""
    if "PLAIN" in smtp.esmtp_features.get("auth", "").upper().split():
        secret = b64encode(f"\0{username}\0{password}".encode()).decode("ascii")
        reply = smtp.docmd("AUTH", f"PLAIN {secret}")
        if reply[0] != 235:
            raise smtplib.SMTPAuthenticationError(*reply)
        return
    try:
        smtp.login(username, password)
    except UnicodeError as error:  # its text quotes the password
        raise smtplib.SMTPException("this server's ways to log in take no password beyond ASCII") from error


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the server hung up")
    return smtp.sock


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return said((error.smtp_code, text if isinstance(text, bytes) else str(text).encode()))
    return one_line(str(error) or type(error).__name__)


__all__ = ["MOST_WAITS", "Deferred", "LeftOut", "Refused", "Relay", "Unreachable"]
