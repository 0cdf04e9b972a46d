"""The whole analysis: good backs, small ones, and images that hold none."""

import pickle

import numpy as np
import pytest
from scipy import ndimage

import symline
from symline import Config, Image, Status, analyse
from symline.errors import ConfigError, RegistrationError
from symline.pipeline import refine
from symline.stages.prepare import prepare
from symline.transforms.affine import Affine
from tests.conftest import synthetic_back
from tests.test_sample_data import SAMPLES, read_truth

SPACING = {"symmetric": 1.337, "muscular": 1.368, "thin": 1.314, "scoliosis": 1.432, "tilted": 1.201, "local": 1.5, "holes": 1.475}
#: RMS in mm; where the body itself is not symmetric, no line of symmetry is exactly its middle.
ALLOWED = {"scoliosis": 3.0, "local": 1.0}
ROW, COL = np.indices((160, 128), dtype=float)


def oval(values, height=75, width=50):
    return np.where(np.hypot((ROW - 79.5) / height, (COL - 63.5) / width) < 1, values, np.nan)


def random(seed=0, shape=(160, 128)):
    return np.random.default_rng(seed).normal(size=shape)


def two_patches():
    values = np.full((160, 200), np.nan)
    values[20:140, 10:60], values[30:120, 130:190] = random(1, (120, 50)), random(2, (90, 60))
    return values


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_midline_of_a_sample(path):
    found = analyse(symline.read(path))
    rows, cols = read_truth(path.stem).T
    line = found.midline
    assert line.rows[0] <= rows[0] + 0.02 * len(rows)
    assert line.rows[-1] >= rows[-1] - 0.02 * len(rows)
    common = (line.rows >= rows[0]) & (line.rows <= rows[-1])
    error = (line.cols - np.interp(line.rows, rows, cols))[common] * SPACING[path.stem]
    assert np.sqrt((error**2).mean()) < ALLOWED.get(path.stem, 0.5)


def test_the_best_is_ok_and_everything_is_given():
    back = synthetic_back(midline=lambda row: 63.5 + 3 * np.sin(row / 50), noise=0.02)
    found = analyse(Image(back.values, spacing=(1.5, 1.5)))
    line = found.midline
    assert (found.status, found.reasons, found.message) == (Status.OK, (), "")
    assert np.sqrt(((line.cols - back.col(line.rows)) ** 2).mean()) < 0.2
    assert found.axis.angle == pytest.approx(0, abs=0.1)
    assert np.isfinite([line.points[:, 1], line.pair_angle, line.symmetry, line.sd]).all()
    assert found.measures["length_mm"] == pytest.approx(line.arc[-1])
    assert found.measures["length_px"] == pytest.approx(line.arc[-1] / 1.5)


def test_the_configuration_is_used():
    image = Image(synthetic_back(noise=0.02).values)
    strict = analyse(image, Config.from_dict({"review": {"symmetry": 1.0}}))
    assert strict.status is Status.REVIEW
    assert strict.reasons == ("low_symmetry",)


def test_rows_off_the_line_are_refused():
    config = Config.from_dict({"score": {"top_row": 5000}})
    with pytest.raises(ConfigError, match="the top row 5000 is not on the midline"):
        symline.score(Image(synthetic_back(noise=0.02).values, name="back"), config)


def test_stages_run_in_order_each_from_the_one_before():
    pair, seen = prepare(Image(synthetic_back(noise=0.02).values)), []
    config = Config()

    def spy(pair, initial):
        seen.append(initial)
        return config["path"](pair, initial)

    _, first, second = refine(pair, (spy, config["curve"]))
    assert (first.trace.stage, second.trace.stage) == ("path", "curve")
    assert isinstance(seen[0], Affine)
    assert len(refine(pair, ())) == 1


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("tilt", [-60, -30, 15, 45, 60])
def test_a_leaning_back(tilt, sign):
    back = synthetic_back((220, 220), tilt=tilt, noise=0.02, seed=1)
    found = analyse(Image(sign * back.values))
    line = found.midline
    inside = (line.rows >= back.midline[0, 0]) & (line.rows <= back.midline[-1, 0])
    across = (line.cols - back.col(line.rows))[inside] * np.cos(np.deg2rad(tilt))
    assert np.sqrt((across**2).mean()) < 0.3
    assert np.rad2deg(found.axis.angle) == pytest.approx(tilt, abs=1)


@pytest.mark.parametrize("lost", [16, 30, 40])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_back_cut_at_one_side(lost, side):
    back = synthetic_back(noise=0.02)
    values = back.values[:, lost:] if side == "left" else back.values[:, :-lost]
    line = analyse(Image(values)).midline
    truth = 63.5 - (lost if side == "left" else 0)
    assert np.sqrt(((line.cols - truth) ** 2).mean()) < 0.3


def test_a_back_with_holes():
    back = synthetic_back(midline=lambda row: 63.5 + 3 * np.sin(row / 50), noise=0.02)
    values = back.values.copy()
    for row, col in ((30, 45), (70, 64), (100, 80), (120, 30)):
        values[row : row + 14, col : col + 12] = np.nan
    line = analyse(Image(values)).midline
    assert np.sqrt(((line.cols - back.col(line.rows)) ** 2).mean()) < 0.3


@pytest.mark.parametrize(("sigma", "seed"), [(20, 4), (20, 29), (20, 31), (30, 28), (40, 10), (40, 37)])
def test_smooth_noise_is_not_certain(sigma, seed):
    """Of some 200 such images these had lines that looked best."""
    assert analyse(Image(ndimage.gaussian_filter(random(seed, (300, 260)), sigma))).status is Status.REVIEW


def covered(line, truth):
    """Share of the rows of a line whose band holds the true one."""
    cols = np.interp(line.rows, *truth.T, left=np.nan, right=np.nan)
    known = np.isfinite(cols)
    return float(((line.low <= cols) & (cols <= line.high))[known].mean())


@pytest.mark.parametrize("chain", ["path", "furrow", "moments", "masked-translation", "keypoints", "path,curve,blocks"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_band_of_any_chain_holds_the_known_line(chain, path):
    line = analyse(symline.read(path), Config(stages=tuple(chain.split(",")))).midline
    assert covered(line, read_truth(path.stem)) > 0.8


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_given_line_is_believed_as_far_as_the_back_speaks_for_it(path):
    image, truth = symline.read(path), read_truth(path.stem)
    config = Config(stages=("elastic",))
    good, bad = (symline.register(image, config, symline.Line(truth + np.array([0, aside]))) for aside in (0, 12))
    assert good.status is Status.OK
    assert bad.status is Status.REVIEW
    assert covered(good.midline, truth) > 0.95
    assert covered(bad.midline, truth) > 0.85
    assert bad.midline.sd.mean() > 3 * good.midline.sd.mean()


@pytest.mark.parametrize("count", [3, 10, 30])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_short_line_is_judged_where_it_is_carried_on(count, path):
    middle = read_truth(path.stem)[200 : 200 + count]
    leaning = middle + np.outer(np.arange(count) - count / 2, [0, np.tan(np.deg2rad(25))])
    found = symline.register(symline.read(path), Config(stages=("elastic",)), symline.Line(leaning))
    assert found.status is Status.REVIEW


@pytest.mark.parametrize("aside", [30, 50])
@pytest.mark.parametrize("stem", ["thin", "scoliosis", "muscular"])
def test_a_strap_is_not_taken_for_the_axis(stem, aside):
    """Of constant value, 40 mm wide, so many mm to the right of the midline: symmetric about its own middle."""
    image = symline.read(next(path for path in SAMPLES if path.stem == stem), spacing=SPACING[stem])
    known = read_truth(stem)
    middle = np.interp(np.arange(image.shape[0]), *known.T)
    distance = (np.arange(image.shape[1]) - middle[:, None]) * SPACING[stem]
    strapped = np.where(np.abs(distance - aside) < 20, image.values.max(), image.values)
    found = analyse(Image(strapped, mask=image.mask, spacing=image.spacing))
    error = np.sqrt(((found.midline.cols - middle[found.midline.rows.astype(int)]) ** 2).mean()) * SPACING[stem]
    assert found.status is not Status.OK or error < 5


@pytest.mark.parametrize("where", ["top", "bottom"])
@pytest.mark.parametrize("stem", ["symmetric", "thin", "holes"])
def test_a_strip_without_data_over_the_spine_is_no_end_of_the_back(stem, where):
    """As a plait or the opening of a gown leaves it, 25 mm wide; where it draws the line aside, the line says so."""
    image = symline.read(next(path for path in SAMPLES if path.stem == stem))
    rows, cols = read_truth(stem).T
    middle = np.interp(np.arange(image.shape[0]), rows, cols)
    row = np.arange(image.shape[0])[:, None]
    far = (row < rows[0] + 0.3 * len(rows)) if where == "top" else (row > rows[0] + 0.7 * len(rows))
    gone = far & (np.abs(np.arange(image.shape[1]) - middle[:, None]) * SPACING[stem] < 12.5)
    found = analyse(Image(image.values, mask=image.inside & ~gone))
    assert found.midline.rows[0] <= rows[0] + 0.03 * len(rows)
    assert found.midline.rows[-1] >= rows[-1] - 0.03 * len(rows)
    error = np.abs(found.midline.cols - middle[found.midline.rows.astype(int)]).max() * SPACING[stem]
    assert found.status is not Status.OK or error < 5


def without(stem, gone):
    """RMS distance in mm to the known line of a sample without some pixels, told from their rows and their distance in mm to that line."""
    image = symline.read(next(path for path in SAMPLES if path.stem == stem), spacing=SPACING[stem])
    rows, cols = read_truth(stem).T
    row, col = np.indices(image.shape)
    aside = (col - np.interp(row, rows, cols)) * SPACING[stem]
    line = analyse(Image(image.values, mask=image.inside & ~gone(row, aside), spacing=image.spacing)).midline
    common = (line.rows >= rows[0]) & (line.rows <= rows[-1])
    assert common.sum() > 0.85 * len(rows)
    return np.sqrt(((line.cols - np.interp(line.rows, rows, cols))[common] ** 2).mean()) * SPACING[stem]


@pytest.mark.parametrize("width", [12, 25, 40])
@pytest.mark.parametrize("stem", ["symmetric", "thin", "tilted", "local"])
def test_symmetric_parts_farther_out_decide_where_nothing_was_seen_along_the_whole_spine(stem, width):
    assert without(stem, lambda _, aside: np.abs(aside) < width / 2) < 1


@pytest.mark.parametrize("side", [1, -1], ids=["right", "left"])
@pytest.mark.parametrize("stem", ["symmetric", "muscular", "thin", "scoliosis"])
def test_the_line_stays_where_a_side_was_cut_off(stem, side):
    """At 3 cm from the middle of the line, so that two fifths of the back are gone."""
    image = symline.read(next(path for path in SAMPLES if path.stem == stem), spacing=SPACING[stem])
    rows, cols = read_truth(stem).T
    at = cols.mean() + side * 30 / SPACING[stem]
    kept = (np.arange(image.shape[1]) - at) * side < 0
    line = analyse(Image(image.values, mask=image.inside & kept, spacing=image.spacing)).midline
    error = (line.cols - np.interp(line.rows, rows, cols))[(line.rows >= rows[0]) & (line.rows <= rows[-1])] * SPACING[stem]
    assert np.sqrt((error**2).mean()) < 1


@pytest.mark.parametrize("seed", [5, 6, 7])
@pytest.mark.parametrize("stem", ["symmetric", "thin", "tilted", "local", "scoliosis"])
def test_holes_here_and_there_do_not_draw_the_line(stem, seed):
    """Fourteen of them, 3 to 7 cm wide."""

    def gone(row, aside):
        rng = np.random.default_rng(seed)
        places = zip(rng.uniform(0, len(row), 14), rng.uniform(-170, 170, 14), rng.uniform(15, 35, 14), strict=True)
        return np.any([np.hypot((row - top) * SPACING[stem], aside - side) < radius for top, side, radius in places], axis=0)

    assert without(stem, gone) < 1


#: From a random number in [0, 1] for each pixel, and its distance from the midline in px, to what is missing.
DROPOUTS = {
    "a tenth of the pixels": lambda random, _: random < 0.1,
    "a fifth of the pixels": lambda random, _: random < 0.2,
    "a fifth of the columns": lambda random, _: random[:1] < 0.2,
    "three rows of ten": lambda random, _: random[:, :1] < 0.3,
    "5 px along the spine": lambda _, aside: np.abs(aside) < 2.5,
}


@pytest.mark.parametrize("missing", DROPOUTS)
@pytest.mark.parametrize("stem", ["scoliosis", "thin", "tilted"])
def test_what_a_camera_misses_here_and_there_is_no_end_of_the_back(stem, missing):
    image = symline.read(next(path for path in SAMPLES if path.stem == stem), spacing=SPACING[stem])
    rows, cols = read_truth(stem).T
    aside = np.arange(image.shape[1]) - np.interp(np.arange(image.shape[0]), rows, cols)[:, None]
    gone = DROPOUTS[missing](np.random.default_rng(3).random(image.shape), aside)
    found = analyse(Image(image.values, mask=image.inside & ~gone, spacing=image.spacing))
    assert found.midline.rows[0] <= rows[0] + 0.05 * len(rows)
    assert found.midline.rows[-1] >= rows[-1] - 0.05 * len(rows)


def test_a_straight_line_down_a_bent_back_is_not_certain():
    back = synthetic_back((300, 220), midline=lambda row: 109.5 + 25 * np.sin(row / 60), noise=0.02)
    found = analyse(Image(back.values), Config(stages=("masked-translation",)))
    assert found.status is Status.REVIEW


@pytest.mark.parametrize("shape", [(32, 32), (40, 32), (32, 26)])
def test_a_tiny_back(shape):
    back = synthetic_back(shape, noise=0.02)
    found = analyse(Image(back.values))
    assert found.status is Status.OK
    assert np.abs(found.midline.cols - back.col(found.midline.rows)).max() < 0.3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones((1, 1)), "too_small"),
        (random(shape=(3, 3)), "too_small"),
        (random(shape=(1, 500)), "too_small"),
        (random(shape=(500, 1)), "too_small"),
        (np.full((160, 128), np.nan), "too_small"),
        (np.where((abs(ROW - 80) < 5) & (abs(COL - 64) < 5), random(), np.nan), "too_small"),
        (np.ones((160, 128)), "no_relief"),
        (np.zeros((160, 128), dtype=np.float32), "no_relief"),
        (1e6 * (1 + 1e-16 * random()), "no_relief"),
        (np.where((ROW == 80) & (COL == 64), 1.0, 0.0), "no_symmetry"),
        ((ROW + COL) % 2, "no_symmetry"),
    ],
    ids=["1x1", "3x3", "one row", "one column", "empty", "tiny mask", "ones", "zeros", "rounding", "one pixel", "checkerboard"],
)
def test_nothing_to_find_fails_with_its_reason(values, reason):
    found = analyse(Image(values))
    assert (found.status, found.reasons) == (Status.FAILED, (reason,))
    assert found.message
    assert found.midline is None


@pytest.mark.parametrize(
    "values",
    [
        *(random(seed) for seed in range(3)),
        *(oval(random(seed)) for seed in range(3)),
        *(oval(ndimage.gaussian_filter(random(seed), 4)) for seed in range(3)),
        1 + 1e-9 * random(),
        (1 + 1e-5 * random()).astype(np.float32),
        ROW,
        COL,
        oval(ROW + COL),
        np.where(random() > 0.5, 255, 0),
        (random() > 0).astype(np.uint16) * 65535,
        two_patches(),
        random(shape=(8, 200)),
        random(shape=(200, 8)),
        random(shape=(10, 10)),
    ],
    ids=[
        *(f"noise {seed}" for seed in range(3)),
        *(f"noise in an oval {seed}" for seed in range(3)),
        *(f"blotches in an oval {seed}" for seed in range(3)),
        *("tiny noise", "tiny noise in float32", "ramp down", "ramp across", "slanted ramp in an oval", "mostly 0", "two extremes"),
        *("two patches", "8x200", "200x8", "10x10"),
    ],
)
def test_nothing_symmetric_is_never_ok(values):
    found = analyse(Image(values))
    assert found.status in (Status.REVIEW, Status.FAILED)
    assert found.reasons
    assert (found.midline is None) == (found.status is Status.FAILED)


@pytest.mark.parametrize("factor", [1e30, 1e-30, -1e-12])
def test_the_unit_of_the_values_is_of_no_importance(factor):
    back = synthetic_back(noise=0.02)
    found = analyse(Image(back.values * factor))
    assert found.status is Status.OK
    assert np.abs(found.midline.cols - 63.5).max() < 0.3


@pytest.mark.parametrize("absurd", [1e30, -3.4028235e38, 1e300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_single_absurd_value_does_no_harm(absurd, dtype):
    values = synthetic_back(noise=0.02).values
    wrong = values.copy()
    wrong[80, 64] = absurd
    with np.errstate(over="ignore"):
        wrong = wrong.astype(dtype)
    one, other = analyse(Image(values)), analyse(Image(wrong))
    assert other.status is Status.OK
    np.testing.assert_allclose(other.midline.cols, one.midline.cols, atol=0.3)


@pytest.mark.parametrize("shape", [(160, 128), (32, 32)])
def test_an_exactly_symmetric_back_is_ok(shape):
    found = analyse(Image(synthetic_back(shape).values))
    assert found.status is Status.OK
    assert np.isfinite(found.midline.sd).all()


def test_specks_far_from_the_back_are_left_out():
    back = synthetic_back(noise=0.02).values
    canvas = np.full((1600, 1280), np.nan)
    canvas[700:860, 600:728] = back
    alone = analyse(Image(canvas)).midline
    canvas[0, 0] = canvas[-1, -1] = 1.0
    np.testing.assert_allclose(analyse(Image(canvas)).midline.points, alone.points, atol=0.01)


@pytest.mark.parametrize(
    ("shape", "spacing"), [((9, 2000), None), ((2000, 9), None), ((160, 128), (100.0, 1.0)), ((160, 128), (1e4, 1.0))], ids=str
)
def test_what_is_no_back_by_its_outline_is_refused_before_it_takes_memory(shape, spacing):
    found = analyse(Image(random(shape=shape), spacing=spacing))
    assert found.status is Status.FAILED
    assert found.reasons == ("scattered",)
    assert "times as long" in found.message


def test_a_registration_error_travels_between_processes_whole():
    other = pickle.loads(pickle.dumps(RegistrationError("too little", "little_overlap")))
    assert (str(other), other.reason) == ("too little", "little_overlap")


@pytest.mark.parametrize("command", [symline.register, symline.score])
def test_a_line_is_never_thrown_away(command):
    image = Image(synthetic_back().values)
    line = symline.Line(np.array([[20.0, 60.0], [140.0, 66.0]]))
    with pytest.raises(ConfigError, match="path searches on its own, so the midline given would be lost"):
        command(image, Config(), line)
    with pytest.raises(ConfigError, match="elastic keeps the midline it starts from, and there is none"):
        command(image, Config(stages=("elastic",)))


def test_the_package_offers_what_it_names():
    assert all(getattr(symline, name) is not None for name in symline.__all__)
    assert isinstance(symline.score(Image(synthetic_back().values)).score, symline.Score)
    with pytest.raises(symline.SymlineError, match="there is no such file"):
        symline.read("none.npy")
    assert set(symline.__all__) <= set(dir(symline))


def test_what_an_image_a_configuration_or_a_line_is_made_of_is_not_taken_for_one():
    values = synthetic_back().values
    with pytest.raises(TypeError, match=r"symline.Image is needed, not ndarray; symline.Image\(array\) makes one"):
        analyse(values)
    for tables in ({}, {"curve": {"rim": 0.1}}):
        with pytest.raises(TypeError, match=r"symline.Config is needed, not dict; symline.Config.from_dict\(tables\) makes one"):
            analyse(Image(values), tables)
    with pytest.raises(TypeError, match=r"symline.Line is needed, not ndarray; symline.Line\(points\) makes one"):
        symline.register(Image(values), None, np.array([[50.0, 10.0], [50.0, 90.0]]))


def test_a_broad_hump_on_one_side_that_draws_the_line_away_needs_review():
    (path,) = (path for path in SAMPLES if path.stem == "holes")
    image = symline.read(path)
    row, col = np.indices(image.shape)
    size = 0.106 * np.sqrt(image.inside.sum())
    hump = np.exp(-((row - 0.181 * image.shape[0]) ** 2 + (col - 0.29 * image.shape[1]) ** 2) / (2 * size**2))
    values = np.where(image.inside, image.values, np.nan)
    analysis = analyse(Image((values - 5.6 * np.nanstd(values) * hump).astype(np.float32)))
    truth = read_truth("holes")
    off = np.interp(truth[:, 0], analysis.midline.rows, analysis.midline.cols) - truth[:, 1]
    assert SPACING["holes"] * np.sqrt((off**2).mean()) > 10, "the hump is meant to win here"
    assert analysis.reasons == ("unlikely_line",)
