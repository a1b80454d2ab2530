"""The sink's process: a thread per connection, one append-only file of letters, one mode in force.

Started by sink.py; a line of JSON on stdin sets the mode, and the end of stdin ends the process.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import ssl
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tests.servers.certificate import certificate
from tests.servers.smtp_session import Cut, Envelope, Session, Terms

# Mode: the point of the dialogue where it bites, and what is said there; None cuts the connection.
MODES: dict[str, tuple[str, str | None]] = {
    "ok": ("", ""),
    "busy": ("connect", "421 4.3.2 too busy"),
    "defer_mail": ("mail", "451 4.3.0 try again later"),
    "defer_rcpt": ("rcpt", "451 4.7.1 greylisted, try again later"),
    "refuse_rcpt": ("rcpt", "550 5.1.1 no such user"),
    "cut_data": ("data", None),
    "defer_data": ("end", "451 4.3.0 try again later"),
    "refuse_data": ("end", "554 5.6.0 not wanted"),
    "lose_answer": ("kept", None),  # accepted and kept, but the client never hears the 250
    "slow": ("end", ""),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """`times` 0 means for ever; `only` limits mail and rcpt modes to addresses that contain it."""

    name: str = "ok"
    times: int = 0
    only: str = ""
    seconds: float = 0.0  # how long "slow" takes


class Server:
    def __init__(self, folder: Path, port: int, terms: Terms) -> None:
        self._terms = terms
        self._lock = threading.Lock()
        self._mode = Mode()
        self._file = os.open(folder / "letters", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(connection, self._terms, self._trouble, self._keep)
            threading.Thread(target=session.run, daemon=True).start()

    def set(self, mode: Mode) -> None:
        with self._lock:
            self._mode = mode

    def _trouble(self, point: str, address: str) -> str:
        """What goes wrong at this point of the dialogue: an answer to give instead, or "" for nothing."""
        with self._lock:
            mode = self._mode
            where, said = MODES[mode.name]
            if where != point or mode.only not in address:
                return ""
            if mode.times:
                self._mode = replace(mode, times=mode.times - 1) if mode.times > 1 else Mode()
        time.sleep(mode.seconds)
        if said is None:
            raise Cut
        return said

    def _keep(self, envelope: Envelope, content: bytes, user: str, encrypted: bool) -> None:
        fields = {
            "at": time.time(),
            "sender": envelope.sender,
            "recipients": envelope.recipients,
            "user": user,
            "encrypted": encrypted,
            "size": len(content),
        }
        record = json.dumps(fields).encode() + b"\n" + content + b"\n"
        with self._lock:
            os.write(self._file, record)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("security", choices=["none", "starttls", "tls"])
    parser.add_argument("users", type=json.loads)
    given = parser.parse_args()
    context = None
    if given.security != "none":
        made = certificate(given.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.cert, made.key)
    server = Server(given.folder, given.port, Terms(context, given.security == "tls", given.users))
    threading.Thread(target=server.serve, daemon=True).start()
    print(server.port, flush=True)
    for line in sys.stdin:  # ends with the parent, and the process with it
        server.set(Mode(**json.loads(line)))
        print("ok", flush=True)


if __name__ == "__main__":
    main()
