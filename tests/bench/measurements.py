"""Each function measures one thing and adds its figures to the report."""

from __future__ import annotations

import random
import time
from base64 import encodebytes
from statistics import median

from tests.bench import old_tickets
from tests.bench.desk import USER, Desk, Installation
from tests.bench.figures import Figure, Report, per_thousand
from tests.bench.measured import Usage
from tests.corpus import mails


def throughput(desk: Desk, report: Report, *, count: int, rounds: int) -> None:
    """The bare loop, the daemon, and the daemon with an agent to notify, `rounds` times each.

    Each round turns the order about, so that a machine that slows down or warms up favours none.
    """
    runs: dict[str, list[Usage]] = {"loop": [], "daemon": [], "daemon with an agent": []}
    samples = list(mails(count))
    answerable = sum(sample.answerable for sample in samples)
    for number in range(rounds):
        for name in sorted(runs, reverse=number % 2 == 0):
            desk.fill([sample.raw for sample in samples])
            before = desk.sink.count()
            runs[name].append(_run(desk, name, number))
            _check_arrived(desk, before, answerable)
    for name, measured in runs.items():
        cpu, rate = per_thousand(measured, count)
        report.add(Figure(f"{name}: CPU per 1,000 mails", cpu, "s"))
        report.add(Figure(f"{name}: mails", rate, "/s"))
    _ratios(report, runs)


def _run(desk: Desk, name: str, number: int) -> Usage:
    folder = f"{name.replace(' ', '-')}-{number}"
    if name == "loop":
        return desk.run_reference(folder)
    return desk.install(folder, agent=name != "daemon").run_once()


def _check_arrived(desk: Desk, before: int, expected: int) -> None:
    """Fewer letters at the sink than mails that must be answered would make the figures worthless."""
    arrived = desk.sink.count() - before
    if arrived < expected:
        raise RuntimeError(f"{arrived} letters at the sink, {expected} expected")


def _ratios(report: Report, runs: dict[str, list[Usage]]) -> None:
    """Each round compares runs that followed one another, so that a busy machine burdens both."""
    for name, cpu_goal, rate_goal in (("daemon", 1.25, 1.0), ("daemon with an agent", None, None)):
        pairs = list(zip(runs["loop"], runs[name], strict=True))
        rate = median(loop.wall / daemon.wall for loop, daemon in pairs)
        cpu = median(daemon.cpu / loop.cpu for loop, daemon in pairs)
        report.add(Figure(f"{name}: rate against the loop's", rate, "x", rate_goal, more_is_better=True))
        report.add(Figure(f"{name}: CPU against the loop's", cpu, "x", cpu_goal))


def memory(desk: Desk, report: Report, *, count: int) -> None:
    """The peak over a full mailbox, and over one mail of 25 MB; children included."""
    samples = list(mails(count, seed=2))
    answerable = sum(sample.answerable for sample in samples)
    for name, raws, expected, goal in (
        (f"mailbox of {count:,}", [sample.raw for sample in samples], answerable, 150.0),
        ("one mail of 25 MB", [large_mail(25_000_000)], 1, 400.0),
    ):
        desk.fill(raws)
        before = desk.sink.count()
        usage = desk.install(f"memory-{len(raws)}").run_once(memory=True)
        _check_arrived(desk, before, expected)
        report.add(Figure(f"{name}: peak memory, shared pages once (PSS)", usage.pss, "MB", goal))
        report.add(Figure(f"{name}: peak memory, sum of RSS", usage.rss, "MB"))


def large_mail(size: int) -> bytes:
    """A mail of `size` bytes, nearly all of it one attached archive."""
    head = (
        "From: Big Sender <big@sender.example>\r\nTo: support@desk.example\r\nSubject: The logs\r\n"
        "Message-ID: <big@sender.example>\r\nDate: Mon, 02 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        "Here are the logs.\r\n--b\r\nContent-Type: application/octet-stream; name=logs.bin\r\n"
        "Content-Disposition: attachment; filename=logs.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    content = encodebytes(random.Random(1).randbytes(size * 3 // 4)).replace(b"\n", b"\r\n")
    return head.encode() + content[: size - len(head) - 9] + b"\r\n--b--\r\n"


def latency(desk: Desk, report: Report, *, count: int) -> None:
    """From the moment before LMTP delivery to the sink's acceptance of the acknowledgement, under IDLE."""
    desk.fill([])
    waits = []
    with desk.install("latency").running():
        _deliver_and_wait(desk, seed=100)  # starting up does not count
        for number in range(count):
            time.sleep(random.uniform(0.3, 1.0))
            waits.append(_deliver_and_wait(desk, seed=101 + number))
    report.add(Figure(f"delivery to acknowledgement, median of {count}", median(waits), "s", 1.0))
    report.add(Figure("delivery to acknowledgement, slowest", max(waits), "s"))


def _deliver_and_wait(desk: Desk, *, seed: int) -> float:
    sample = next(mail for mail in mails(10, seed=seed) if mail.kind == "plain")
    before = desk.sink.count()
    begun = time.time()
    desk.dovecot.deliver(USER, sample.raw)
    desk.sink.wait_for(before + 1, seconds=60)
    (letter,) = desk.sink.letters(before)
    return letter.at - begun


def growth(desk: Desk, report: Report, *, tickets: int, count: int, rounds: int) -> None:
    """The CPU per mail with a few tickets in the database and with very many, in turn.

    The least of the rounds is compared: it is the one that the rest of the machine disturbed least.
    """
    empty, full = desk.install("few-tickets"), desk.install("many-tickets")
    for installation in (empty, full):
        desk.fill([])
        installation.run_once()
    old_tickets.add(full.database, tickets)
    pairs = [(_cpu(desk, empty, n, count), _cpu(desk, full, n, count)) for n in range(rounds)]
    few, many = (min(each) for each in zip(*pairs, strict=True))
    report.add(Figure(f"CPU per mail with {tickets:,} tickets against that with few", many / few, "x", 1.1))


def _cpu(desk: Desk, installation: Installation, number: int, count: int) -> float:
    desk.fill([sample.raw for sample in mails(count, seed=1000 + number)])
    return installation.run_once().cpu
