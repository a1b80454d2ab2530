"""The whole of priorities.yaml, typed; `config/priorities.yaml` explains every key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from mail_daemon.domain import doubts, scope, sentences
from mail_daemon.domain.phrases import Grammar
from mail_daemon.domain.ticket import CATEGORIES
from mail_daemon.settings.types import Mistake, Mistakes, Section

Level = Annotated[int, Field(ge=1, le=4)]
Place = Literal["subject", "body", "ocr", "trace", "document", "voicemail"]
SKIPPED = sentences.SIGNS


def _phrases(value: Any) -> Any:
    """Reads a list, or a text of phrases parted by commas, which needs no quotes."""
    if isinstance(value, str):
        return tuple(phrase for part in value.split(",") if (phrase := " ".join(part.split())))
    return value


Phrases = Annotated[tuple[str, ...], BeforeValidator(_phrases)]


def _category(value: Any) -> str:
    if value not in CATEGORIES:
        raise ValueError(f"{value!r} is no category; write one of {', '.join(CATEGORIES)}")
    return str(value)


def _levels(value: Any) -> Any:
    """Reads one level for every width, or a level for each; `otherwise` stands for those left out."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = {"otherwise": value}
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is no level; write 1 to 4, or one for each of {', '.join(scope.WIDTHS)}")
    unknown = set(value) - {*scope.WIDTHS, "otherwise"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: no such width; write {', '.join(scope.WIDTHS)} or otherwise")
    filled = {width: value.get(width, value.get("otherwise")) for width in scope.WIDTHS}
    missing = [width for width, level in filled.items() if level is None]
    if missing:
        raise ValueError(f"no level for {', '.join(missing)}; write them, or `otherwise: 3`")
    return filled


class RuleSection(Section):
    """One rule of the table."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    category: Annotated[str, BeforeValidator(_category)]
    level: Annotated[dict[str, Level], BeforeValidator(_levels)]
    phrases: Phrases = ()
    when: Phrases = ()
    unless: Phrases = ()
    where: tuple[Place, ...] = ("subject", "body", "ocr", "trace", "document", "voicemail")
    doubted: bool = True
    asked: bool = True
    overrules: bool = False
    weak: bool = False

    @model_validator(mode="after")
    def _fires(self) -> RuleSection:
        if not self.phrases and not self.when:
            raise ValueError(f"rule {self.name} can never fire; write phrases: or when:")
        return self

    def conditions(self, sign: str) -> tuple[tuple[str, ...], ...]:
        """The conditions of `when` that are written with this sign: + (any order) or > (this order)."""
        found = (line.split() for line in self.when)
        return tuple(tuple(parts[::2]) for parts in found if (parts[1:2] or ["+"])[0] == sign)


class Priorities(Section):
    """Word lists and the ordered rules that give a mail its category and priority (policy section 5)."""

    category: Annotated[str, BeforeValidator(_category)] = "other"  # of a mail in which no rule finds anything
    level: Level = 4
    important_level: Annotated[int, Field(ge=2, le=4)] = 3  # the same, when its sender marked it important
    words: dict[str, Phrases] = Field(default_factory=dict)
    scope: dict[str, Phrases] = Field(default_factory=dict)
    doubt: dict[str, Phrases] = Field(default_factory=dict)
    skipped: dict[str, Phrases] = Field(default_factory=dict)
    rules: tuple[RuleSection, ...]

    @field_validator("scope", "doubt", "skipped")
    @classmethod
    def _known_lists(cls, value: dict[str, Phrases], info: Any) -> dict[str, Phrases]:
        known = {"scope": scope.SIGNS, "doubt": doubts.SIGNS, "skipped": SKIPPED}[info.field_name]
        unknown = sorted(set(value) - set(known))
        if unknown:
            raise ValueError(f"no list {', '.join(unknown)} is looked at here; write {', '.join(known)}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Priorities:
        grammar = Grammar(self.lists)
        wrong = [*self._wrong_lists(grammar), *self._wrong_rules(grammar)]
        if wrong:
            raise Mistakes(wrong)
        return self

    @property
    def lists(self) -> dict[str, Phrases]:
        """All word lists by name."""
        return {**self.words, **self.scope, **self.doubt, **self.skipped}

    def _wrong_lists(self, grammar: Grammar) -> Iterator[Mistake]:
        for section in ("words", "scope", "doubt", "skipped"):
            for name, phrases in getattr(self, section).items():
                where = (section, name)
                if section == "words" and name in {*scope.SIGNS, *doubts.SIGNS, *SKIPPED}:
                    yield where, f"{name!r} is the name of another list; write another name"
                yield from (((*where, place), what) for place, what in _wrong_phrases(phrases, grammar))

    def _wrong_rules(self, grammar: Grammar) -> Iterator[Mistake]:
        names = [rule.name for rule in self.rules]
        lists = self.lists
        for at, rule in enumerate(self.rules):
            if rule.name in names[:at]:
                yield ("rules", at, "name"), f"{rule.name!r} stands twice; write another name"
            problems = {
                "phrases": _wrong_phrases(rule.phrases, grammar),
                "when": _wrong_conditions(rule.when, lists),
                "unless": ((0, what) for what in _unknown(rule.unless, lists)),
            }
            for key, found in problems.items():
                yield from ((("rules", at, key, place), what) for place, what in found)


def _wrong_phrases(phrases: Phrases, grammar: Grammar) -> Iterator[tuple[int, str]]:
    """(place in the list, what is wrong and what to write instead)"""
    for place, phrase in enumerate(phrases):
        try:
            grammar.patterns(phrase)
        except ValueError as error:
            yield place, str(error)


def _wrong_conditions(lines: Phrases, lists: Mapping[str, Phrases]) -> Iterator[tuple[int, str]]:
    for place, line in enumerate(lines):
        parts = line.split()
        signs = set(parts[1::2])
        if len(parts) % 2 == 0 or len(signs) > 1 or not signs <= {"+", ">"}:
            yield place, f"{line!r} is no condition; write `list + list` (any order) or `list > list`"
        else:
            yield from ((place, what) for what in _unknown(parts[::2], lists))


def _unknown(names: Sequence[str], lists: Mapping[str, Phrases]) -> list[str]:
    unknown = [name for name in names if name not in lists]
    return [f"no word list is called {name!r}; write {_near(name, lists)}" for name in unknown]


def _near(name: str, lists: Mapping[str, Phrases]) -> str:
    return " or ".join(get_close_matches(name, lists, 2, 0.5)) or f"one of {', '.join(sorted(lists))}"
