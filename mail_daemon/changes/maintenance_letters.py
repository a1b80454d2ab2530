"""The letters about planned maintenance: one mail for each reader, with an entry for the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from mail_daemon.desk import Desk
from mail_daemon.domain.identity import Role
from mail_daemon.domain.maintenance import (
    OVER_FOR_READER,
    Announcement,
    News,
    maintnote_status,
    paragraphs,
    wording,
)
from mail_daemon.store.rows import Draft
from mail_daemon.store.rows_duties import Maintenance
from mail_daemon.writing import NO_PROMISES, Thread, desk_facts, draft, no_ticket
from responders.invitation import Entry, Method, parts
from responders.letter import Letter, MaintenanceFacts
from responders.renderer import Rendered
from responders.times import spoken, spoken_duration
from responders.values import bare

LETTER = "maintenance"


@dataclass(frozen=True, slots=True)
class Post:
    """A letter that is due to one reader; `before` are the Message-IDs of the earlier ones, oldest first."""

    reader: str
    account: str
    news: News
    before: tuple[str, ...] = ()
    text: str = ""  # what the admin adds to a cancellation or completion


def written(
    desk: Desk, said: Announcement, before: Maintenance | None, posts: Iterable[Post], *, sequence: int, now: datetime
) -> Iterator[Draft]:
    """One ready mail for each post, in their order; readers of one account share the work of rendering."""
    shown: tuple[tuple[str, News], Letter, Rendered] | None = None
    for post in posts:
        if shown is None or shown[0] != (post.account, post.news):
            letter = letter_of(desk, said, before, post)
            shown = (post.account, post.news), letter, desk.renderer.render(letter)
        _, letter, rendered = shown
        entry = _entry(desk, said, post, rendered, sequence=sequence, now=now)
        forms, file = parts(entry)
        yield draft(
            desk,
            letter,
            post.reader,
            role=Role.CUSTOMER,
            ticket_id=None,
            thread=Thread(post.before[-1], post.before[:-1]) if post.before else Thread(),
            replied=False,
            now=now,
            enclosures=(file,),
            forms=forms,
            rendered=rendered,
        )


def letter_of(desk: Desk, said: Announcement, before: Maintenance | None, post: Post) -> Letter:
    """In the language and by the clock of the account."""
    own, account = desk.settings.desk, desk.directory.accounts.get(post.account)
    language = (account.language if account else None) or own.language
    zone = (account.timezone if account else None) or own.timezone
    return Letter(
        name=LETTER,
        language=language,
        desk=desk_facts(desk),
        ticket=no_ticket(),
        promises=NO_PROMISES,
        what=post.news,
        detail=paragraphs(post.text),
        maintenance=_facts(desk, said, before if post.news == News.UPDATED else None, post.account, zone, language),
    )


def running(maintenances: Iterable[Maintenance], zone: ZoneInfo, language: str) -> tuple[MaintenanceFacts, ...]:
    """What a letter about a ticket tells of the maintenance that is going on."""
    return tuple(
        MaintenanceFacts(
            id=each.key,
            service=each.service,
            impact=each.impact.lower(),
            starts=spoken(each.starts, zone, language),
            ends=spoken(each.ends, zone, language),
        )
        for each in maintenances
    )


def _facts(
    desk: Desk, said: Announcement, before: Maintenance | None, account: str, zone: ZoneInfo, language: str
) -> MaintenanceFacts:
    return MaintenanceFacts(
        id=said.key,
        service=said.service,
        impact=said.impact.lower(),
        starts=spoken(said.starts, zone, language),
        ends=spoken(said.ends, zone, language),
        lasts=spoken_duration(said.ends - said.starts, language),
        account=account,
        text=paragraphs(wording(said.texts, language, desk.settings.desk.language, "en")),
        started_before=spoken(before.starts, zone, language) if before and before.starts != said.starts else "",
        ended_before=spoken(before.ends, zone, language) if before and before.ends != said.ends else "",
        upgrade=said.upgrade,
    )


def _entry(desk: Desk, said: Announcement, post: Post, rendered: Rendered, *, sequence: int, now: datetime) -> Entry:
    own = desk.settings.desk
    return Entry(
        uid=_uid(said.key, post.account, own.domain),
        sequence=sequence,
        stamp=now,
        starts=said.starts,
        ends=said.ends,
        summary=bare(rendered.subject),
        description=rendered.text,
        organizer=own.name,
        organizer_address=own.address,
        attendee_address=post.reader,
        provider=own.domain,
        account=post.account,
        maintenance=said.key,
        service=said.service,
        impact=said.impact,
        status=maintnote_status(post.news, said.starts, now),
        method=_method(desk, post.news),
    )


def _uid(key: str, account: str, domain: str) -> str:
    """One for each account, since whoever reads notices by program may have several accounts with us."""
    return f"maintenance-{key}-{sha256(account.encode('utf-8', 'replace')).hexdigest()[:12]}@{domain}"


def _method(desk: Desk, news: News) -> Method:
    # Once the work is done, nobody has anything left to enter into a calendar.
    if not desk.policy.maintenance.invitations or news == News.COMPLETED:
        return ""
    return "CANCEL" if news in OVER_FOR_READER else "REQUEST"
