"""`mail-daemon rules test`: how the priority rules rank mails that a person has labelled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mail_daemon.cli.output import print_json, print_lines, print_table, shown
from mail_daemon.domain.labelled import LEVELS, Miss, Score, read, score
from mail_daemon.domain.priority import Ranking
from mail_daemon.domain.rules import RuleTable
from mail_daemon.settings.loader import load_priorities
from mail_daemon.stages.triage import compiled, triage
from parsers.reply_text import forwards, split

_EXCERPT = 240  # characters of a mail that was missed

app = typer.Typer(help="The priority rules.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The priority rules of priorities.yaml."""


@app.command("test")
def test(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Lines of level, subject and body, parted by tabs.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Prints accuracy, the confusion table and each miss with the rules that fired."""
    rules = compiled(load_priorities(context.obj))
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            mails = list(read(lines))
    except ValueError as error:
        raise ValueError(f"{file}:{error}") from error
    result = score(mails, lambda subject, body: _ranked(rules, subject, body))
    if as_json:
        print_json(_document(file, result))
    else:
        _print(file, result)


def _ranked(rules: RuleTable, subject: str, body: str) -> Ranking:
    """As a mail is ranked on its way: without what it quotes and without its signature."""
    return triage(rules, subject=subject, text=split(body, forwarded=forwards(subject)).new or body, importance=None)


def _print(file: Path, result: Score) -> None:
    grave = sum(miss.grave for miss in result.misses)
    told = f"{file}: {result.right} of {result.mails} right, accuracy {result.accuracy:.1%}; "
    print_lines([told + f"{grave} mistaken between 1 and 3 or 4", ""])
    columns = ["label", "mails", "right", *(f"ranked {level}" for level in LEVELS)]
    print_table(columns, [_confused(result, label) for label in LEVELS], numbers=columns[1:])
    for miss in result.misses:
        print_lines(["", _title(file, miss), f'  "{_excerpt(miss.mail.body)}"'])
        print_table(["  rule", "words found", "where"], _reasons(miss.ranking))


def _confused(result: Score, label: int) -> list[Any]:
    ranked = [result.confusion.get((label, level), 0) for level in LEVELS]
    mails = sum(ranked)
    right = f"{ranked[label - 1] / mails:.0%}" if mails else ""
    return [label, mails, right, *ranked]


def _title(file: Path, miss: Miss) -> str:
    mark = " (grave)" if miss.grave else ""
    ranked = f"{miss.mail.level} was ranked {miss.ranking.level}{mark}, {miss.ranking.category}"
    return shown(f"{file.name}:{miss.mail.line}: {ranked}: {miss.mail.subject}")


def _excerpt(body: str) -> str:
    words = " ".join(body.split())
    return shown(words if len(words) <= _EXCERPT else words[:_EXCERPT].rsplit(" ", 1)[0] + " ...")


def _reasons(ranking: Ranking) -> list[tuple[str, str, str]]:
    return [(f"  {r.rule}", r.evidence, r.where) for r in ranking.reasons] or [("  no rule", "", "")]


def _document(file: Path, result: Score) -> dict[str, Any]:
    return {
        "file": str(file),
        "mails": result.mails,
        "right": result.right,
        "accuracy": round(result.accuracy, 4),
        "grave": sum(miss.grave for miss in result.misses),
        "confusion": {
            str(label): {str(level): result.confusion.get((label, level), 0) for level in LEVELS} for label in LEVELS
        },
        "misses": [_miss(miss) for miss in result.misses],
    }


def _miss(miss: Miss) -> dict[str, Any]:
    return {
        "line": miss.mail.line,
        "label": miss.mail.level,
        "ranked": miss.ranking.level,
        "category": miss.ranking.category,
        "grave": miss.grave,
        "subject": miss.mail.subject,
        "reasons": list(miss.ranking.reasons),
    }
