"""What the typed sections allow at a place: the key's field, and the section that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from mail_daemon.settings.document import Where
from mail_daemon.settings.types import Section


@dataclass(frozen=True)
class Spot:
    """Where an error of pydantic points: `where` in the file, and what is allowed there."""

    where: Where
    section: type[Section] | None  # the innermost section around the key
    field: FieldInfo | None  # None for an unknown key and for items of lists
    types: tuple[str, ...]  # what `type` may say, where it chooses among sections

    @property
    def known_keys(self) -> list[str]:
        fields = self.section.model_fields if self.section else {}
        return [field.alias or key for key, field in fields.items()]

    @property
    def example(self) -> str | None:
        """What to write for this key, where its field says so."""
        return _example(self.field) if self.field else None


def _example(field: FieldInfo) -> str | None:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "example" in extra:
        return str(extra["example"])
    kind = field.annotation
    if not (isinstance(kind, type) and issubclass(kind, Section)):
        return None
    required = {inner.alias or key: inner for key, inner in kind.model_fields.items() if inner.is_required()}
    return "{" + ", ".join(f"{key}: {_example(inner)}" for key, inner in required.items()) + "}"


def spot(model: type[Section], loc: Sequence[str | int]) -> Spot:
    """Follows pydantic's path. It names the chosen member of a union, and "[key]", which no file holds."""
    where: Where = ()
    annotation: Any = model
    section: type[Section] | None = None
    field: FieldInfo | None = None
    for part in loc:
        members = _members(annotation)
        if len(members) > 1:
            annotation = next((m for m in members if part in _tags(m)), None)
            continue
        if part == "[key]":
            continue
        where = (*where, part)
        annotation = members[0] if members else None
        section, field, annotation = _step(annotation, part, section)
    types = tuple(tag for member in _members(annotation) for tag in _tags(member))
    return Spot(where, section, field, types)


def _step(
    annotation: Any, part: str | int, section: type[Section] | None
) -> tuple[type[Section] | None, FieldInfo | None, Any]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        field = _field(annotation, str(part))
        return annotation, field, field.annotation if field else None
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return section, None, arguments[1]
    return section, None, arguments[0] if arguments else None


def _field(section: type[Section], key: str) -> FieldInfo | None:
    """By the key as files have it: `from` is no name in Python."""
    return next((field for name, field in section.model_fields.items() if (field.alias or name) == key), None)


def _members(annotation: Any) -> list[Any]:
    """The types that an annotation stands for, without None and without Annotated's notes."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [m for argument in get_args(annotation) for m in _members(argument) if m is not NoneType]
    return [] if annotation is None else [annotation]


def _tags(member: Any) -> tuple[str, ...]:
    """The words of `type` that choose this member of a union."""
    if isinstance(member, type) and issubclass(member, Section) and "type" in member.model_fields:
        return get_args(member.model_fields["type"].annotation)
    return ()
