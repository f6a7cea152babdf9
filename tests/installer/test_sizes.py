import os
from pathlib import Path

import pytest

from installer.page import put_into_page
from installer.sizes import size_table, total_bytes


def test_one_file_under_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "mapafu").write_bytes(bytes(2_000_000))
    os.link(tmp_path / "mapafu", tmp_path / "mapafu-screen")
    (tmp_path / "_internal" / "numpy.libs").mkdir(parents=True)
    (tmp_path / "_internal" / "numpy.libs" / "libopenblas.so").write_bytes(bytes(3_000_000))
    assert total_bytes(tmp_path) == 5_000_000
    assert size_table(tmp_path).splitlines()[2:] == [
        "| numpy, with OpenBLAS | 3.0 |",
        "| the programs, with all Python code | 2.0 |",
        "| **together** | **5.0** |",
    ]


def test_a_table_replaces_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- sizes: begin -->\nold\n<!-- sizes: end -->\nbelow\n", encoding="utf-8")
    put_into_page(page, "sizes", "| new |")
    assert page.read_text(encoding="utf-8") == "above\n<!-- sizes: begin -->\n\n| new |\n\n<!-- sizes: end -->\nbelow\n"
    with pytest.raises(ValueError, match="starts"):
        put_into_page(page, "starts", "| new |")
