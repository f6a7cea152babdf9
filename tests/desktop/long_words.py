"""A made-up language whose words are longer and accented, to see whether any would be cut off."""

from __future__ import annotations

import re

from PySide6.QtCore import QTranslator

_ACCENTED = str.maketrans("AEIOUaeioucnsyz", "ÅÉÎÖÛåéîöûçñšÿž")
_LONGER = 0.4
# What must stay as it is: places for values, the sign for a letter in a menu, and codes of characters.
_KEPT = re.compile(r"(\{[^}]*\}|&.)")


class LongWords(QTranslator):
    """Every text, 40 % longer."""

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """The text in the made-up language."""
        return lengthened(sourceText)


def lengthened(text: str) -> str:
    """A text with accents; each of its words is longer, and all of it by 40 %."""
    return re.sub(r"\S+", lambda word: _long_word(word.group()), text)


def _long_word(word: str) -> str:
    letters = sum(part.isalpha() for part in _KEPT.sub("", word))
    accented = "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTED) for part in _KEPT.split(word))
    more = "ëïñøüž" * 4
    end = len(accented.rstrip(".,:;…?!)”"))
    return accented[:end] + more[: round(letters * _LONGER)] + accented[end:]
