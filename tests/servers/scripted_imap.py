"""An IMAP server that says exactly what a test wants: for servers that are broken or hostile."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS"


class Talk:
    """One connection, seen from the server."""

    def __init__(self, sock: socket.socket, heard: list[bytes]) -> None:
        self._sock, self._heard = sock, heard
        self._lines = sock.makefile("rb")

    def say(self, text: bytes | str) -> None:
        self._sock.sendall(text.encode() if isinstance(text, str) else text)

    def hear(self) -> bytes:
        """One line of the client; empty at the end."""
        line = self._lines.readline()
        self._heard.append(line)
        return line

    def answer(self, untagged: bytes | str = b"", status: str = "OK done") -> bytes:
        """Hears one command and answers it; returns the command."""
        line = self.hear()
        if line:
            self.say(untagged)
            self.say(f"{line.split()[0].decode(errors='replace')} {status}\r\n")
        return line

    def greet(self, capabilities: str = CAPABILITIES) -> None:
        """Says hello and answers the CAPABILITY that follows."""
        self.say("* OK ready\r\n")
        self.answer(f"* CAPABILITY {capabilities}\r\n")

    def log_in(self, capabilities: str = CAPABILITIES, *, mails: int = 1) -> None:
        """Everything up to the selected folder (done: keep, so EXAMINE)."""
        self.greet(capabilities)
        tag = self.hear().split()[0].decode()
        self.say("+ \r\n")
        self.hear()
        self.say(f"{tag} OK [CAPABILITY {capabilities}] welcome\r\n")
        self.select(mails)

    def select(self, mails: int = 1, *, validity: int = 7) -> None:
        self.answer()  # NOOP
        self.answer(f"* FLAGS (\\Seen)\r\n* {mails} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] ok\r\n")

    def list(self, *sizes: int) -> None:
        """Answers SEARCH with UIDs 1, 2, ... and the FETCH of their sizes."""
        self.answer("* SEARCH " + " ".join(str(uid + 1) for uid in range(len(sizes))) + "\r\n")
        date = '"25-Nov-2026 10:00:00 +0100"'
        lines = (
            f"* {uid} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE {date} FLAGS ())\r\n"
            for uid, size in enumerate(sizes, 1)
        )
        self.answer("".join(lines))


class ScriptedImap:
    """Serves one connection after another on a loopback port, each by the next script."""

    def __init__(self, *scripts: Callable[[Talk], None]) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(scripts,), daemon=True)

    def heard_credentials(self) -> bool:
        return any(re.search(rb"LOGIN|AUTHENTICATE", line, re.I) for line in self.heard)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self, scripts: tuple[Callable[[Talk], None], ...]) -> None:
        for script in scripts:
            with suppress(OSError):
                sock, _ = self._listener.accept()
                with sock:
                    script(Talk(sock, self.heard))
