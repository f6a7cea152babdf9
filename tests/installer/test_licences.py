from pathlib import Path

import pytest

from installer.licences import collect_licences, system_licences


def test_every_library_is_named_and_qts_licence_comes_along(tmp_path: Path) -> None:
    pairs = collect_licences(tmp_path)
    assert all(Path(source).is_file() for source, _ in pairs)
    page = (tmp_path / "README.txt").read_text(encoding="utf-8")
    for name in ("PySide6", "numpy", "onnxruntime", "pydicom", "python-gdcm", "rich", "Pygments"):
        assert name.lower() in page.lower()
    assert "see its text" not in page
    assert "LGPL-3.0.txt" in {Path(source).name for source, _ in pairs}
    assert any(folder == "licences/numpy" for _, folder in pairs)
    assert "PYTHON SOFTWARE FOUNDATION" in (tmp_path / "Python.txt").read_text(encoding="utf-8").upper()
    for name in ("flatbuffers", "protobuf", "PyYAML"):  # required by some library, and not brought along
        assert name.lower() not in page.lower()


def test_libraries_of_the_system_bring_their_copyright_along(tmp_path: Path) -> None:
    known = next((path for path in Path("/usr/lib").glob("*/libz.so.1")), None)
    if known is None or not Path("/usr/share/doc/zlib1g/copyright").is_file():
        pytest.skip("only Debian says which package a library is of")
    pairs = system_licences([known, tmp_path / "libown.so"])
    assert ("/usr/share/doc/zlib1g/copyright", "licences/system/zlib1g") in pairs
    assert system_licences([tmp_path / "libown.so"]) == []
