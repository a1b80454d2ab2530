"""The daemon killed again and again at random moments while it works, and what that did to the mails.

python -m tests.acceptance.killed --kills 100 --mails 1000
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.acceptance.audit import Audit, audit
from tests.acceptance.desk import Desk
from tests.acceptance.sent import Sent
from tests.corpus import Origin, Sample, mails
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

# A kill comes a moment after one of these: while it starts, takes in, files, or delivers.
COLUMNS = (
    "engine",
    "mails",
    "kills",
    "filed",
    "quarantined",
    "lost",
    "tickets",
    "answers",
    "letters",
    "sent twice",
    "seconds",
)
ENGINES = ("sqlite", "postgresql")
MOMENTS = ("started", "received", "filed", "sent")
LONGEST_PAUSE = 0.15  # seconds from that event to the kill
# Random kills may hit the same innocent mail in hand again and again; three would put it in quarantine as
# one that ends the daemon, which is right, and another test's matter.
CHANGES = {"limits": {"reading_attempts": 1_000_000}}


@dataclass(frozen=True, slots=True)
class Life:
    """One process, in Unix time; `after` is the event that its end followed."""

    begun: float
    killed: float
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    lives: list[Life]
    books: Audit
    problems: list[str]
    seconds: float


def run(desk: Desk, dovecot: Dovecot, *, count: int, kills: int, seed: int) -> Outcome:
    """Puts in some of the mails before each life; the first tenth in peace, so that it can be replied to."""
    try:
        return _run(desk, dovecot, count, kills, seed)
    finally:
        desk.kill()


def _run(desk: Desk, dovecot: Dovecot, count: int, kills: int, seed: int) -> Outcome:
    rng, begun = random.Random(seed), time.monotonic()
    samples = list(mails(count // 10, seed=seed))
    dovecot.place("support", [sample.raw for sample in samples])
    with desk.running_daemon():
        desk.finish(sample.raw for sample in samples)
    origins = [Origin(sent.message_id, sent.to) for sent in desk.letters() if sent.answers]
    rest = list(mails(count - len(samples), seed=seed + 1, replies_to=origins))
    lives = [_live_and_die(desk, dovecot, part, rng) for part in _parts(rest, kills)]
    samples += rest
    at_peace = time.time()
    with desk.running_daemon():
        desk.finish(sample.raw for sample in samples)
    books = audit(desk, samples, origins=origins)
    problems = [*books.problems, *_inexcusable(desk.letters(), lives, at_peace)]
    return Outcome(lives, books, problems, time.monotonic() - begun)


def _live_and_die(desk: Desk, dovecot: Dovecot, part: Sequence[Sample], rng: random.Random) -> Life:
    after, pause = rng.choice(MOMENTS), rng.uniform(0, LONGEST_PAUSE)
    dovecot.place("support", [sample.raw for sample in part])
    seen = len(desk.log(after))
    begun = time.time()
    desk.start()
    desk.wait_for_log(after, count=seen + 1)
    time.sleep(pause)
    killed = time.time()
    desk.kill()
    return Life(begun, killed, after)


def _parts(samples: Sequence[Sample], count: int) -> Iterator[Sequence[Sample]]:
    edges = [round(len(samples) * number / count) for number in range(count + 1)]
    return (samples[begin:end] for begin, end in pairwise(edges))


def _inexcusable(letters: Sequence[Sent], lives: Sequence[Life], at_peace: float) -> Iterator[str]:
    """A letter may go out again only when it was the last that a process handed over before it was killed.

    Its bytes may still have been on the way to the server then, so what came before the next life counts;
    the last of these begins `at_peace`.
    """
    ends = [*(life.begun for life in lives[1:]), at_peace]
    excused = set()
    for life, end in zip(lives, ends, strict=True):
        if handed := [at for at, each in enumerate(letters) if life.begun <= each.at < end]:
            excused.add(handed[-1])
    last: dict[str, int] = {}
    for position, each in enumerate(letters):
        before = last.get(each.message_id)
        if before is not None and before not in excused:
            yield f"{each.message_id} went out again, though it was not in hand at any kill"
        last[each.message_id] = position


@contextmanager
def engine(name: str) -> Iterator[str]:
    """The URL of an empty database."""
    if name == "sqlite":
        yield "sqlite:///var/mail-daemon.db"
    else:
        with Postgres() as server:
            yield server.url(server.database())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="may be repeated; default: both")
    given = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    problems = [
        problem
        for name in given.engine or ENGINES
        for problem in _run_and_tell(name, given.mails, given.kills, given.seed)
    ]
    print(*problems, sep="\n")
    raise SystemExit(1 if problems else 0)


def _run_and_tell(name: str, count: int, kills: int, seed: int) -> list[str]:
    with (
        engine(name) as url,
        tempfile.TemporaryDirectory() as folder,
        Dovecot() as dovecot,
        Sink(Path(folder) / "sink") as sink,
    ):
        desk = Desk(Path(folder), sink=sink, dovecot=dovecot, database=url, changes=CHANGES)
        done = run(desk, dovecot, count=count, kills=kills, seed=seed)
    books = done.books
    lost = count - books.filed - books.quarantined
    seconds = round(done.seconds)
    row = (name, count, len(done.lives), books.filed, books.quarantined, lost, books.tickets)
    print("|", *row, books.acknowledged, books.letters, len(books.repeats), seconds, "|", sep=" | ", flush=True)
    return done.problems


if __name__ == "__main__":
    main()
