"""The desk: everything that filing a mail needs of the configuration, built once and swapped whole at a reload."""

from __future__ import annotations

from dataclasses import dataclass

from mail_daemon.domain.calendar import Calendar
from mail_daemon.domain.identity import Signer
from mail_daemon.domain.rules import RuleTable
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

    def ref(self, number: int) -> str:
        return f"{self.settings.desk.tag}-{number}"

    def number(self, ref: str) -> int:
        """The ticket's number in `TPBX-1042`, `tpbx-1042` or `1042`. Raises ValueError."""
        digits = ref.strip().upper().removeprefix(f"{self.settings.desk.tag}-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
            raise ValueError(f"{ref!r} is no ticket; write it like {self.ref(1042)} or 1042")
        return int(digits)
