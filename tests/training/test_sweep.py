from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.errors import OutputError
from training import sweep as sweep_module
from training.augment import NO_AUGMENTATION, Augmentation
from training.cli import run
from training.films import DataError, read_manifest
from training.fit import fit
from training.recipes import CNN, Optimiser, Recipe
from training.run_folder import read_history
from training.sweep import STUDY, Space, apply_settings, sweep

SPACE = Space(sizes=(32,), batch_sizes=(8, 16), learning_rate=(1e-3, 1e-2))
SHORT = dataclasses.replace(CNN, epochs=2)


class Killed(BaseException):
    """Ends a run without leave, as a power cut does."""


@pytest.fixture
def without_report_fold(labelled_films: Path, tmp_path: Path) -> Path:
    """Films of the fold kept for reporting are gone, so that whoever looks at one stumbles."""
    folder = tmp_path / "data"
    shutil.copytree(labelled_films, folder)
    for film in read_manifest(folder):
        if film.fold == SHORT.folds.report:
            film.path.unlink()
    return folder


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Killed])
def test_a_sweep_that_was_cut_off_goes_on(
    ending: type[BaseException], without_report_fold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "sweep"

    def cut_off(*arguments: Any, after_epoch: Any, out: Path, **others: Any) -> Path:
        def cut(history: list[dict[str, float]]) -> None:
            after_epoch(history)
            if out.name == "trial-002":
                raise ending

        return fit(*arguments, after_epoch=cut, out=out, **others)

    with monkeypatch.context() as patched:
        patched.setattr(sweep_module, "fit", cut_off)
        with pytest.raises(ending):
            sweep(SHORT, data=without_report_fold, out=out, trials=2, limit=None, space=SPACE)
    assert [trial["outcome"] for trial in json.loads((out / "sweep.json").read_text())["trials"]] == [
        "finished",
        "cut off",
    ]
    sweep(SHORT, data=without_report_fold, out=out, trials=3, limit=None, space=SPACE)

    found = json.loads((out / "sweep.json").read_text())
    assert [trial["folder"] for trial in found["trials"]] == ["trial-001", "trial-002", "trial-003"]
    assert {trial["outcome"] for trial in found["trials"]} == {"finished"}
    assert (found["films_to_learn"], found["films_to_choose"]) == (54, 18)
    for trial in found["trials"]:
        history = read_history(out / trial["folder"])
        assert len(history) == trial["epochs"] == 2
        assert max(row["auroc_choose"] for row in history) == trial["auroc"]
    best = max(found["trials"], key=lambda trial: trial["auroc"])
    assert found["best"]["auroc"] == best["auroc"]
    assert [path.parent.name for path in out.glob("*/weights.pt")] == [found["best"]["folder"]]
    page = (out / "sweep.md").read_text()
    assert "looks better than it is" in page
    assert found["best"]["command"] in page
    assert "left out" not in capsys.readouterr().out


def test_the_command_of_a_sweep_names_options_that_there_are(
    labelled_films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sweep"
    arguments = ["sweep", "cnn", "--data", str(labelled_films), "--out", str(out), "--trials", "1", "--epochs", "1"]
    monkeypatch.setattr(sweep_module, "Space", lambda: SPACE)
    assert run([*arguments, "--limit", "20"]) == 0
    best = json.loads((out / "sweep.json").read_text())["best"]
    command = best["command"].split()[1:]
    command[command.index("FILMS")], command[command.index("RUN")] = str(labelled_films), str(tmp_path / "again")
    assert run([*command, "--epochs", "1", "--limit", "20"]) == 0
    first, again = (read_history(folder)[0]["auroc_choose"] for folder in (out / best["folder"], tmp_path / "again"))
    assert first == again == best["auroc"]
    assert run([*arguments, "--limit", "30"]) == 1


def test_a_sweep_of_something_else_or_a_damaged_one_is_one_sentence(labelled_films: Path, tmp_path: Path) -> None:
    (tmp_path / STUDY).write_text("no study" * 100)
    with pytest.raises(OutputError, match="cannot be read"):
        sweep(SHORT, data=labelled_films, out=tmp_path, trials=1, limit=None)
    with pytest.raises(DataError, match="too few films"):
        sweep(SHORT, data=labelled_films, out=tmp_path, trials=1, limit=4)


def test_a_bad_trial_ends_early(labelled_films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five trials that do well at once; the sixth stays below them and is stopped after two of three epochs."""
    long = dataclasses.replace(CNN, epochs=3)
    numbers = iter(range(6))

    def made_up(recipe: Recipe, *, after_epoch: Any, out: Path, **others: Any) -> None:
        good = next(numbers) < 5
        history: list[dict[str, float]] = []
        out.mkdir(parents=True)
        for epoch in range(3):
            history.append({"epoch": epoch + 1, "auroc_choose": 0.9 if good else 0.5})
            lines = [f"{row['epoch']},{row['auroc_choose']}" for row in history]
            (out / "epochs.csv").write_text("\n".join(["epoch,auroc_choose", *lines]))
            after_epoch(history)

    monkeypatch.setattr(sweep_module, "fit", made_up)
    sweep(long, data=labelled_films, out=tmp_path, trials=6, limit=None, space=SPACE)
    rows = json.loads((tmp_path / "sweep.json").read_text())["trials"]
    assert [(row["outcome"], row["epochs"]) for row in rows] == [("finished", 3)] * 5 + [("stopped early", 2)]


def test_drawn_settings_reach_the_recipe() -> None:
    settings = {
        "size": 64, "batch_size": 4, "optimiser": "sgd", "learning_rate": 0.5, "weight_decay": 0.25, "dropout": 0.1,
        "class_weights": False, "augmentation": 0.5,
    }  # fmt: skip
    changed = apply_settings(CNN, settings)
    assert (changed.input_spec.size, changed.batch_size, changed.optimiser) == (64, 4, Optimiser.SGD)
    assert (changed.learning_rate, changed.weight_decay, changed.dropout) == (0.5, 0.25, 0.1)
    assert not changed.class_weights
    assert changed.augmentation == Augmentation().scaled(0.5)


def test_augmentation_has_a_strength() -> None:
    assert Augmentation().scaled(0.0) == NO_AUGMENTATION
    assert Augmentation().scaled(1.0) == Augmentation()
    twice = Augmentation().scaled(3.0)
    assert (twice.rotation_degrees, twice.blur_share) == (30.0, 1.0)
