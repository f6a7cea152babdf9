"""`mapafu-screen`: screens films without a window."""

from __future__ import annotations

import argparse
import io
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.diagnostics.crash_report import write_report
from engine.diagnostics.events import Event
from engine.diagnostics.log import note, note_error, open_log
from engine.diagnostics.trace import trace_of
from engine.errors import MapafuError, ModelError
from engine.results.kept_run import NothingToResumeError
from engine.tasks.anonymising import copy_films
from engine.tasks.keeping import back_up, restore, verify_log
from engine.tasks.models import install, list_models, roll_back
from engine.tasks.screening import INTENDED_USE, screen_paths
from engine.tasks.self_test import print_self_test
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import Terminal, plain
from engine.version import __version__


def run(arguments: Sequence[str] | None = None) -> int:
    """Screen what the command line names, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign must not stop the run
    options = _parse(arguments)
    open_log()
    note(Event.PROGRAM_STARTED)
    console = Terminal(stderr=True, highlight=False, soft_wrap=True)
    try:
        return _do(options, console)
    except KeyboardInterrupt:
        console.print("Stopped.")
        return ExitStatus.INTERRUPTED
    except MapafuError as error:
        console.print(f"mapafu-screen: {plain(error.sentence)}")
        if isinstance(error, NothingToResumeError):
            return ExitStatus.NOTHING_TO_SCREEN
        return ExitStatus.MODEL_UNUSABLE if isinstance(error, ModelError) else ExitStatus.OUTPUT_FAILED
    except Exception as error:  # noqa: BLE001 -- the last net: a trace on the terminal would name films
        note_error(Event.UNEXPECTED_ERROR, error)
        report = write_report(trace_of(error))
        where = f" {report} says where; it names no film." if report is not None else ""
        console.print(plain(f"mapafu-screen: An unknown error ended the program. What was done is kept.{where}"))
        return ExitStatus.OUTPUT_FAILED
    finally:
        note(Event.PROGRAM_ENDED)


def _do(options: argparse.Namespace, console: Terminal) -> ExitStatus:
    answers = Terminal(highlight=False, soft_wrap=True)  # what was asked for goes to standard output
    if options.install_pack is not None:
        return install(options.install_pack, accept_unsigned=options.accept_unsigned, console=answers)
    if options.roll_back:
        return roll_back(answers)
    if options.verify_log:
        return verify_log(console)
    if options.backup is not None:
        return back_up(options.backup, console)
    if options.restore is not None:
        return restore(options.restore, console)
    if options.self_test:
        return print_self_test(answers)
    if options.models:
        return list_models(answers)
    if options.anonymise:
        return copy_films(options, console)
    return screen_paths(options, console)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="mapafu-screen",
        description="Screen chest radiographs for signs of pneumonia, on this PC alone.",
        epilog=INTENDED_USE,
    )
    parser.add_argument("paths", nargs="*", type=_path, metavar="PATH", help="a film, or a folder of films")
    parser.add_argument("--out", type=Path, default=Path("mapafu-out"), metavar="DIR", help="folder for results")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="the table to write (default: DIR/mapafu.csv)")
    parser.add_argument("--heatmaps", action="store_true", help="write a heatmap and an overlay for each film")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another model: a model file or a pack")
    parser.add_argument(
        "--operating-point", metavar="NAME", help="where to draw the line, as named in the model's card"
    )
    parser.add_argument("--default-age", type=_age, metavar="YEARS", help="age of patients whose film does not tell it")
    parser.add_argument("--threads", type=_threads, default=0, metavar="N", help="threads per film (0: as fits)")
    parser.add_argument(
        "--anonymous",
        action="store_true",
        help="leave out file names and DICOM identifiers; age, date, hashes stay",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the last screening that was cut off, or with the last one of these paths",
    )
    tasks = parser.add_mutually_exclusive_group()
    tasks.add_argument("--verify-log", action="store_true", help="see that no entry of the audit log was changed")
    tasks.add_argument("--backup", type=Path, metavar="FILE", help="write all kept results and verdicts to one file")
    tasks.add_argument("--restore", type=Path, metavar="FILE", help="bring back such a file, and keep what was there")
    tasks.add_argument("--install-pack", type=Path, metavar="FILE", help="install the model of a pack (.mapafu)")
    tasks.add_argument("--roll-back", action="store_true", help="go back to the model that was used before")
    tasks.add_argument("--models", action="store_true", help="list the models, the one in use with a star")
    tasks.add_argument("--self-test", action="store_true", help="check that the program works on this PC")
    tasks.add_argument(
        "--anonymise",
        type=Path,
        metavar="OUT",
        help="screen nothing, but copy the DICOM films to this folder without what names their patients",
    )
    parser.add_argument(
        "--accept-unsigned", action="store_true", help="use a pack that nobody you trust has signed; results say so"
    )
    parser.add_argument("--quiet", action="store_true", help="write the table and print nothing but errors")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    options = parser.parse_args(arguments)
    names = ("verify_log", "backup", "restore", "install_pack", "roll_back", "models", "self_test")
    has_task = any(getattr(options, name) not in (None, False) for name in names)
    if has_task and (options.paths or options.resume):
        parser.error("films are screened by themselves; leave them out here")
    if options.anonymise and options.resume:
        parser.error("copies are made anew; leave out --resume")
    if not options.paths and not has_task and (options.anonymise or not options.resume):
        parser.error("name a film or a folder")
    return options


def _path(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("a path is empty")
    return text


def _age(text: str) -> float:
    try:
        age = float(text)
    except ValueError:
        age = math.nan
    if not 0.0 <= age <= 130.0:
        raise argparse.ArgumentTypeError("an age is a number of years between 0 and 130")
    return age


def _threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 256):
        raise argparse.ArgumentTypeError("threads are a number between 0 and 256")
    return int(text)
