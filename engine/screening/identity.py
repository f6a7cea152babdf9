"""Patients without names: a keyed hash that is the same for one patient and useless outside this PC."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from engine.paths import put_first

_SECRET_FILE = "patient-key.secret"
SECRET_BYTES = 32


def patient_key(secret: bytes, patient_id: str) -> str:
    """HMAC-SHA-256 of a patient's id, as 16 hex digits."""
    return hmac.new(secret, patient_id.encode(), hashlib.sha256).hexdigest()[:16]


def secret_path(folder: Path) -> Path:
    """Where the secret lies in a folder."""
    return folder / _SECRET_FILE


def load_secret(folder: Path) -> bytes | None:
    """The secret kept in `folder`, made there (mode 0600) the first time; None where it cannot be kept or read.

    Two programs that make it at once end with the same one: it is written aside, and the first to put it in place
    wins.
    """
    path = secret_path(folder)
    aside = folder / f"{_SECRET_FILE}.{secrets.token_hex(4)}"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(secrets.token_bytes(SECRET_BYTES))
            put_first(aside, path)
        secret = path.read_bytes()
    except OSError:
        return None
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
    return secret if len(secret) == SECRET_BYTES else None
