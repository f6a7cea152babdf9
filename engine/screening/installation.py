"""Brings a model from a pack into the folder of installed models: checked first, then tried, then put in place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.model.expected import TOLERANCE
from engine.model.installed import InstalledModel, InstalledModels, version_key
from engine.model.onnx_graph import check_graph
from engine.model.pack import read_model
from engine.model.pack_file import FILMS, MODEL, PackFile, read_pack_file
from engine.model.signing import trusted_keys_folder, trusted_signer
from engine.screening.trial import differences, measure
from engine.screening.worker import Limits


class UnsignedPackError(ModelError):
    """Nobody who is trusted has signed the pack, and nobody has said that it may be used all the same."""

    code = "model_unsigned"


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack that is whole, and what a person should know before it is installed.

    Attributes:
        trusted_as: Under which name the key that signed it is trusted; None where it is not, or nobody signed.
        older_than: The newest version of the same model that was ever installed, where the pack's is older.
    """

    pack: PackFile
    trusted_as: str | None
    older_than: str | None

    @property
    def name(self) -> str:
        """Id and version in words."""
        return f"{self.pack.manifest.model_id} {self.pack.manifest.model_version}"

    @property
    def signature_words(self) -> str:
        """Who answers for the pack, one sentence."""
        if self.trusted_as is not None:
            return f"Signed with the trusted key {self.trusted_as}."
        if self.pack.signer is None:
            return "Nobody has signed it."
        return f"It is signed with a key that this PC does not trust ({self.pack.signer[:16]})."


def look_at_pack(path: Path) -> Offer:
    """Read a pack and check what can be checked without running it. Raises ModelError."""
    pack = read_pack_file(path)
    manifest = pack.manifest
    check_graph(pack.files[MODEL])
    versions = [
        model.manifest.model_version
        for model in InstalledModels().all()
        if model.manifest.model_id == manifest.model_id
    ]
    newest = max(versions, key=version_key, default=manifest.model_version)
    older = version_key(manifest.model_version) < version_key(newest)
    return Offer(pack, trusted_signer(pack.signer) if pack.signer else None, newest if older else None)


def keep_pack(offer: Offer, *, accept_unsigned: bool = False, limits: Limits | None = None) -> InstalledModel:
    """Try a pack's model in a child process and put it beside the installed ones, without using it yet.

    Args:
        offer: From `look_at_pack`.
        accept_unsigned: Whether a person has said that it may be used though nobody who is trusted signed it.
        limits: What the child may use of time and memory.

    Raises:
        UnsignedPackError: It needs that word.
        ModelError: The model does not do what its card and its pack say.
        OutputError: There is no room for it.
    """
    if offer.trusted_as is None and not accept_unsigned:
        raise UnsignedPackError(
            f"{offer.signature_words} Ask whoever gave it to you for a signed pack, or put their public key into "
            f"{trusted_keys_folder()}."
        )
    manifest = offer.pack.manifest
    installed = InstalledModels()
    with installed.unfinished(offer.pack.files) as folder:
        _, model = read_model(folder / MODEL)
        if (model.card.model_id, model.card.model_version) != (manifest.model_id, manifest.model_version):
            raise ModelError("The pack names another model than the one it holds. Ask for another one.")
        films = [folder / FILMS / entry.film for entry in manifest.self_test]
        found = measure(films, model=model.path, model_sha256=manifest.model_sha256, limits=limits)
        wrong = differences(manifest.self_test, found)
        if wrong:
            raise ModelError(
                f"The model does not say on this PC what its pack expects (by {TOLERANCE}): {wrong[0]}. "
                "Ask for a pack made for this version of Mapafu."
            )
        return installed.keep(folder, offer.pack)


def install_pack(offer: Offer, *, accept_unsigned: bool = False, limits: Limits | None = None) -> InstalledModel:
    """As `keep_pack`, and use the model from the next start on; the one before stays for a roll-back."""
    model = keep_pack(offer, accept_unsigned=accept_unsigned, limits=limits)
    InstalledModels().use(model.pack_id)
    return model
