"""Small tables as text and as HTML, for what objects show of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Row = Sequence[object]


class Markup(str):
    """A text that is HTML already."""


def columns(rows: Sequence[Row], indent: str = "  ") -> list[str]:
    """Lines with aligned cells; numbers stand to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [all(isinstance(cell, (int, float)) for cell in c) for c in zip(*rows, strict=True)]
    return [
        (indent + "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, right, strict=True)
        )).rstrip()
        for row in cells
    ]  # fmt: skip


def table(head: Sequence[str], rows: Sequence[Row]) -> Markup:
    """An HTML table; all cells are escaped but those of :class:`Markup`."""
    top = "".join(f'<th style="text-align: left">{escape(cell)}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return Markup(f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>")


def heading(title: str, facts: str) -> Markup:
    """A line with a title and what is to be said of it."""
    return Markup(f"<div><b>{escape(title)}</b> {escape(facts)}</div>")


def plural(n: int, noun: str) -> str:
    """A number and a noun.

    Examples
    --------
    >>> plural(1, "spike"), plural(2, "population")
    ('1 spike', '2 populations')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _cell(cell: object) -> str:
    text = cell if isinstance(cell, Markup) else escape(str(cell))
    side = "right" if isinstance(cell, (int, float)) else "left"
    return f'<td style="text-align: {side}">{text}</td>'
