"""Voicemail: the telephone system's notice of one is filed as a call of the customer's (policy section 2).

Who called is known by the number alone, which anybody can forge: nobody outside is written to because of it.
"""

from __future__ import annotations

from dataclasses import replace

from mail_daemon.case import Voicemail
from mail_daemon.desk import Desk
from mail_daemon.domain.decisions import Match, Screening, Sender
from mail_daemon.domain.priority import Ranking, Reason
from mail_daemon.domain.telephone import e164
from mail_daemon.domain.ticket import OUTAGES
from mail_daemon.domain.voicemail import caller
from mail_daemon.settings.policy import Account
from mail_daemon.store.tickets import Tickets
from parsers.mail import Mail

_UNANSWERABLE = "a voicemail: the caller's number is no proof of who called"


def hear(desk: Desk, mail: Mail, sender: Sender) -> Voicemail | None:
    """The voicemail that the mail tells of; None for any other mail, and for one in the telephone system's name."""
    if not (_announces(desk, mail, sender) and _proven(desk, mail)):
        return None
    country = desk.policy.voicemail.country
    number = caller(mail.subject, mail.text, country, ours=[e164(desk.policy.after_hours.telephone, country)])
    account = desk.directory.caller(number) if number else None
    return Voicemail(number, _customer(desk, account, sender))


def unanswerable(screening: Screening) -> Screening:
    return replace(screening, unanswerable=_UNANSWERABLE)


def match_call(tickets: Tickets, voicemail: Voicemail) -> Match:
    """Whoever calls again is heard in the ticket that the first call opened, until it ends."""
    number = tickets.of_caller(voicemail.telephone) if voicemail.telephone else None
    return Match("reply", number, "telephone") if number else Match("new")


def rank_call(desk: Desk, voicemail: Voicemail, match: Match, words: Ranking) -> Ranking:
    """A call is at least as urgent as configured; a further one raises its ticket by its words alone."""
    level = desk.policy.voicemail.level
    if match.ticket is not None:
        return words
    category = "outage" if words.category == "outage" and words.level in OUTAGES else "trouble"
    if words.level <= level:
        return Ranking(category, words.level, words.reasons)
    return Ranking(category, level, (Reason("voicemail", voicemail.telephone or "number withheld", "header"),))


def _announces(desk: Desk, mail: Mail, sender: Sender) -> bool:
    section, subject = desk.policy.voicemail, mail.subject.casefold()
    listed = section.sends(sender.address)
    return bool(sender.address) and listed and any(phrase.casefold() in subject for phrase in section.subjects)


def _proven(desk: Desk, mail: Mail) -> bool:
    """As an agent's mail is: by a signature of its own domain, where a server of ours judges such."""
    seen = mail.authentication
    return not desk.settings.trusted.authserv_ids or (seen.dmarc == "pass" and seen.dkim_aligned)


def _customer(desk: Desk, account: Account | None, notice: Sender) -> Sender:
    """In whose name the ticket opens: the account's first contact, or else the telephone system itself."""
    own = desk.settings.desk
    return Sender(
        address=next(iter(account.contacts if account else ()), notice.address),
        name="",
        role="customer" if account else "unknown",
        account=account.name if account else None,
        zone=(account.timezone if account else None) or own.timezone,
        language=(account.language if account else None) or own.language,
        authenticated=False,
    )
