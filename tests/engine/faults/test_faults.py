"""A small part of the campaign: `python -m tests.engine.faults` is the whole of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.faults import faults
from tests.engine.faults.clinic import Clinic, like, open_clinic

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and limits")
program = pytest.mark.program


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # also for whoever may only read
        yield open_clinic(Path(folder) / "clinic", 12)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda here: faults.killed(here, 2), id="killed", marks=program),
        pytest.param(faults.killed_child, id="child killed", marks=program),
        pytest.param(lambda here: faults.disk_full_while_storing(here, 60_000), id="disk full, store", marks=program),
        pytest.param(faults.disk_full_while_exporting, id="disk full, export", marks=program),
        pytest.param(faults.read_only_folder, id="read-only folder"),
        pytest.param(faults.busy_store, id="busy store", marks=program),
        pytest.param(faults.resumed_while_running, id="gone on with while it runs", marks=program),
        pytest.param(faults.clock_set_back, id="clock set back"),
        pytest.param(faults.export_target_removed, id="export target removed", marks=program),
        pytest.param(faults.model_replaced, id="model replaced", marks=program),
        pytest.param(lambda here: faults.damaged(here, 2), id="damaged store"),
    ],
)
def test_no_row_is_lost(clinic: Clinic, fault: Callable[[Clinic], int], request: pytest.FixtureRequest) -> None:
    here = like(clinic, clinic.folder / request.node.callspec.id.replace(" ", "-"))
    assert fault(here) == 0
