"""Six small backs and an undisturbed batch about them, to compare with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from symline.cli.console import Console
from symline.cli.main import run
from tests.batch.conftest import save
from tests.cli.conftest import Result
from tests.cli.mishaps.scene import NAMES, QUICK, Scene, everything


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backs in `in`, and in `out` what a batch makes of them."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for seed, name in enumerate(NAMES):
        save(folder / "in" / name, seed)
    assert run(["batch", str(folder / "in"), "-o", str(folder / "out"), *QUICK, "-q"], Console()) == 0
    return folder


@pytest.fixture
def scene(undisturbed: Path, tmp_path: Path, symline: Callable[..., Result]) -> Iterator[Scene]:
    shutil.copytree(undisturbed / "in", tmp_path / "in")
    (tmp_path / "fates").mkdir()
    made = Scene(tmp_path / "in", tmp_path / "out", tmp_path / "fates", everything(undisturbed / "out"), symline)
    yield made
    for process in made.processes():
        process.kill()
