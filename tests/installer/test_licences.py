from pathlib import Path

from installer.licences import collect_licences


def test_every_library_is_named_and_qts_licence_comes_along(tmp_path: Path) -> None:
    pairs = collect_licences(tmp_path)
    assert all(Path(source).is_file() for source, _ in pairs)
    page = (tmp_path / "README.txt").read_text(encoding="utf-8")
    for name in ("PySide6", "numpy", "onnxruntime", "pydicom", "python-gdcm", "rich", "Pygments"):
        assert name.lower() in page.lower()
    assert "see its text" not in page
    assert "LGPL-3.0.txt" in {Path(source).name for source, _ in pairs}
    assert any(folder == "licences/numpy" for _, folder in pairs)
