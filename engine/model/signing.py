"""Ed25519 signatures over a pack's manifest, and the keys that are trusted. The only user of `cryptography`.

The library is imported where it is used: most starts have nothing to verify, and every child process imports this.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.paths import data_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES, SIGNATURE_BYTES = 32, 96
_PURPOSE = b"mapafu pack manifest\n"  # so that no signature made for something else fits a manifest
_MAX_KEY_FILE = 4096


class SignatureError(ValueError):
    """The signature is not one of this manifest."""


def trusted_keys_folder() -> Path:
    """Where the public keys lie whose packs need no confirmation: one file `NAME.pub` each. It may not exist."""
    return data_folder() / "trusted-keys"


def new_key() -> tuple[bytes, bytes]:
    """A new pair of keys as PEM: the private one, without a password, and the public one."""
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    return private, key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)


def sign(manifest: bytes, private_key: bytes) -> bytes:
    """The signature of a manifest: the raw public key and the raw signature, 96 bytes. Raises ModelError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError) as error:
        raise ModelError("The key is no private key that can be read. Make one with mapafu-train new-key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ModelError("The key is not of the kind Ed25519. Make one with mapafu-train new-key.")
    return key.public_key().public_bytes_raw() + key.sign(_PURPOSE + manifest)


def signer_of(manifest: bytes, signature: bytes) -> str:
    """The fingerprint of the key that signed this manifest. Raises SignatureError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError("the signature has the wrong length")
    try:
        key = Ed25519PublicKey.from_public_bytes(signature[:KEY_BYTES])
        key.verify(signature[KEY_BYTES:], _PURPOSE + manifest)
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the signature is not that of its manifest") from error
    return fingerprint(key)


def trusted_signer(key_fingerprint: str, folder: Path | None = None) -> str | None:
    """The name under which a key is trusted; None where it is not. Files that are no public keys are passed over."""
    folder = folder or trusted_keys_folder()
    for path in sorted(folder.glob("*.pub")):
        if _fingerprint_of_file(path) == key_fingerprint:
            return path.stem
    return None


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def _fingerprint_of_file(path: Path) -> str | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        with path.open("rb") as stream:
            key = load_pem_public_key(stream.read(_MAX_KEY_FILE))
    except (OSError, ValueError, UnsupportedAlgorithm):
        return None
    return fingerprint(key) if isinstance(key, Ed25519PublicKey) else None
