"""Where in the program an error arose, without any value: modules, lines, functions, and the kinds of errors.

The message of an error is never looked at, since libraries put file names, tags and values there. Modules are those of
the program, of Python and of the libraries that it uses; all others are `elsewhere`. What a line may look like is
fixed (`is_trace_line`), so that it can be checked again wherever it goes.
"""

from __future__ import annotations

import builtins
import re
import sys
from types import TracebackType

from engine.errors import MapafuError

_MOST_FRAMES = 30
_MOST_CAUSES = 6
_OWN_PACKAGES = frozenset({"engine", "desktop", "resources", "training"})
_LIBRARIES = frozenset(
    {
        "PIL",
        "PySide6",
        "argon2",
        "dicomanonymizer",
        "gdcm",
        "jpeg_ls",
        "numpy",
        "onnxruntime",
        "openjpeg",
        "platformdirs",
        "psutil",
        "pydicom",
        "pylibjpeg",
        "rich",
        "shiboken6",
    }
)
_KNOWN_PACKAGES = _OWN_PACKAGES | _LIBRARIES | sys.stdlib_module_names | {"__main__"}
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,79}"
_DOTTED = rf"{_NAME}(?:\.{_NAME}){{0,11}}"
_AT = re.compile(rf"at ({_DOTTED}):\d{{1,7}}(?: {_NAME})?")
_ERROR = re.compile(rf"error ({_DOTTED})(?: {_NAME})?")
_PLAIN = re.compile(r"at elsewhere|after|error|native crash|\d{1,7} more")
_FUNCTION = re.compile(_NAME)
_FRAME_OF_FAULT = re.compile(r'\s*File "(?P<file>.*)", line (?P<line>\d{1,7}) in (?P<function>.*)')


def trace_of(error: BaseException) -> tuple[str, ...]:
    """The trace of an error and of what it came from, the innermost frame last."""
    lines: list[str] = []
    link: BaseException | None = error
    for number in range(_MOST_CAUSES):
        if link is None:
            break
        lines += ["after"] * bool(number)
        lines += _frames(link.__traceback__)
        lines.append(_kind(link))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return tuple(lines)


def trace_of_fault(report: str) -> tuple[str, ...]:
    """The trace in what `faulthandler` wrote, the innermost frame first; its paths become modules."""
    lines = []
    for raw in report.splitlines()[:400]:
        frame = _FRAME_OF_FAULT.fullmatch(raw)
        if frame is not None:
            lines.append(_place(_module_of_file(frame["file"]), int(frame["line"]), frame["function"]))
        elif raw.startswith("Fatal Python error"):
            lines.append("native crash")
        elif "most recent call first" in raw:
            lines.append("after")
    return tuple(lines)


def is_trace_line(text: str) -> bool:
    """Whether a text is a line as these functions write them."""
    if _PLAIN.fullmatch(text):
        return True
    at, error = _AT.fullmatch(text), _ERROR.fullmatch(text)
    return (at is not None and _is_known(at[1])) or (error is not None and _is_known_kind(error[1]))


def _is_known(module: str) -> bool:
    return module.partition(".")[0] in _KNOWN_PACKAGES


def _is_known_kind(name: str) -> bool:
    return _is_known(name) if "." in name else hasattr(builtins, name)


def _frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        frame = traceback.tb_frame
        frames.append(_place(frame.f_globals.get("__name__"), traceback.tb_lineno, frame.f_code.co_name))
        traceback = traceback.tb_next
    left_out = len(frames) - _MOST_FRAMES
    if left_out > 0:
        half = _MOST_FRAMES // 2
        frames[half:-half] = [f"{left_out} more"]
    return frames


def _place(module: object, line: int, function: str) -> str:
    text = f"at {module}:{line}" + (f" {function}" if _FUNCTION.fullmatch(function) else "")
    return text if is_trace_line(text) else "at elsewhere"


def _module_of_file(file: str) -> str:
    """The module that lies in a file, by the last folder of its path that is one of the program's packages."""
    parts = file.replace("\\", "/").removesuffix(".py").split("/")
    starts = [place for place, part in enumerate(parts) if part in _OWN_PACKAGES]
    starts += [place for place in range(len(parts)) if ".".join(parts[place:]) in sys.modules]
    return ".".join(parts[starts[-1] :]) if starts else ""


def _kind(error: BaseException) -> str:
    kind = type(error)
    line = (
        f"error {kind.__qualname__}"
        if kind.__module__ == "builtins"
        else f"error {kind.__module__}.{kind.__qualname__}"
    )
    if not is_trace_line(line):
        return "error"
    if isinstance(error, MapafuError) and _FUNCTION.fullmatch(error.code):
        return f"{line} {error.code}"
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return f"{line} errno_{error.errno}"
    return line
