"""Where verdicts are given: who reads, what they say of the chosen film, and what of it may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from desktop.actions import Actions, connect_all
from desktop.bookkeeper import GivenVerdict, ReaderFilms
from desktop.keeper import Keeper
from desktop.list_session import ListSession
from desktop.marking import Marking
from desktop.reading_room import ReadingRoom
from desktop.verdicts.blind_mode import BlindMode
from desktop.verdicts.giving import ChosenFilm, Giving
from desktop.verdicts.possible import Possible, possible_verdicts
from desktop.verdicts.readers_menu import ReadersMenu
from desktop.verdicts.sitting import Sitting
from desktop.verdicts.words import verdict_words
from desktop.worklist.columns import short_name
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict
from engine.screening.case import CaseResult, CaseStatus


@dataclass(frozen=True, slots=True)
class _Wish:
    """A verdict that waits until it is known who gives it."""

    film_id: int
    verdict: Verdict


class VerdictDesk(QObject):
    """Takes verdicts from keys and buttons, has them kept, and shows what is kept.

    Signals:
        said: A sentence for the reader.
        reader_changed: Somebody sat down; what they have judged is known.
        blind_reading_completed: A reader (`Reader`) who reads blind has given a verdict on every readable film of the
            list; what they said is `store.verdicts.standing(session_id, ReadingMode.BLIND)`.
    """

    said = Signal(str)
    reader_changed = Signal()
    blind_reading_completed = Signal(Reader)

    def __init__(
        self,
        actions: Actions,
        room: ReadingRoom,
        session: ListSession,
        marking: Marking,
        keeper: Keeper,
        blind: BlindMode,
    ) -> None:
        super().__init__(room)
        self._actions, self._room, self._session, self._marking = actions, room, session, marking
        self._keeper, self._history, self._blind = keeper, marking.history, blind
        self._worklist, self._panel = room.worklist, room.case_panel.verdicts
        self._initials = ""
        self._sitting = Sitting()
        self._film: ChosenFilm | None = None
        self._entries: Sequence[ReaderVerdict] = ()
        self._giving = Giving(keeper, self._history, mode=self._mode_now, go_to=self._worklist.view.choose_case)
        self._wish: _Wish | None = None
        self._readers = ReadersMenu(actions.readers_menu)
        self._connect()
        self._show()

    @property
    def reader(self) -> Reader | None:
        """Who reads; None until initials are given."""
        return self._sitting.reader

    @property
    def blind(self) -> BlindMode:
        """Whether answers are hidden."""
        return self._blind

    @property
    def last_initials(self) -> str:
        """Those of who read last, in this run or an earlier one."""
        return self._initials

    @property
    def blind_films_left(self) -> int:
        """How many readable films of the list have no verdict of this reader yet."""
        return len(self._worklist.model.readable_films - self._sitting.judged)

    def remember(self, initials: str) -> None:
        """Offer these initials first when it is asked who reads."""
        self._initials = initials

    def choose_reader(self, initials: str) -> None:
        """Let the reader with these initials read from now on."""
        self._keeper.choose_reader(initials)

    def start_anew(self) -> None:
        """Know nothing of films seen and judged any more, for another store; who reads goes on reading."""
        reader, self._sitting = self.reader, Sitting()
        self._giving.start_anew()
        self._show()
        if reader is not None:
            self.choose_reader(reader.initials)

    def close(self) -> None:
        """Have a note kept that was typed last."""
        self._keep_note()

    def give(self, verdict: Verdict) -> None:
        """Give a verdict on the chosen film, once it is known who gives it."""
        film, possible = self._film, self._possible()
        if film is None or verdict not in possible.verdicts:
            self.said.emit(possible.obstacle)
        elif self.reader is None:
            self._wish = _Wish(film.film_id, verdict)
            self.ask_reader()
        else:
            self._give(verdict, film, self.reader)

    def ask_reader(self) -> None:
        """Ask for initials, in the panel."""
        self._unfold_panel()
        self._panel.ask_reader(self._initials if self.reader is None else "")

    def note_answers_seen(self, film_ids: Sequence[int]) -> None:
        """The answers of these films were shown, elsewhere than in the list."""
        self._sitting.see(film_ids)

    def _connect(self) -> None:
        panel, keeper = self._panel, self._keeper
        connect_all([(action, partial(self.give, verdict)) for verdict, action in self._actions.verdicts.items()])
        connect_all([(self._actions.note, self._go_to_note)])
        # Before anything is taken back or done again: a note kept in the midst of it would get lost in the history.
        connect_all([(self._actions.undo, self._keep_note), (self._actions.redo, self._keep_note)])
        panel.set_readers_menu(self._actions.readers_menu)
        panel.verdict_pressed.connect(self.give)
        panel.note.editingFinished.connect(self._keep_note)
        panel.note.textEdited.connect(self._draft_note)
        panel.left.connect(self._worklist.view.setFocus)
        panel.initials.named.connect(self.choose_reader)
        self._readers.chosen.connect(self.choose_reader)
        self._readers.other_asked.connect(self.ask_reader)
        keeper.readers_changed.connect(self._readers.show_readers)
        keeper.reader_chosen.connect(self._seat)
        keeper.verdicts_told.connect(self._take_verdicts)
        self._blind.changed.connect(self._follow_blind)
        self._room.case_chosen.connect(self._show_case)
        self._room.viewer.film.changed.connect(self._show_possible)
        self._room.viewer.lost_changed.connect(lambda _lost: self._show_possible())
        self._session.begun.connect(self._giving.notes.clear)

    @property
    def _film_id(self) -> int | None:
        return None if self._film is None else self._film.film_id

    def _possible(self) -> Possible:
        if self._film is None:
            return Possible(())
        return possible_verdicts(self._room.viewer, kept=self._film.is_kept and self._session.session_id is not None)

    def _give(self, verdict: Verdict, film: ChosenFilm, reader: Reader) -> None:
        self._history.beginMacro(verdict_words(verdict))
        self._giving.give(verdict, film, reader)
        if self._blind.on:
            self._marking.mark_read()  # its answer is looked at before one goes on
        else:
            self._marking.go_to_next_unread()
        self._history.endMacro()

    def _keep_note(self) -> None:
        """A note that was changed goes with the verdict that stands; before there is one, it waits for it."""
        film, reader = self._film, self.reader
        if film is None or reader is None or not film.is_kept:
            return
        if film.film_id in self._sitting.judged or self._giving.owes(film.film_id):
            own = self._sitting.own(self._entries)
            self._giving.give_note(film, reader, kept=own.note if own is not None else None)

    def _mode_now(self, film_id: int) -> ReadingMode:
        """How a verdict on a film counts that is given now."""
        self._note_answers_shown()
        return self._sitting.mode(film_id, blind=self._blind.on)

    def _seat(self, films: ReaderFilms) -> None:
        """A reader sits down."""
        self._keep_note()
        self._note_answers_shown()
        self._initials = films.reader.initials
        if self._sitting.seat(films):
            self._history.clear()  # nobody takes back what another one said
            self._giving.start_anew()
        self._readers.show_now(films.reader)
        self._blind.change_reader(self._sitting.judged)
        self.reader_changed.emit()
        self.said.emit(self.tr("{initials} reads now.").format(initials=films.reader.initials))
        wish, self._wish = self._wish, None
        self._panel.stop_asking()
        self._show_case(self._worklist.view.chosen())  # what is on the screen, this reader sees too
        if wish is not None and wish.film_id == self._film_id:
            self.give(wish.verdict)

    def _take_verdicts(self, film_id: int, entries: Sequence[ReaderVerdict]) -> None:
        is_new, own = self._sitting.hear(film_id, entries), self._sitting.own(entries)
        if is_new:
            self._blind.show_answers_of(self._sitting.judged)
        given = self._giving.hear(own) if own is not None else None
        if film_id == self._film_id:
            self._entries = entries
            self._show()
        elif given is not None and own is not None:
            self._say_kept(given, own)
        if own is not None and is_new and self._blind.on and not self._session.busy and self.blind_films_left == 0:
            self.blind_reading_completed.emit(own.reader)

    def _say_kept(self, given: GivenVerdict, own: ReaderVerdict) -> None:
        film = self._worklist.model.file_of(given.film_id)
        if not film:
            return  # it is of a list that one has left
        assert own.verdict is not None
        what = self.tr("your note is kept") if given.verdict is None else verdict_words(own.verdict)
        key = self._actions.undo.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = self.tr("{film}: {verdict} ({reader}). {key} takes it back.")
        self.said.emit(words.format(film=short_name(film), verdict=what, reader=own.reader.initials, key=key))

    def _show_case(self, result: CaseResult | None) -> None:
        row = self._worklist.view.currentIndex().row()
        film_id = self._worklist.model.film_id_at(row) if result is not None else None
        if result is not None and film_id is not None and result.status is not CaseStatus.PENDING:
            self._sitting.see([film_id])
        is_another = film_id != self._film_id
        if is_another:
            self._keep_note()
            self._entries, self._wish = (), None
        self._film = (
            None
            if result is None or film_id is None
            else ChosenFilm(film_id=film_id, case_index=result.index, session_id=self._session.session_id)
        )
        if is_another:
            self._panel.stop_asking()
            if self._film is not None and self._film.session_id is not None and self._film.is_kept:
                self._keeper.tell_verdicts(self._film.film_id)
                self._keeper.note_opened(self._film.film_id, self._film.session_id)
        self._show()

    def _follow_blind(self, on: bool) -> None:
        if on:
            self._note_answers_shown()
            self._blind.show_answers_of(self._sitting.judged)
            self.said.emit(self.tr("Answers are hidden until your verdict. A table that you export has them."))
        else:
            self.said.emit(self.tr("Answers are shown."))
        self._show()

    def _note_answers_shown(self) -> None:
        self._sitting.see(self._worklist.model.take_answers_shown())

    def _show(self) -> None:
        own = self._sitting.own(self._entries)
        hidden = self._blind.on and own is None
        self._panel.show_reader(self.reader)
        self._panel.show_verdicts(() if hidden else self._entries, own)
        kept = own.note if own is not None else ""
        self._panel.show_note("" if self._film_id is None else self._giving.notes.shown(self._film_id, kept))
        self._show_possible()

    def _show_possible(self) -> None:
        possible = self._possible()
        passing = possible.passing  # a panel that changed for that moment would flicker
        self._panel.set_possible(tuple(Verdict) if passing else possible.verdicts)
        self._panel.set_hint("" if passing else possible.obstacle or self._blind_hint())

    def _blind_hint(self) -> str:
        if not self._blind.on or self._film_id is None:
            return ""
        if self._film_id in self._sitting.judged:
            return self.tr("The answer is shown. Space or J goes on.")
        if self._mode_now(self._film_id) is ReadingMode.OPEN:
            return self.tr("You have seen this answer before: your verdict counts as open.")
        return self.tr("You see the answer after your verdict.")

    def _draft_note(self, text: str) -> None:
        if self._film_id is not None:
            self._giving.notes.write(self._film_id, text)

    def _go_to_note(self) -> None:
        self._unfold_panel()
        self._panel.note.setFocus()

    def _unfold_panel(self) -> None:
        self._actions.show_case.setChecked(True)
        self._room.case_panel.show()
