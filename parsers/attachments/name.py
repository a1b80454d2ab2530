"""Names of attachments that can be shown, logged and saved anywhere."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 150  # characters
_EXTENSION = 16  # characters, with the dot

# Control characters, surrogates, and what is invisible or turns the direction of the rest.
_REMOVED = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.I)
_EXTENSIONS = {
    "application/gzip": ".gz",
    "application/json": ".json",
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.tcpdump.pcap": ".pcap",
    "application/x-pcapng": ".pcapng",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "audio/wav": ".wav",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tiff",
    "image/webp": ".webp",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
}


def safe_name(name: str) -> str:
    """The last part of the path without anything harmful, at most 150 characters; "" where none is left.

    The extension survives the cut. Names that Windows takes for devices get an underscore in front.
    """
    name = _REMOVED.sub("", name[:5000]).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    if _DEVICE.match(name):
        name = "_" + name
    if len(name) <= LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) >= _EXTENSION:
        return name[:LENGTH].rstrip(" .")
    return stem[: LENGTH - len(extension) - 1].rstrip(" .") + "." + extension


def made_up(media_type: str) -> str:
    """A name for an attachment that came without one."""
    main = media_type.partition("/")[0]
    stem = {"image": "image", "audio": "audio", "message": "message", "text": "text"}.get(main, "attachment")
    if media_type == "text/calendar":
        stem = "invitation"
    return stem + _EXTENSIONS.get(media_type, "")
