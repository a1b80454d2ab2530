"""Letters from templates. The only file that imports jinja2.

Each template becomes three small Jinja templates (head, HTML, text) when it is loaded, and their syntax is
checked then. They are compiled once, by the first letter that needs them: most desks write a few letters in
one language, and compiling takes as long as all the rest. A letter is then three cheap renders. Values are
escaped on their way out (responders.values), never before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from responders import letter as seen
from responders import template_rules, values
from responders.frame import PERSONAL, Frame, framed, read_frame
from responders.layout import Block, blocks, lay_out
from responders.letter import Letter
from responders.markdown import Forms, forms
from responders.tags import MisplacedTag
from responders.template_file import TemplateError, TemplateFile, find, read

LARGEST = 1_000_000  # characters of one form
MOST_ATTACHMENTS = 50
ATTACHMENT_TEXT = 1000  # characters read from one attachment
PART = "\x1e"  # between subject and badge

# Letters that only agents and admins get: these may quote a sender whom nothing proves.
INSIDE = frozenset({"notice", "warning", "transcript", "confirm", "page", "push", "rfo-draft", "note"})

_PLAIN = frozenset(each for each in vars(seen).values() if isinstance(each, type) and is_dataclass(each))
_NAMES = tuple(field.name for field in fields(Letter))
_VALUES = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter, ready for responders.composer."""

    subject: str  # one line
    text: str  # lines of at most 76 characters where words allow it, LF
    html: str


@dataclass(frozen=True, slots=True)
class Document:
    """One letter as its blocks, for a form that is no mail: see responders.pdf."""

    title: str  # one line
    badge: str  # one line, may be ""
    foot: str
    language: str
    author: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class _Compiled:
    """A template's three Jinja templates, made when they are asked for."""

    source: TemplateFile
    forms: Forms
    frame: Frame

    @cached_property
    def head(self) -> Template:
        return _TEXT.from_string(self.source.subject + PART + self.source.badge)

    @cached_property
    def text(self) -> Template:
        return _TEXT.from_string(self.forms.text)

    @cached_property
    def html(self) -> Template:
        return _HTML.from_string(framed(self.frame, self.forms.html))


class Renderer:
    """All templates of some folders, `NAME.LANGUAGE.md`; a later folder's file replaces an earlier one's.

    Raises TemplateError with every problem of every file. `language` is the desk's own.
    """

    def __init__(self, folders: Sequence[Path], *, language: str = "en") -> None:
        self._folders = tuple(folders)
        self._language = language.lower()
        self._templates: dict[tuple[str, str], _Compiled] = {}
        frame, personal = read_frame(folders), read_frame(folders, PERSONAL)
        problems = _broken_frame(frame) + _broken_frame(personal)
        for path in find(folders):
            try:
                source = read(path)
                compiled = _compiled(source, personal if source.name == "agent-reply" else frame)
            except TemplateError as error:
                problems += error.problems
            else:
                self._templates[compiled.source.name, compiled.source.language] = compiled
        if problems:
            raise TemplateError(problems)

    def render(self, letter: Letter) -> Rendered:
        """Raises TemplateError where no language has this letter, or its template fails on these values."""
        compiled = self._chosen(letter.name, letter.language)
        with _told(compiled.source):
            facts = _facts(compiled, letter)
            text = lay_out(_filled(compiled.text, facts))
            return Rendered(facts["subject"], text, _filled(compiled.html, facts))

    def document(self, letter: Letter) -> Document:
        """The same letter, not as a mail. Raises TemplateError as `render` does."""
        compiled = self._chosen(letter.name, letter.language)
        with _told(compiled.source):
            facts = _facts(compiled, letter)
            found = tuple(blocks(_filled(compiled.text, facts)))
        desk = letter.desk
        foot = " · ".join(values.one_line(each) for each in (desk.name, desk.address, desk.telephone) if each)
        return Document(facts["subject"], facts["badge"], foot, compiled.source.language, desk.name, found)

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

    @property
    def fonts(self) -> list[Path]:
        """Font files beside the templates, for characters in documents that our own font lacks."""
        return [path for folder in self._folders for path in sorted(folder.glob("*.[ot]tf"))]

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


@contextmanager
def _told(source: TemplateFile) -> Iterator[None]:
    """What goes wrong in a template is told with its file."""
    try:
        yield
    except (JinjaError, TypeError, ValueError) as error:
        raise TemplateError([f"{source.path}:{source.first_line}: {error}"]) from error


def _facts(compiled: _Compiled, letter: Letter) -> dict[str, Any]:
    facts = dict(zip(_NAMES, _VALUES(_bounded(_discreet(letter))), strict=True))
    subject, badge = _filled(compiled.head, facts).split(PART)
    return facts | {"subject": values.one_line(subject), "badge": values.one_line(badge)}


def _discreet(letter: Letter) -> Letter:
    """Nothing of an unproven sender's words goes outside, whatever a template says (no mail through us)."""
    if letter.proven or letter.name in INSIDE:
        return letter
    ticket = replace(letter.ticket, subject="", requester_name="", account="", telephone="")
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


def _linked(value: object) -> Markup:
    return Markup(values.linked(value))  # noqa: S704


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
    environment.filters["linked"] = _linked if markup else str
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
        _TEXT.parse(both.text)
        _HTML.parse(both.html)
    except MisplacedTag as error:
        raise TemplateError([f"{source.path}:{source.first_line + error.line - 1}: {error}"]) from error
    except TemplateSyntaxError as error:
        raise TemplateError([f"{source.path}:{source.first_line}: {error.message}"]) from error
    return _Compiled(source, both, frame)


def _broken_frame(frame: Frame) -> list[str]:
    problems = _broken_rules(frame.path, frame.text, 1, {"subject": str, "badge": str})
    if not problems:
        try:
            _HTML.parse(framed(frame, ""))  # with its style in its tags it is another text
        except TemplateSyntaxError as error:
            problems = [f"{frame.path}:1: {error.message}"]
    return problems


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


__all__ = ["INSIDE", "Document", "Rendered", "Renderer", "TemplateError"]
