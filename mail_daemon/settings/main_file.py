"""mail-daemon.yaml alone: all that commands need which only store mails or look at what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from mail_daemon.settings import checks, environment, yaml_lines
from mail_daemon.settings.document import ConfigError, Document, Problem, in_order
from mail_daemon.settings.paths import resolved
from mail_daemon.settings.problems import explain
from mail_daemon.settings.sections import Settings
from mail_daemon.settings.types import Section

MAIN = "mail-daemon.yaml"

_Model = TypeVar("_Model", bound=Section)


def load_settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    """Reads no other file, so that a mistake in one keeps nobody from storing a mail. Paths are absolute.

    This file must be right as a whole: one that is half written might name the wrong database. Raises ConfigError
    with all problems at once.
    """
    require(folder)
    document = yaml_lines.read(folder / MAIN)
    environment.override(document, environ)
    settings, mistakes = typed(Settings, document)
    nobody = Document("")
    problems = [
        *document.problems,
        *mistakes,
        *checks.across(document, nobody, nobody),
        *checks.files(document, folder),
    ]
    if problems or settings is None:
        raise ConfigError(in_order(problems, [document.source]))
    return resolved(settings, folder.absolute())


def require(folder: Path) -> None:
    if not folder.is_dir():
        raise ConfigError([f"{folder}: there is no such folder; write one by `mail-daemon init {folder}`"])


def typed(model: type[_Model], document: Document) -> tuple[_Model | None, list[Problem]]:
    """A file's values as its section, or what keeps them from being one beside the document's own problems."""
    if document.problems and not document.data:
        return None, []  # could not be read at all: said already
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, explain(error, model, document)
