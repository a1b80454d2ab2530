"""Passwords, inline or from a file of their own. What goes wrong is told without a piece of them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

_LONGEST = 65536  # bytes


class Unreadable(Exception):
    """A secret's file can't be used; says what is wrong and what to write instead."""


class HasPasswordFile(Protocol):
    @property
    def password_file(self) -> Path | None: ...


def password(section: HasPasswordFile) -> str | None:
    """The password of a mailbox, of smtp or of the database; None where it has none. Raises Unreadable."""
    inline: SecretStr | None = getattr(section, "password", None)
    if inline is not None:
        return inline.get_secret_value()
    return read_password(section.password_file) if section.password_file else None


def read_password(path: Path) -> str:
    """The one line of a password file. Raises Unreadable."""
    text = read_secret(path).removesuffix("\n").removesuffix("\r")
    if not text or not text.isprintable():
        raise Unreadable(f"{path} holds no password; write it as one line of text")
    return text


def read_secret(path: Path) -> str:
    """The text of a short regular file: a pipe or a device could block the daemon. Raises Unreadable."""
    try:
        if path.exists() and not path.is_file():
            raise Unreadable(f"{path} is no file; write the path of a file")
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
        if len(raw) > _LONGEST:
            raise Unreadable(f"{path} is larger than {_LONGEST} bytes; write the secret alone")
        return raw.decode("utf-8")
    except FileNotFoundError:
        raise Unreadable(f"there is no file {path}; write it with the secret in it") from None
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror}); write a file that the daemon may read") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is no text; write it in UTF-8") from None
