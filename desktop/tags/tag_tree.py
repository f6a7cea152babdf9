"""Tags as a tree, and what is left of it after a search. Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Sequence

from engine.films.tags import TagRow

ROOT = -1
_AROUND_NUMBERS = str.maketrans("", "", "(), ")


class TagTree:
    """Rows by their place in the file, each with its parent."""

    def __init__(self, rows: Sequence[TagRow]) -> None:
        self.rows = tuple(rows)
        self.parents: list[int] = []
        path: list[int] = []
        for place, row in enumerate(self.rows):
            del path[row.depth :]
            self.parents.append(path[-1] if path else ROOT)
            path.append(place)
        self._searched = [f"{row.tag}\n{row.name}\n{row.vr}\n{row.value}".casefold() for row in self.rows]
        self._numbers = [row.tag.translate(_AROUND_NUMBERS).casefold() for row in self.rows]

    def children(self, words: str = "") -> dict[int, list[int]]:
        """The rows to be shown, by their parent; `ROOT` for those of the file itself.

        A row is found by its tag, with or without brackets and comma, its name or its value. Those it lies in, and
        what lies in it, are shown with it.
        """
        wanted, number = words.strip().casefold(), words.translate(_AROUND_NUMBERS).casefold()
        inside = [False] * len(self.rows)
        for place, parent in enumerate(self.parents):
            found = wanted in self._searched[place] or (bool(number) and number in self._numbers[place])
            inside[place] = found or (parent != ROOT and inside[parent])
        shown = inside.copy()
        for place in reversed(range(len(self.rows))):
            if shown[place] and self.parents[place] != ROOT:
                shown[self.parents[place]] = True
        children: dict[int, list[int]] = {ROOT: []}
        for place, parent in enumerate(self.parents):
            if shown[place]:
                children.setdefault(parent, []).append(place)
        return children
