import time

from PySide6.QtWidgets import QApplication

from tests.benchmarks.stalls import StallMeter, describe
from tests.desktop.waiting import let_pass


def test_a_window_that_does_not_answer_is_noticed(qapp: QApplication) -> None:
    meter = StallMeter()
    meter.start()
    let_pass(30)
    time.sleep(0.2)
    let_pass(30)
    meter.stop()
    assert max(meter.late) >= 150
    assert max(meter.worked) < max(meter.late)
    assert len(describe(meter)) == 2
