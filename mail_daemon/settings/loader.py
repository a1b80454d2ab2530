"""Reads the config folder into one typed, frozen Configuration, or tells everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import as_file
from importlib.resources import files as package
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from mail_daemon.settings import checks, environment, keys, yaml_lines
from mail_daemon.settings.document import Document, Problem
from mail_daemon.settings.paths import resolved
from mail_daemon.settings.policy import Account, Accounts, Agent, Agents, Policy
from mail_daemon.settings.priorities import Priorities
from mail_daemon.settings.problems import explain
from mail_daemon.settings.sections import Desk, Settings
from mail_daemon.settings.types import Section

MAIN = "mail-daemon.yaml"
POLICY = "policy.yaml"
PRIORITIES = "priorities.yaml"
AGENTS = "agents.yaml"
ACCOUNTS = "accounts.yaml"
_FILES = (MAIN, POLICY, PRIORITIES, AGENTS, ACCOUNTS)

_Model = TypeVar("_Model", bound=Section)


class ConfigError(Exception):
    """The configuration can't be used. `problems`: lines of "path:line: what is wrong; write ..."."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that admins tune. Paths are absolute. `files` are all that were read."""

    folder: Path
    settings: Settings
    policy: Policy
    agents: tuple[Agent, ...]
    accounts: tuple[Account, ...]
    priorities: Priorities
    keys: tuple[bytes, ...] = field(repr=False)  # the first signs, all verify
    files: tuple[Path, ...]


def load(folder: Path, environ: Mapping[str, str]) -> Configuration:
    """Reads the folder's files, with MAIL_DAEMON__… of `environ` over mail-daemon.yaml.

    agents.yaml and accounts.yaml may be missing: there are none. What policy.yaml leaves out, and a missing
    priorities.yaml, is as shipped. Raises ConfigError with all problems at once.
    """
    if not folder.is_dir():
        raise ConfigError([f"{folder}: there is no such folder; write one by `mail-daemon init {folder}`"])
    return _Load(folder, environ).configuration()


def load_priorities(folder: Path) -> Priorities:
    """Reads priorities.yaml alone, or the shipped one where there is none. Raises ConfigError."""
    path = folder / PRIORITIES
    document = yaml_lines.read(path) if path.exists() else _shipped(PRIORITIES)
    problems = list(document.problems)
    try:
        if not problems:
            return Priorities.model_validate(document.data)
    except ValidationError as error:
        problems = explain(error, Priorities, document)
    raise ConfigError([str(problem) for problem in problems])


class _Load:
    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._documents = {name: self._read(name) for name in _FILES}
        environment.override(self._documents[MAIN], environ)
        self._problems = [problem for document in self._documents.values() for problem in document.problems]

    def configuration(self) -> Configuration:
        settings = self._typed(Settings, MAIN)
        policy = self._typed(Policy, POLICY)
        priorities = self._typed(Priorities, PRIORITIES)
        agents = self._typed(Agents, AGENTS)
        accounts = self._typed(Accounts, ACCOUNTS)
        main, home = self._documents[MAIN], self._folder.absolute()
        self._problems += checks.across(main, self._documents[AGENTS], self._documents[ACCOUNTS])
        self._problems += checks.files(main, self._folder)
        signing = self._keys()
        if self._problems or not (settings and policy and priorities and agents and accounts):
            raise ConfigError(self._lines())
        settings = resolved(settings, home)
        return Configuration(
            home,
            settings,
            policy,
            agents.agents,
            accounts.accounts,
            priorities,
            signing,
            self._files(settings),
        )

    def _read(self, name: str) -> Document:
        path = self._folder / name
        document = yaml_lines.read(path) if path.exists() or name == MAIN else Document(str(path))
        if name == POLICY or (name == PRIORITIES and not path.exists()):
            document.fill_from(_shipped(name))
        return document

    def _typed(self, model: type[_Model], name: str) -> _Model | None:
        document = self._documents[name]
        if document.problems and not document.data:
            return None  # could not be read at all: said already
        try:
            return model.model_validate(document.data)
        except ValidationError as error:
            self._problems += explain(error, model, document)
            return None

    def _keys(self) -> tuple[bytes, ...]:
        main, where = self._documents[MAIN], ("desk", "secret_key_file")
        named: Any = next((value for _, value in main.each(*where)), None)
        path = Path(named if isinstance(named, str) else Desk.model_fields["secret_key_file"].default)
        found, problems = keys.read(self._folder / path, main.place(where))
        self._problems += problems
        return found

    def _files(self, settings: Settings) -> tuple[Path, ...]:
        sections = (settings.database, settings.smtp, *settings.mailboxes)
        named = [getattr(section, key, None) for section in sections for key in ("password_file", "ca_file")]
        candidates = [
            *(self._folder.absolute() / name for name in _FILES),
            settings.desk.secret_key_file,
            *named,
        ]
        return tuple(dict.fromkeys(path for path in candidates if path is not None and path.exists()))

    def _lines(self) -> list[str]:
        """In the order of files and lines, variables before them."""
        order = [document.source for document in self._documents.values()]

        def position(problem: Problem) -> tuple[int, int]:
            source, line = problem.place
            return (order.index(source) if source in order else len(order) if line else -1, line)

        return list(dict.fromkeys(str(problem) for problem in sorted(self._problems, key=position)))


def _shipped(name: str) -> Document:
    with as_file(package("config") / name) as path:
        return yaml_lines.read(path, f"{name} (as shipped)")
