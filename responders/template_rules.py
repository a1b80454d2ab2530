"""What a template may contain: an allow-list over its syntax tree, and every name it uses must exist.

Calls, assignments, macros, imports, powers and products are not on the list, so nothing that a template says
can run code, take long or grow large (the sandbox alone would still call methods and compute 'a' * 10**8).
"""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from responders.letter import Letter

# Jinja's node classes, by name, since one file alone imports jinja2.
ALLOWED = frozenset(
    {
        "Template",
        "Output",
        "TemplateData",
        "Name",
        "Const",
        "Getattr",
        "If",
        "For",
        "CondExpr",
        "Filter",
        "Test",
        "Compare",
        "Operand",
        "And",
        "Or",
        "Not",
        "Concat",
    }
)
FILTERS = frozenset(
    {
        "bare",
        "capitalize",
        "default",
        "first",
        "join",
        "last",
        "length",
        "linked",
        "lower",
        "title",
        "trim",
        "truncate",
        "upper",
    }
)
TESTS = frozenset({"defined", "none", "odd", "even", "divisibleby"})
LOOP = frozenset({"index", "index0", "first", "last", "length", "revindex"})
DEEPEST = 2  # loops inside one another

_hints = cache(typing.get_type_hints)  # asked for every name of every template

Scope = Mapping[str, Any]  # a name's type, as far as it is known; None: any


def problems(tree: Any, extra: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """(line, what is wrong and what to write) of a parsed template. `extra`: names known beside Letter's."""
    yield from _check(tree, {**_hints(Letter), **extra}, 0)


def _check(node: Any, scope: Scope, loops: int) -> Iterator[tuple[int, str]]:
    kind = type(node).__name__
    if kind not in ALLOWED:
        yield node.lineno, f"{_plainly(kind)} can't be used in a letter; use plain values, if and for"
        return
    if kind == "For":
        yield from _check_for(node, scope, loops)
        return
    yield from _check_names(node, kind, scope)
    for child in node.iter_child_nodes():
        yield from _check(child, scope, loops)


def _check_for(node: Any, scope: Scope, loops: int) -> Iterator[tuple[int, str]]:
    yield from _check(node.iter, scope, loops)
    if loops == DEEPEST:
        yield node.lineno, f"more than {DEEPEST} loops inside one another; write it flatter"
    if type(node.target).__name__ != "Name" or node.test or node.recursive:
        yield node.lineno, "this form of for can't be used; write {% for item in items %}"
        return
    listed = _type_of(node.iter, scope)
    if typing.get_origin(listed) is not tuple:
        yield node.lineno, "this is not a list; loop over " + ", ".join(_lists())
    item = typing.get_args(listed)[0] if typing.get_args(listed) else None
    inside = {**scope, node.target.name: item, "loop": LOOP}
    for child in (*node.body, *node.else_):
        yield from _check(child, inside, loops + 1)


def _check_names(node: Any, kind: str, scope: Scope) -> Iterator[tuple[int, str]]:
    if kind == "Name" and node.name not in scope:
        yield node.lineno, f"`{node.name}` does not exist; write {_nearest(node.name, scope)}"
    elif kind == "Getattr":
        fields = _fields(_type_of(node.node, scope))
        if fields is not None and node.attr not in fields:
            yield node.lineno, f"`.{node.attr}` does not exist here; write .{_nearest(node.attr, fields)}"
        elif node.attr.startswith("_"):
            yield node.lineno, f"`.{node.attr}` can't be used in a letter; use plain values"
    elif kind == "Filter" and node.name not in FILTERS:
        yield (
            node.lineno,
            f"the filter `{node.name}` can't be used; write one of {', '.join(sorted(FILTERS))}",
        )
    elif kind == "Test" and node.name not in TESTS:
        yield node.lineno, f"the test `{node.name}` can't be used; write one of {', '.join(sorted(TESTS))}"


def _type_of(node: Any, scope: Scope) -> Any:
    """The type of an expression made of names and dots; None where it can't be told."""
    kind = type(node).__name__
    if kind == "Name":
        return scope.get(node.name)
    if kind == "Getattr":
        owner = _type_of(node.node, scope)
        return _hints(owner).get(node.attr) if isinstance(owner, type) and dataclasses.is_dataclass(owner) else None
    return None


def _fields(owner: Any) -> frozenset[str] | None:
    if owner is None or isinstance(owner, frozenset):
        return owner
    return frozenset(_hints(owner)) if isinstance(owner, type) and dataclasses.is_dataclass(owner) else frozenset()


def _lists() -> list[str]:
    hints = _hints(Letter)
    return [name for name, hint in hints.items() if typing.get_origin(hint) is tuple]


def _nearest(name: str, known: typing.Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return near[0] if near else ("one of " + ", ".join(sorted(known)) if known else "it without that part")


def _plainly(kind: str) -> str:
    words = {"Call": "a call (`...()`)", "Assign": "`set`", "Getitem": "`[...]`", "Pow": "`**`", "Mul": "`*`"}
    return words.get(kind, f"`{kind.lower()}`")
