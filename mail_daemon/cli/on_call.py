"""What `check` says of who is on call: hours without anybody, channels that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from mail_daemon.domain.calendar import DAYS
from mail_daemon.settings.loader import POLICY, Configuration

_DAY = timedelta(days=1)


def warnings(configuration: Configuration) -> Iterator[str]:
    """What works and is seldom meant."""
    policy = configuration.folder / POLICY
    on_call = configuration.policy.on_call
    if not on_call.shifts:
        yield f"{policy}: nobody is on call, so pages go to the admins by mail; write on_call.people and on_call.shifts"
    elif gaps := on_call.rota.gaps():
        hours = ", ".join(f"{_spoken(begins)} to {_spoken(ends)}" for begins, ends in gaps)
        yield f"{policy}: nobody is on call {hours}; pages go to the admins by mail then; write shifts for it"
    agents = {agent.address for agent in configuration.agents}
    for person in on_call.people:
        if person.address not in agents:
            yield (
                f"{policy}: {person.name} is on call with {person.address}, which is no agent's address, so a reply "
                "from it takes no ticket; write it in agents.yaml"
            )
    ours = configuration.settings.desk.addresses
    for sender in configuration.policy.voicemail.senders:
        if sender in ours:
            yield f"{policy}: voicemail.senders: {sender} is the desk's own, and its mails are set aside; write another"


def unknown_channels(configuration: Configuration) -> Iterator[str]:
    """Channels that apprise makes nothing of. Their URLs are secrets, so they are told by number."""
    people = [(person, person.urls()) for person in configuration.policy.on_call.people]
    if not any(urls for _, urls in people):
        return
    from responders.push import known  # late: apprise takes half a second

    for person, urls in people:
        for number, url in enumerate(urls, start=1):
            if not known(url):
                policy = configuration.folder / POLICY
                yield (
                    f"{policy}: channel {number} of {person.name} is nothing that apprise knows; "
                    "write one of its URLs, like ntfys://ntfy.example/topic"
                )


def secret_files(configuration: Configuration) -> list[Path | None]:
    """Files that hold channels."""
    people = configuration.policy.on_call.people
    inline = [configuration.folder / POLICY for person in people if person.channels]
    return [*inline, *(person.channels_file for person in people)]


def _spoken(into_week: timedelta) -> str:
    day, rest = divmod(into_week, _DAY)
    minutes = rest // timedelta(minutes=1)
    if into_week == timedelta(weeks=1):
        return "sun 24:00"
    return f"{DAYS[day]} {minutes // 60:02}:{minutes % 60:02}"
