"""Installs a model from a pack: what it is and who answers for it, then the trial, then what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.background import Background
from desktop.plain import PlainLabel
from engine.errors import MapafuError
from engine.model.installed import InstalledModel
from engine.model.signing import trusted_keys_folder
from engine.screening.installation import Offer, look_at_pack
from engine.tasks.models import install_offer


class InstallDialog(QDialog):
    """One pack. While it works it cannot be closed; that takes seconds."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("installDialog")
        self.setWindowTitle(self.tr("Install a model"))
        self.setMinimumWidth(560)
        self.setWindowModality(Qt.WindowModality.WindowModal)  # also where the lock hid it and shows it again
        self._offer: Offer | None = None
        self.words = PlainLabel(self.tr("Looking at {name}…").format(name=path.name))
        self.words.setObjectName("words")
        self.words.setWordWrap(True)
        self.accept_box = QCheckBox(self.tr("I know where it comes from. Mark each of its results."))
        self.accept_box.setObjectName("acceptUnsigned")
        self.accept_box.hide()
        self.install_button = QPushButton(self.tr("Try it and install"))
        self.install_button.setObjectName("installButton")
        self.install_button.setEnabled(False)
        self.close_button = QPushButton(self.tr("Cancel"))
        self.close_button.setObjectName("closeButton")
        self.close_button.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.install_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(self.words)
        layout.addWidget(self.accept_box)
        layout.addLayout(buttons)
        self.accept_box.toggled.connect(self.install_button.setEnabled)
        self.install_button.clicked.connect(self._install)
        self.close_button.clicked.connect(self.reject)
        self._background = Background(self)
        self._background.done.connect(self._go_on)
        self._background.failed.connect(self._show_problem)
        self._background.start(lambda: look_at_pack(path))

    def reject(self) -> None:
        """Close, unless it works."""
        if self.close_button.isEnabled():
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The same for the window's own button."""
        if self.close_button.isEnabled():
            super().closeEvent(event)
        else:
            event.ignore()

    def _go_on(self, result: object) -> None:
        if isinstance(result, Offer):
            self._show_offer(result)
        elif isinstance(result, InstalledModel):
            self._end(self.tr("{name} is installed. It is used when you start Mapafu again.").format(name=result.name))

    def _show_offer(self, offer: Offer) -> None:
        self._offer = offer
        lines = [f"{offer.name}\n{offer.pack.manifest.licence}", _signature_words(offer)]
        if offer.older_than is not None:
            lines.append(self.tr("It is older than {version}, which you had before.").format(version=offer.older_than))
        lines.append(self.tr("Thresholds that you chose for another model do not carry over."))
        self.words.setText("\n\n".join(lines))
        self.accept_box.setVisible(offer.trusted_as is None)
        self.install_button.setEnabled(offer.trusted_as is not None)
        self.close_button.setEnabled(True)
        self.adjustSize()

    def _install(self) -> None:
        offer, accept = self._offer, self.accept_box.isChecked()
        if offer is None:
            return
        for widget in (self.install_button, self.close_button, self.accept_box):
            widget.setEnabled(False)
        self.words.setText(self.tr("Trying {name} on the films of its pack…").format(name=offer.name))
        self._background.start(lambda: install_offer(offer, accept_unsigned=accept))

    def _show_problem(self, error: MapafuError) -> None:
        self._end(error.sentence)

    def _end(self, words: str) -> None:
        self.words.setText(words)
        self.accept_box.hide()
        self.install_button.hide()
        self.close_button.setText(self.tr("Close"))
        self.close_button.setEnabled(True)
        self.close_button.setFocus()
        self.adjustSize()


def _signature_words(offer: Offer) -> str:
    if offer.trusted_as is not None:
        return _tr("Signed with the key {name}, which this PC trusts.").format(name=offer.trusted_as)
    if offer.pack.signer is None:
        return _tr("Nobody has signed it, so nobody can say that it was not changed on its way to you.")
    return _tr(
        "It is signed with a key that this PC does not trust ({key}). If you know whose it is, put their public key "
        "into {folder} first."
    ).format(key=offer.pack.signer[:16], folder=trusted_keys_folder())


def _tr(source: str) -> str:
    return QCoreApplication.translate("InstallDialog", source)
