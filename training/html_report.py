"""A report as one HTML file with its pictures inside, so that it can be copied to a stick and opened anywhere."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1d1f21; background: #fff; max-width: 60rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid #ddd; padding-top: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
td.number { text-align: right; } figure { margin: 1rem 0; } img { max-width: 100%; }
figcaption { color: #555; font-size: .9rem; } p.warning { border-left: 4px solid #D55E00; padding-left: .75rem; }
"""
_DPI = 80


class HtmlReport:
    """Collects sections in order and writes them as one file. Every text is escaped."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[str] = []

    def add_heading(self, text: str) -> None:
        """Start a section."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def add_text(self, text: str) -> None:
        """Add a paragraph."""
        self._parts.append(f"<p>{html.escape(text)}</p>")

    def add_warning(self, text: str) -> None:
        """Add a paragraph that nobody should miss."""
        self._parts.append(f'<p class="warning">{html.escape(text)}</p>')

    def add_table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add a table; numbers are set to the right."""
        head = "".join(f"<th>{html.escape(heading)}</th>" for heading in headings)
        body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
        self._parts.append(f"<table><tr>{head}</tr>{body}</table>")

    def add_figure(self, figure: Figure, caption: str) -> None:
        """Add a picture with the words below it."""
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, bbox_inches="tight")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        words = html.escape(caption)
        self._parts.append(
            f'<figure><img alt="{words}" src="data:image/png;base64,{data}"><figcaption>{words}</figcaption></figure>'
        )

    def write(self, path: Path) -> None:
        """Write the report in one step."""
        title = html.escape(self._title)
        page = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{''.join(self._parts)}</body></html>\n"
        )
        partial = path.with_name(path.name + ".partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(page, encoding="utf-8")
        partial.replace(path)


def _cell(value: object) -> str:
    kind = ' class="number"' if isinstance(value, int | float) else ""
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return f"<td{kind}>{html.escape(text)}</td>"
