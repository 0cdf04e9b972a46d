"""The commands and the configuration that the README shows, those about files that are here."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from symline.config import Config

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO = re.findall(r"\$\(BIN\)/(symline .*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("symline ") and not re.search(r" (scans?[./]|visit1\.|patients|list\.csv|report out|merge out)", line)
]


def expand(word, folder):
    """What a shell makes of a word."""
    return sorted(str(path.relative_to(folder)) for path in folder.glob(word)) if "*" in word else [word]


def test_commands_are_found():
    assert [shlex.split(line)[1] for line in DEMO] == ["midline", "score"]
    assert {shlex.split(line, comments=True)[1] for line in COMMANDS} == {"batch", "measures", "midline", "register", "score", "stages"}


@pytest.mark.usefixtures("no_picture")
def test_the_commands_run_one_after_the_other(symline, tmp_path, monkeypatch):
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    demo = [re.sub(r"\$\(.*\)\)", "sample_data/*.npy sample_data/*.tif", line) for line in DEMO]  # what make lists
    for line in demo + COMMANDS:
        words = [part for word in shlex.split(line, comments=True)[1:] for part in expand(word, tmp_path)]
        words, target = (words[:-2], words[-1]) if ">" in words else (words, None)
        result = symline(*words)
        assert result.code == 0, f"{line}: {result.err}"
        if target:
            Path(target).write_text(result.out)


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_the_configuration_is_one(text):
    tables = tomllib.loads(text)
    tables.pop("reading", None)  # of a folder's own file, which has tests elsewhere
    assert Config.from_dict(tables) != Config()
