"""One batch at a time in a folder; what two real processes do about it is tested with the command line."""

import os

import pytest

from symline.batch import claim as module
from symline.batch.claim import claim
from symline.errors import OutputError


def test_a_folder_that_may_not_be_looked_into_is_refused(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(module.os, "open", refuse)
    with (
        pytest.raises(OutputError, match=r"^output folder .*: it cannot be opened \(Permission denied\); .* is needed; .* --output$"),
        claim(tmp_path),
    ):
        pass
