"""Reads the config folder into one typed, frozen Configuration, or tells everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import as_file
from importlib.resources import files as package
from pathlib import Path
from typing import Any, TypeVar

from mail_daemon.settings import checks, environment, keys, yaml_lines
from mail_daemon.settings.document import ConfigError, Document, in_order
from mail_daemon.settings.main_file import MAIN, require, typed
from mail_daemon.settings.paths import resolved
from mail_daemon.settings.policy import Account, Accounts, Agent, Agents, Policy
from mail_daemon.settings.priorities import Priorities
from mail_daemon.settings.sections import Desk, Settings
from mail_daemon.settings.types import Section

POLICY = "policy.yaml"
PRIORITIES = "priorities.yaml"
AGENTS = "agents.yaml"
ACCOUNTS = "accounts.yaml"
_FILES = (MAIN, POLICY, PRIORITIES, AGENTS, ACCOUNTS)

_Model = TypeVar("_Model", bound=Section)


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
    require(folder)
    return _Load(folder, environ).configuration()


def load_priorities(folder: Path) -> Priorities:
    """Reads priorities.yaml alone, or the shipped one where there is none. Raises ConfigError."""
    path = folder / PRIORITIES
    document = yaml_lines.read(path) if path.exists() else _shipped(PRIORITIES)
    priorities, mistakes = typed(Priorities, document)
    problems = [*document.problems, *mistakes]
    if problems or priorities is None:
        raise ConfigError(in_order(problems, [document.source]))
    return priorities


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
        self._problems += checks.channel_files(self._documents[POLICY], self._folder)
        signing = self._keys()
        if self._problems or not (settings and policy and priorities and agents and accounts):
            raise ConfigError(in_order(self._problems, [each.source for each in self._documents.values()]))
        settings, policy = resolved(settings, home), resolved(policy, home)
        return Configuration(
            home,
            settings,
            policy,
            agents.agents,
            accounts.accounts,
            priorities,
            signing,
            self._files(settings, policy),
        )

    def _read(self, name: str) -> Document:
        path = self._folder / name
        document = yaml_lines.read(path) if path.exists() or name == MAIN else Document(str(path))
        if name == POLICY or (name == PRIORITIES and not path.exists()):
            document.fill_from(_shipped(name))
        return document

    def _typed(self, model: type[_Model], name: str) -> _Model | None:
        section, mistakes = typed(model, self._documents[name])
        self._problems += mistakes
        return section

    def _keys(self) -> tuple[bytes, ...]:
        main, where = self._documents[MAIN], ("desk", "secret_key_file")
        named: Any = next((value for _, value in main.each(*where)), None)
        path = Path(named if isinstance(named, str) else Desk.model_fields["secret_key_file"].default)
        found, problems = keys.read(self._folder / path, main.place(where))
        self._problems += problems
        return found

    def _files(self, settings: Settings, policy: Policy) -> tuple[Path, ...]:
        sections = (settings.database, settings.smtp, *settings.mailboxes)
        named = [getattr(section, key, None) for section in sections for key in ("password_file", "ca_file")]
        candidates = [
            *(self._folder.absolute() / name for name in _FILES),
            settings.desk.secret_key_file,
            *named,
            *(person.channels_file for person in policy.on_call.people),
        ]
        return tuple(dict.fromkeys(path for path in candidates if path is not None and path.exists()))


def _shipped(name: str) -> Document:
    with as_file(package("config") / name) as path:
        return yaml_lines.read(path, f"{name} (as shipped)")
