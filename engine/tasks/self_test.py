"""The self-test: does this program do on this PC what it did where it was made? One line for each check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from engine.errors import MapafuError
from engine.model.card import build_record
from engine.model.expected import Expected
from engine.model.installed import InstalledModels
from engine.model.pack import bundled_model, load_installed, load_pack
from engine.model.pack_file import FILMS
from engine.paths import data_folder, resource
from engine.results.store import Store
from engine.screening.codec_check import check_codecs
from engine.screening.trial import differences, measure
from engine.screening.worker import Limits
from engine.tasks.pc_checks import check_clock, check_disk, check_memory, check_processor
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import plain

EXPECTED_FILE = "self_test.json"
_AGAIN = "Install Mapafu again; if that does not help, do not use it on this PC."


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `problem` says what is wrong and what to do; empty where all is well."""

    what: str
    problem: str = ""

    @property
    def line(self) -> str:
        """The check as one line."""
        return f"{self.what}: {self.problem or 'OK'}"


def run_self_test(*, limits: Limits | None = None) -> Iterator[Check]:
    """Every check, one after another. What could hang or crash runs in child processes within these limits."""
    yield Check("Sample films are scored as they should be", _said(lambda: _bundled_problem(limits)))
    yield Check("The model in use is whole", _said(lambda: load_pack().problem))
    if _said(lambda: load_pack().problem) == "" and InstalledModels().used():
        yield Check("The installed model scores as its pack expects", _said(lambda: _installed_problem(limits)))
    yield from _codec_checks(limits)
    yield Check("Results can be kept", _said(_store_problem))
    yield Check("Free disk space", check_disk(data_folder()))
    yield Check("Date", check_clock())
    yield Check("Memory", check_memory())
    yield Check("Processor", check_processor())


def print_self_test(console: Console) -> ExitStatus:
    """Print the checks as they are made."""
    failed = 0
    for check in run_self_test():
        failed += bool(check.problem)
        sign = "[#D55E00]✗[/]" if check.problem else "[#009E73]✓[/]"
        console.print(f"{sign} {plain(check.line)}")
    console.print(f"{failed} checks failed." if failed else "All checks passed.")
    return ExitStatus.CHECK_FAILED if failed else ExitStatus.OK


def _bundled_problem(limits: Limits | None) -> str:
    try:
        raw = json.loads(resource(EXPECTED_FILE).read_text(encoding="utf-8"))["films"]
        expected = [build_record(Expected, entry) for entry in raw]
    except (OSError, ValueError, TypeError, KeyError):
        return f"what is expected of them cannot be read. {_AGAIN}"
    return _model_problem(bundled_model(), load_pack(bundled_model()).sha256, resource("samples"), expected, limits)


def _installed_problem(limits: Limits | None) -> str:
    installed = InstalledModels().read(InstalledModels().used()[-1])
    pack = load_installed(installed.pack_id)
    return _model_problem(pack.path, pack.sha256, installed.folder / FILMS, installed.manifest.self_test, limits)


def _model_problem(model: Path, sha256: str, folder: Path, expected: Sequence[Expected], limits: Limits | None) -> str:
    films = [folder / entry.film for entry in expected]
    wrong = differences(expected, measure(films, model=model, model_sha256=sha256, limits=limits))
    return f"{'; '.join(wrong[:3])}. {_AGAIN}" if wrong else ""


def _codec_checks(limits: Limits | None) -> Iterator[Check]:
    try:
        for name, problem in check_codecs(limits=limits):
            yield Check(f"Reads {name}", problem and f"{problem}. {_AGAIN}")
    except MapafuError as error:
        yield Check("Reads films", error.sentence)
    except (OSError, ValueError, TypeError):
        yield Check("Reads films", f"the films to try are not there. {_AGAIN}")


def _store_problem() -> str:
    with Store() as store:
        store.prove_writable()
    return ""


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except MapafuError as error:
        return error.sentence
