"""What the window remembers: a readable JSON file. The window's geometry lies apart from it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from desktop.viewer.heat_style import HeatStyle
from engine.diagnostics.events import Event
from engine.diagnostics.log import note
from engine.errors import OutputError
from engine.model.heatmap import Ramp
from engine.paths import write_private

MAX_RECENT_FOLDERS = 8
# Whole numbers that may also be unknown, with the least and the most they can be.
_MAY_BE_UNKNOWN = {"default_age_years": (0, 120), "prevalence_percent": (1, 99)}
_MAX_MODELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person set, and where they were.

    Attributes:
        operating_points: By the hash of a model's file, the name of the one chosen for it: thresholds of one model mean
            nothing for another. A model that is not named has its first.
        theme: As in `desktop.theme_switch.Theme`; one that is not known is taken for the system's.
        shortcuts: Keys of one's own, as Qt writes them, by the action's name; an empty tuple is no key at all.
        heat_opacity: 0..1.
        reader: Initials of who read last; empty where nobody gave any.
        default_age_years: Age, in completed years, of patients whose film tells none; None leaves it unknown.
        prevalence_percent: Of 100 films taken here, how many show pneumonia, 1 to 99; None takes the model card's.
    """

    recent_folders: tuple[str, ...] = ()
    operating_points: Mapping[str, str] = dataclasses.field(default_factory=dict)
    theme: str = "system"
    shortcuts: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    list_shown: bool = True
    case_shown: bool = True
    heat_shown: bool = False
    heat_opacity: float = 0.45
    studies_together: bool = False
    heat_colours: str = Ramp.EMBER.value
    heat_contours: bool = False
    lungs_shown: bool = False
    default_age_years: int | None = None
    prevalence_percent: int | None = None
    reader: str = ""

    @property
    def heat_style(self) -> HeatStyle:
        """How heat is drawn. Colours of a later version, which this one does not know, become the first ones."""
        known = self.heat_colours in [ramp.value for ramp in Ramp]
        return HeatStyle(
            shown=self.heat_shown,
            opacity=self.heat_opacity,
            ramp=Ramp(self.heat_colours) if known else Ramp.EMBER,
            contours=self.heat_contours,
            lungs_shown=self.lungs_shown,
        )

    def with_heat_style(self, style: HeatStyle) -> Settings:
        """These settings with another way to draw heat."""
        return replace(
            self,
            heat_shown=style.shown,
            heat_opacity=style.opacity,
            heat_colours=style.ramp.value,
            heat_contours=style.contours,
            lungs_shown=style.lungs_shown,
        )

    def operating_point_of(self, model_sha256: str) -> str:
        """The one chosen for a model; empty where none was."""
        return self.operating_points.get(model_sha256, "")

    def with_operating_point(self, model_sha256: str, name: str) -> Settings:
        """These settings with another operating point for one model; those of the models used last are kept."""
        others = {model: point for model, point in self.operating_points.items() if model != model_sha256}
        kept = list({**others, model_sha256: name}.items())[-_MAX_MODELS:]
        return replace(self, operating_points=dict(kept))

    def with_recent(self, folder: Path) -> Settings:
        """These settings with a folder at the head of the recent ones."""
        name = str(folder)
        others = [other for other in self.recent_folders if other != name]
        return replace(self, recent_folders=(name, *others)[:MAX_RECENT_FOLDERS])


class SettingsFile:
    """Reads and writes the settings in the program's own folder. What it does not know it leaves as it is."""

    def __init__(self, folder: Path) -> None:
        self._unknown: dict[str, Any] = {}
        self.path = folder / "settings.json"
        self.geometry_path = folder / "window.ini"

    def load(self) -> Settings:
        """The settings as saved, or the defaults. A damaged file is kept aside as `settings.damaged.json`."""
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            settings = _parse(raw)
            names = {field.name for field in fields(Settings)}
            self._unknown = {name: value for name, value in raw.items() if name not in names}
            return settings
        except OSError:
            return Settings()
        except (ValueError, TypeError, RecursionError):
            note(Event.SETTINGS_DAMAGED)
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_name("settings.damaged.json"))
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write a new file (mode 0600), then put it in place of the old. Raises OutputError."""
        text = json.dumps({**asdict(settings), **self._unknown}, indent=2, ensure_ascii=False)
        try:
            write_private(self.path, text.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise OutputError("The settings cannot be saved. Free some space in your home folder.") from error


def _parse(raw: Any) -> Settings:
    """Settings from parsed JSON; fields that are missing keep their default. Raises TypeError."""
    if not isinstance(raw, dict):
        raise TypeError("settings should be an object")
    defaults = Settings()
    known: dict[str, Any] = {}
    for field in fields(Settings):
        if field.name in _MAY_BE_UNKNOWN:
            known[field.name] = _within(raw.get(field.name), *_MAY_BE_UNKNOWN[field.name])
        elif field.name == "operating_points" and field.name in raw:
            known[field.name] = _words_by_name(raw[field.name])
        elif field.name in raw:
            known[field.name] = _checked(raw[field.name], getattr(defaults, field.name))
    parsed = Settings(**known)
    opacity = min(1.0, max(0.0, parsed.heat_opacity))
    return replace(parsed, heat_opacity=opacity, recent_folders=parsed.recent_folders[:MAX_RECENT_FOLDERS])


def _within(value: Any, least: int, most: int) -> int | None:
    """A whole number, or None where it is none that can be. Raises TypeError."""
    return value if value is not None and least <= _checked(value, 0) <= most else None


def _words_by_name(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise TypeError("words by name were expected")
    return value


def _checked(value: Any, example: Any) -> Any:
    if isinstance(example, dict):
        if not isinstance(value, dict):
            raise TypeError("names with lists of words were expected")
        return {name: _checked(words, ()) for name, words in value.items()}
    if isinstance(example, tuple):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise TypeError("a list of words was expected")
        return tuple(value)
    if isinstance(example, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(example):
        raise TypeError(f"{value!r} has the wrong type")
    return value
