"""The errors symline raises on purpose, each one line for a person to act on.

A message reads `name: what is wrong (observed); what is needed; what to try`.
"""

from collections.abc import Collection
from typing import Self

#: What to do about an error that symline raises by mistake.
REPORT_DEFECT = "please report it with what -vv says"


def suggest(name: str, known: Collection[str]) -> str:
    """What to try instead of a name that is unknown: the nearest that is known, or any of them.

    Examples
    --------
    >>> suggest("ridgid", ["rigid", "affine"])
    'did you mean rigid?'
    >>> suggest("x", ["rigid", "affine"])
    'known are rigid, affine'
    """
    # imported here: only a mistake needs it
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"


class SymlineError(Exception):
    """Any error that symline raises on purpose."""


class InputError(SymlineError):
    """An input that cannot be read or used."""


class OutputError(SymlineError):
    """A result that cannot be written."""


class ConfigError(SymlineError):
    """A configuration or a combination of options that makes no sense."""


class ClusterError(SymlineError):
    """The other machines that the work is done on are gone."""


class RegistrationError(SymlineError):
    """No usable mirror map exists for this image.

    Parameters
    ----------
    message
        For people.
    reason
        Code for the results, such as ``no_relief``.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason

    @classmethod
    def for_little_overlap(cls) -> Self:
        """The error of every stage that finds hardly any pair to compare."""
        return cls("hardly any pixel has a mirror partner; the image shows too little of the back", "little_overlap")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Travel between processes whole."""
        return type(self), (str(self), self.reason)
