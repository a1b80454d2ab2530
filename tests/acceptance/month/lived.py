"""The month as the program lives it: mails filed, agents' verbs called, the timekeeper let on as the daemon runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mail_daemon.changes import notes, rfo
from mail_daemon.changes.errors import ChangeError
from mail_daemon.changes.ticket import answered, move, rank
from mail_daemon.desk import Desk
from mail_daemon.domain.by import By
from mail_daemon.domain.rfo import Sections
from mail_daemon.domain.ticket import Cause
from mail_daemon.settings.policy import Contact
from mail_daemon.store.rows import Ticket
from mail_daemon.store.store import Store, Work
from parsers.mail import Mail
from tests.acceptance import shipped
from tests.acceptance.month.script import Act, customer
from tests.acceptance.month.world import DAY, LENGTH, Keeping, moment
from tests.office import Office
from tests.written import PROVEN, mail

ACCOUNTS = [*shipped.ACCOUNTS, {"name": "Overdue", "domains": ["overdue.example"], "timezone": "America/New_York"}]
_CAUSES = {
    "vendor": Cause.GIVEN_TO_VENDOR,
    "restore": Cause.RESTORED,
    "resolve": Cause.RESOLVED,
    "take up": Cause.REOPENED,
    "close": Cause.CLOSED,
}
_SAID = Sections("Voice", "A routing change.", "No calls.", "We took it back.", "Changes are tried first.")


def month_desk(desk: Desk) -> Desk:
    """The shipped one, with a second contact and without the cap on notices, which 30 hours of mail at once reach."""
    later = Contact(
        name="Dora Diaz",
        title="Director",
        address="dora@threepbx.com",
        telephone="877-771-7464 Ext 103",
        after=timedelta(hours=4),
    )
    policy = desk.policy.model_copy(update={"escalation": (*desk.policy.escalation, later)})
    answers = desk.settings.answers.model_copy(update={"notices": 100_000})
    return replace(desk, policy=policy, settings=desk.settings.model_copy(update={"answers": answers}))


class Month:
    """`numbers` are the tickets' numbers by their places in the script; `refused` what could not be done."""

    def __init__(self, store: Store, desk: Desk, keeping: Keeping, past_due: Sequence[int]) -> None:
        self.office = Office(store, desk)
        self.numbers: dict[int, int] = {}
        self.refused: list[Act] = []
        self.subjects: dict[int, str] = {}
        self._keeping = keeping
        self._past_due = past_due

    def live(self, acts: Sequence[Act]) -> None:
        waiting: dict[int, list[Act]] = {}
        for act in acts:
            if act.at < LENGTH:
                waiting.setdefault(self._keeping.written_down(act.at), []).append(act)
        for minute in range(LENGTH):
            if not self._keeping.runs(minute):
                continue
            self.office.now = moment(minute)
            if minute % DAY == 0 or minute == self._keeping.starts:
                days = self._past_due[minute // DAY]
                self.office.desk = shipped.with_account(self.office.desk, "Overdue", days_past_due=days)
            for act in waiting.get(minute, ()):
                self._do(act)
            if self._keeping.ticks[minute]:
                self.office.tick()

    def _do(self, act: Act) -> None:
        if act.verb == "open":
            self.subjects[act.ticket] = act.subject
            outcome = self.office.file(self._mail(act), received=moment(act.at))
            assert outcome.ticket is not None and outcome.case is not None
            self.numbers[act.ticket] = outcome.ticket.id
            ranking = outcome.case.ranking
            assert (ranking.level, ranking.category) == (act.level, act.category), (act, ranking)
        elif act.verb == "write":
            self.office.file(self._mail(act), received=moment(act.at))
        else:
            self._agent(act)

    def _mail(self, act: Act) -> Mail:
        who = customer(act.ticket)
        number = self.numbers.get(act.ticket)
        return mail(
            who.address,
            message_id=f"<{act.ticket}.{act.at}@{who.address.partition('@')[2]}>",
            subject=f"Re: {self.subjects[act.ticket]} [TPBX-{number}]" if number else act.subject,
            text=act.text,
            authentication=PROVEN,
            in_reply_to=self.office.key(number, who.address) if number else None,
        )

    def _agent(self, act: Act) -> None:
        by = By("ann", self.office.now, at=moment(act.at))
        try:
            with self.office.store.begin() as work:
                ticket = work.tickets.get(self.numbers[act.ticket], lock=True)
                assert ticket is not None
                _VERBS.get(act.verb, _moved)(work, self.office.desk, ticket, act, by)
        except ChangeError:
            self.refused.append(act)


def _moved(work: Work, desk: Desk, ticket: Ticket, act: Act, by: By) -> None:
    move(work, desk, ticket, _CAUSES[act.verb], by)


def _asked(work: Work, desk: Desk, ticket: Ticket, act: Act, by: By) -> None:
    move(work, desk, answered(work, desk, ticket, by), Cause.ASKED, by)


def _rfo_sent(work: Work, desk: Desk, ticket: Ticket, act: Act, by: By) -> None:
    rfo.complete(work, desk, ticket, _SAID, by)
    rfo.send(work, desk, ticket, by)


_VERBS: Mapping[str, Callable[[Work, Desk, Ticket, Act, By], Any]] = {
    "answer": lambda work, desk, ticket, act, by: answered(work, desk, ticket, by),
    "ask": _asked,
    "rank": lambda work, desk, ticket, act, by: rank(work, desk, ticket, act.level, by),
    "assign": lambda work, desk, ticket, act, by: notes.assign(work, desk, ticket, "bob", by),
    "workaround": lambda work, desk, ticket, act, by: notes.note_workaround(work, desk, ticket, "Use the app.", by),
    "send rfo": _rfo_sent,
    "waive rfo": lambda work, desk, ticket, act, by: rfo.waive(work, desk, ticket, "it was a drill", by),
}
