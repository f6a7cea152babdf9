"""Looking after the program: installing a model, going back to the one before, and the self-test."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.actions import Actions, connect_all
from desktop.background import Background
from desktop.confirm import confirm
from desktop.install_dialog import InstallDialog
from desktop.text_page import TextPage
from engine.model.installed import InstalledModel
from engine.tasks.models import go_back
from engine.tasks.self_test import Check, run_self_test


class Upkeep(QObject):
    """What the menu items of this kind do."""

    said = Signal(str)
    _checked = Signal(Check)

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._page: TextPage | None = None
        self._checks: list[Check] = []
        self._tester = Background(self)
        self._roller = Background(self)
        self._checked.connect(self._add_check)
        self._tester.done.connect(self._end_test)
        self._tester.failed.connect(lambda error: self._show_checks(error.sentence))
        self._roller.done.connect(self._tell_rolled_back)
        self._roller.failed.connect(lambda error: self.said.emit(error.sentence))
        connect_all(
            [
                (actions.install_model, self._ask_pack),
                (actions.roll_back, self.ask_roll_back),
                (actions.self_test, self.show_self_test),
            ]
        )

    def install(self, path: Path) -> InstallDialog:
        """Open the dialog that installs a pack."""
        dialog = InstallDialog(path, self._window)
        dialog.open()
        return dialog

    def ask_roll_back(self) -> QMessageBox:
        """Ask whether to go back to the model before; where the answer is yes, go, and say so."""
        return confirm(
            self._window,
            title=self.tr("Back to the model before"),
            question=self.tr("Use the model that was used before this one?"),
            details=self.tr("It is used from the next start of Mapafu on. Results that you have stay as they are."),
            yes=self.tr("Go back"),
            no=self.tr("Leave it"),
            then=self._roll_back,
        )

    def show_self_test(self) -> TextPage:
        """Open a page on which the checks appear one after another."""
        if self._page is not None:
            self._page.raise_()
            return self._page
        page = TextPage(self.tr("Self-test"), self._window)
        page.destroyed.connect(self._forget_page)
        self._page = page
        if not self._tester.busy:
            self._checks = []
            self._tester.start(self._test)
        self._show_checks()
        page.show()
        return page

    def _test(self) -> None:
        for check in run_self_test():
            self._checked.emit(check)

    def _add_check(self, check: Check) -> None:
        self._checks.append(check)
        self._show_checks()

    def _end_test(self) -> None:
        failed = sum(bool(check.problem) for check in self._checks)
        verdict = self.tr("All is well.") if not failed else self.tr("Not all is well: see the lines with ✗.")
        self._show_checks(verdict)

    def _show_checks(self, verdict: str = "") -> None:
        if self._page is None:
            return
        rows = "".join(
            f"<tr><td>{'✗' if check.problem else '✓'}</td><td>{escape(self.tr(check.what))}</td>"
            f"<td>{escape(check.problem or self.tr('OK'))}</td></tr>"
            for check in self._checks
        )
        head = verdict or self.tr("Trying this PC…")
        self._page.set_html(f"<h1>{escape(head)}</h1><table cellpadding='4'>{rows}</table>")

    def _forget_page(self) -> None:
        self._page = None

    def _ask_pack(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Choose a model pack"), "", self.tr("Model packs (*.mapafu)")
        )
        if name:
            self.install(Path(name))

    def _roll_back(self) -> None:
        if not self._roller.busy:
            self._roller.start(go_back)

    def _tell_rolled_back(self, model: InstalledModel | None) -> None:
        name = model.name if model is not None else self.tr("the model that came with Mapafu")
        self.said.emit(self.tr("When you start Mapafu again it uses {name}.").format(name=name))
