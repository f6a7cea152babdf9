"""Which verdicts can be given on the film in the viewer, and what to do where one cannot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from desktop.viewer.viewer import Viewer
from engine.results.verdicts import Verdict

_NOT_KEPT = QT_TRANSLATE_NOOP(
    "verdicts",
    "This list is not kept, so a verdict would be lost. Screen the folder again once results can be kept.",
)
_COMES = QT_TRANSLATE_NOOP("verdicts", "The film is still being read. Wait for it, then give your verdict.")
_LOST = QT_TRANSLATE_NOOP(
    "verdicts", "This film cannot be shown now. Look again (F5), find the film, or give “Cannot tell”."
)
_UNREADABLE = QT_TRANSLATE_NOOP("verdicts", "This file could not be read, so it needs no verdict. Go on to the next.")


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be said of a film now.

    Attributes:
        obstacle: Why not every verdict can be given, and what to do; empty where each can.
        passing: Whether the obstacle goes by itself, as the film is being read.
    """

    verdicts: Collection[Verdict]
    obstacle: str = ""
    passing: bool = False


def possible_verdicts(viewer: Viewer, *, kept: bool) -> Possible:
    """What can be said of the chosen film; `kept` is whether it is of a list that is kept.

    Of a film that was moved a reader can say that they cannot tell: so no film that is lost keeps a reading from
    coming to its end.
    """
    if not kept:
        return Possible((), _translated(_NOT_KEPT))
    if viewer.film.has_film:
        return Possible(tuple(Verdict))
    if viewer.has_lost_film:
        return Possible((Verdict.CANNOT_TELL,), _translated(_LOST))
    if viewer.film.message:
        return Possible((), _translated(_UNREADABLE))
    return Possible((), _translated(_COMES), passing=True)


def _translated(source: object) -> str:
    return QCoreApplication.translate("verdicts", str(source))
