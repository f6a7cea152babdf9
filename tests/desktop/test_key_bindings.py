from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop.actions import Actions
from desktop.help_pages import keys_page
from desktop.key_bindings import KeyBindings, name_of
from desktop.main_window import MainWindow


@pytest.fixture
def actions(dressed: QApplication) -> Iterator[Actions]:
    window = QMainWindow()
    yield Actions(window)
    window.deleteLater()


@pytest.fixture
def bindings(actions: Actions) -> KeyBindings:
    return KeyBindings(actions.all)


def _words(keys: tuple[QKeySequence, ...]) -> list[str]:
    return [key.toString() for key in keys]


def test_a_key_of_ones_own_takes_the_place_of_the_others(actions: Actions, bindings: KeyBindings) -> None:
    bindings.use({"search": ("Ctrl+Alt+S",), "next": (), "samples": ("Ctrl+M",)})
    assert _words(tuple(actions.search.shortcuts())) == ["Ctrl+Alt+S"]
    assert actions.next.shortcuts() == []
    assert actions.samples.shortcut().toString() == "Ctrl+M"
    bindings.use({})
    assert _words(tuple(actions.search.shortcuts())) == ["/", "Ctrl+F"]
    assert actions.next.shortcut().toString() == "J"
    assert actions.samples.shortcuts() == []


def test_two_actions_may_change_their_keys_over(actions: Actions, bindings: KeyBindings) -> None:
    bindings.use({"next": ("K",), "previous": ("J",)})
    assert actions.next.shortcut().toString() == "K"
    assert actions.previous.shortcut().toString() == "J"


@pytest.mark.parametrize(
    "own",
    [
        {"next": ("K",)},
        {"next": ("H",)},
        {"next": ("no such key",)},
        {"no such action": ("J",)},
        {"next": ("Ctrl+Q",), "previous": ("Ctrl+O",)},
    ],
)
def test_settings_by_hand_never_give_a_key_to_two(bindings: KeyBindings, own: dict[str, tuple[str, ...]]) -> None:
    keys = bindings.with_own(own)
    assert _words(keys["next"]) == ["J"]
    assert _words(keys["previous"]) == ["K"]


def test_of_two_that_want_the_same_key_the_first_gets_it(bindings: KeyBindings) -> None:
    keys = bindings.with_own({"next": ("N",), "previous": ("N",)})
    assert (_words(keys["next"]), _words(keys["previous"])) == (["N"], ["K"])


def test_a_conflict_is_one_sentence_that_names_the_other(bindings: KeyBindings) -> None:
    said = bindings.objection("next", QKeySequence("K"), bindings.defaults)
    assert said == "K is the key of “Previous film”. Choose another key, or change that one first."
    assert bindings.objection("previous", QKeySequence("K"), bindings.defaults) == ""
    assert "bare film" in bindings.objection("next", QKeySequence(Qt.Key.Key_H), bindings.defaults)


def test_only_what_differs_is_kept(bindings: KeyBindings) -> None:
    own = {"search": ("Ctrl+Alt+S",), "next": ()}
    assert bindings.own_among(bindings.with_own(own)) == own
    assert bindings.own_among(bindings.with_own({"next": ("J",)})) == {}


def test_no_two_actions_share_a_name_or_a_key_from_the_start(window: MainWindow) -> None:
    actions = window.actions_of_menus.all
    names = [name_of(action) for action in actions]
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)
    assert all(words for words in names)


def test_the_sheet_of_keys_shows_ones_own(window: MainWindow) -> None:
    window.keys.use({"next": ("Ctrl+Alt+N",)})
    assert "Ctrl+Alt+N" in keys_page(window.actions_of_menus.all)
