"""All that the log can say."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What happened. A message that is none of these does not reach the log."""

    PROGRAM_STARTED = "program_started"
    PROGRAM_ENDED = "program_ended"
    HANDED_OVER = "handed_over"
    SECOND_START_ANSWERED = "second_start_answered"
    SOCKET_REFUSED = "socket_refused"
    SOCKET_UNUSABLE = "socket_unusable"
    SETTINGS_DAMAGED = "settings_damaged"
    CHILD_LOST = "child_lost"
    CHILD_FAILED = "child_failed"
    UNEXPECTED_ERROR = "unexpected_error"
    NATIVE_CRASH_BEFORE = "native_crash_before"
    COPIES_ANONYMISED = "copies_anonymised"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    WRONG_PIN = "wrong_pin"
    LEFT_OUT = "left_out"
