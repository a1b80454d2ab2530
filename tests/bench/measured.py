"""Runs a command as a process of its own and says what it cost, with all its children and orphans.

As a program it becomes the reaper of whatever the command leaves behind, so that the CPU of a fork server,
whose parent never waits for it, is counted as well.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
LINGER = 10.0  # seconds that orphans get to end by themselves


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of wall (until the command itself ended) and of CPU; peak megabytes of the process tree.

    PSS shares what several processes map in common among them, RSS counts it for each.
    Both are sampled, and 0 where memory was not asked for.
    """

    status: int
    wall: float
    cpu: float
    pss: float
    rss: float


class Failed(Exception):
    """The measured command ended with another status than 0; the message holds its last words."""


def measure(command: Sequence[str], *, memory: bool = False) -> Usage:
    """Runs `command` from the root of the project. Raises Failed."""
    arguments = [sys.executable, "-m", "tests.bench.measured", *(["--memory"] if memory else []), "--"]
    done = subprocess.run([*arguments, *command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stderr[-4000:]}")
    usage = Usage(**json.loads(done.stdout.splitlines()[-1]))
    if usage.status:
        raise Failed(f"{' '.join(command)} ended with {usage.status}:\n{done.stderr[-4000:]}")
    return usage


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun = time.perf_counter()
    process = subprocess.Popen(given.command, stdout=sys.stderr)
    usage = _memory_until_end(process, begun) if given.memory else _until_end(process, begun)
    print(json.dumps(asdict(usage)))


def _until_end(process: subprocess.Popen[bytes], begun: float) -> Usage:
    _, status, spent = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    cpu = spent.ru_utime + spent.ru_stime + _reap_orphans()
    return Usage(os.waitstatus_to_exitcode(status), wall, cpu, 0, 0)


def _memory_until_end(process: subprocess.Popen[bytes], begun: float) -> Usage:
    pss = rss = 0
    while True:
        pid, status, spent = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        now = _memory()
        pss, rss = max(pss, now[0]), max(rss, now[1])
        time.sleep(0.02)
    wall = time.perf_counter() - begun
    cpu = spent.ru_utime + spent.ru_stime + _reap_orphans()
    return Usage(os.waitstatus_to_exitcode(status), wall, cpu, pss / 1e6, rss / 1e6)


def _memory() -> tuple[int, int]:
    """PSS and RSS in bytes of everything below this process."""
    pss = rss = 0
    for child in psutil.Process().children(recursive=True):
        try:
            used = child.memory_full_info()
        except psutil.Error:
            continue  # it has just ended
        pss, rss = pss + used.pss, rss + used.rss
    return pss, rss


def _reap_orphans() -> float:
    """The CPU seconds of what the command left behind, which is killed if it does not end soon."""
    cpu, until = 0.0, time.monotonic() + LINGER
    while True:
        try:
            pid, _, spent = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return cpu
        if pid:
            cpu += spent.ru_utime + spent.ru_stime
            continue
        if time.monotonic() > until:
            for child in psutil.Process().children(recursive=True):
                child.send_signal(signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
