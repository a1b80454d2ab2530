"""What an attachment is, told from its bytes first, then from its name and what the sender declared."""

from __future__ import annotations

import re
import zlib

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_VAGUE = frozenset({"application/octet-stream", "application/binary", "application/x-download", "text/plain"})

# (offset, bytes at it, kind, media type); the first that fits wins.
_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "screenshot", "image/png"),
    (0, b"\xff\xd8\xff", "screenshot", "image/jpeg"),
    (0, b"GIF87a", "screenshot", "image/gif"),
    (0, b"GIF89a", "screenshot", "image/gif"),
    (0, b"II*\0", "screenshot", "image/tiff"),
    (0, b"MM\0*", "screenshot", "image/tiff"),
    (8, b"WEBP", "screenshot", "image/webp"),
    (8, b"WAVE", "voicemail", "audio/wav"),
    (0, b"\xd4\xc3\xb2\xa1", "trace", "application/vnd.tcpdump.pcap"),
    (0, b"\xa1\xb2\xc3\xd4", "trace", "application/vnd.tcpdump.pcap"),
    (0, b"\x4d\x3c\xb2\xa1", "trace", "application/vnd.tcpdump.pcap"),  # nanoseconds
    (0, b"\xa1\xb2\x3c\x4d", "trace", "application/vnd.tcpdump.pcap"),
    (0, b"\x34\xcd\xb2\xa1", "trace", "application/vnd.tcpdump.pcap"),  # Kuznetzov's
    (0, b"\xa1\xb2\xcd\x34", "trace", "application/vnd.tcpdump.pcap"),
    (0, b"\x0a\x0d\x0d\x0a", "trace", "application/x-pcapng"),
    (0, b"snoop\0\0\0", "trace", "application/x-snoop"),
    (0, b"ID3", "voicemail", "audio/mpeg"),
    (0, b"\xff\xfb", "voicemail", "audio/mpeg"),
    (0, b"\xff\xfa", "voicemail", "audio/mpeg"),
    (0, b"\xff\xf3", "voicemail", "audio/mpeg"),
    (0, b"\xff\xf2", "voicemail", "audio/mpeg"),
    (0, b"\xff\xe3", "voicemail", "audio/mpeg"),
    (0, b"\xff\xf1", "voicemail", "audio/aac"),
    (0, b"\xff\xf9", "voicemail", "audio/aac"),
    (28, b"\x80theora", "other", "video/ogg"),
    (29, b"theora", "other", "video/ogg"),
    (28, b"OpusHead", "voicemail", "audio/opus"),
    (0, b"OggS", "voicemail", "audio/ogg"),
    (0, b"#!AMR", "voicemail", "audio/amr"),
    (0, b"fLaC", "voicemail", "audio/flac"),
    (0, b".snd", "voicemail", "audio/basic"),
    (0, b"{\\rtf", "document", "application/rtf"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "archive", "application/vnd.rar"),
    (0, b"BZh", "archive", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "archive", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "archive", "application/zstd"),
    (257, b"ustar", "archive", "application/x-tar"),
    (0, b"\x78\x9f\x3e\x22", "other", "application/ms-tnef"),
)
_BRANDS = {  # ISO base media files, by the major brand behind "ftyp"
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"F4A "), "audio/mp4"),
}
_OFFICE = (  # what a zip of an office program holds near its beginning
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spr", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.pre", "application/vnd.oasis.opendocument.presentation"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_OFFICE_SUFFIXES = frozenset({"docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "ppsx"})
_DECLARED_KINDS = (("audio/", "voicemail"), ("message/rfc822", "message"), ("message/global", "message"))
_SIP = re.compile(rb"\bSIP/2\.0\b")
_SIP_FIELD = re.compile(rb"(?:^|\n|\s)(?:Call-ID|CSeq|Via)[ \t]*:", re.I)
_LETTER_FIELD = re.compile(rb"(?:return-path|received|from|message-id|delivered-to|date|subject)[ \t]*:", re.I)

HEAD = 16 * 1024  # bytes from the front that are enough to tell


def kind(head: bytes, declared: str, name: str) -> tuple[str, str]:
    """(kind, media type) of a file, from its first bytes, its declared media type and its name.

    Kind is one of screenshot, trace, voicemail, document, archive, message, calendar, other. Bytes that
    say what they are beat what the sender says; the media type is always one that may be written.
    """
    declared = declared.lower() if _TYPE.fullmatch(declared.lower()) else "application/octet-stream"
    suffix = name.lower().rpartition(".")[2] if "." in name else ""
    return (
        _by_magic(head)
        or _by_container(head, declared, suffix)
        or _by_text(head, declared, suffix)
        or _by_declaration(declared)
    )


def _by_magic(head: bytes) -> tuple[str, str] | None:
    for offset, magic, found, media_type in _MAGIC:
        if head.startswith(magic, offset) and (offset != 8 or head.startswith(b"RIFF")):
            return found, media_type
    if b"%PDF-" in head[:1024]:
        return "document", "application/pdf"
    # "BM" alone begins many a text: the size of the following header tells.
    if head.startswith(b"BM") and head[15:18] == b"\0\0\0" and len(head) > 18:
        return "screenshot", "image/bmp"
    return None


def _by_container(head: bytes, declared: str, suffix: str) -> tuple[str, str] | None:
    if head[4:8] == b"ftyp":
        media_type = _BRANDS.get(head[8:12])
        if media_type is None:
            return ("voicemail", declared) if declared.startswith("audio/") else ("other", "video/mp4")
        return ("screenshot" if media_type.startswith("image/") else "voicemail"), media_type
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        for mark, media_type in _OFFICE:
            if mark in head and (mark[:8] == b"mimetype" or b"[Content_Types].xml" in head or suffix[:1] in "dxp"):
                return "document", media_type
        return "archive", "application/zip"
    if head.startswith(b"\x1f\x8b"):
        inside = _by_magic(_unpacked(head))
        return ("trace" if inside and inside[0] == "trace" else "archive"), "application/gzip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if suffix == "msg" or declared == "application/vnd.ms-outlook":
            return "message", "application/vnd.ms-outlook"
        return "document", declared if declared not in _VAGUE else "application/x-ole-storage"
    return None


def _by_text(head: bytes, declared: str, suffix: str) -> tuple[str, str] | None:
    if declared.startswith(("application/pgp-", "application/pkcs7-", "application/x-pkcs7-")):
        return "other", declared
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "document", "text/plain"
    if not _is_text(head):
        return None
    start = head[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:15].upper() == b"BEGIN:VCALENDAR" or (declared == "text/calendar" and not start):
        return "calendar", "text/calendar"
    if start.startswith(b"{") and b'"log"' in start and (suffix == "har" or b'"creator"' in start):
        return "trace", "application/json"
    if declared in ("message/rfc822", "message/global", "text/rfc822-headers"):
        return "message", declared
    if _SIP.search(head) and _SIP_FIELD.search(head):
        return "trace", declared if declared.startswith("text/") else "text/plain"
    if suffix == "eml" and _LETTER_FIELD.match(start):
        return "message", "message/rfc822"
    if declared == "image/svg+xml" or suffix == "svg" or b"<svg" in start[:500].lower():
        return "other", "image/svg+xml"  # scripts in it run: never shown as a picture
    if suffix == "csv" or declared == "text/csv":
        return "document", "text/csv"
    if declared in _VAGUE or declared.startswith(("image/", "audio/", "video/")):
        return "document", "text/plain"
    if declared.startswith("text/") and declared != "text/calendar":
        return "document", declared
    return None


def _by_declaration(declared: str) -> tuple[str, str]:
    """Bytes that say nothing are what they are declared to be, but for pictures, whose bytes always speak."""
    for prefix, found in _DECLARED_KINDS:
        if declared.startswith(prefix):
            return found, declared
    return "other", declared if not declared.startswith(("image/", "text/")) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    """No NUL, and hardly a control character."""
    sample = head[:4096]
    controls = len(sample) - len(sample.translate(None, bytes([*range(9), 11, *range(14, 27), *range(28, 32)])))
    return bool(sample) and b"\0" not in sample and controls * 50 <= len(sample)


def _unpacked(head: bytes) -> bytes:
    """The first bytes inside of a gzip file, at most 300, however far they would unfold."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head[:4096], 300)
    except zlib.error:
        return b""
