"""Patients without names: a keyed hash that is the same for one patient and useless outside this PC."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

_SECRET_FILE = "patient-key.secret"
_SECRET_BYTES = 32


def patient_key(secret: bytes, patient_id: str) -> str:
    """HMAC-SHA-256 of a patient's id, as 16 hex digits."""
    return hmac.new(secret, patient_id.encode(), hashlib.sha256).hexdigest()[:16]


def load_secret(folder: Path) -> bytes | None:
    """The secret kept in `folder`, made there (mode 0600) the first time; None where it cannot be kept."""
    path = folder / _SECRET_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(_SECRET_BYTES))
        secret = path.read_bytes()
    except OSError:
        return None
    return secret if len(secret) == _SECRET_BYTES else None
