"""Text of format=flowed as its writer typed it: lines joined again (RFC 3676)."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool) -> str:
    """Joins the lines that end in a space to what follows at the same depth of quotes.

    `delete_space` is the DelSp parameter: the space was added for the wire, as for Chinese.
    """
    lines: list[str] = []
    open_depth = -1  # depth of a paragraph that goes on, or -1
    pending: list[str] = []
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")  # space-stuffing, section 4.4
        flows = content.endswith(" ") and content != "-- "  # the signature's mark is fixed, section 4.3
        if pending and (depth != open_depth or content == "-- "):
            lines.append("".join(pending))
            pending = []
        if not pending:
            pending.append(">" * depth + " " if depth else "")
        pending.append(content[:-1] if flows and delete_space else content)
        open_depth = depth
        if not flows:
            lines.append("".join(pending))
            pending = []
    if pending:
        lines.append("".join(pending))
    return "\n".join(lines)
