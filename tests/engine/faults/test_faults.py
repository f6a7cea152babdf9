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


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # also for whoever may only read
        yield open_clinic(Path(folder) / "clinic", 12)


@pytest.mark.parametrize(
    "fault",
    [
        lambda here: faults.killed(here, 2),
        faults.killed_child,
        lambda here: faults.disk_full_while_storing(here, 60_000),
        faults.disk_full_while_exporting,
        faults.read_only_folder,
        faults.busy_store,
        faults.clock_set_back,
        faults.export_target_removed,
        faults.model_replaced,
        lambda here: faults.damaged(here, 2),
    ],
    ids=[
        "killed",
        "child killed",
        "disk full while storing",
        "disk full while exporting",
        "read-only folder",
        "busy store",
        "clock set back",
        "export target removed",
        "model replaced",
        "damaged store",
    ],
)
def test_no_row_is_lost(clinic: Clinic, fault: Callable[[Clinic], int], request: pytest.FixtureRequest) -> None:
    here = like(clinic, clinic.folder / request.node.callspec.id.replace(" ", "-"))
    assert fault(here) == 0
