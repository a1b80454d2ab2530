"""How many mails of 2 kB a second the shipped priority rules rank on one core.

Two kinds: a story with one labelled mail in it, as customers write, and labelled mails joined to one another,
where every sentence tells of trouble. The reference, in the same run, only splits the text into words and looks
which of them any phrase has: less than that cannot be done by words. All mails differ, and those that warm up the
table are not measured.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from mail_daemon.domain.labelled import Labelled, read
from mail_daemon.settings.loader import load_priorities
from mail_daemon.settings.priorities import Priorities
from mail_daemon.stages.triage import compiled
from tests.bench.figures import Figure, Report

Text = tuple[str, str]  # subject, body

LABELLED = Path(__file__).parents[1] / "unit/mail_daemon/triage/mails.tsv"
SIZE = 2000  # characters
STORY = (
    "I took over the administration of this office in the spring, when my predecessor retired after thirty years.",
    "We are a company of about sixty employees who build and repair pumps for farms in the whole county.",
    "The cabling was renewed two years ago by an electrician from the village, and I have his drawings here.",
    "My husband works in IT and looked at it on Sunday, but he knows more about databases than about telephony.",
    "As you may remember we spoke about this in March, when your colleague Jorge was so kind to visit us.",
    "The rack stands in the basement next to the heating, and the lady who cleans there has no key to it.",
    "Between Christmas and New Year only the accountant and I are here, so there is no hurry from our side.",
    "I have attached a picture of the label, the serial numbers are in the second row of the list.",
    "If you need a person on the spot, ask for Marlene, she sits at the window and speaks Spanish as well.",
    "Our tax adviser asked the same thing last year and was told that it depends on the state.",
    "The new carpet was laid on Thursday, which is why most of the furniture stood in the corridor for a day.",
    "By the way, the invoice for April was paid on the third, the bank has confirmed it in writing.",
)
SIGNATURE = (
    "\n\nKind regards\nMarlene Whitfield\nOffice Manager\nWhitfield Pumps & Sons, 12 Mill Road\n\nThis email and any "
    "attachments are confidential and intended solely for the addressee. If you have received it in error please "
    "notify the sender and delete it. Any views or opinions presented are solely those of the author.\n"
)


def triage(report: Report, *, count: int) -> None:
    """`count` mails of each kind, after as many that nobody measures."""
    priorities = load_priorities(Path(str(files("config"))))
    begun = time.process_time()
    rules = compiled(priorities)
    report.add(Figure("triage: compiling the rules", time.process_time() - begun, "s", 0.17))
    phrases, words = _size(priorities)
    report.add(Figure("triage: phrases", phrases, "", 500, more_is_better=True))
    labelled = list(read(LABELLED.read_text(encoding="utf-8").splitlines()))
    kinds = {"a story with one trouble": _story, "nothing but trouble": _trouble}
    for kind, written in kinds.items():
        draw = random.Random(kind)
        texts = [written(draw, labelled) for _ in range(2 * count)]
        _seconds(texts[count:], lambda text: rules.rank(*text))
        spent = _seconds(texts[:count], lambda text: rules.rank(*text))
        least = _seconds(texts[:count], lambda text: words.intersection(text[1].lower().split()))
        goal = 10_000 if written is _story else None
        report.add(Figure(f"triage, {kind}: mails of 2 kB", count / spent, "/s per core", goal, more_is_better=True))
        report.add(Figure(f"triage, {kind}: CPU against splitting into words", spent / least, "x"))


def _story(draw: random.Random, labelled: Sequence[Labelled]) -> Text:
    mail = draw.choice(labelled)
    sentences = [mail.body, *draw.sample(STORY, len(STORY))]
    draw.shuffle(sentences)
    body = " ".join(sentences)
    return mail.subject, body[: SIZE - len(SIGNATURE)] + SIGNATURE


def _trouble(draw: random.Random, labelled: Sequence[Labelled]) -> Text:
    mails = draw.sample(labelled, 40)
    return mails[0].subject, " ".join(mail.body for mail in mails)[:SIZE]


def _size(priorities: Priorities) -> tuple[int, set[str]]:
    """The number of phrases, and all words in them."""
    phrases = [phrase for each in priorities.lists.values() for phrase in each]
    phrases += [phrase for rule in priorities.rules for phrase in rule.phrases]
    return len(phrases), {word for phrase in phrases for word in re.findall(r"[a-z0-9]+", phrase)}


def _seconds(texts: Sequence[Text], work: Callable[[Text], object]) -> float:
    begun = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - begun
