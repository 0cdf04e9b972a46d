"""Shares of a batch: each input in one of them, and together in the order of all."""

from itertools import chain, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symline.batch.shard import choose_shard, take_share
from symline.errors import ConfigError

ARRAY = "SLURM_ARRAY_TASK_"


def slurm(**numbers: str) -> dict[str, str]:
    return {ARRAY + name: number for name, number in numbers.items()}


@given(st.integers(0, 40), st.integers(1, 12))
def test_shares_interleave_to_all(count: int, shards: int):
    items = tuple(range(count))
    shares = [take_share(items, (number, shards)) for number in range(1, shards + 1)]
    assert [item for item in chain(*zip_longest(*shares)) if item is not None] == list(items)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_without_shards_all_is_taken():
    assert take_share((1, 2, 3), None) == (1, 2, 3)


@pytest.mark.parametrize(("text", "shard"), [("1/4", (1, 4)), (" 4 / 4 ", (4, 4)), ("02/10", (2, 10)), ("1/1", (1, 1))])
def test_a_shard_is_read(text, shard):
    assert choose_shard(text, {}) == shard


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1/0", "-1/4", "1.5/4", "1", "1/", "a/b", "1/2/3", "1\n/x", "٣/٤"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ConfigError, match=r"--shard: .* is no shard; I/N is needed, with I from 1 to N; try 1/4"):
        choose_shard(text, {})


@pytest.mark.parametrize(
    ("environment", "shard"),
    [
        ({}, None),
        (slurm(COUNT="4"), None),
        (slurm(ID=""), None),
        (slurm(ID="", COUNT="4"), None),
        (slurm(ID="2", COUNT="4"), (2, 4)),
        (slurm(ID="2", COUNT="4", MIN="", STEP=""), (2, 4)),
        (slurm(ID="1", COUNT="4", MIN="1", MAX="4", STEP="1"), (1, 4)),
        (slurm(ID="0", COUNT="4", MIN="0", MAX="3"), (1, 4)),
        (slurm(ID="15", COUNT="4", MIN="0", STEP="5"), (4, 4)),
        (slurm(ID="8", COUNT="1", MIN="8"), (1, 1)),
    ],
)
def test_a_task_of_a_job_array_has_its_shard(environment, shard):
    assert choose_shard(None, environment) == shard


def test_the_command_line_goes_before_the_job_array():
    assert choose_shard("1/1", slurm(ID="2", COUNT="4")) == (1, 1)
    assert choose_shard("3/9", slurm(ID="x")) == (3, 9)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (slurm(ID="2"), "SLURM_ARRAY_TASK_COUNT is not set, and SLURM_ARRAY_TASK_ID is; a whole number is needed; give --shard I/N"),
        (slurm(ID="x", COUNT="4"), "SLURM_ARRAY_TASK_ID is 'x'; a whole number is needed"),
        (slurm(ID="1", COUNT="4", MIN="-1"), "SLURM_ARRAY_TASK_MIN is '-1'"),
        (slurm(ID="0", COUNT="4"), "task 0 is none of 4 from 1 in steps of 1; numbers at equal steps are needed; give --shard I/N"),
        (slurm(ID="7", COUNT="3", MIN="1"), "task 7 is none of 3 from 1 in steps of 1"),
        (slurm(ID="4", COUNT="3", MIN="0", STEP="5"), "task 4 is none of 3 from 0 in steps of 5"),
        (slurm(ID="0", COUNT="3", MIN="0", STEP="0"), "SLURM_ARRAY_TASK_STEP is '0'"),
    ],
)
def test_a_job_array_that_makes_no_sense_is_refused(environment, message):
    with pytest.raises(ConfigError, match=message):
        choose_shard(None, environment)
