"""make bench: measures everything and prints a table and a line of JSON.

--short       fewer rounds and smaller mailboxes: two minutes
--only NAME   one of throughput, memory, latency, growth, clocks, triage, loop (the bare loop alone)
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import measurements
from tests.bench.clocks import clocks
from tests.bench.desk import Desk, desk
from tests.bench.figures import Figure, Report, per_thousand
from tests.bench.triage import triage
from tests.corpus import mails
from tests.servers import dovecot

Measurement = Callable[[Desk, Report], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", choices=["throughput", "memory", "latency", "growth", "clocks", "triage", "loop"])
    given = parser.parse_args()
    if not dovecot.installed():
        print("The bench needs Dovecot: apt install dovecot-imapd dovecot-lmtpd")
        return
    report = Report()
    chosen = _measurements(given.short)
    names = [given.only] if given.only else ["throughput", "memory", "latency", "growth", "clocks", "triage"]
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/var/tmp") as folder, desk(Path(folder)) as place:
        for name in names:
            chosen[name](place, report)
    report.print()


def _measurements(short: bool) -> dict[str, Measurement]:
    few, mailbox, letters, rounds = (2, 1000, 5, 2) if short else (7, 5000, 30, 5)
    full = 1000 if short else 3000  # mails of a full mailbox: the start, of a second, is a part of every run
    tickets, each = (50_000, 500) if short else (1_000_000, 1000)
    return {
        "loop": lambda d, r: _loop(d, r, rounds=3),
        "throughput": lambda d, r: measurements.throughput(d, r, count=full, rounds=few),
        "memory": lambda d, r: measurements.memory(d, r, count=mailbox),
        "latency": lambda d, r: measurements.latency(d, r, count=letters),
        "growth": lambda d, r: measurements.growth(d, r, tickets=tickets, count=each, rounds=rounds),
        "triage": lambda _, r: triage(r, count=2000),
        "clocks": lambda d, r: clocks(d, r, few=1000, many=tickets, rounds=rounds),
    }


def _loop(place: Desk, report: Report, *, rounds: int) -> None:
    raws = [sample.raw for sample in mails(1000)]
    runs = []
    for number in range(rounds):
        place.fill(raws)
        runs.append(place.run_reference(f"loop-{number}"))
    cpu, rate = per_thousand(runs, len(raws))
    report.add(Figure("loop: CPU per 1,000 mails", cpu, "s"))
    report.add(Figure("loop: mails", rate, "/s"))


if __name__ == "__main__":
    main()
