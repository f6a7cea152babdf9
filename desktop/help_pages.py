"""The pages of the help menu."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from html import escape
from importlib.metadata import version

import PySide6
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.key_bindings import plain_title
from desktop.text_page import TextPage
from engine.diagnostics.crash_report import reports, reports_folder
from engine.model.card_text import card_markdown
from engine.model.pack import ModelPack
from engine.version import __version__


def make_page(name: str, parent: QWidget, *, pack: ModelPack | None, actions: Iterable[QAction]) -> TextPage:
    """A page to read: `about`, `keys`, `crashes`, or `card`, which needs a model."""
    match name:
        case "keys":
            page = TextPage(_tr("Keys"), parent)
            page.set_html(keys_page(actions))
        case "card" if pack is not None:
            page = TextPage(_tr("About the model"), parent)
            page.set_markdown(card_markdown(pack.card))
        case "crashes":
            page = TextPage(_tr("Crash reports"), parent)
            page.set_html(crashes_page())
        case _:
            page = TextPage(_tr("About Mapafu"), parent)
            page.set_html(about_page(pack))
    return page


def about_page(pack: ModelPack | None) -> str:
    """What this is, what it is for, and which versions are at work."""
    model = f"{pack.card.model_id} {pack.card.model_version}" if pack is not None else _tr("none")
    versions = [
        ("Mapafu", __version__),
        (_tr("Model"), model),
        ("Qt", PySide6.__version__),
        ("Python", platform.python_version()),
        ("onnxruntime", version("onnxruntime")),
    ]
    if pack is not None:
        versions.insert(2, (_tr("Model file, SHA-256"), f"{pack.sha256[:32]} {pack.sha256[32:]}"))
        if pack.unsigned:
            versions.insert(3, (_tr("Model's signature"), _tr("of nobody whom this PC trusts")))
    purpose = [
        _tr("Mapafu helps to order and double-check chest films."),
        _tr("It is for research, teaching and second looks under local responsibility."),
        _tr("It is not a diagnosis, it is not cleared as a medical device anywhere, and a clinician reads every film."),
        _tr("It works without a network: no film and no result leaves this PC."),
        _tr(
            "Its score holds for films like those it learned from; its card says which those are. "
            "A low score is no proof that the lungs are clear."
        ),
    ]
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in versions)
    return (
        "<h1>Mapafu</h1>"
        + "".join(f"<p>{escape(line)}</p>" for line in purpose)
        + f"<p class='head'>{escape(_tr('Versions'))}</p><table cellpadding='4'>{rows}</table>"
    )


def crashes_page() -> str:
    """The crash reports that lie on this PC, the newest first, for whoever may want to hand one on."""
    head = f"<h1>{escape(_tr('Crash reports'))}</h1>"
    found = reports()
    if not found:
        return head + f"<p>{escape(_tr('There is none.'))}</p>"
    words = _tr("Nothing is ever sent. To ask for help, read a report, and hand on its file if you wish. They lie in:")
    texts = [(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in found]
    body = "".join(f"<p class='head'>{escape(name)}</p><pre>{escape(text)}</pre>" for name, text in texts)
    return head + f"<p>{escape(words)}</p><p>{escape(str(reports_folder()))}</p>" + body


def keys_page(actions: Iterable[QAction]) -> str:
    """Every key of the reading room, with what it does."""
    body = "".join(
        f"<tr><td class='key' width='160'>{escape('   '.join(keys))}</td><td>{escape(words)}</td></tr>"
        for keys, words in key_rows(actions, form=QKeySequence.SequenceFormat.NativeText)
    )
    return f"<h1>{escape(_tr('Keys'))}</h1><table cellpadding='4'>{body}</table>"


def key_rows(actions: Iterable[QAction], *, form: QKeySequence.SequenceFormat) -> list[tuple[list[str], str]]:
    """The keys of each action that has some, and what the mouse and bare keys do; with what each is for."""
    rows = [
        ([key.toString(form) for key in action.shortcuts()], plain_title(action))
        for action in actions
        if action.shortcuts()
    ]
    rows += [
        ([_tr("↑"), _tr("↓")], _tr("Previous and next film")),
        ([_tr("H, held")], _tr("The bare film, without heat")),
        ([_tr("Wheel")], _tr("Enlarge around the pointer")),
        ([_tr("Drag")], _tr("Move the film, or use the tool in your hand")),
        ([_tr("Right drag")], _tr("Window: sideways for contrast, up for a brighter film")),
        ([_tr("Middle drag")], _tr("Move the film, whatever the tool")),
        ([_tr("Esc")], _tr("Give up a measure; leave the full screen")),
        ([_tr("Double click")], _tr("The whole film")),
    ]
    return rows


def _tr(source: str) -> str:
    return QCoreApplication.translate("help", source)
