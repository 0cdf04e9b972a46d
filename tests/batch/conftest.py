"""Small jobs on small backs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symline.batch.job import Job, Member, Reading
from symline.batch.products import MIDLINE, SCORE
from symline.config import Config
from tests.conftest import synthetic_back


def save(path: Path, seed: int = 0, shape: tuple[int, int] = (48, 40)) -> Path:
    """Write a small back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, synthetic_back(shape, seed=seed).values.astype(np.float32))
    return path


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """Make a job about a small back, whose results go to `out`; the fields of a job replace those here."""

    def make(name: str = "sub/S.npy", **fields: Any) -> Job:
        path = tmp_path / "in" / name
        if not path.exists():
            save(path)
        output = name.rpartition(".")[0]
        target = tmp_path / "out" / output
        thumbnail = tmp_path / "out" / "report" / f"{output}.jpg"
        for folder in (target.parent, thumbnail.parent):
            folder.mkdir(parents=True, exist_ok=True)
        member = Member(id=output, shown=name, output=output, thumbnail=thumbnail)
        made = Job(path=path, target=target, products=(MIDLINE, SCORE), config=Config(), reading=Reading(), resumes=True, member=member)
        return replace(made, **fields)

    return make
