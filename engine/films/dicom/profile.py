"""What the basic profile of PS3.15 (table E.1-1, edition 2026c) does with an element, in the actions used here."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache

from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c as table


class Action(Enum):
    """What to do with an element that the table names."""

    REMOVE = auto()
    EMPTY = auto()
    DUMMY = auto()
    NEW_UID = auto()


# Where the standard leaves a choice, the one that keeps least: an empty value is allowed wherever a film may have none.
_LISTS = (
    (Action.REMOVE, (table.X_TAGS, table.X_Z_U_STAR_TAGS)),
    (Action.EMPTY, (table.Z_TAGS, table.X_Z_TAGS, table.Z_D_TAGS, table.X_D_TAGS, table.X_Z_D_TAGS)),
    (Action.DUMMY, (table.D_TAGS,)),
    (Action.NEW_UID, (table.U_TAGS,)),
)


def action_for(tag: int) -> Action | None:
    """The action for a tag, or None where the table does not name it. Repeating groups are matched by their mask."""
    exact, masked = _actions()
    action = exact.get(tag)
    if action is not None:
        return action
    return next((action for value, mask, action in masked if tag & mask == value), None)


@cache
def _actions() -> tuple[dict[int, Action], list[tuple[int, int, Action]]]:
    exact: dict[int, Action] = {}
    masked: list[tuple[int, int, Action]] = []
    for action, lists in _LISTS:
        for entry in (entry for tags in lists for entry in tags):
            tag = entry[0] << 16 | entry[1]
            if len(entry) == 2:
                exact[tag] = action
            else:
                masked.append((tag, entry[2] << 16 | entry[3], action))
    return exact, masked
