"""The file of `maintenance announce`: read whole, or refused with the line of each mistake and what to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from mail_daemon.domain.maintenance import Announcement
from mail_daemon.settings.document import ConfigError
from mail_daemon.settings.maintenance_file import MaintenanceFile, read

KNOWN = ("Acme", "Borealis")
GOOD = """
id: sbc-1
service: Outbound calls
impact: OUTAGE
window:
  starts: 2026-12-05 01:00
  ends: 2026-12-05 05:00
  timezone: America/New_York
accounts: [Acme]
text: |
  We replace
  a router.

  Nothing else.
"""
Reading = Callable[[str], MaintenanceFile]
Refusal = Callable[[str], list[str]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def from_text(text: str) -> MaintenanceFile:
        path = tmp_path / "m.yaml"
        path.write_text(text, encoding="utf-8")
        return read(path, KNOWN)

    return from_text


@pytest.fixture
def refusal(reading: Reading, tmp_path: Path) -> Refusal:
    """What is wrong with a file, each as line: text."""

    def of(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            reading(text)
        return [problem.removeprefix(f"{tmp_path / 'm.yaml'}:") for problem in caught.value.problems]

    return of


def test_a_whole_file_is_read(reading: Reading) -> None:
    file = reading(GOOD)
    assert file.said == Announcement(
        key="sbc-1",
        service="Outbound calls",
        impact="OUTAGE",
        starts=datetime(2026, 12, 5, 6, tzinfo=UTC),
        ends=datetime(2026, 12, 5, 10, tzinfo=UTC),
        accounts=("Acme",),
        texts={"": "We replace a router.\n\nNothing else."},
        upgrade=False,
    )
    assert file.window.endswith("m.yaml:6")


def test_times_may_bring_their_own_zone(reading: Reading) -> None:
    text = GOOD.replace("2026-12-05 01:00", "2026-12-05T07:00+01:00").replace("2026-12-05 05:00", "2026-12-05T10:00Z")
    said = reading(text.replace("  timezone: America/New_York\n", "")).said
    assert (said.starts.hour, said.ends.hour) == (6, 10)


def test_all_accounts_and_a_text_for_each_language(reading: Reading) -> None:
    text = GOOD.replace("[Acme]", "all").partition("text:")[0] + "text: {en: Hello., de: Guten Tag.}\n"
    said = reading(text).said
    assert (said.accounts, said.texts) == ((), {"en": "Hello.", "de": "Guten Tag."})


def test_the_example_that_ships_can_be_announced() -> None:
    said = read(Path(str(files("config"))) / "maintenance.example.yaml", KNOWN).said
    assert (said.accounts, said.upgrade, sorted(said.texts)) == ((), True, ["de", "en"])


def test_a_missing_file_says_where_an_example_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such file; maintenance\.example\.yaml"):
        read(tmp_path / "none.yaml", KNOWN)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("[Acme]", "[Acme, Acmee]", 9, "accounts.1: there is no account 'Acmee'; write Acme"),
        ("[Acme]", "[zzz]", 9, "there is no account 'zzz'; write one that `mail-daemon accounts list` shows"),
        ("[Acme]", "[]", 9, "write their names like [Acme, Borealis], or all"),
        ("[Acme]", "Acme", 9, "write their names like [Acme, Borealis], or all"),
        ("05 05:00", "05 01:00", 7, "window.ends: this ends before it starts; write a later time"),
        ("  timezone: America/New_York\n", "", 6, "this time has no zone; write timezone: America/New_York"),
        ("America/New_York", "Eastern", 8, "'Eastern' is no time zone; write an IANA name"),
        ("2026-12-05 01:00", "Saturday", 6, "'Saturday' is no time; write it like 2026-12-05 01:00"),
        ("2026-12-05 01:00", "2026-12-05", 6, "'2026-12-05' is no time; write it like 2026-12-05 01:00"),
        ("OUTAGE", "BAD", 4, "'BAD' is unknown here; write NO-IMPACT, REDUCED-REDUNDANCY, DEGRADED or OUTAGE"),
        ("id: sbc-1", "id: a b", 2, "'a b' doesn't fit; write it like sbc-2026-12"),
        ("service: Outbound calls", "service: " + "x" * 121, 3, "has 121 characters and stands in the subject"),
        ("service: Outbound calls\n", "", 1, "service: this key is missing; write service: Outbound calls of the US"),
        ("impact:", "imapct:", 4, "this key is unknown; write impact"),
        ("text: |\n  We", 'text: "a\\e[2J"\nx: |\n  We', 10, "holds a control character; write plain text"),
    ],
)
def test_each_mistake_is_told_with_its_line(refusal: Refusal, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    problems = refusal(GOOD.replace(old, new))
    assert any(problem.startswith(f"{line}: ") and says in problem for problem in problems), problems


def test_an_empty_text_says_what_to_write(refusal: Refusal) -> None:
    (problem,) = refusal(GOOD.partition("text:")[0] + "text: {en: '  ', de: Hallo}\n")
    assert problem == "10: text.en: this is empty; write what is done and what customers will notice"


def test_a_time_that_the_clocks_skip_is_none(refusal: Refusal) -> None:
    text = GOOD.replace("2026-12-05 01:00", "2027-03-14 02:30").replace("2026-12-05", "2027-03-14")
    (problem,) = refusal(text)
    assert problem == (
        "6: window.starts: the clocks of America/New_York skip this time that day; write an earlier or later one"
    )


def test_a_time_that_the_clocks_show_twice_asks_which(refusal: Refusal, reading: Reading) -> None:
    text = GOOD.replace("2026-12-05", "2026-11-01")
    text = text.replace("01:00", "01:30")
    (problem,) = refusal(text)
    assert problem.endswith("write which: 2026-11-01T01:30:00-04:00 or 2026-11-01T01:30:00-05:00")
    assert reading(text.replace("2026-11-01 01:30", "2026-11-01T01:30:00-05:00")).said.starts.hour == 6
