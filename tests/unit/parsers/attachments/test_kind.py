"""Attachments are told by their bytes, whatever their name and label say."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.attachments.kind import kind

KINDS = {"screenshot", "trace", "voicemail", "document", "archive", "message", "calendar", "other"}
SIP = b"09:00:00 INVITE sip:100@pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nCall-ID: 1@x\r\n"


def _zip(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("head", "expected", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0", "screenshot", "image/png"),
        (b"\xff\xd8\xff\xe0", "screenshot", "image/jpeg"),
        (b"GIF89a", "screenshot", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "screenshot", "image/webp"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0", "screenshot", "image/bmp"),
        (b"II*\0\x08\0", "screenshot", "image/tiff"),
        (b"\0\0\0\x18ftypheic\0\0", "screenshot", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0", "screenshot", "image/avif"),
        (struct.pack("<I", 0xA1B2C3D4), "trace", "application/vnd.tcpdump.pcap"),
        (struct.pack(">I", 0xA1B2C3D4), "trace", "application/vnd.tcpdump.pcap"),
        (struct.pack("<I", 0xA1B23C4D), "trace", "application/vnd.tcpdump.pcap"),
        (struct.pack(">I", 0xA1B23C4D), "trace", "application/vnd.tcpdump.pcap"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "trace", "application/x-pcapng"),
        (gzip.compress(struct.pack("<I", 0xA1B2C3D4) + bytes(500)), "trace", "application/gzip"),
        (SIP, "trace", "text/plain"),
        (b'{"log": {"version": "1.2", "creator": {"name": "x"}', "trace", "application/json"),
        (b"RIFF\0\0\0\0WAVEfmt ", "voicemail", "audio/wav"),
        (b"ID3\x04\0", "voicemail", "audio/mpeg"),
        (b"\xff\xfb\x90\x44", "voicemail", "audio/mpeg"),
        (b"OggS" + bytes(24) + b"OpusHead", "voicemail", "audio/opus"),
        (b"OggS" + bytes(24) + b"\x01vorbis", "voicemail", "audio/ogg"),
        (b"OggS" + bytes(24) + b"\x80theora", "other", "video/ogg"),
        (b"%PDF-1.7\n", "document", "application/pdf"),
        (b"{\\rtf1", "document", "application/rtf"),
        (
            _zip("[Content_Types].xml", "word/document.xml"),
            "document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (_zip("mimetype"), "document", "application/vnd.oasis.opendocument.text"),
        (_zip("a.txt"), "archive", "application/zip"),
        (gzip.compress(b"hello"), "archive", "application/gzip"),
        (b"7z\xbc\xaf\x27\x1c", "archive", "application/x-7z-compressed"),
        (bytes(257) + b"ustar\x0000", "archive", "application/x-tar"),
        (b"BEGIN:VCALENDAR\r\n", "calendar", "text/calendar"),
        (b"BM is how I begin my notes, as text\n", "document", "text/plain"),
        (b"plain words\n", "document", "text/plain"),
        (b"MZ\x90\0\x03\0", "other", "application/octet-stream"),
        (b"<svg onload='alert(1)'>", "other", "image/svg+xml"),
        (b"", "other", "application/octet-stream"),
    ],
)
def test_bytes_that_speak_for_themselves(head: bytes, expected: str, media_type: str) -> None:
    for declared in ("application/octet-stream", "application/octet-stream\r\nX: 1", ""):
        assert kind(head, declared, "noname") == (expected, media_type)


@pytest.mark.parametrize(
    ("head", "declared", "name", "expected"),
    [
        (b"From: a@x\nSubject: b\n\nhi", "message/rfc822", "", ("message", "message/rfc822")),
        (b"Received: x\n\nhi", "application/octet-stream", "old.eml", ("message", "message/rfc822")),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "application/octet-stream",
            "mail.MSG",
            ("message", "application/vnd.ms-outlook"),
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "application/msword",
            "a.doc",
            ("document", "application/msword"),
        ),
        (b"a,b\n1,2\n", "application/octet-stream", "cdr.csv", ("document", "text/csv")),
        (b'{"log": {}}', "application/json", "net.har", ("trace", "application/json")),
        (b"\x12\x34\xd5\xd5\0", "audio/basic", "vm.ulaw", ("voicemail", "audio/basic")),
        (b"not a picture", "image/png", "a.png", ("document", "text/plain")),
        (b"\x00\x01\x02", "image/png", "a.png", ("other", "application/octet-stream")),
        (b"%PDF-1.4", "image/png", "a.png", ("document", "application/pdf")),
    ],
)
def test_where_the_label_helps_and_where_it_lies(
    head: bytes, declared: str, name: str, expected: tuple[str, str]
) -> None:
    assert kind(head, declared, name) == expected


@given(st.binary(max_size=600), st.text(max_size=30), st.text(max_size=10))
def test_any_file_has_a_kind_and_a_media_type_that_may_be_written(head: bytes, declared: str, name: str) -> None:
    found, media_type = kind(head, declared, name)
    assert found in KINDS
    assert media_type.isascii()
    assert media_type.count("/") == 1
    assert not any(character.isspace() for character in media_type)
