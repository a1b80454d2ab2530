"""Short texts to telephones and chats, by any service that apprise reaches. The only file that imports apprise.

A channel is one of apprise's URLs and a secret: no error and no log line repeats any of it but its scheme.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from email import charset
from typing import TYPE_CHECKING

from responders.transaction import Deferred, LeftOut, Refused

if TYPE_CHECKING:
    from apprise import NotifyBase

TIMEOUT = 10.0  # seconds for one text, whatever its server does

_STATUS = re.compile(r"\berror=([0-9]{3})\b")  # the HTTP status, as apprise's plugins log it
_SCHEME = re.compile(r"[A-Za-z0-9]{1,20}(?=://)")


class Push:
    """Used by one thread. It is handed letters as the mail server's `Relay` is.

    `channel` gives the URL of a recipient; it raises Refused or Deferred where there is none (now).
    """

    def __init__(self, channel: Callable[[str], str], *, timeout: float = TIMEOUT) -> None:
        self._channel = channel
        self._timeout = timeout
        self._hanging: dict[str, threading.Thread] = {}

    def send(self, envelope_from: str, recipients: Sequence[str], content: bytes) -> LeftOut:
        """Sends the text to the first recipient; `envelope_from` is a mail's. Raises Deferred or Refused."""
        url = self._channel(recipients[0])
        scheme = _SCHEME.match(url)
        name = f"{scheme[0].lower()}://" if scheme else "the channel"
        plugin = _plugin(url)
        if plugin is None:
            raise Refused(f"{name} is nothing that apprise knows; `mail-daemon check` says which channel it is")
        if (before := self._hanging.get(url)) and before.is_alive():
            raise Deferred(f"{name} still hangs in an earlier attempt")
        call = _Call(plugin, content.decode())
        call.start()
        call.join(self._timeout)
        if call.is_alive():
            self._hanging[url] = call
            raise Deferred(f"{name} took longer than {self._timeout:.0f} seconds")
        self._hanging.pop(url, None)
        if not call.accepted:
            raise Deferred(f"{name} did not take it{f': HTTP status {call.status}' if call.status else ''}")
        return {}

    def close(self) -> None:
        """Nothing stays open between two texts."""


def known(url: str) -> bool:
    """Whether apprise makes something of a channel's URL; it connects to nothing."""
    return _plugin(url) is not None


class _Call(threading.Thread):
    """One text on its way. A daemon's thread, since apprise's own ones hold up the end of the process."""

    def __init__(self, plugin: NotifyBase, text: str) -> None:
        super().__init__(name="push", daemon=True)
        self.accepted = False
        self.status = ""
        self._plugin = plugin
        self._text = text

    def run(self) -> None:
        listener = _Listener(self)
        log = logging.getLogger("apprise")
        log.addHandler(listener)
        try:
            self.accepted = bool(self._plugin.notify(body=self._text))
        except Exception:  # a plugin's own defect, whose text may hold the URL
            self.accepted = False
        finally:
            log.removeHandler(listener)


class _Listener(logging.Handler):
    """Takes the HTTP status, and nothing else, out of what a plugin logs in this thread."""

    def __init__(self, call: _Call) -> None:
        super().__init__()
        self._call = call

    def emit(self, record: logging.LogRecord) -> None:
        found = _STATUS.search(record.getMessage()) if record.thread == self._call.ident else None
        if found:
            self._call.status = found[1]


def _plugin(url: str) -> NotifyBase | None:
    charsets = charset.CHARSETS.copy()
    from apprise import Apprise, AppriseAsset  # late: half a second and 20 MB, for desks that have a channel

    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(_SILENCE)  # else Python prints what is logged, hosts and all
    try:
        return Apprise.instantiate(url, asset=AppriseAsset(storage_mode="memory"))
    finally:
        charset.CHARSETS.update(charsets)  # one of its plugins changes how the whole process encodes headers


_SILENCE = logging.NullHandler()
