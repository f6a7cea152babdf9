"""What goes into the installed program, and what of its libraries stays out (docs/decisions/0014)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TypeVar

Entry = TypeVar("Entry", bound=tuple[str, ...])

# Found at run time by name, where no import statement leads to them.
HIDDEN_IMPORTS = (
    "gdcm",
    "jpeg_ls",
    "openjpeg",
    "pylibjpeg",
    "pydicom.pixels.decoders.gdcm",
    "pydicom.pixels.decoders.pillow",
    "pydicom.pixels.decoders.pyjpegls",
    "pydicom.pixels.decoders.pylibjpeg",
    "pydicom.pixels.decoders.rle",
)
# Packages whose plug-ins or version are looked up in what pip wrote down.
METADATA = ("pylibjpeg", "pylibjpeg-openjpeg", "pyjpegls", "python-gdcm", "onnxruntime")

EXCLUDED_MODULES = (
    "training", "tests",
    "torch", "tkinter", "matplotlib", "scipy", "sklearn", "pandas", "imagecodecs", "onnx",
    "ssl", "_ssl", "_hashlib",  # no network; hashes without OpenSSL are Python's own
    "setuptools", "pkg_resources", "pip", "pytest", "IPython", "pydoc", "doctest", "lib2to3", "ensurepip",
    "numpy.f2py", "numpy.distutils", "numpy.testing", "numpy.typing.tests",
    "onnxruntime.backend", "onnxruntime.datasets", "onnxruntime.quantization", "onnxruntime.tools",
    "onnxruntime.transformers", "sympy", "mpmath", "google", "flatbuffers", "yaml", "attr", "attrs",
    "PIL.ImageTk", "PIL.ImageQt", "PIL.ImageFont", "PIL.AvifImagePlugin", "PIL._avif", "PIL._imagingft",
    "PIL._imagingtk",
    *(f"PySide6.Qt{name}" for name in (
        "Concurrent", "DBus", "Designer", "Help", "OpenGL", "OpenGLWidgets", "Pdf", "PdfWidgets",
        "PrintSupport", "Qml", "Quick", "QuickControls2", "QuickTest", "QuickWidgets", "Sql", "Svg", "SvgWidgets",
        "Test", "UiTools", "WebEngineCore", "Xml",
    )),
)  # fmt: skip

_PLUGINS = (
    "iconengines/*qsvgicon*",
    "imageformats/*qsvg*",
    "platforms/*qcocoa*",
    "platforms/*qoffscreen*",
    "platforms/*qwayland.*",
    "platforms/*qwindows*",
    "platforms/*qxcb*",
    "platforminputcontexts/*compose*",
    "platforminputcontexts/*ibus*",
    "platformthemes/*xdgdesktopportal*",
    "styles/*",
    "wayland-decoration-client/*bradient*",
    "wayland-shell-integration/*xdg-shell*",
)
_LEFT_OUT = re.compile(
    r"""
    PySide6/(Qt/)?(qml|translations|libexec|metatypes|resources|typesystems|glue|include|scripts|support)/
    | (^|/)(lib)?Qt6?(Qml|Quick|Pdf|WebEngine|VirtualKeyboard|Designer|Test|Help|Sql|PrintSupport|Lottie
        |EglFS|WaylandCompositor|OpenGLWidgets|Labs)[^/]*\.(so|dll|dylib|pyd|framework)
    | (^|/)opengl32sw\.dll$
    | (^|/)lib(ssl|crypto)\.so\.3$           # for Qt's TLS, which is not used; cryptography has its own
    | (^|/)libonnxruntime\.(so|dylib)       # the Python module holds a copy of its own
    | (^|/)_?gdcm/(XML|scripts|pkgconfig)/
    | (^|/)lib(avif|harfbuzz|raqm|fribidi)[^/]*\.(so|dll|dylib)
    | (^|/)pydicom/data/test_files
    | \.(pyi|h|hpp|c|cpp|pyx|pxd)$
    | /tests?/
    """,
    re.VERBOSE,
)


def is_wanted(name: str) -> bool:
    """Whether a file that was found for the program goes into it.

    Args:
        name: Where it would lie in the program's folder.
    """
    path = PurePath(name.replace("\\", "/"))
    parts = path.parts
    if "plugins" in parts and "PySide6" in parts:
        below = PurePath(*parts[parts.index("plugins") + 1 :])
        return any(below.match(pattern) for pattern in _PLUGINS)
    return _LEFT_OUT.search(path.as_posix()) is None


def without_orphans(entries: Sequence[Entry], *, needs: Callable[[Entry], set[str]]) -> list[Entry]:
    """The binaries that go into the program: not those left out, nor libraries that only those had asked for.

    Args:
        entries: Name in the program's folder, source, and anything else.
        needs: File names of the libraries that a binary is linked to.
    """
    asked = {entry[0]: needs(entry) for entry in entries}
    kept = [entry for entry in entries if is_wanted(entry[0])]
    while True:
        gone = asked.keys() - {entry[0] for entry in kept}
        once_asked = set().union(*(asked[name] for name in gone))
        still_asked = set().union(*(asked[entry[0]] for entry in kept))
        orphans = once_asked - still_asked
        fewer = [entry for entry in kept if PurePath(entry[0]).name not in orphans]
        if len(fewer) == len(kept):
            return kept
        kept = fewer
