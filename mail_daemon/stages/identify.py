"""Identify: who does the From line claim to be, and what speaks for it?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mail_daemon.domain.decisions import Sender
from mail_daemon.settings.directory import Directory
from parsers.mail import Mail


def identify(mail: Mail, directory: Directory, *, zone: ZoneInfo, language: str) -> Sender:
    """A defect in From leaves no identity at all; `zone` and `language` are the desk's, for want of better."""
    address = "" if mail.sender_defect else mail.sender.address
    account = directory.account(address) if address else None
    agent = directory.agent(address) if address else None
    seen = mail.authentication
    return Sender(
        address=address,
        name=mail.sender.name,
        role="agent" if agent else "customer" if account else "unknown",
        account=account.name if account else None,
        zone=(account.timezone if account else None) or zone,
        language=(account.language if account else None) or mail.language or language,
        # A forwarder can pass by SPF in anybody's name, so an agent needs a signature of the own domain.
        authenticated=bool(address) and seen.dmarc == "pass" and (agent is None or seen.dkim_aligned),
    )
