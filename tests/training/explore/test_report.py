from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import OutputError
from tests.training.explore.conftest import draw_film
from training import cli
from training.explore.charts import plain
from training.explore.report import REPORT, explore


def test_the_page_holds_counts_pictures_and_warnings(in_manifest: Path, tmp_path: Path) -> None:
    (in_manifest / "3.png").write_bytes(b"no <b>picture</b>")
    page = explore(data=in_manifest, out=tmp_path / "out").read_text(encoding="utf-8")
    assert "59 films of 30 patients" in page
    assert '<td>train</td><td class="number">20</td><td class="number">19</td><td class="number">39</td>' in page
    assert '<td>p0</td><td class="number">2</td><td class="number">1</td>' in page
    assert "<td>3.png</td><td>train</td>" in page
    assert page.count("data:image/png;base64,") == 6  # counts, sizes, samples, means, tones, outliers
    assert page.count('class="warning"') >= 3
    assert str(tmp_path) not in page


def test_the_same_films_give_the_same_page(in_folders: Path, tmp_path: Path) -> None:
    first, second = (explore(data=in_folders, out=tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second


def test_names_from_outside_cannot_spoil_the_page(in_folders: Path, tmp_path: Path) -> None:
    draw_film(in_folders / "train" / "<i>$x_1$ 肺" / "<script>$a$\n肺.png", seed=50, label="")
    page = explore(data=in_folders, out=tmp_path / "out").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "<i>" not in page
    assert "&lt;i&gt;$x_1$ 肺" in page
    assert plain("$x$ 肺\U0001f600") == r"\$x\$ ??"
    assert len(plain("n" * 100, longest=30)) == 30


def test_one_film_in_each_class_is_enough(tmp_path: Path) -> None:
    for seed, label in enumerate(("NORMAL", "PNEUMONIA")):
        draw_film(tmp_path / "films" / label / "a.png", seed=seed, label=label)
    assert explore(data=tmp_path / "films", out=tmp_path / "out").is_file()


def test_the_command_tells_bad_input_in_one_sentence(
    in_folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["explore", str(in_folders), "--out", str(tmp_path / "out")]) == cli.EXIT_OK
    assert (tmp_path / "out" / REPORT).is_file()
    capsys.readouterr()
    assert cli.run(["explore", str(tmp_path / "nowhere"), "--out", str(tmp_path / "other")]) == cli.EXIT_FAILED
    told = capsys.readouterr().err
    assert re.fullmatch(r"mapafu-train: There is no folder .*nowhere\. Name the folder with the films\.\n", told)
    assert not (tmp_path / "other").exists()


def test_a_folder_that_cannot_be_made_is_told_before_the_films_are_read(in_folders: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be made"):
        explore(data=in_folders, out=tmp_path / "taken")


def test_an_interrupted_run_leaves_no_report(
    in_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = []

    def stop(path: Path) -> object:
        read.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr("training.explore.reading.load_radiograph", stop)
    assert cli.run(["explore", str(in_folders), "--out", str(tmp_path / "out")]) == cli.EXIT_INTERRUPTED
    assert len(read) == 1
    assert list((tmp_path / "out").iterdir()) == []
    assert "stopped; nothing was written" in capsys.readouterr().err
