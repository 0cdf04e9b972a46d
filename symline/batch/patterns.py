"""Which files of a folder are taken for inputs: by their endings, or by patterns like those of `.gitignore`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from symline.errors import ConfigError
from symline.files.formats import FORMATS

#: Of files that are taken where no pattern says which.
USUAL_ENDINGS = (".npy", ".tif", ".tiff")
#: Of all files that can be inputs: a pattern such as `visit/*` is not meant to take the notes beside the images.
READABLE = tuple(FORMATS)


class Patterns:
    """Tells for paths relative to the folder searched, with `/`, whether they are wanted.

    Parameters
    ----------
    wanted
        Any of them makes a file an input that has one of the `READABLE` endings; of a folder, which a pattern names with a `/` at its end,
        only files with the usual `USUAL_ENDINGS` are. Where there is no pattern, these decide.
    excluded
        Any of them keeps a file, or a folder with all it holds, from being an input.

    Raises
    ------
    ConfigError
        One is no pattern.
    """

    def __init__(self, wanted: Sequence[str] = (), excluded: Sequence[str] = ()) -> None:
        self.wanted, self.excluded = tuple(wanted), tuple(excluded)
        self._is_wanted = _compile("--pattern", wanted) if wanted else lambda _: True
        self._is_named = _compile("--pattern", [pattern for pattern in wanted if not pattern.endswith("/")])
        self._is_excluded = _compile("--exclude", excluded)

    def takes(self, shown: str) -> bool:
        """Whether a file is an input."""
        if self._is_excluded(shown):
            return False
        name = shown.lower()
        return (name.endswith(USUAL_ENDINGS) and self._is_wanted(shown)) or (name.endswith(READABLE) and self._is_named(shown))

    def would_take(self, shown: str) -> bool:
        """Whether a pattern names a file and nothing but its ending keeps it from being an input."""
        return not shown.lower().endswith(READABLE) and self._is_named(shown) and not self._is_excluded(shown)

    def leaves_out(self, folder: str) -> bool:
        """Whether nothing in a folder is an input."""
        return self._is_excluded(f"{folder}/")

    def __str__(self) -> str:
        """What is looked for, for people."""
        looked_for = ", ".join(self.wanted or (f"*{ending}" for ending in USUAL_ENDINGS))
        return looked_for + (f" without {', '.join(self.excluded)}" if self.excluded else "")


def _compile(option: str, patterns: Iterable[str]) -> Callable[[str], bool]:
    patterns = tuple(patterns)
    if not patterns:
        return lambda _: False
    # imported here: most calls give no pattern, and it takes as long as the search
    from pathspec import GitIgnoreSpec

    try:
        if not all(pattern.strip() for pattern in patterns):
            raise ValueError("one is empty")
        # Other backends, where somebody has installed them, refuse names that are no UTF-8.
        spec = GitIgnoreSpec.from_lines(map(_without_newlines, patterns), backend="simple")
    except (ValueError, re.error) as error:
        raise ConfigError(f"{option}: {error}; patterns as in a .gitignore are needed; try *.npy, visit2/ or a/**/b_*.tif") from error
    return lambda shown: spec.match_file(_without_newlines(shown))


def _without_newlines(text: str) -> str:
    """A newline in a name matches what any other letter matches, which the library does not see to."""
    return text.replace("\n", "\r")
