"""A real SMTP server in its own process that keeps every letter it accepts, and misbehaves on request.

    with Sink(tmp_path) as sink:
        sink.mode("defer_rcpt", times=3)
        ...
        sink.wait_for(1000, seconds=60)
        assert {letter.recipients for letter in sink.letters()} == ...

Each letter is appended to one file before its 250, so what the file holds is what was accepted, in order,
even when the sink is killed; its memory stays flat. The modes stand in smtp_server.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from tests.servers.certificate import certificate
from tests.servers.smtp_server import MODES, Mode

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Letter:
    """One accepted letter. `at` is Unix time in seconds; `content` has CRLF lines, without the final dot."""

    at: float
    sender: str
    recipients: tuple[str, ...]
    user: str  # who logged in, "" for nobody
    encrypted: bool
    content: bytes


class Sink:
    """Starts, steers and reads the server process; the port and the letters outlive stop and start."""

    def __init__(
        self,
        folder: Path,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        users: dict[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.host = "127.0.0.1"
        self.port = 0
        self.ca_file = certificate(folder).cert if security != "none" else None
        self._folder = folder
        self._file = folder / "letters"
        self._security = security
        self._users = users or {}
        self._process: subprocess.Popen[str] | None = None
        self._counted = (0, 0)  # letters, and where in the file the next one begins

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process, "the sink is not running"
        return self._process.pid

    def start(self) -> None:
        self._file.touch()
        command = [sys.executable, "-m", "tests.servers.smtp_server", str(self._folder), str(self.port)]
        command += [self._security, json.dumps(self._users)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        self.port = int(self._heard())

    def stop(self) -> None:
        """Kills the process, as a power cut would; the letters stay readable."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def mode(self, name: str, *, times: int = 0, only: str = "", seconds: float = 0.0) -> None:
        """Behaves as MODES says from now on, or for the next `times` occasions and well after that.

        `only` limits mail and rcpt modes to addresses that contain it; `seconds` is how long "slow" takes.
        """
        assert self._process and self._process.stdin, "the sink is not running"
        assert name in MODES, f"{name} is none of {', '.join(MODES)}"
        self._process.stdin.write(json.dumps(asdict(Mode(name, times, only, seconds))) + "\n")
        self._process.stdin.flush()
        self._heard()

    def letters(self, start: int = 0) -> Iterator[Letter]:
        """What was accepted, in order, from the letter number `start`; one in memory at a time."""
        for number, (fields, _, content) in enumerate(_records(self._file)):
            if number >= start:
                yield Letter(**{**fields, "recipients": tuple(fields["recipients"])}, content=content)

    def count(self) -> int:
        count, position = self._counted
        for _, behind, _ in _records(self._file, position, contents=False):
            count, position = count + 1, behind
        self._counted = (count, position)
        return count

    def wait_for(self, count: int, seconds: float) -> None:
        """Returns once `count` letters were accepted in all; TimeoutError says how many were."""
        until = time.monotonic() + seconds
        while (have := self.count()) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{have} of {count} letters after {seconds} s")
            time.sleep(0.02)

    def _heard(self) -> str:
        assert self._process and self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sink died; its last words are on stderr")
        return line.strip()


def _records(file: Path, position: int = 0, *, contents: bool = True) -> Iterator[tuple[dict[str, Any], int, bytes]]:
    """Fields, the position behind the record, and the content, of each record that is whole."""
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.seek(position)
        while (line := stream.readline()).endswith(b"\n"):
            fields = json.loads(line)
            begin, length = stream.tell(), fields.pop("size")
            if begin + length + 1 > size:
                return  # being written just now
            content = stream.read(length) if contents else b""
            position = begin + length + 1
            stream.seek(position)
            yield fields, position, content
