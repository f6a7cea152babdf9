"""Installing a model from a pack, going back to the one before, and saying which there are."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from engine.errors import ModelError
from engine.model.installed import InstalledModel, InstalledModels
from engine.model.pack import ModelPack, bundled_model, load_installed, load_pack, read_model
from engine.model.pack_file import SUFFIX
from engine.results.store import Store
from engine.screening.installation import Offer, UnsignedPackError, install_pack, keep_pack, look_at_pack
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import plain


def install(path: Path, *, accept_unsigned: bool, console: Console) -> ExitStatus:
    """Install the model of a pack and use it from now on. Raises MapafuError."""
    offer = look_at_pack(path)
    _say_offer(offer, console)
    try:
        model = install_offer(offer, accept_unsigned=accept_unsigned)
    except UnsignedPackError as error:
        raise _with_option(error) from error
    console.print(f"{plain(model.name)} is installed and used from now on. --roll-back goes back.")
    return ExitStatus.OK


def roll_back(console: Console) -> ExitStatus:
    """Go back to the model that was used before. Raises MapafuError."""
    model = go_back()
    name = "The model that comes with the program" if model is None else model.name
    console.print(f"{plain(name)} is used from now on.")
    return ExitStatus.OK


def install_offer(offer: Offer, *, accept_unsigned: bool) -> InstalledModel:
    """Install a pack that was looked at, and note in the audit log which model is in use. Raises MapafuError."""
    model = install_pack(offer, accept_unsigned=accept_unsigned)
    _note_model_in_use()
    return model


def go_back() -> InstalledModel | None:
    """Use the model before, None for the bundled one, and note it in the audit log. Raises MapafuError."""
    model = InstalledModels().roll_back()
    _note_model_in_use()
    return model


def list_models(console: Console) -> ExitStatus:
    """Print the models there are, and which one is used. Raises ModelError."""
    bundled, used, installed = read_model(bundled_model())[1].card, load_pack(), InstalledModels()
    rows = [(f"{bundled.model_id} {bundled.model_version}", bundled_model(), "comes with the program")]
    for model in installed.all():
        trust = f"signed with {model.trusted_as}" if model.trusted_as else "unsigned or not trusted"
        rows.append((model.name, model.model, trust))
    if used.problem:
        console.print(plain(used.problem))
    for name, path, words in rows:
        console.print(plain(f"{'*' if path == used.path else ' '} {name} ({words})"))
    return ExitStatus.OK


def chosen_model(path: Path | None, *, accept_unsigned: bool, console: Console) -> ModelPack:
    """The model that the command line names, a model file or a pack, or else the one in use. Raises MapafuError."""
    if path is None or path.suffix.lower() != SUFFIX:
        pack = load_pack(path)
        if pack.problem:
            console.print(plain(pack.problem))
        return pack
    offer = look_at_pack(path)
    try:
        return load_installed(keep_pack(offer, accept_unsigned=accept_unsigned).pack_id)
    except UnsignedPackError as error:
        raise _with_option(error) from error


def _note_model_in_use() -> None:
    used = load_pack()
    with Store() as store:
        store.log.model_installed(used.card.model_id, used.card.model_version, used.sha256, signed=not used.unsigned)


def _say_offer(offer: Offer, console: Console) -> None:
    console.print(plain(f"{offer.name}. {offer.signature_words}"))
    if offer.older_than is not None:
        console.print(plain(f"It is older than {offer.older_than}, which was installed before."))


def _with_option(error: UnsignedPackError) -> ModelError:
    return ModelError(f"{error.sentence} To use it all the same, add --accept-unsigned; each result will say so.")
