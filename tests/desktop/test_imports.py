import subprocess
import sys

_PROBE = """
import sys
import desktop.app, desktop.main_window
heavy = ["onnxruntime", "pydicom", "gdcm", "torch", "engine.films.radiograph", "engine.screening.scorer",
         "engine.model.classifier"]
print(*[name for name in heavy if name in sys.modules])
"""
_ENTRY_PROBE = """
import sys
before = set(sys.modules)
import desktop.__main__
print(*sorted(name for name in set(sys.modules) - before if name.split(".")[0] in ("PySide6", "numpy", "engine")))
"""


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_windows_process_loads_no_decoder_and_no_model_runtime() -> None:
    assert _run(_PROBE) == ""


def test_the_entry_module_loads_nothing_that_every_child_process_would_load_too() -> None:
    assert _run(_ENTRY_PROBE) == ""
