"""A month of 2,000 tickets: every letter that falls due goes out once, when it should, saying what it should.

Clocks go back on the first night, Veterans Day and Thanksgiving are holidays, agents answer late or never, an account
falls past due and pays, and the daemon is stopped for 30 hours. What must follow is counted by a model of its own
(tests/acceptance/month), which asks none of the program's clocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import event

from mail_daemon.cli.report_sla import groups
from mail_daemon.store.migrate import upgrade
from mail_daemon.store.promises import Opened
from mail_daemon.store.store import Store
from tests.acceptance import shipped
from tests.acceptance.month import lived, observed, script
from tests.acceptance.month.model import Life
from tests.acceptance.month.promised import Sent
from tests.acceptance.month.world import DAY, HOUR, LENGTH, Keeping, eastern, moment
from tests.servers import postgres
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.acceptance

SEED = 20261101
# Stopped from Tuesday 10 November, 22:00 in New York, over Veterans Day; it ticks only every 20 minutes for two days.
KEEPING = Keeping(
    stops=10 * DAY + 15 * HOUR,
    starts=11 * DAY + 21 * HOUR,
    coarse=16 * DAY,
    fine=18 * DAY,
    step=20,
)
# One account, by day: it falls past due, and pays on the 24th.
PAST_DUE = [*range(18, 42), *[0] * 10]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = Store("sqlite:///mail-daemon.db", base=tmp_path)
        event.listen(opened._writer, "connect", _hurried)
    else:
        if not postgres.installed():
            pytest.skip("PostgreSQL is missing: apt install postgresql")
        server: Postgres = request.getfixturevalue("postgres")
        opened = Store(server.url(server.database()))
    upgrade(opened)
    yield opened
    opened.close()


def _hurried(connection: Any, _: object) -> None:
    """No power is cut in this month, so that no commit need wait for the disk."""
    connection.execute("PRAGMA synchronous = OFF")


def test_every_letter_that_falls_due_goes_out_once(store: Store, tmp_path: Path) -> None:
    tickets = 2000 if store.url.get_backend_name() == "sqlite" else 300
    acts = script.written(tickets, SEED)
    lives = expected(acts)
    late = {(act.ticket, act.at) for life in lives for act in life.too_late}
    acts = [act for act in acts if (act.ticket, act.at) not in late]
    with structlog.testing.capture_logs() as logged:
        month = lived.Month(
            store, lived.month_desk(shipped.desk(tmp_path / "config", accounts=lived.ACCOUNTS)), KEEPING, PAST_DUE
        )
        month.live(acts)
    assert [line for line in logged if line["event"] in ("crashed", "clocks_failed")] == []
    assert sorted(map(repr, month.refused)) == sorted(repr(act) for life in lives for act in life.refused)
    compare(lives, list(observed.letters(month.office, {number: place for place, number in month.numbers.items()})))
    assert reported(month) == counted(lives)


def expected(acts: list[script.Act]) -> list[Life]:
    by_ticket: dict[int, list[script.Act]] = {}
    for act in acts:
        if act.at < LENGTH:
            by_ticket.setdefault(act.ticket, []).append(act)
    lives = []
    for number, of_ticket in sorted(by_ticket.items()):
        overdue = script.customer(number).account == "Overdue"
        life = Life(number, KEEPING, PAST_DUE if overdue else [0] * len(PAST_DUE))
        life.live(of_ticket)
        lives.append(life)
    return lives


def compare(lives: list[Life], found: list[Sent]) -> None:
    due = Counter(sent for life in lives for sent in life.sent)
    sent = Counter(found)
    kinds = Counter((each.letter, each.what) for each in found)
    print("\n" + "\n".join(f"{count:7} {letter} {what}" for (letter, what), count in sorted(kinds.items())))
    missing, surplus = sorted((due - sent).elements()), sorted((sent - due).elements())
    assert (missing[:20], surplus[:20]) == ([], []), f"{len(missing)} missing, {len(surplus)} too many"


def reported(month: lived.Month) -> Counter[tuple[str, object, str, str]]:
    counts: Counter[tuple[str, object, str, str]] = Counter()
    zone = ZoneInfo("America/New_York")
    with month.office.store.read() as work:
        for by in ("priority", "account", "month"):
            for group in groups(work, by, Opened(None, None), zone, now=moment(LENGTH)):
                for kind, tally in group.tallies.items():
                    for name in ("met", "broken", "open", "ended", "undue"):
                        counts[by, group.name, kind, name] += getattr(tally, name)
    return +counts


def counted(lives: list[Life]) -> Counter[tuple[str, object, str, str]]:
    counts: Counter[tuple[str, object, str, str]] = Counter()
    for life in lives:
        account, opened = script.customer(life.number).account, eastern(life.opened)
        for kind, outcome in life.outcomes():
            for by, group in (("priority", life.highest), ("account", account), ("month", f"{opened:%Y-%m}")):
                counts[by, group, kind, outcome] += 1
    return counts
