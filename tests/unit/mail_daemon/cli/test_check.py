"""The static part of `check`: problems stop the daemon, warnings are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon.cli.check import Checked, check_configuration
from mail_daemon.settings.init import write

MAIN = """
desk: {name: Support, address: support@desk.example, timezone: UTC}
smtp: {host: localhost, security: none}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail-daemon.yaml").write_text(MAIN)
    write(tmp_path)
    return tmp_path


def checked(folder: Path) -> Checked:
    return check_configuration(folder, {})


def test_a_bare_desk_is_usable_and_warned_of(folder: Path) -> None:
    found = checked(folder)
    assert found.problems == ()
    assert found.configuration is not None
    main, agents = folder / "mail-daemon.yaml", folder / "agents.yaml"
    assert found.warnings == (
        f"{agents}: nobody is told of new tickets; write your agents",
        f"{main}: nobody is told of broken files; write desk.admins, or admin: true for an agent",
        f"{main}: there is no mailbox, and mail comes by `mail-daemon ingest` alone; write mailboxes",
        f"{main}: smtp goes to localhost without encryption; write security: tls or starttls",
        f"{folder / 'policy.yaml'}: nobody is on call, so pages go to the admins by mail; "
        "write on_call.people and on_call.shifts",
    )


def test_agents_without_a_trusted_server_are_warned_of(folder: Path) -> None:
    (folder / "agents.yaml").write_text("agents: [{name: ann, address: ann@desk.example, admin: true}]")
    assert any("trusted.authserv_ids is empty" in line for line in checked(folder).warnings)
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write("trusted: {authserv_ids: [mx.desk.example]}\n")
    assert len(checked(folder).warnings) == 3  # no mailbox, no encryption, nobody on call


@pytest.mark.parametrize(
    ("proof", "told"),
    [
        ("token", "matching.agent_proof is token, so whoever gets hold of a notice can command the desk"),
        ("address", "matching.agent_proof is address, so whoever writes an agent's address into From can command"),
    ],
)
def test_asking_for_less_proof_of_agents_is_warned_of(folder: Path, proof: str, told: str) -> None:
    (folder / "agents.yaml").write_text("agents: [{name: ann, address: ann@desk.example, admin: true}]")
    with (folder / "mail-daemon.yaml").open("a") as file:
        file.write(f"matching: {{agent_proof: {proof}}}\n")
    [line] = [line for line in checked(folder).warnings if "agent_proof is" in line or "are proven" in line]
    assert told in line


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_warned_of(folder: Path, mode: int) -> None:
    (folder / "secret.key").chmod(mode)
    key = folder / "secret.key"
    assert f"{key}: others may read this secret; write chmod 600 {key}" in checked(folder).warnings


def test_a_policy_that_is_left_to_ours_and_an_account_of_nobody(folder: Path) -> None:
    (folder / "policy.yaml").unlink()
    (folder / "accounts.yaml").write_text("accounts: [{name: Acme}]")
    told = "\n".join(checked(folder).warnings)
    assert "policy.yaml: missing, so the shipped one and its contacts stand" in told
    assert "Acme matches nobody; write its domains or contacts" in told


def test_problems_leave_no_configuration(folder: Path) -> None:
    (folder / "mail-daemon.yaml").write_text(MAIN + "smpt: {}\n")
    found = checked(folder)
    assert found.configuration is None
    assert found.problems == (f"{folder}/mail-daemon.yaml:4: smpt: this key is unknown; write smtp",)
