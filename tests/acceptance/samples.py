"""Small batches of mails, and what every test of a fault ends with."""

from __future__ import annotations

from tests.acceptance.audit import audit
from tests.acceptance.desk import Desk
from tests.corpus import Sample, mails


def some(count: int = 6, *, seed: int = 1) -> list[Sample]:
    return list(mails(count, seed=seed))


def raws(samples: list[Sample]) -> list[bytes]:
    return [sample.raw for sample in samples]


def one_line(said: str) -> bool:
    return said.isprintable() and 0 < len(said) <= 400


def whole(desk: Desk, samples: list[Sample]) -> None:
    """Every mail is filed and answered once, nothing is left over and no defect showed."""
    books = audit(desk, samples)
    assert books.problems == []
    assert books.repeats == []
    assert desk.log("crashed") == []
