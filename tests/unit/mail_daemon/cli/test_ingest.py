"""`ingest`: 0 only when every mail is durable; else 75, which tells the mail server to keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon.store.blobs import Blobs
from mail_daemon.store.rows_inbound import Inbound
from mail_daemon.store.store import Store
from tests.commands import Shell
from tests.office import Office

RAW = b"Message-ID: <1@acme.example>\nFrom: cy@acme.example\nSubject: hello\n\nHello.\n"


def stored(shell: Shell) -> list[Inbound]:
    store = Store("sqlite:///var/mail-daemon.db", base=shell.folder)
    with store.read() as work:
        found = [work.inbound.get(number) for number in range(1, 10)]
    store.close()
    return [each for each in found if each]


def content(shell: Shell, mail: Inbound) -> bytes:
    return Blobs("file:var/blobs", shell.folder).get(mail.blob)


def test_a_mail_from_standard_input_is_durable_when_it_ends(shell: Shell) -> None:
    done = shell("ingest", "-", stdin=RAW)
    assert (done.code, done.out) == (0, "stored 1, of these 1 new\n")
    (mail,) = stored(shell)
    assert (mail.state, mail.mailbox, mail.size) == ("received", "ingest", len(RAW))
    assert content(shell, mail) == RAW


def test_files_are_stored_together(office: Office, shell: Shell, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.eml").write_bytes(RAW.replace(b"<1@", b"<%d@" % number))
    done = shell("ingest", tmp_path / "1.eml", tmp_path / "2.eml")
    assert (done.code, done.out) == (0, "stored 2, of these 2 new\n")


def test_the_same_mail_twice_is_no_error_and_stored_once(office: Office, shell: Shell) -> None:
    shell("ingest", "-", stdin=RAW)
    done = shell("ingest", "-", stdin=b"Received: from mx2\n" + RAW)
    assert (done.code, done.out) == (0, "stored 1, of these 0 new\n")
    assert len(stored(shell)) == 1


@pytest.mark.parametrize(("given", "kept"), [("", ""), ("cy@acme.example", "cy@acme.example"), (None, None)])
def test_the_envelope_sender_is_kept_and_the_null_sender_is_one(
    office: Office, shell: Shell, given: str | None, kept: str | None
) -> None:
    assert shell("ingest", *([] if given is None else ["--from", given]), "-", stdin=RAW).code == 0
    assert stored(shell)[0].envelope_sender == kept


def test_of_a_mail_over_the_limit_the_header_is_kept_and_why(office: Office, shell: Shell) -> None:
    with (shell.folder / "mail-daemon.yaml").open("a") as file:
        file.write("limits: {mail_size: 20kB}\n")
    assert shell("ingest", "-", stdin=RAW + b"x" * 30_000).code == 0
    (mail,) = stored(shell)
    assert (mail.refused, mail.size) == ("0.0301 MB, the limit is 0.02 MB", len(RAW) + 30_000)
    assert len(content(shell, mail)) < 200


def test_a_file_that_is_missing_stores_nothing_at_all(office: Office, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(RAW)
    done = shell("ingest", tmp_path / "1.eml", tmp_path / "2.eml")
    assert done.code == 75
    assert "2.eml" in done.err
    assert stored(shell) == []


def test_a_broken_configuration_keeps_the_mail_with_its_sender(shell: Shell) -> None:
    (shell.folder / "mail-daemon.yaml").write_text("desk: {nonsense: 1}\n")
    done = shell("ingest", "-", stdin=RAW)
    assert done.code == 75
    assert "mail-daemon.yaml" in done.err
    assert done.out == ""


def test_a_missing_configuration_keeps_it_too(shell: Shell, tmp_path: Path) -> None:
    assert shell("ingest", "-", stdin=RAW, config=tmp_path / "nowhere").code == 75


@pytest.mark.parametrize("spoilt", ["blobs", "mail-daemon.db"])
def test_blobs_or_a_database_that_can_not_be_written_keep_it_too(shell: Shell, spoilt: str) -> None:
    (shell.folder / "var").mkdir()
    if spoilt == "blobs":
        (shell.folder / "var" / spoilt).write_text("a file where the folder should be")
    else:
        (shell.folder / "var" / spoilt).mkdir()
    done = shell("ingest", "-", stdin=RAW)
    assert done.code == 75
    assert done.err.startswith("mail-daemon: ")
    assert len(done.err.splitlines()) == 1


def test_it_names_no_file_by_mistake(shell: Shell) -> None:
    assert shell("ingest").code == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("priorities.yaml", "rules: [{name: nonsense}]\n"),
        ("policy.yaml", "levels: {9: {}}\n"),
        ("agents.yaml", "agents: [{name: Ann}]\n"),
        ("accounts.yaml", "nonsense: 1\n"),
        ("secret.key", "short\n"),
        ("templates/notice.en.md", "no front matter\n"),
    ],
)
def test_a_mistake_in_what_only_answers_keeps_no_mail_out(shell: Shell, name: str, content: str) -> None:
    path = shell.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    assert shell("ingest", "-", stdin=RAW).code == 0
    assert len(stored(shell)) == 1
    assert shell("check").code == 2
