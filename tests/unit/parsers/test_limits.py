"""Mails made to exhaust a reader are kept, in time linear to their size, with the limit named."""

from __future__ import annotations

import time

import pytest

from parsers.message import read

HEAD = b"From: a@x.example\nSubject: still here\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def _levels(count: int) -> bytes:
    return HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(count))


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        (_levels(10_000) + b"\ndeep", "more than 50 levels"),
        (HEAD + b"Content-Type: message/rfc822\n\n" * 10_000, "more than 50 levels"),
        (MIXED + b"--b\n\nhi\n" * 100_000, "more than 1000 parts"),
        (MIXED + b"--bx\n" * 200_000, "too many lines that look like boundaries"),
        (HEAD + b"X-Long: " + b"a" * 10_000_000 + b"\n\nhi", "a header field of over 100000 bytes"),
        (HEAD + b"a: b\n" * 500_000 + b"\nhi", "more than 1000 header fields"),
        (HEAD + b"X: a\n" + b" a\n" * 500_000 + b"\nhi", "a header field of over 100000 bytes"),
        (HEAD + b"To: " + b"a@x.example," * 5_000 + b"\n\nhi", "more than 500 addresses in To"),
        (HEAD + b"\n" + b"x" * 5_000_000, "a text of over"),
    ],
    ids=["levels", "letters", "parts", "boundaries", "line", "fields", "folds", "recipients", "text"],
)
def test_the_mail_is_kept_and_the_limit_named(raw: bytes, limit: str) -> None:
    began = time.process_time()
    mail = read(raw)
    assert time.process_time() - began < 0.05 + 0.5e-6 * len(raw)  # 50 ms for every 100 kB
    assert mail.subject == "still here"
    assert any(defect.startswith(limit) for defect in mail.defects)


def test_of_100000_references_the_first_and_the_last_are_kept() -> None:
    references = b"".join(b"<%d@x.example>\n " % number for number in range(100_000))
    mail = read(HEAD + b"References: " + references + b"\nX-After: 1\n\nhi")
    assert len(mail.references) == 100
    assert (mail.references[0], mail.references[-1]) == ("<0@x.example>", "<99999@x.example>")


@pytest.mark.parametrize(
    "field",
    [
        b"Content-Type: text/plain" + b";" * 100_000,
        b"Content-Type: text/plain; " + b'a="' * 30_000,
        b"Content-Disposition: attachment" + b"; f*1=a" * 20_000,
        b"From: " + b"(" * 100_000,
        b"From: " + b'"a\\" <' * 20_000,
        b"Date: " + b"(" * 100_000,
        b"Subject: " + b"=?a?q?" * 20_000,
        b"In-Reply-To: " + b"(" * 50_000 + b"<" * 50_000,
        b"Thread-Index: " + b"A" * 100_000,
        b"Message-ID: <" + b"a" * 100_000,
    ],
)
def test_no_header_field_takes_long(field: bytes) -> None:
    began = time.process_time()
    read(field + b"\n\nhi")
    assert time.process_time() - began < 0.1


def test_many_long_texts_count_no_more_than_one() -> None:
    part = b"--b\nContent-Type: text/plain\n\n" + b"a line of words\n" * 60_000
    mail = read(MIXED + part * 20 + b"--b--\n")
    assert len(mail.text) < 1_000_100
    assert any(defect.startswith("texts of over") for defect in mail.defects)
