"""What takes the space in the installed program, as a table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

_MEGABYTE = 1_000_000
# The first of these that a file's path begins with names its row.
_ROWS = (
    ("_internal/PySide6", "the window's toolkit: Qt and PySide6"),
    ("_internal/shiboken6", "the window's toolkit: Qt and PySide6"),
    ("_internal/onnxruntime", "what runs the networks: onnxruntime"),
    ("_internal/numpy", "numpy, with OpenBLAS"),
    ("_internal/resources/model.onnx", "the model and the gate"),
    ("_internal/resources/gate.onnx", "the model and the gate"),
    ("_internal/resources", "samples, icons, style"),
    ("_internal/licences", "licences"),
    ("_internal/_gdcm", "DICOM codecs: GDCM, CharLS, OpenJPEG"),
    ("_internal/python_gdcm", "DICOM codecs: GDCM, CharLS, OpenJPEG"),
    ("_internal/_CharLS", "DICOM codecs: GDCM, CharLS, OpenJPEG"),
    ("_internal/_openjpeg", "DICOM codecs: GDCM, CharLS, OpenJPEG"),
    ("_internal/PIL", "pictures: Pillow"),
    ("_internal/pillow", "pictures: Pillow"),
    ("_internal/libpython", "Python"),
    ("_internal/python3", "Python"),
    ("_internal/base_library", "Python"),
    ("_internal/lib", "system libraries that are brought along"),
    ("mapafu", "the programs, with all Python code"),
)
_OTHERS = "everything else"


def total_bytes(folder: Path) -> int:
    """The bytes of all files; what is one file under two names counts once."""
    return sum(_files(folder).values())


def size_table(folder: Path) -> str:
    """Rows of what takes the space, the largest first, and the sum, in Markdown."""
    rows: Counter[str] = Counter()
    for path, size in _files(folder).items():
        name = path.relative_to(folder).as_posix()
        rows[next((row for start, row in _ROWS if name.startswith(start)), _OTHERS)] += size
    lines = ["| what | MB |", "|---|---|"]
    lines += [f"| {row} | {size / _MEGABYTE:.1f} |" for row, size in rows.most_common()]
    return "\n".join([*lines, f"| **together** | **{rows.total() / _MEGABYTE:.1f}** |"])


def _files(folder: Path) -> dict[Path, int]:
    seen: dict[int, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            seen.setdefault(path.stat().st_ino, path)
    return {path: path.stat().st_size for path in seen.values()}
