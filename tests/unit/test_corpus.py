"""The generated corpus is what the figures rest on: it must be what it says it is."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes
from itertools import pairwise

from tests.corpus import Origin, mails


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = ([sample.raw for sample in mails(50, seed=seed)] for seed in (3, 3, 4))
    assert first == again
    assert not set(first) & set(other)


def test_each_hundred_holds_every_kind_in_its_share() -> None:
    samples = list(mails(300))
    kinds = Counter(sample.kind for sample in samples)
    automatic = {"out-of-office": 1, "list": 1, "bounce": 1}
    assert kinds == {"plain": 207, "html": 45, "screenshot": 30, "reply": 15, **automatic}
    assert sum(not sample.answerable for sample in samples) == 3
    assert 20_000 < sum(len(sample.raw) for sample in samples) / 300 < 32_000


def test_each_mail_is_whole_and_has_an_address_and_a_message_id_of_its_own() -> None:
    samples = list(mails(300))
    assert len({sample.sender for sample in samples}) == len({sample.message_id for sample in samples}) == 300
    for sample in samples:
        message = message_from_bytes(sample.raw)
        assert (message["Message-ID"], message.defects) == (sample.message_id, [])
        assert f"<{sample.sender}>" in message["From"]
        for part in message.walk():
            assert part.is_multipart() or part.get_payload(decode=True) or sample.kind == "bounce"
        assert all(line.endswith(b"\r") for line in sample.raw.split(b"\n")[:-1])


def test_replies_answer_the_letters_given_as_the_customers_who_got_them() -> None:
    origins = [Origin(f"<{n}@desk.example>", f"customer{n}@acme.example") for n in range(3)]
    replies = [sample for sample in mails(200, replies_to=origins) if sample.kind == "reply"]
    assert len(replies) == 10
    for reply in replies:
        assert Origin(reply.in_reply_to or "", reply.sender) in origins


def test_mails_come_in_order_of_their_dates() -> None:
    dates = [message_from_bytes(sample.raw)["Date"][:25] for sample in mails(100)]
    assert all(earlier < later for earlier, later in pairwise(dates))
