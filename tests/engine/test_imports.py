import subprocess
import sys

ALL_ROOMS = (
    "import engine, engine.cli, engine.films.radiograph, engine.model.classifier, engine.reports.csv, "
    "engine.screening.pipeline, engine.screening.viewing, engine.screening.scorer, engine.reports.session_table, "
    "engine.results.agreement, engine.results.prevalence"
)


def loaded_after(statement: str) -> set[str]:
    script = f"{statement}; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_engine_brings_neither_qt_nor_torch() -> None:
    assert not loaded_after(ALL_ROOMS) & {"PySide6", "shiboken6", "torch", "desktop", "training"}


def test_the_parent_of_a_screening_run_decodes_nothing() -> None:
    assert not loaded_after("import engine.screening.pipeline, engine.screening.viewing, engine.results.store") & {
        "onnxruntime",
        "pydicom",
        "gdcm",
    }


def test_entry_points_import_next_to_nothing() -> None:
    loaded = loaded_after("import engine.__main__, desktop.__main__, training.__main__")
    assert not loaded & {"numpy", "PySide6", "onnxruntime", "pydicom", "torch", "rich"}
