"""The log: one line an event, and nothing that a mail says can write a line, a field or a colour of its own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail_daemon import maillog

HOSTILE = 'no\r\n2026-01-01 event=sent to=eve\x1b[31mred\x00\u2028\u202e\x85 "quoted" a=b'


@pytest.fixture(autouse=True)
def fresh_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log writes to the stderr of this very test."""
    monkeypatch.setattr(maillog, "_log", structlog.get_logger())
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()  # which splits at every kind of line end


@pytest.mark.parametrize("as_json", [True, False])
def test_what_a_mail_says_stays_in_its_line(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    maillog.configure(as_json=as_json)
    maillog.quarantined(7, HOSTILE)
    (line,) = lines(capsys)
    assert line.isprintable()
    assert "x1b" in line  # what it was is still told


def test_a_value_can_not_pass_for_a_field_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    maillog.configure()
    maillog.sent(7, "acknowledgement", 'x" event=forged to="eve')
    (line,) = lines(capsys)
    assert 'to="x\\" event=forged to=\\"eve"' in line


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.text())
def test_no_text_at_all_writes_a_second_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    maillog.configure(as_json=True)
    maillog.retried(1, 2, text)
    (line,) = lines(capsys)
    event = json.loads(line)
    assert (event["event"], event["inbound"], event["attempt"]) == ("retried", 1, 2)
    assert event["reason"].isprintable()


@pytest.mark.parametrize("value", ["x" * 1_000_000, "\n" * 1_000_000])
def test_a_long_value_is_cut(capsys: pytest.CaptureFixture[str], value: str) -> None:
    maillog.configure()
    maillog.letter_failed(7, "notice", value)
    (line,) = lines(capsys)
    assert 400 < len(line) < 1500


def test_an_event_has_a_time_a_level_and_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    maillog.configure(as_json=True)
    maillog.filed(7, "TPBX-1042", "new", 3)
    event = json.loads(capsys.readouterr().err)
    time = event.pop("timestamp")
    assert time.endswith(("Z", "+00:00"))
    assert event == {
        "event": "filed", "level": "info", "inbound": 7, "ref": "TPBX-1042", "match": "new", "priority": 3,
    }  # fmt: skip


def test_a_defect_is_told_with_its_traceback_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    maillog.configure()
    try:
        raise ZeroDivisionError("a\nb")
    except ZeroDivisionError as error:
        maillog.crashed("filer", error)
    (line,) = lines(capsys)
    assert "Traceback (most recent call last)" in line
    assert 'error="ZeroDivisionError: a\\\\nb"' in line or "ZeroDivisionError: a\\nb" in line


def test_nothing_is_written_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    maillog.configure()
    maillog.stopped()
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is missing: Linux has it")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_log_on_a_full_disk_loses_its_lines_and_stops_nobody(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    disk = io.TextIOWrapper(io.FileIO("/dev/full", "w"), line_buffering=True, write_through=True)
    monkeypatch.setattr(sys, "stderr", disk)
    maillog.configure(as_json=as_json)
    maillog.waiting("filer", "the disk is full", 1.0)
    with pytest.raises(OSError, match="No space left"):
        disk.write("what the log says goes nowhere")
