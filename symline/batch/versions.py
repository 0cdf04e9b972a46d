"""What the bytes of results depend on, beside input and configuration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import metadata

import symline

_LIBRARIES = ("numpy", "scipy", "scikit-image", "tifffile", "pillow")


def library_versions() -> dict[str, str]:
    """Name -> version of the libraries that compute and write."""
    return {name: metadata.version(name) for name in _LIBRARIES}


@cache
def versions() -> Mapping[str, str]:
    """The versions of these libraries, and that of symline."""
    return {"symline": symline.__version__} | library_versions()
