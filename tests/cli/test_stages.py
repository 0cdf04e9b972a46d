"""`symline stages`: everything there is, in words."""

from dataclasses import fields

import pytest

from symline.cli.catalogue import known
from symline.config import OTHER_TABLES
from symline.numerics.metrics import METRICS
from symline.numerics.optimizers import OPTIMIZERS
from symline.stages import STAGES


def entry(text, name):
    """The lines on one name."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{name}: "))
    rest = [*lines[first:], ""]
    return rest[: rest.index("")]


def test_lists_everything_on_stdout(symline):
    result = symline("stages")
    assert (result.code, result.err) == (0, "")
    assert known() == [*STAGES, *METRICS, *OPTIMIZERS, *OTHER_TABLES]
    for title in ("Stages", "Metrics", "Optimizers", "Other tables"):
        assert f"\n{title}\n{'=' * len(title)}\n" in result.out
    for name in known():
        summary, *rest = entry(result.out, name)
        assert len(summary) > len(name) + 10
        assert name in OTHER_TABLES or any(line.startswith("  source: ") and len(line) > 15 for line in rest)
    assert all(line == line.rstrip() and line.isprintable() for line in result.out.splitlines())


@pytest.mark.parametrize("name", [*STAGES, *OTHER_TABLES])
def test_a_table_shows_all_its_parameters_aligned(symline, name):
    lines = entry(symline("stages", name).out, name)
    parameters = fields({**STAGES, **OTHER_TABLES}[name])
    table = lines[-len(parameters) :] if parameters else []
    for each, line in zip(parameters, table, strict=True):
        assert line.split()[0] == each.name
        assert line.endswith(each.metadata["options"][-1] if "options" in each.metadata else each.metadata["about"])
    assert len({line.index(each.metadata["about"]) for each, line in zip(parameters, table, strict=True)}) <= 1


def test_a_stage_says_what_it_takes_and_gives_and_where_it_comes_from(symline):
    out = symline("stages", "path", "curve").out
    path, curve = entry(out, "path"), entry(out, "curve")
    assert "  searches on its own; gives a curved line" in path
    assert "  starts from a curved line at most; gives a curved line" in curve
    assert f"  source: {STAGES['path'].source}" in path
    (half_width,) = [line for line in curve if line.startswith("  half_width ")]
    assert half_width.split(maxsplit=5)[1:5] == [str(STAGES["curve"]().half_width), "0.05", "to", "1"]
    (half_widths,) = [line for line in path if line.startswith("  half_widths ")]
    assert f"  [{','.join(map(str, STAGES['path']().half_widths))}]  each 0.03 to 0.6  " in half_widths


def test_with_names_only_those(symline):
    out = symline("stages", "curve", "ncc").out
    assert out.index("\ncurve: ") < out.index("\nMetrics\n") < out.index("\nncc: ")
    assert "\npath: " not in out
    assert "\nssd: " not in out
    assert "Optimizers" not in out


@pytest.mark.parametrize(
    ("name", "hint"),
    [("crve", "did you mean curve?"), ("nc", "did you mean ncc?"), ("???", "known are path, "), ("Path", "did you mean path?")],
)
def test_an_unknown_name_is_a_usage_error(symline, name, hint):
    result = symline("stages", "curve", name)
    assert (result.code, result.out) == (2, "")
    assert len(result.lines) == 1
    assert result.err.startswith(f"symline stages: the name {name!r} is unknown; {hint}")
