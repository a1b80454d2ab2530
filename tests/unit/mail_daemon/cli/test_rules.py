"""`mail-daemon rules test`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mail_daemon.cli.root import app

LINES = "# mine\n1\tDown\tAll our phones are down.\n4\tDown\tAll our phones are dead.\n2\tHi\tHello.\n"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "mails.tsv").write_text(LINES)
    return ["--config", str(tmp_path), "rules", "test", str(tmp_path / "mails.tsv")]


def test_json_tells_accuracy_confusion_and_misses_with_reasons(arguments: list[str]) -> None:
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (told["mails"], told["right"], told["grave"]) == (3, 1, 1)
    assert told["confusion"]["4"] == {"1": 1, "2": 0, "3": 0, "4": 0}
    miss = told["misses"][0]
    assert (miss["line"], miss["label"], miss["ranked"], miss["grave"]) == (3, 4, 1, True)
    assert miss["reasons"][0]["rule"] == "phones-dead (everyone)"


def test_the_table_shows_each_miss(arguments: list[str]) -> None:
    told = CliRunner().invoke(app, arguments).stdout
    assert "1 of 3 right, accuracy 33.3%" in told
    assert "mails.tsv:3: 4 was ranked 1 (grave), outage: Down" in told
    assert "no rule" in told


def test_a_wrong_line_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "mails.tsv"
    file.write_text("1\tonly a subject\n")
    result = CliRunner().invoke(app, ["--config", str(tmp_path), "rules", "test", str(file)])
    assert f"{file}:1: no labelled mail" in str(result.exception)
