"""The desk: everything that filing a mail needs of the configuration, built once and swapped whole at a reload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mail_daemon.domain.calendar import Calendar
from mail_daemon.domain.identity import Signer
from mail_daemon.domain.rules import RuleTable
from mail_daemon.domain.sla import after_hours
from mail_daemon.domain.standing import Standing
from mail_daemon.settings.directory import Directory
from mail_daemon.settings.policy import Policy
from mail_daemon.settings.sections import Settings
from parsers.mail import Trusted
from responders.renderer import Renderer


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    policy: Policy
    directory: Directory
    rules: RuleTable
    wishes: RuleTable  # what a new install may ask for and is billed (policy section 3)
    calendar: Calendar
    renderer: Renderer
    signer: Signer

    @property
    def envelope_sender(self) -> str:
        """Where bounces come back: to us, where they are told from mails and never answered."""
        return self.settings.smtp.envelope_sender or self.settings.desk.address

    @property
    def trusted(self) -> Trusted:
        """As plain values, since the reading child knows nothing of settings."""
        return Trusted(self.settings.trusted.authserv_ids, self.settings.trusted.received_from)

    def after_hours(self, moment: datetime) -> bool:
        """Whether it lies outside standard support hours (policy sections 2 to 4)."""
        hours = self.policy.after_hours
        return after_hours(moment, zone=hours.timezone, begins=hours.begins, ends=hours.ends)

    def standing(self, account: str | None) -> Standing:
        """How an account stands (policy section 12); one that nobody knows owes nothing."""
        known = self.directory.accounts.get(account or "")
        return self.policy.delinquent.standing(known) if known else Standing.GOOD

    def cause_review(self, level: int, moment: datetime) -> bool:
        """Whether a ticket that gets this priority then is an uncovered priority 1 event (policy section 4)."""
        return level == 1 and self.after_hours(moment)

    def ref(self, number: int) -> str:
        return self.settings.desk.ref(number)

    def number(self, ref: str) -> int:
        """The ticket's number in `TPBX-1042`, `tpbx-1042` or `1042`. Raises ValueError."""
        return self.settings.desk.number(ref)
