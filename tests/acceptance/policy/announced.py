"""Maintenance as an admin announces it: a file, and the command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.commands import Done, Shell

STARTS = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=9)  # commands know the real time
FILE = """
id: sbc-7
service: Outbound calls
impact: OUTAGE
window: {{starts: {starts}, ends: {ends}, timezone: America/New_York}}
accounts: {accounts}
upgrade: {upgrade}
text: We replace the session border controllers.
"""


def announced(
    shell: Shell, verb: str = "announce", *, accounts: str = "[Acme]", upgrade: bool = False, later: int = 0
) -> Done:
    """The command on a file; `later`: by so many hours."""
    starts = STARTS + timedelta(hours=later)
    path = Path(shell.folder) / "maintenance.yaml"
    path.write_text(
        FILE.format(
            starts=starts.isoformat(timespec="minutes"),
            ends=(starts + timedelta(hours=4)).isoformat(timespec="minutes"),
            accounts=accounts,
            upgrade=str(upgrade).lower(),
        )
    )
    done = shell("maintenance", verb, path)
    assert done.code == 0, done.err
    return done
