"""Find the line of mirror symmetry of a human back in curvature images.

>>> import symline
>>> image = symline.read("back.npy", spacing=(1.3, 1.3))  # doctest: +SKIP
>>> analysis = symline.analyse(image)  # doctest: +SKIP
>>> analysis.midline.points  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "symline.model.analysis",
    "Config": "symline.config",
    "Image": "symline.model.image",
    "Line": "symline.model.line",
    "Midline": "symline.model.midline",
    "Registration": "symline.model.registration",
    "Score": "symline.model.score",
    "Status": "symline.model.analysis",
    "SymlineError": "symline.errors",
    "analyse": "symline.pipeline",
    "read": "symline.files.read",
    "register": "symline.pipeline",
    "score": "symline.pipeline",
}

__all__ = [
    "Analysis",
    "Config",
    "Image",
    "Line",
    "Midline",
    "Registration",
    "Score",
    "Status",
    "SymlineError",
    "__version__",
    "analyse",
    "read",
    "register",
    "score",
]

if TYPE_CHECKING:
    from symline.config import Config
    from symline.errors import SymlineError
    from symline.files.read import read
    from symline.model.analysis import Analysis, Status
    from symline.model.image import Image
    from symline.model.line import Line
    from symline.model.midline import Midline
    from symline.model.registration import Registration
    from symline.model.score import Score
    from symline.pipeline import analyse, register, score


def __getattr__(name: str) -> Any:
    """Import what is asked for only now: the command line must start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'symline' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
