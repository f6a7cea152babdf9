"""The tiny bundled films of the self-test, one for each transfer syntax.

`python -m tests.engine.films.codecs resources/codecs` writes them; a test holds that all syntaxes are there.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from engine.screening.codec_check import INDEX, original_picture
from tests.engine.films.syntaxes import EXACT, SYNTAXES, write_packed


def write_codecs(folder: Path) -> None:
    """Write the films and their list."""
    folder.mkdir(exist_ok=True)
    index = []
    for number, syntax in enumerate(SYNTAXES):
        file = f"{number:02d}.dcm"
        write_packed(folder / file, syntax, unit=original_picture())
        index.append(
            {
                "name": syntax.name,
                "uid": str(syntax.uid),
                "file": file,
                "bits": syntax.bits,
                "tolerance": 0.0 if syntax.tolerance == EXACT else syntax.tolerance,
            }
        )
    (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_codecs(Path(sys.argv[1]))
