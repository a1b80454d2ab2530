"""How a reading child is started and fenced: a fresh interpreter without our secrets or main module."""

from __future__ import annotations

import ctypes
import io
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing import context, popen_spawn_posix, reduction, resource_tracker, spawn, util
from typing import Any

# What an interpreter needs to start and to spell characters; anything else could be a secret.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONHOME")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def fence(parent: int, memory: int) -> None:
    """Runs first in the child: limits it to `memory` bytes of addresses and ties its life to `parent`'s.

    The terminal's SIGINT and a supervisor's SIGTERM go to the whole group; the daemon alone decides
    then how long its child is still needed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before prctl was called
            os._exit(1)


class _Launch(popen_spawn_posix.Popen):
    """Starts the interpreter as multiprocessing's spawn does, but leaves three things behind.

    These are our environment, our standard input and output, and our main module: a child that
    imported it again would load the whole daemon, or even run it.
    """

    def _launch(self, process_obj: Any) -> None:
        self._inherited: list[int] = []
        tracker = resource_tracker.getfd()
        letter = self._letter_to(process_obj)
        sentinel, child_holds = os.pipe()
        child_reads, we_write = os.pipe()
        self.sentinel = sentinel
        self.finalizer = util.Finalize(self, _close, (sentinel, we_write))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, nobody else's words
                spawn.get_command_line(tracker_fd=tracker, pipe_handle=child_reads),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                pass_fds=(
                    *self._inherited,
                    child_holds,
                    child_reads,
                    *([] if tracker is None else [tracker]),
                ),
            )
        finally:
            os.close(child_holds)
            os.close(child_reads)
        self.pid = self._process.pid
        # A child that is dead already is found by its sentinel, with its exit code.
        with suppress(BrokenPipeError), open(we_write, "wb", closefd=False) as pipe:
            pipe.write(letter)

    def duplicate_for_child(self, fd: int) -> int:
        """Called back while the letter is written, for each pipe in it."""
        self._inherited.append(fd)
        return fd

    def _letter_to(self, process_obj: Any) -> memoryview:
        preparation = spawn.get_preparation_data(process_obj.name)
        for way_to_main in ("init_main_from_name", "init_main_from_path"):
            preparation.pop(way_to_main, None)
        letter = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            reduction.dump(preparation, letter)
            reduction.dump(process_obj, letter)
        finally:
            context.set_spawning_popen(None)
        return letter.getbuffer()

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """The exit code (negative: the signal that killed it), or None while it runs."""
        if self.returncode is None:
            self.returncode = self._process.poll() if flag else self._process.wait()
        return self.returncode


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


class Child(context.SpawnProcess):
    """A process that is stopped by SIGKILL, since it ignores SIGTERM."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        return _Launch(process_obj)

    def terminate(self) -> None:
        self.kill()


class Context(context.SpawnContext):
    """A multiprocessing context of Children: spawned, never forked."""

    Process = Child
