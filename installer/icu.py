"""Makes Qt's ICU data smaller: 32 MB of names in every language, of which the program asks for none.

Qt has dates and numbers of its own. What ICU still needs to start, to compare texts and to know time zones is kept.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_KEPT = re.compile(
    r"""
    [^/]+\.(nrm|cfu|spp) | (pnames|uprops|ubidi|ucase|ulayout|uemoji|cnvalias)\.icu
    | (root|res_index|pool|supplementalData|likelySubtags|numberingSystems|metadata|keyTypeData|zoneinfo64|windowsZones
       |timezoneTypes|metaZones|currencyNumericCodes|genderList|dayPeriods|plurals|icuver|icustd)\.res
    | coll/.*
    | (zone|curr|lang|region|unit)/(root|res_index|pool)\.res
    """,
    re.VERBOSE,
)


def shrink_icu(library: Path) -> bool:
    """Put a smaller library in place of `libicudata.so.NN`. Needs `icupkg` (Debian: icu-devtools) and `ld`.

    Returns:
        Whether it was done; where a tool is missing the library stays as it is.
    """
    if shutil.which("icupkg") is None or shutil.which("ld") is None:
        return False
    symbol = f"icudt{library.name.rpartition('.')[2]}_dat"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, removed = folder / "whole" / f"{symbol[:-4]}l.dat", folder / "removed.txt"
        reduced = folder / whole.name  # the entries are found only under the package's own name
        whole.parent.mkdir()
        _run("objcopy", "-O", "binary", "--only-section=.rodata", library, whole)
        items = _run("icupkg", "-l", whole).splitlines()
        removed.write_text("\n".join(item for item in items if not _KEPT.fullmatch(item)), encoding="ascii")
        _run("icupkg", "-r", removed, whole, reduced)
        _run("ld", "-r", "-b", "binary", "-o", "data.o", reduced.name, folder=folder)
        _run("objcopy", "--rename-section", ".data=.rodata,alloc,load,readonly,data,contents",
             "--set-section-alignment", ".data=16", "--redefine-sym", f"_binary_{reduced.stem}_dat_start={symbol}",
             "data.o", folder=folder)  # fmt: skip
        _run("ld", "-shared", "-z", "noexecstack", "-soname", library.name, "-o", "made.so", "data.o", folder=folder)
        shutil.copyfile(folder / "made.so", library)
    return True


def _run(*command: str | Path, folder: Path | None = None) -> str:
    return subprocess.run(
        [str(word) for word in command], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
