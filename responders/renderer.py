"""Letters from templates. The only file that imports jinja2.

Each template is compiled once, when it is loaded, into three small Jinja templates (head, HTML, text); a
letter is then three cheap renders. Values are escaped on their way out (responders.values), never before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from responders import template_rules, values
from responders.frame import Frame, framed, read_frame
from responders.layout import lay_out
from responders.letter import AttachmentFacts, ContactFacts, DeskFacts, Letter, Promises, Reason, TicketFacts
from responders.markdown import forms
from responders.tags import MisplacedTag
from responders.template_file import TemplateError, TemplateFile, find, read

LARGEST = 1_000_000  # characters of one form
MOST_ATTACHMENTS = 50
ATTACHMENT_TEXT = 1000  # characters read from one attachment
PART = "\x1e"  # between subject and badge

# Letters that only agents and admins get: these may quote a sender whom nothing proves.
INSIDE = frozenset({"notice", "warning", "transcript", "confirm", "page"})

_PLAIN = frozenset({DeskFacts, TicketFacts, Promises, Reason, ContactFacts, AttachmentFacts})
_NAMES = tuple(field.name for field in fields(Letter))
_VALUES = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter, ready for responders.composer."""

    subject: str  # one line
    text: str  # lines of at most 76 characters where words allow it, LF
    html: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    source: TemplateFile
    head: Template
    text: Template
    html: Template


class Renderer:
    """All templates of some folders, `NAME.LANGUAGE.md`; a later folder's file replaces an earlier one's.

    Raises TemplateError with every problem of every file. `language` is the desk's own.
    """

    def __init__(self, folders: Sequence[Path], *, language: str = "en") -> None:
        self._folders = tuple(folders)
        self._language = language.lower()
        self._templates: dict[tuple[str, str], _Compiled] = {}
        frame = read_frame(folders)
        problems = _broken_rules(frame.path, frame.text, 1, {"subject": str, "badge": str})
        for path in find(folders):
            try:
                compiled = _compiled(read(path), frame)
            except TemplateError as error:
                problems += error.problems
            else:
                self._templates[compiled.source.name, compiled.source.language] = compiled
        if problems:
            raise TemplateError(problems)

    def render(self, letter: Letter) -> Rendered:
        """Raises TemplateError where no language has this letter, or its template fails on these values."""
        compiled = self._chosen(letter.name, letter.language)
        facts = dict(zip(_NAMES, _VALUES(_bounded(_discreet(letter))), strict=True))
        try:
            subject, badge = _filled(compiled.head, facts).split(PART)
            facts["subject"], facts["badge"] = values.one_line(subject), values.one_line(badge)
            text = lay_out(_filled(compiled.text, facts))
            return Rendered(facts["subject"], text, _filled(compiled.html, facts))
        except (JinjaError, TypeError, ValueError) as error:
            raise TemplateError([f"{compiled.source.path}:{compiled.source.first_line}: {error}"]) from error

    def check(self) -> list[str]:
        """Renders every template with sample letters; what goes wrong, as "file:line: what"."""
        from responders.samples import samples

        problems: list[str] = []
        for name, language in self._templates:
            for letter in samples(name, language):
                try:
                    self.render(letter)
                except TemplateError as error:
                    problems += error.problems
        return list(dict.fromkeys(problems))

    def letters(self) -> list[tuple[str, str]]:
        """Name and language of every template."""
        return sorted(self._templates)

    def _chosen(self, name: str, language: str) -> _Compiled:
        wanted = language.lower()
        for candidate in (wanted, wanted.partition("-")[0], self._language, "en"):
            if found := self._templates.get((name, candidate)):
                return found
        looked = ", ".join(map(str, self._folders))
        raise TemplateError([f"{looked}:1: no template for {name}; write {name}.{self._language}.md"])


def _discreet(letter: Letter) -> Letter:
    """Nothing of an unproven sender's words goes outside, whatever a template says (no mail through us)."""
    if letter.proven or letter.name in INSIDE:
        return letter
    ticket = replace(letter.ticket, subject="", requester_name="", account="")
    return replace(letter, ticket=ticket, greeting_name="", reasons=(), attachments=(), text="")


def _bounded(letter: Letter) -> Letter:
    if not letter.attachments:
        return letter
    shown = tuple(
        replace(attachment, text=attachment.text[:ATTACHMENT_TEXT] + values.CUT)
        if len(attachment.text) > ATTACHMENT_TEXT
        else attachment
        for attachment in letter.attachments[:MOST_ATTACHMENTS]
    )
    return replace(letter, attachments=shown)


def _filled(template: Template, facts: dict[str, Any]) -> str:
    parts: list[str] = []
    size = 0
    for part in template.generate(facts):
        size += len(part)
        if size > LARGEST:
            raise ValueError(f"the letter grows over {LARGEST} characters; show less in it")
        parts.append(part)
    return "".join(parts)


class _Environment(ImmutableSandboxedEnvironment):
    """Our own frozen values skip the sandbox's slow way: no methods, and the rules bar underscores."""

    def getattr(self, obj: Any, attribute: str) -> Any | Undefined:
        if type(obj) in _PLAIN:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


def _markup(value: object) -> Markup:
    # Jinja has escaped what is Markup already: words of the template itself.
    return value if isinstance(value, Markup) else Markup(values.html(value))  # noqa: S704


def _environment(*, markup: bool) -> _Environment:
    environment = _Environment(
        undefined=StrictUndefined,
        autoescape=markup,
        finalize=_markup if markup else values.plain,
        keep_trailing_newline=True,
    )
    known = environment.filters
    environment.filters = {name: known[name] for name in template_rules.FILTERS & known.keys()}
    environment.filters["bare"] = values.bare
    environment.globals.clear()
    return environment


_TEXT = _environment(markup=False)
_HTML = _environment(markup=True)


def _compiled(source: TemplateFile, frame: Frame) -> _Compiled:
    problems = _problems(source)
    if problems:
        raise TemplateError(problems)
    try:
        both = forms(source.body)
        return _Compiled(
            source=source,
            head=_TEXT.from_string(source.subject + PART + source.badge),
            text=_TEXT.from_string(both.text),
            html=_HTML.from_string(framed(frame, both.html)),
        )
    except MisplacedTag as error:
        raise TemplateError([f"{source.path}:{source.first_line + error.line - 1}: {error}"]) from error
    except TemplateSyntaxError as error:
        raise TemplateError([f"{source.path}:{source.first_line}: {error.message}"]) from error


def _problems(source: TemplateFile) -> list[str]:
    problems = _broken_rules(source.path, source.subject, source.key_lines["subject"])
    if source.badge:
        problems += _broken_rules(source.path, source.badge, source.key_lines["badge"])
    return problems + _broken_rules(source.path, source.body, source.first_line)


def _broken_rules(path: Path, text: str, line: int, extra: Mapping[str, type] = MappingProxyType({})) -> list[str]:
    """The text is parsed where it stands in its file, so that line numbers are the file's own."""
    try:
        found = list(template_rules.problems(_TEXT.parse("\n" * (line - 1) + text), extra))
    except TemplateSyntaxError as error:
        found = [(error.lineno, f"{error.message}; see docs/templates.md for what may be written")]
    return [f"{path}:{number}: {problem}" for number, problem in found]


__all__ = ["INSIDE", "Rendered", "Renderer", "TemplateError"]
