"""What `check` says of who is on call."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon.cli import on_call
from mail_daemon.settings.loader import Configuration, load
from tests.commands import FILES

PEOPLE = """
on_call:
  people:
    - {name: ann, address: ann@desk.example, channels: ["json://hunter2@127.0.0.1/", "nothing://hunter2"]}
    - {name: cat, address: cat@sms.example, channels_file: cat.channels}
  shifts:
"""
ALWAYS = "    - {days: [mon, tue, wed, thu, fri, sat, sun], from: 00:00, until: 00:00, people: [ann, cat]}\n"
OFFICE = "    - {days: [mon, tue, wed, thu, fri], from: 08:00, until: 19:00, people: [ann]}\n"


def configured(folder: Path, policy: str) -> Configuration:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "policy.yaml").write_text(policy)
    (folder / "cat.channels").write_text("# Cat's telephone\n\nntfys://hunter2@ntfy.example/cat\nfax://hunter2\n")
    return load(folder, {})


def test_hours_without_anybody_are_named(tmp_path: Path) -> None:
    told = "\n".join(on_call.warnings(configured(tmp_path, PEOPLE + OFFICE)))
    assert "nobody is on call mon 00:00 to mon 08:00, mon 19:00 to tue 08:00," in told
    assert "fri 19:00 to sun 24:00; pages go to the admins by mail then" in told


def test_an_address_that_is_no_agents_is_named(tmp_path: Path) -> None:
    (told,) = on_call.warnings(configured(tmp_path, PEOPLE + ALWAYS))
    assert "cat is on call with cat@sms.example, which is no agent's address" in told


def test_a_policy_without_the_section_stays_valid_and_nobody_is_on_call(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "levels: {}\n")
    assert configuration.policy.on_call.people == ()
    assert "nobody is on call, so pages go to the admins by mail" in "\n".join(on_call.warnings(configuration))


def test_the_desks_own_address_sends_no_voicemails(tmp_path: Path) -> None:
    configuration = configured(tmp_path, PEOPLE + ALWAYS + "voicemail: {senders: [support@desk.example]}\n")
    assert "voicemail.senders: support@desk.example is the desk's own" in "\n".join(on_call.warnings(configuration))


def test_channels_that_apprise_does_not_know_are_told_by_number_and_without_their_secret(tmp_path: Path) -> None:
    told = list(on_call.unknown_channels(configured(tmp_path, PEOPLE + ALWAYS)))
    assert [line.partition(" is nothing")[0].partition(": ")[2] for line in told] == [
        "channel 2 of ann",
        "channel 2 of cat",
    ]
    assert "hunter2" not in "\n".join(told)


@pytest.mark.parametrize("policy", [PEOPLE + ALWAYS])
def test_files_with_channels_are_watched_and_must_be_closed_to_others(tmp_path: Path, policy: str) -> None:
    configuration = configured(tmp_path, policy)
    assert tmp_path / "cat.channels" in configuration.files
    assert tmp_path / "cat.channels" in on_call.secret_files(configuration)
    assert tmp_path / "policy.yaml" in on_call.secret_files(configuration)
    assert "hunter2" not in repr(configuration)
