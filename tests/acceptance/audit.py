"""The books of a run: every mail that went in, every ticket it became, every letter that came out.

    sort = audit(desk, samples)
    assert sort.problems == []

A mail is answered when one letter in reply to it went to its sender. Letters are told apart by their
Message-IDs: the same one twice is a repeat, which only a crash may cause; two of them are two answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from mail_daemon.store.rows_inbound import Inbound
from tests.acceptance.desk import AGENT, Desk
from tests.acceptance.sent import Sent
from tests.corpus import Origin, Sample

_SHOWN = 20


@dataclass(slots=True)
class Audit:
    """`problems` are lines; `repeats` are the letters that arrived more than once, each with its copies."""

    filed: int = 0
    quarantined: int = 0
    tickets: int = 0
    acknowledged: int = 0
    letters: int = 0
    repeats: list[list[Sent]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def expect(self, holds: bool, problem: str) -> None:
        if not holds and len(self.problems) < _SHOWN:
            self.problems.append(problem)


def audit(desk: Desk, samples: Sequence[Sample], *, origins: Collection[Origin] = ()) -> Audit:
    """Compares all. Replies to one of `origins` must join its ticket; all else opens one of its own."""
    books = Audit()
    sent = desk.letters()
    replies = {origin.message_id for origin in origins}
    stored = dict(zip(samples, desk.inbounds(sample.raw for sample in samples), strict=True))
    openers = [s for s in samples if s.kind != "bounce" and s.in_reply_to not in replies]
    for sample, mail in stored.items():
        _stored(books, sample, mail)
    _tickets(books, desk, stored, openers)
    _replies(books, stored, [s for s in samples if s.in_reply_to in replies], sent)
    _answers(books, samples, {s.message_id for s in openers if s.answerable}, sent)
    _notices(books, sent)
    for row in desk.outbox():
        # Time causes pages, not mail: one may have been written since the work ended, and be on its way.
        on_its_way = row["letter"] == "page" and row["state"] == "waiting" and not row["error"]
        books.expect(row["state"] == "sent" or on_its_way, f"letter {row['id']} is {row['state']}: {row['error']}")
    return books


def _stored(books: Audit, sample: Sample, mail: Inbound | None) -> None:
    """Filed, or, for a report about a letter that was never ours, in quarantine with the reason."""
    name = f"mail {sample.number} ({sample.kind})"
    if mail is None:
        books.expect(False, f"{name} is lost")
    elif sample.kind == "bounce":
        books.quarantined += mail.state == "quarantined"
        books.expect(mail.state == "quarantined" and bool(mail.reason), f"{name} is {mail.state}")
    else:
        books.filed += mail.state == "filed"
        books.expect(mail.state == "filed", f"{name} is {mail.state}: {mail.reason}")


def _tickets(books: Audit, desk: Desk, stored: dict[Sample, Inbound | None], openers: Sequence[Sample]) -> None:
    """One ticket for each opener, and in each ticket each mail once."""
    rows = desk.tickets()
    books.tickets = len(rows)
    books.expect(len(rows) == len(openers), f"{len(openers)} mails that open tickets made {len(rows)}")
    for requester, count in (Counter(row["requester"] for row in rows) - Counter(s.sender for s in openers)).items():
        books.expect(False, f"{requester} has {count} tickets too many")
    own = {mail.ticket_id for sample in openers if (mail := stored[sample])}
    books.expect(len(own) == len(openers), "two of the mails that open tickets share one")
    belongs: dict[int, list[int]] = defaultdict(list)
    for mail in stored.values():
        if mail and mail.ticket_id:
            belongs[mail.ticket_id].append(mail.id)
    for ticket, mails in belongs.items():
        inside = [message.inbound_id for message in desk.messages(ticket)]
        books.expect(sorted(inside, key=str) == sorted(mails, key=str), f"ticket {ticket} holds {inside}")


def _replies(
    books: Audit, stored: dict[Sample, Inbound | None], replies: Sequence[Sample], sent: Sequence[Sent]
) -> None:
    """A reply is in the ticket of the letter that it answers."""
    tickets = {each.message_id: each.header("X-MailDaemon-Ticket") for each in sent}
    for sample in replies:
        ref, mail = tickets[sample.in_reply_to or ""], stored[sample]
        books.expect(
            mail is not None and f"TPBX-{mail.ticket_id}" == ref and mail.match == "reply",
            f"reply {sample.number} to {ref} is in {mail and mail.ticket_id} as {mail and mail.match}",
        )


def _answers(books: Audit, samples: Sequence[Sample], answerable: Collection[str], sent: Sequence[Sent]) -> None:
    """Exactly one answer to its sender for each answerable mail, none for any other."""
    answers: dict[str, set[str]] = defaultdict(set)
    recipients: dict[str, set[str]] = defaultdict(set)
    copies: dict[str, list[Sent]] = defaultdict(list)
    for each in sent:
        copies[each.message_id].append(each)
        if each.answers:
            answers[each.answers].add(each.message_id)
            recipients[each.answers].update(each.recipients)
    for sample in samples:
        due = 1 if sample.message_id in answerable else 0
        got = len(answers.pop(sample.message_id, ()))
        books.acknowledged += got
        books.expect(got == due, f"mail {sample.number} ({sample.kind}) has {got} answers instead of {due}")
        to = recipients[sample.message_id]
        books.expect(to <= {sample.sender}, f"the answer to mail {sample.number} went to {to}")
    books.expect(not answers, f"{len(answers)} letters answer mails that nobody sent")
    books.letters = len(copies)
    books.repeats = [each for each in copies.values() if len(each) > 1]
    for repeat in books.repeats:
        same = len({copy.letter.content for copy in repeat}) == 1
        books.expect(same, f"{repeat[0].message_id} went out with two contents")


def _notices(books: Audit, sent: Sequence[Sent]) -> None:
    """The agent hears of each mail that is filed, once."""
    told = {each.message_id for each in sent if each.to == AGENT}
    books.expect(len(told) == books.filed, f"{len(told)} notices for {books.filed} filed mails")
