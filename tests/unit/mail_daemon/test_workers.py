"""A worker repeats its step, waits when idle, rests when something is down, and survives its own defects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from mail_daemon import maillog, workers
from mail_daemon.workers import Worker


class Down(Exception):
    """What the worker needs can't be reached."""


Step = Callable[[], bool]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_FIRST_PAUSE", timedelta(milliseconds=1))


@pytest.fixture
def running() -> Iterator[Callable[..., Worker]]:
    """Starts workers, and stops them at the end."""
    started: list[Worker] = []

    def start(step: Step, *, tick: float = 0.01, **arguments: object) -> Worker:
        worker = Worker("test", step, down=(Down,), tick=tick, **arguments)  # type: ignore[arg-type]
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()
        worker.join(2)
        assert not worker.is_alive()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def answers(*given: bool | Exception) -> tuple[Step, list[float]]:
    """A step that gives these answers, then False; and the times of its calls."""
    left, calls = list(given), [0.0] * 0

    def step() -> bool:
        calls.append(time.monotonic())
        answer = left.pop(0) if left else False
        if isinstance(answer, Exception):
            raise answer
        return answer

    return step, calls


def test_a_busy_worker_goes_on_without_waiting(running: Callable[..., Worker]) -> None:
    step, calls = answers(*[True] * 100)
    running(step, tick=60)
    wait_until(lambda: len(calls) == 101)


def test_an_idle_worker_sleeps_until_it_is_woken(running: Callable[..., Worker]) -> None:
    step, calls = answers()
    worker = running(step, tick=60)
    wait_until(lambda: len(calls) == 1)
    time.sleep(0.02)
    assert len(calls) == 1
    worker.wake()
    wait_until(lambda: len(calls) == 2)


def test_an_idle_worker_looks_again_at_every_tick(running: Callable[..., Worker]) -> None:
    step, calls = answers()
    running(step, tick=0.001)
    wait_until(lambda: len(calls) > 3)


def test_a_bell_that_rings_during_a_step_is_heard(running: Callable[..., Worker]) -> None:
    rung = threading.Event()
    calls = []

    def step() -> bool:
        calls.append(1)
        if not rung.is_set():
            rung.set()
            worker.wake()
        return False

    worker = Worker("test", step, down=(Down,), tick=60)
    worker.start()
    wait_until(lambda: len(calls) == 2)
    worker.stop()
    worker.join(2)


def test_what_is_down_is_tried_again(running: Callable[..., Worker]) -> None:
    step, calls = answers(Down("no route"), Down("no route"), True)
    worker = running(step)
    wait_until(lambda: len(calls) >= 4)
    wait_until(lambda: worker.failure is None)


def test_what_is_down_is_told(running: Callable[..., Worker]) -> None:
    step, _ = answers(*[Down("no route")] * 1000)
    worker = running(step)
    wait_until(lambda: worker.failure == "no route")


def test_pauses_grow_while_something_is_down(running: Callable[..., Worker]) -> None:
    step, calls = answers(*[Down("no route")] * 7)
    running(step)
    wait_until(lambda: len(calls) >= 7)
    assert calls[6] - calls[5] > 3 * (calls[1] - calls[0]) or calls[6] - calls[5] > 0.02


def test_a_defect_of_the_program_does_not_end_the_thread(running: Callable[..., Worker]) -> None:
    step, calls = answers(ZeroDivisionError("oops"), True)
    worker = running(step)
    wait_until(lambda: len(calls) >= 3)
    assert worker.is_alive()


def test_a_worker_that_rests_or_sleeps_stops_at_once(
    running: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_FIRST_PAUSE", timedelta(minutes=1))
    for given in (False, Down("no route")):
        step, calls = answers(given)
        worker = running(step, tick=60)
        wait_until(lambda calls=calls: len(calls) == 1)  # type: ignore[misc]
        begun = time.monotonic()
        worker.stop()
        worker.join(2)
        assert time.monotonic() - begun < 1


def test_its_beat_goes_on_while_it_is_idle(running: Callable[..., Worker]) -> None:
    step, _ = answers()
    worker = running(step, tick=0.001)
    before = worker.beat
    wait_until(lambda: worker.beat > before)


def test_waiting_of_its_own_may_fail_too(running: Callable[..., Worker]) -> None:
    def idle() -> None:
        raise Down("connection lost")

    step, calls = answers()
    worker = running(step, idle=idle)
    wait_until(lambda: worker.failure == "connection lost")
    wait_until(lambda: len(calls) > 2)


def told(monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[str]]:
    """The pauses and the recoveries that the log tells of."""
    pauses: list[float] = []
    recoveries: list[str] = []
    monkeypatch.setattr(maillog, "waiting", lambda _, __, seconds: pauses.append(seconds))
    monkeypatch.setattr(maillog, "recovered", lambda _, after: recoveries.append(after))
    return pauses, recoveries


def test_pauses_grow_where_steps_succeed_and_every_wait_fails(
    running: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, recoveries = told(monkeypatch)
    drops = [Down("the server closed the connection")] * 7

    def idle() -> None:
        if drops:
            raise drops.pop()
        time.sleep(0.005)

    worker = running(answers()[0], idle=idle)
    wait_until(lambda: worker.failure is None and bool(recoveries))
    assert len(pauses) == 7
    assert pauses[-1] > 16 * pauses[0]  # doubled six times, and spread by a quarter
    assert recoveries == ["the server closed the connection"]


def test_a_lost_connection_that_a_step_mends_has_recovered_at_once(
    running: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, recoveries = told(monkeypatch)
    waits = [Down("closed")]

    def idle() -> None:
        if waits:
            raise waits.pop()
        worker.stopping.wait(60)

    step, _ = answers(False, Down("refused"), False)
    worker = running(step, idle=idle, tick=60)
    wait_until(lambda: recoveries == ["refused"])
    assert len(pauses) == 2


# --- once -------------------------------------------------------------------------------------------------


def test_once_it_ends_when_nothing_more_can_come(running: Callable[..., Worker]) -> None:
    step, calls = answers(True, True)
    worker = running(step, once=lambda: True)
    worker.join(2)
    assert len(calls) == 3
    assert worker.failure is None


def test_once_it_waits_for_what_may_still_come(running: Callable[..., Worker]) -> None:
    ended = threading.Event()
    step, calls = answers()
    worker = running(step, once=ended.is_set, tick=0.001)
    wait_until(lambda: len(calls) > 2)
    assert worker.is_alive()
    ended.set()
    worker.join(2)
    assert not worker.is_alive()


def test_once_what_came_last_is_still_worked_on(running: Callable[..., Worker]) -> None:
    """The others may hand something over and end between a worker's step and its question whether they ended."""
    work: list[int] = []
    others_ended = threading.Event()
    done = []

    def step() -> bool:
        if work:
            done.append(work.pop())
            return True
        if not others_ended.is_set():
            work.append(1)
            others_ended.set()
        return False

    running(step, once=others_ended.is_set, tick=0.001).join(2)
    assert done == [1]


def test_once_the_first_failure_ends_it_and_is_kept(running: Callable[..., Worker]) -> None:
    step, calls = answers(Down("no route"))
    worker = running(step, once=lambda: False)
    worker.join(2)
    assert (len(calls), worker.failure) == (1, "no route")
