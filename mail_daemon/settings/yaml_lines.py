"""YAML read as plain values, each with its line; nothing in a file can make it grow or run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from mail_daemon.settings.document import Document, Place, Problem, Where

LARGEST = 1_000_000  # bytes; the rules of a large desk take a tenth of it
_DEEPEST = 24
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TAG = "tag:yaml.org,2002:"
_PLAIN = ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "value", "merge")
_PLAIN_TAGS = frozenset(_TAG + name for name in _PLAIN)


def read(path: Path, source: str = "") -> Document:
    """Reads one file. What is wrong with it stands in `problems`, with the values that could be read."""
    document = Document(source or str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return _failed(document, 1, f"there is no such file; write it by `mail-daemon init {path.parent}`")
    except OSError as error:
        return _failed(document, 1, f"can't be read ({error.strerror}); write a file that the daemon may read")
    if len(raw) > LARGEST:
        return _failed(document, 1, f"is larger than {LARGEST // 1000} kB; write a shorter file")
    try:
        return parse(raw.decode("utf-8-sig"), document)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _failed(document, line, "is no UTF-8 text; write the file in UTF-8")


def parse(text: str, document: Document) -> Document:
    """Fills a document from its text."""
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        return _failed(document, line, "holds a control character; write plain text")
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _DEEPEST
    try:
        root = yaml.compose(text)
    except YAMLError as error:
        return _failed(document, _line_of(error), _plain_words(error))
    if root is not None:
        _Walk(document).root(root)
    return document


class _Walk:
    """Turns YAML's nodes into values. Each node is visited once, so that aliases can't multiply."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: set[int] = set()

    def root(self, node: Node) -> None:
        if isinstance(node, MappingNode):
            self._document.data.update(self._mapping(node, ()))
        elif node.tag != _TAG + "null":
            self._problem(node, "this is no section; write keys with values, like desk: {name: Support}")

    def _value(self, node: Node, where: Where) -> Any:
        if id(node) in self._seen:
            return self._problem(node, "a value with & is used again by *; write it out at each place")
        self._seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            return self._problem(node, "this begins with !; write text that begins with ! in quotes")
        if isinstance(node, MappingNode):
            return self._mapping(node, where)
        if isinstance(node, ScalarNode):
            return _scalar(node)
        return [self._item(item, (*where, index)) for index, item in enumerate(node.value)]

    def _item(self, node: Node, where: Where) -> Any:
        self._document.places[where] = self._place(node)
        return self._value(node, where)

    def _mapping(self, node: MappingNode, where: Where) -> dict[str | int, Any]:
        values: dict[str | int, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str | int):
                self._problem(key_node, "this key is no word; write text that begins with { or [ in quotes")
            elif key in values:
                first = self._document.places[*where, key].line
                self._problem(key_node, f"{key} stands here again, after line {first}; write it once")
            else:
                self._document.places[*where, key] = self._place(key_node)
                values[key] = self._value(value_node, (*where, key))
        return values

    def _problem(self, node: Node, text: str) -> None:
        self._document.problems.append(Problem(self._place(node), text))

    def _place(self, node: Node) -> Place:
        return Place(self._document.source, node.start_mark.line + 1)


def _scalar(node: ScalarNode) -> Any:
    """Null, true, false and whole numbers as such; all else stays text, so that 125.00 loses nothing."""
    text = str(node.value)
    kind = str(node.tag).removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return int(text) if kind == "int" else text
    except ValueError:
        return text  # 0x1f: no setting is written so


def _failed(document: Document, line: int, text: str) -> Document:
    document.problems.append(Problem(Place(document.source, line), text))
    return document


def _line_of(error: Exception) -> int:
    """The line where YAML's reader stumbled; for a quote or bracket that never ends, where it began."""
    if not isinstance(error, MarkedYAMLError):
        return 1
    unended = "stream" in str(error.problem) and error.context_mark is not None
    mark = error.context_mark if unended and error.context_mark else error.problem_mark
    return mark.line + 1 if mark else 1


# YAML's own words may repeat a piece of the file, and that may be a password: they are never shown.
_WORDS = (
    (
        "mapping values are not allowed",
        'a second ": " on the line or wrong indentation; write text with ": " in quotes',
    ),
    ("'\\t'", "a tab; write spaces for indentation"),
    ("cannot start any token", "a value begins with a special character; write it in quotes"),
    ("undefined alias", "a value begins with *; write it in quotes"),
    ("another document", "a second document begins here; write everything in one, without a line ---"),
    ("maximum depth", f"values are nested more than {_DEEPEST} deep; write them flatter"),
    ("unexpected end of stream", "a quote begins here and never ends; write the closing quote"),
    ("<stream end>", "a bracket never closes; write the closing one"),
    ("could not find expected ':'", 'a key without ":"; write key: value'),
    ("<block mapping start>", "wrong indentation; write keys of one section in the same column"),
    ("<block sequence start>", "wrong indentation; write the items of one list in the same column"),
    ("", "no valid YAML; write key: value, with the same indentation for keys of one section"),
)


def _plain_words(error: Exception) -> str:
    problem = str(getattr(error, "problem", ""))
    return next(words for sign, words in _WORDS if sign in problem)
