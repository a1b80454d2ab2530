"""The value types: what is read, and what is refused with the form to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.settings import types
from mail_daemon.settings.policy import Agent

PARSERS: tuple[Callable[[Any], Any], ...] = (
    types.parse_duration,
    types.parse_size,
    types.parse_zone,
    types.parse_address,
    types.parse_domain,
    types.parse_sender,
)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("1h30m", 5400), ("5d", 432000), (60, 60), ("60", 60), ("1.5", 1.5), ("0s", 0)],
)
def test_durations(written: Any, seconds: float) -> None:
    assert types.parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["soon", "", "-5", -5, "nan", "inf", "1h 30", True, "99999999999d", [], "5w"])
def test_no_durations(written: Any) -> None:
    with pytest.raises(ValueError, match="; write "):
        types.parse_duration(written)


@pytest.mark.parametrize("written", [19, "19", 1900, 19.5, True, "evening"])
def test_a_time_of_day_has_its_minutes(written: Any) -> None:
    with pytest.raises(ValueError, match="is no time of day; write it like 19:00"):
        types.parse_wall_time(written)
    assert types.parse_wall_time("19:00") == "19:00"


@pytest.mark.parametrize(("written", "size"), [("50MB", 50_000_000), ("256kB", 256_000), ("1 GB", 10**9), (7, 7)])
def test_sizes(written: Any, size: int) -> None:
    assert types.parse_size(written) == size


@pytest.mark.parametrize("host", ["mx.desk.example", "127.0.0.1", "::1"])
def test_hosts(host: str) -> None:
    assert types.parse_host(host) == types.parse_host(f"[{host}]") == host


@pytest.mark.parametrize("host", ["", "mx:25", "imaps://mx", "u@mx", "m x", "mx\r\n"])
def test_no_hosts(host: str) -> None:
    with pytest.raises(ValueError, match="; write "):
        types.parse_host(host.replace("\r\n", "\r\nx"))


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0", "", "  ", "\x1b[31m", "a\u2028b"])
def test_a_line_holds_no_control_characters(text: str) -> None:
    with pytest.raises(ValueError, match="; write one line of text"):
        types.one_line(text)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text())))
def test_whatever_is_written_is_read_or_refused_with_the_form_to_write(written: Any) -> None:
    for parser in PARSERS:
        try:
            parser(written)
        except ValueError as error:
            assert "; write " in str(error)


@pytest.mark.parametrize(
    "written", ["jörg@desk.example", "a b@desk.example", f"{'x' * 65}@desk.example", "(a)@x.example"]
)
def test_an_agent_whom_no_letter_can_reach_is_refused_before_every_notice_fails(written: str) -> None:
    with pytest.raises(ValueError, match="; write "):
        Agent.model_validate({"name": "jörg", "address": written})
    assert types.parse_sender("jörg@evil.example") == "jörg@evil.example"  # whom to refuse may be anybody
