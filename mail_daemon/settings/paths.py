"""Relative paths of the settings start at the config folder, wherever the daemon was started."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from mail_daemon.settings.sections import Blobs, Database, LmtpMailbox
from mail_daemon.settings.types import Section

_S = TypeVar("_S", bound=Section)
_SOCKET_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:/\[\]]+):([0-9]{1,5})")


def resolved(section: _S, folder: Path) -> _S:
    """The section with every path in it absolute. `folder` is absolute."""
    changes = {key: _resolved(getattr(section, key), folder) for key in type(section).model_fields}
    if isinstance(section, Database | Blobs):
        changes["url"] = _url(section.url, folder)
    if isinstance(section, LmtpMailbox) and socket_address(section.listen) is None:
        changes["listen"] = str(folder / section.listen)
    return section.model_copy(update=changes)


def socket_address(listen: str) -> tuple[str, int] | None:
    """Host and port of `127.0.0.1:2424` or `[::1]:2424`; None for what is the path of a Unix socket."""
    found = _SOCKET_ADDRESS.fullmatch(listen)
    return (found[1].strip("[]"), int(found[2])) if found else None


def _resolved(value: Any, folder: Path) -> Any:
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, Section):
        return resolved(value, folder)
    if isinstance(value, tuple):
        return tuple(_resolved(item, folder) for item in value)
    return value


def _url(url: str, folder: Path) -> str:
    """`sqlite:///relative` and `file:relative` made absolute; other URLs stay."""
    for scheme in ("sqlite:///", "file://localhost/", "file:"):
        if url.startswith(scheme):
            path = url.removeprefix(scheme)
            return url if path.startswith("/") else f"{scheme}{folder / path}"
    return url
