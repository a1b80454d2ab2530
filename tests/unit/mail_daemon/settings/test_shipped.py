"""The files that ship: valid, complete, explained, and equal to the defaults that they tell."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mail_daemon.settings import init, yaml_lines
from mail_daemon.settings.loader import Configuration, load
from mail_daemon.settings.policy import Account, Agent
from mail_daemon.settings.sections import ImapMailbox, Settings

CONFIG = Path(str(files("config")))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder = tmp_path_factory.mktemp("config")
    init.write(folder)
    for name in ("imap.password", "smtp.password"):
        (folder / name).write_text("secret\n")
    return load(folder, {})


def test_the_policy_is_that_of_the_support_policy(shipped: Configuration) -> None:
    """Policy sections 2, 3, 5, 7 and 13."""
    policy = shipped.policy
    hours = timedelta(hours=1)
    assert [policy.levels[n].response / hours for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert [policy.levels[n].resolution for n in (1, 2, 3, 4)] == [None, None, 8 * hours, 48 * hours]
    assert [policy.levels[n].update_every for n in (1, 2, 3, 4)] == [hours, 2 * hours, None, None]
    assert (policy.after_hours.begins, policy.after_hours.ends) == (time(19), time(8))
    assert (policy.after_hours.telephone, policy.after_hours.press) == ("877-771-7464", "2")
    assert [(contact.name, contact.address) for contact in policy.escalation] == [
        ("Carlos Roman", "carlos@threepbx.com")
    ]
    assert (policy.billing.hourly_rate, policy.install_notice_days) == (Decimal("125.00"), 3)
    assert str(policy.billing.hourly_rate) == "125.00"
    assert (policy.billing.minimum / hours, policy.billing.increment / hours) == (1, 0.5)


def test_business_hours_are_monday_to_friday_eight_to_nineteen_eastern(shipped: Configuration) -> None:
    calendar = shipped.policy.calendar
    assert (calendar.timezone.key, calendar.holidays) == ("America/New_York", "US")
    assert [(span.opens, span.closes) for span in calendar.hours] == [(time(8), time(19))]
    assert calendar.hours[0].days == ("mon", "tue", "wed", "thu", "fri")


REQUIRED_OR_EXAMPLE = {
    "name",
    "address",
    "timezone",
    "host",
    "username",
    "password_file",
    "mailboxes",
    "desk",
    "smtp",
}


def test_every_value_shown_in_mail_daemon_yaml_is_the_default() -> None:
    data = yaml_lines.read(CONFIG / "mail-daemon.yaml").data
    written = Settings.model_validate(data)
    sections: list[BaseModel] = [getattr(written, name) for name in Settings.model_fields if name != "mailboxes"]
    for section in [*sections, *written.mailboxes]:
        for name, field in type(section).model_fields.items():
            if name not in REQUIRED_OR_EXAMPLE and not field.is_required():
                assert getattr(section, name) == field.default, name


def test_every_key_that_exists_is_shown() -> None:
    text = (CONFIG / "mail-daemon.yaml").read_text()
    data = yaml_lines.read(CONFIG / "mail-daemon.yaml").data
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type):
            assert set(data[name]) | {"password"} >= set(field.annotation.model_fields), name
    assert set(data["mailboxes"][0]) | {"password"} == set(ImapMailbox.model_fields)
    assert "type: maildir, path:" in text
    assert "type: lmtp, listen:" in text
    for file, model in (("agents.yaml", Agent), ("accounts.yaml", Account)):
        shown = (CONFIG / file).read_text()
        assert all(f"{key}: " in shown for key in model.model_fields)


@pytest.mark.parametrize("name", ["mail-daemon.yaml", "policy.yaml"])
def test_every_key_is_explained_by_a_comment_above_it(name: str) -> None:
    lines = (CONFIG / name).read_text().splitlines()
    document = yaml_lines.read(CONFIG / name)
    for where, place in document.places.items():
        parent: Any = document.data
        for part in where[:-1]:
            parent = parent[part]
        above, line = lines[place.line - 2].strip(), lines[place.line - 1].strip()
        section = isinstance(parent[where[-1]], dict | list)
        inline = isinstance(parent, list) or "{" in line or "," in line
        assert above.startswith("#") or section or inline, f"{name}:{place.line}"
