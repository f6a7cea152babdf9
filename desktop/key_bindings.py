"""The keys of the menus: those that the program comes with, and those of one's own in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

Keys = tuple[QKeySequence, ...]

# What the window itself listens to, or what moves one about in it.
KEPT = tuple(
    QKeySequence(key)
    for key in (
        Qt.Key.Key_H, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape,
        Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter,
    )
)  # fmt: skip


class KeyBindings(QObject):
    """Knows which keys each action has, came with, and may have."""

    def __init__(self, actions: Sequence[QAction], parent: QObject | None = None) -> None:
        """`actions` are all of them, with the keys they come with."""
        super().__init__(parent)
        self._actions = {name_of(action): action for action in actions}
        self.defaults: dict[str, Keys] = {name: tuple(action.shortcuts()) for name, action in self._actions.items()}

    @property
    def titles(self) -> dict[str, str]:
        """What each action is called, by its name, in the order of the menus."""
        return {name: plain_title(action) for name, action in self._actions.items()}

    def use(self, own: Mapping[str, Sequence[str]]) -> None:
        """Give actions the keys of one's own, and all others those they come with.

        Names that are not known, keys that are none, and keys that another action has are passed over.
        """
        for name, action in self._actions.items():
            action.setShortcuts(self.with_own(own)[name])

    def with_own(self, own: Mapping[str, Sequence[str]]) -> dict[str, Keys]:
        """The keys of every action, were these one's own."""
        keys = dict(self.defaults)
        wished = {name: tuple(map(QKeySequence, words)) for name, words in own.items() if name in keys}
        keys.update(dict.fromkeys(wished, ()))
        for name, sequences in wished.items():
            keys[name] = next(
                tried
                for tried in (sequences, self.defaults[name], ())
                if all(self.objection(name, sequence, keys) == "" for sequence in tried)
            )
        return keys

    def objection(self, name: str, wished: QKeySequence, keys: Mapping[str, Keys]) -> str:
        """Why an action may not have a key while all have `keys`, in one sentence; empty where it may."""
        shown = wished.toString(QKeySequence.SequenceFormat.NativeText)
        if not shown:
            return self.tr("That is no key that Mapafu knows. Choose another one.")
        if wished in KEPT:
            return self.tr("{key} is needed to move about and to show the bare film. Choose another key.").format(
                key=shown
            )
        for other, sequences in keys.items():
            if other != name and wished in sequences:
                return self.tr("{key} is the key of “{action}”. Choose another key, or change that one first.").format(
                    key=shown, action=self.titles[other]
                )
        return ""

    def own_among(self, keys: Mapping[str, Keys]) -> dict[str, tuple[str, ...]]:
        """The keys that are not those an action comes with, as settings keep them."""
        form = QKeySequence.SequenceFormat.PortableText
        return {
            name: tuple(sequence.toString(form) for sequence in sequences)
            for name, sequences in keys.items()
            if sequences != self.defaults[name]
        }


def name_of(action: QAction) -> str:
    """What settings know an action by."""
    return action.objectName().removeprefix("action_")


def plain_title(action: QAction) -> str:
    """What an action is called, after the menu within a menu that it is in, such as `Window: Lungs`."""
    menus = [place for place in action.associatedObjects() if isinstance(place, QMenu)]
    inner = [menu for menu in menus if isinstance(menu.parentWidget(), QMenu)]
    return ": ".join(_without_letter(words) for words in (*(menu.title() for menu in inner), action.text()))


def _without_letter(words: str) -> str:
    """Without the sign for its letter in the menu."""
    return words.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")
