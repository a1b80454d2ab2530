"""Whatever a mail does to the process that reads it, the daemon and the other mails go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from parsers.mail import Mail
from parsers.sandbox import Failure, Job, Reader, ReadingDown
from tests.unit.parsers import hostile_reader

ROOT = Path(__file__).parents[3]
MEMORY = 1_000_000_000
SECONDS = 0.5


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader(seconds=SECONDS, memory=MEMORY, read=hostile_reader.read)
    yield reader
    reader.close()


def read(reader: Reader, *mails: str) -> list[Mail | Failure]:
    jobs = [Job(id=number, raw=mail.encode()) for number, mail in enumerate(mails)]
    return reader.submit(jobs).result(60)


def subjects(results: list[Mail | Failure]) -> list[str]:
    return [result.subject if isinstance(result, Mail) else "FAILED" for result in results]


def failure(result: Mail | Failure) -> Failure:
    assert isinstance(result, Failure)
    return result


def test_a_batch_comes_back_in_order(reader: Reader) -> None:
    assert subjects(read(reader, "one", "two", "three")) == ["one", "two", "three"]


def test_the_child_opens_a_stored_mail_itself(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(b"from the file")
    job = Job(id=1, path=str(tmp_path / "mail.eml"))
    assert subjects(reader.submit([job]).result(10)) == ["from the file"]


def test_a_mail_whose_file_is_gone_fails_alone(reader: Reader, tmp_path: Path) -> None:
    results = reader.submit([Job(id=1, path=str(tmp_path / "gone.eml")), Job(id=2, raw=b"two")]).result(10)
    assert subjects(results) == ["FAILED", "two"]
    assert failure(results[0]).reason.startswith("FileNotFoundError")


def test_an_exception_fails_one_mail_and_brings_its_traceback(reader: Reader) -> None:
    results = read(reader, "one", "raise the\x1b[31m roof", "three")
    assert subjects(results) == ["one", "FAILED", "three"]
    assert failure(results[1]).reason == "ValueError: the [31m roof"
    assert "hostile_reader.py" in failure(results[1]).traceback


def test_an_unreadable_mail_says_only_why(reader: Reader) -> None:
    assert read(reader, "unreadable 10,001 parts; at most 1,000 are read") == [
        Failure("10,001 parts; at most 1,000 are read")
    ]


def test_exit_inside_a_library_fails_one_mail(reader: Reader) -> None:
    assert subjects(read(reader, "one", "exit", "three")) == ["one", "FAILED", "three"]


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        ("hang", "reading took longer than 0.5 s"),
        ("hang-in-c", "reading took longer than 0.5 s"),
        ("segfault", "the reading process was killed by SIGSEGV"),
        ("kill", "the reading process was killed by SIGKILL"),
    ],
)
def test_a_mail_that_takes_the_child_down_fails_alone(reader: Reader, mail: str, reason: str) -> None:
    results = read(reader, "one", mail, "three")
    assert subjects(results) == ["one", "FAILED", "three"]
    assert failure(results[1]).reason == reason


def test_a_mail_that_eats_memory_fails_alone_and_the_child_lives(reader: Reader) -> None:
    [before, eaten, after] = read(reader, "pid", "eat-memory", "pid")
    assert failure(eaten).reason.startswith("MemoryError")
    assert subjects([before]) == subjects([after])


def test_each_mail_of_a_batch_has_the_whole_time_limit() -> None:
    reader = Reader(seconds=0.6, memory=MEMORY, read=slow)
    try:
        assert subjects(read(reader, "one", "two", "three")) == ["one", "two", "three"]
    finally:
        reader.close()


def slow(raw: bytes, job: Job) -> Mail:
    time.sleep(0.3)
    return hostile_reader.read(raw, job)


def test_a_child_killed_while_idle_costs_no_mail(reader: Reader) -> None:
    [pid] = subjects(read(reader, "pid"))
    os.kill(int(pid), signal.SIGKILL)
    assert subjects(read(reader, "one")) == ["one"]
    [pid] = subjects(read(reader, "pid"))
    os.kill(int(pid), signal.SIGKILL)
    time.sleep(0.4)
    assert subjects(read(reader, "two")) == ["two"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_for_the_group_leave_the_child_at_work(reader: Reader, number: signal.Signals) -> None:
    [pid] = subjects(read(reader, "pid"))
    os.kill(int(pid), number)
    time.sleep(0.2)
    assert subjects(read(reader, "pid")) == [pid]


def test_the_child_inherits_no_secret(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_DAEMON__SMTP__PASSWORD", "secret")
    fresh = Reader(seconds=SECONDS, memory=MEMORY, read=hostile_reader.read)
    try:
        [environment, pid] = subjects(read(fresh, "environment", "pid"))
        assert "MAIL_DAEMON" not in environment
        assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    finally:
        fresh.close()


def test_nothing_that_a_mail_makes_a_library_say_is_seen(reader: Reader, capfd: pytest.CaptureFixture[str]) -> None:
    assert subjects(read(reader, "shout \x1b[2J")) == ["shout \x1b[2J"]
    assert capfd.readouterr() == ("", "")


def test_when_no_child_can_start_no_mail_is_blamed() -> None:
    reader = Reader(seconds=SECONDS, memory=20_000_000, read=hostile_reader.read)
    try:
        with pytest.raises(ReadingDown):
            reader.submit([Job(id=1, raw=b"one")]).result(20)
    finally:
        reader.close()


def test_a_closed_reader_leaves_no_child_even_in_mid_mail() -> None:
    reader = Reader(seconds=60, memory=MEMORY, read=hostile_reader.read)
    [pid] = subjects(read(reader, "pid"))
    hanging = reader.submit([Job(id=1, raw=b"hang")])
    time.sleep(0.2)
    reader.close()
    assert hanging.done()
    assert not psutil.pid_exists(int(pid))


PROGRAM = """
import sys, time
sys.path.insert(0, {root!r})
print("main runs", flush=True)
from parsers.sandbox import Job, Reader
from tests.unit.parsers import hostile_reader
reader = Reader(seconds=60, memory=1_000_000_000, read=hostile_reader.read)
print(reader.submit([Job(id=1, raw=b"pid")]).result(30)[0].subject, flush=True)
print(reader.submit([Job(id=1, raw=b"loaded")]).result(30)[0].subject, flush=True)
{then}
"""


def start(source: str, tmp_path: Path, how: str) -> subprocess.Popen[str]:
    script = tmp_path / "entry_point.py"
    script.write_text(source)
    command = {
        "script": [str(script)],
        "module": ["-m", "entry_point"],
        "command": ["-c", source],
    }[how]
    return subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True
    )


@pytest.mark.parametrize("how", ["script", "module", "command"])
def test_the_child_does_not_run_the_main_module_again(tmp_path: Path, how: str) -> None:
    # The script has no `if __name__ == "__main__"`, so a second import would be seen.
    with start(PROGRAM.format(root=str(ROOT), then="reader.close()"), tmp_path, how) as program:
        output, _ = program.communicate(timeout=60)
    assert output.count("main runs") == 1
    assert program.returncode == 0


def test_the_child_loads_none_of_the_daemon(tmp_path: Path) -> None:
    daemon = "import mail_daemon, sqlalchemy, typer\n" + PROGRAM.format(root=str(ROOT), then="reader.close()")
    with start(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + daemon, tmp_path, "script") as program:
        output, _ = program.communicate(timeout=60)
    loaded = output.splitlines()[-1].split()
    assert "parsers.message" in loaded
    assert not {"mail_daemon", "sqlalchemy", "typer", "responders"} & set(loaded)


@pytest.mark.parametrize("then", ["time.sleep(60)", "reader.submit([Job(id=1, raw=b'hang-in-c')]).result()"])
def test_no_child_outlives_a_killed_daemon(tmp_path: Path, then: str) -> None:
    with start(PROGRAM.format(root=str(ROOT), then=then), tmp_path, "script") as program:
        assert program.stdout
        program.stdout.readline()
        child = int(program.stdout.readline())
        time.sleep(0.3)
        program.kill()
    eventually(lambda: not psutil.pid_exists(child))


def test_an_exit_without_close_leaves_no_child_either(tmp_path: Path) -> None:
    with start(PROGRAM.format(root=str(ROOT), then="sys.exit()"), tmp_path, "script") as program:
        output, _ = program.communicate(timeout=60)
    eventually(lambda: not psutil.pid_exists(int(output.splitlines()[1])))


def eventually(outcome: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not outcome():
        assert time.monotonic() < deadline
        time.sleep(0.02)
