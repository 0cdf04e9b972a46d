"""JSON: writing it, and reading what somebody may have damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def to_json(value: Any) -> bytes:
    """Write a value as JSON: sorted keys, a newline at the end, the same bytes for the same value."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False, default=os.fspath)
    # file names may hold bytes that are no UTF-8; Python's escape for those is JSON's as well
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def load_json(path: Path) -> Any:
    """What a file of JSON holds; None where there is none that can be read."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):  # the last: brackets in brackets, thousands deep
        return None
