"""The extra `test` brings neither torch nor scikit-learn; the tests of this room come with the extra `dev`."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = ["test_*.py"] if importlib.util.find_spec("torch") is None else []
