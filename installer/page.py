"""The page docs/installed.md: the parts that are measured are written by a command."""

from __future__ import annotations

import re
from pathlib import Path


def put_into_page(page: Path, part: str, text: str) -> None:
    """Replace what stands between `<!-- part: begin -->` and `<!-- part: end -->` of a Markdown page."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before = page.read_text(encoding="utf-8")
    after, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n\n{text}\n\n{end}", before, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"{page} has no part {part!r}")
    page.write_text(after, encoding="utf-8")
