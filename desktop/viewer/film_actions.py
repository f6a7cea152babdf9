"""The viewer's tools as items of the menus View and Film, with their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from desktop.actions import Actions, connect_all
from desktop.plain import without_key
from desktop.viewer.hand import Tool
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.look import Preset
from desktop.viewer.viewer import OtherFilm, Viewer
from desktop.words import ramp_words
from engine.model.heatmap import Ramp


class FilmActions(QObject):
    """Adds to the menus what a viewer can do, and keeps their check marks true."""

    def __init__(self, actions: Actions, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._actions, self._viewer = actions, viewer
        self._tools: dict[Tool, QAction] = {}
        self._ramps: dict[Ramp, QAction] = {}
        self._add_places(actions.view_menu)
        self._add_windows(actions.view_menu)
        self._add_heat(actions.view_menu)
        actions.view_menu.addSeparator()
        whole_window = (actions.full_screen, actions.show_list, actions.show_case, actions.theme_menu.menuAction())
        actions.view_menu.addActions(whole_window)
        self._add_tools(actions.film_menu)
        self._add_comparing(actions.film_menu)
        again = self._item(actions.film_menu, "lookAgain", self.tr("Loo&k again"), viewer.look_again, "F5")
        again.setEnabled(False)
        viewer.lost_changed.connect(again.setEnabled)

    def _add_places(self, menu: QMenu) -> None:
        film = self._viewer.film
        self._item(menu, "fit", self.tr("&Fit"), film.fit, "0")
        self._item(menu, "actualSize", self.tr("&Actual size"), film.show_actual_size, "Ctrl+0")
        self._item(menu, "zoomIn", self.tr("&Enlarge"), film.zoom_in, "+", "=")
        self._item(menu, "zoomOut", self.tr("&Shrink"), film.zoom_out, "-")
        self._item(menu, "turn", self.tr("&Turn clockwise"), film.turn, "R")
        self._item(menu, "mirror", self.tr("&Mirror"), film.mirror, "X")
        self._item(menu, "reset", self.tr("&As it was"), film.reset, "Backspace")
        menu.addSeparator()

    def _add_windows(self, menu: QMenu) -> None:
        film = self._viewer.film
        windows = menu.addMenu(self.tr("&Window"))
        presets = {
            Preset.STATED: self.tr("As the film &states it"),
            Preset.AUTO: self.tr("&Automatic"),
            Preset.LUNGS: self.tr("&Lungs"),
            Preset.BONES: self.tr("&Bones and soft tissue"),
            Preset.WIDE: self.tr("&Whole range"),
        }
        for number, (preset, words) in enumerate(presets.items(), start=1):
            self._item(windows, f"window_{preset}", words, partial(film.set_preset, preset), f"Alt+{number}")
        windows.addSeparator()
        self._item(windows, "brighter", self.tr("B&righter"), lambda: film.brighten(1), "Ctrl+Up")
        self._item(windows, "darker", self.tr("&Darker"), lambda: film.brighten(-1), "Ctrl+Down")
        self._item(windows, "steeper", self.tr("&More contrast"), lambda: film.flatten(-1), "Ctrl+Right")
        self._item(windows, "flatter", self.tr("L&ess contrast"), lambda: film.flatten(1), "Ctrl+Left")
        self._item(menu, "invert", self.tr("&Invert"), film.invert, "I")
        menu.addSeparator()
        self._viewer.film_bar.set_presets(windows)

    def _add_heat(self, menu: QMenu) -> None:
        bar = self._viewer.heat_bar
        self._item(menu, "heat", self.tr("&Heat on or off"), bar.toggle_heat, "Shift+H")
        self._contours = self._item(
            menu, "contours", self.tr("Heat as &contours"), self._switch_contours, "Shift+C", checkable=True
        )
        self._lungs = self._item(
            menu, "lungs", self.tr("&Outline of the lungs"), self._switch_lungs, "Shift+L", checkable=True
        )
        colours = menu.addMenu(self.tr("Colours of the h&eat"))
        group = QActionGroup(self)
        for ramp in Ramp:
            action = self._item(
                colours,
                f"ramp_{ramp}",
                ramp_words(ramp),
                partial(self._set_ramp, ramp),
                checkable=True,
            )
            group.addAction(action)
            self._ramps[ramp] = action
        bar.style_changed.connect(self._show_style)
        self._show_style(bar.style_of_heat)

    def _add_tools(self, menu: QMenu) -> None:
        menu.addSeparator()
        tools = {
            Tool.WINDOW: (self.tr("&Window by dragging"), "W"),
            Tool.RULER: (self.tr("&Ruler"), "D"),
            Tool.ANGLE: (self.tr("&Angle"), "A"),
            Tool.MAGNIFIER: (self.tr("&Magnifier"), "M"),
        }
        for tool, (words, key) in tools.items():
            self._tools[tool] = self._item(
                menu, f"tool_{tool}", words, partial(self._viewer.set_tool, tool), key, checkable=True
            )
        self._item(menu, "clearMeasures", self.tr("&Clear what was measured"), self._clear_measures, "Delete")
        self._viewer.film.changed.connect(self._show_tool)

    def _add_comparing(self, menu: QMenu) -> None:
        menu.addSeparator()
        viewer = self._viewer
        self._keep = self._item(
            menu, "keepBeside", self.tr("&Keep beside the next ones"), viewer.keep_beside, "C", checkable=True
        )
        self._others = menu.addMenu(self.tr("Com&pare with"))
        self._others.setEnabled(False)
        viewer.film_bar.set_others(self._others)
        viewer.others_offered.connect(self._show_others)
        viewer.comparing_changed.connect(self._keep.setChecked)

    def _show_others(self, others: Sequence[OtherFilm]) -> None:
        self._others.clear()
        self._others.setEnabled(bool(others))
        for other in others:
            action = self._others.addAction(without_key(other.title))
            action.triggered.connect(
                lambda _checked=False, it=other: self._viewer.compare_with(it.path, it.title, it.score)
            )

    def _show_style(self, style: HeatStyle) -> None:
        self._contours.setChecked(style.contours)
        self._lungs.setChecked(style.lungs_shown)
        self._ramps[style.ramp].setChecked(True)

    def _show_tool(self) -> None:
        for tool, action in self._tools.items():
            action.setChecked(tool is self._viewer.film.tool)

    def _clear_measures(self) -> None:
        for view in (self._viewer.film, self._viewer.beside):
            view.clear_measures()

    def _switch_contours(self) -> None:
        style = self._viewer.heat_bar.style_of_heat
        self._viewer.heat_bar.set_style(replace(style, contours=not style.contours))

    def _switch_lungs(self) -> None:
        style = self._viewer.heat_bar.style_of_heat
        self._viewer.heat_bar.set_style(replace(style, lungs_shown=not style.lungs_shown))

    def _set_ramp(self, ramp: Ramp) -> None:
        self._viewer.heat_bar.set_style(replace(self._viewer.heat_bar.style_of_heat, ramp=ramp))

    def _item(
        self, menu: QMenu, name: str, words: str, work: Callable[[], object], *keys: str, checkable: bool = False
    ) -> QAction:
        action = self._actions.make(menu, name, words, *keys, checkable=checkable)
        connect_all([(action, work)])
        return action
