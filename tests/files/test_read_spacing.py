"""Where the pixel spacing comes from, and which spacings are refused."""

import math
import re
import struct

import numpy as np
import pytest
import tifffile

from symline.errors import ConfigError, InputError
from symline.files.read import read
from symline.files.tiff_spacing import mm_per_unit, read_ome

VALUES = np.random.default_rng(2).normal(size=(64, 48)).astype("f4")
INCH, CENTIMETRE, MILLIMETRE, MICROMETRE, NO_UNIT = 2, 3, 4, 5, 1


@pytest.fixture
def write(tmp_path):
    """Write a TIFF and return its path."""

    def write(**how):
        tifffile.imwrite(tmp_path / "back.tif", VALUES, **how)
        return tmp_path / "back.tif"

    return write


def ome(row, col, unit=None):
    sizes = {"PhysicalSizeY": row, "PhysicalSizeX": col}
    units = {"PhysicalSizeYUnit": unit, "PhysicalSizeXUnit": unit} if unit else {}
    return {"ome": True, "metadata": {"axes": "YX"} | sizes | units}


class TestGiven:
    @pytest.mark.parametrize(("given", "expected"), [(1.3, (1.3, 1.3)), (2, (2.0, 2.0)), ((1.5, 1.3), (1.5, 1.3)), ([1, 2], (1.0, 2.0))])
    def test_one_number_or_two(self, write, given, expected):
        assert read(write(), spacing=given).spacing == expected

    def test_beats_the_file(self, write):
        assert read(write(**ome(1.3, 1.3, "mm")), spacing=2).spacing == (2.0, 2.0)
        assert read(write(**ome(1.3, 1.3, "m")), spacing=2).spacing == (2.0, 2.0)

    @pytest.mark.parametrize(
        "bad", [0, -1.3, math.nan, math.inf, (1.0, 0.0), (math.nan, 1.0), (1.0, 2.0, 3.0), (), "wide", (1.0, "x"), True]
    )
    def test_impossible(self, write, bad):
        with pytest.raises(ConfigError, match=f"^{re.escape(repr(bad))} is no pixel size; one positive number or two"):
            read(write(), spacing=bad)

    @pytest.mark.parametrize(
        ("given", "length"), [(1000, "64 m"), ((62.5, 1.0), "4 m"), (1300, "83.2 m"), (0.0013, "0.0832 mm"), (1e-300, "6.4e-299 mm")]
    )
    def test_absurd(self, write, given, length):
        words = (
            rf"^back\.tif: a spacing of .* mm \(--spacing, a manifest or symline\.toml\) makes this a back of {length}; "
            r"1 cm to 2 m is needed; (micrometres or )?metres given as millimetres\?"
        )
        with pytest.raises(InputError, match=words):
            read(write(), spacing=given)

    def test_length_is_that_of_the_back_alone(self, tmp_path):
        values = np.full((1000, 100), np.nan)
        values[100:300] = np.random.default_rng(0).normal(size=(200, 100))
        np.save(tmp_path / "back.npy", values)
        assert read(tmp_path / "back.npy", spacing=5).spacing == (5.0, 5.0)
        with pytest.raises(InputError, match=r"makes this a back of 2\.2 m"):
            read(tmp_path / "back.npy", spacing=11)


class TestOme:
    @pytest.mark.parametrize(
        ("size", "unit"),
        [
            ((1500, 1300), None),
            ((1500, 1300), "µm"),
            ((1.5, 1.3), "mm"),
            ((0.15, 0.13), "cm"),
            ((0.0015, 0.0013), "m"),
            ((1.5e6, 1.3e6), "nm"),
        ],
    )
    def test_units(self, write, size, unit):
        assert read(write(**ome(*size, unit))).spacing == pytest.approx((1.5, 1.3))

    def test_every_page_has_it(self, tmp_path):
        sizes = {"PhysicalSizeX": 1.3, "PhysicalSizeXUnit": "mm", "PhysicalSizeY": 1.5, "PhysicalSizeYUnit": "mm"}
        tifffile.imwrite(tmp_path / "s.tif", np.stack([VALUES] * 5), ome=True, metadata={"axes": "ZYX"} | sizes)
        assert read(tmp_path / "s.tif", page=3).spacing == (1.5, 1.3)

    def test_beats_resolution_tags(self, write):
        assert read(write(resolution=(10, 10), resolutionunit=CENTIMETRE, **ome(1.5, 1.3, "mm"))).spacing == (1.5, 1.3)

    def test_unknown_unit_is_no_length(self, write):
        assert read(write(**ome(1.5, 1.3, "pixel"))).spacing is None

    def test_absurd_is_refused(self, write):
        with pytest.raises(InputError, match=r"\(OME PhysicalSizeX/Y\) makes this a back of 83.2 m;.*--spacing$"):
            read(write(**ome(1.3, 1.3, "m")))

    @pytest.mark.parametrize(
        ("pixels", "expected"),
        [
            ('<Pixels PhysicalSizeX="900" PhysicalSizeY="800"/>', (0.8, 0.9)),
            ('<Pixels PhysicalSizeX="900"/>', None),
            ('<Pixels PhysicalSizeX="0" PhysicalSizeY="800"/>', None),
            ('<Pixels PhysicalSizeX="NaN" PhysicalSizeY="800"/>', None),
            ('<Pixels PhysicalSizeX="-3" PhysicalSizeY="800"/>', None),
            ('<Pixels PhysicalSizeX="wide" PhysicalSizeY="800"/>', None),
            ('<Pixels PhysicalSizeX="900" PhysicalSizeY="800"/><Pixels PhysicalSizeX="1" PhysicalSizeY="8"/>', None),
            ("<Pixels", None),
            ("", None),
        ],
    )
    def test_what_the_xml_may_say(self, pixels, expected):
        assert read_ome(f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image>{pixels}</Image></OME>') == pytest.approx(
            expected
        )


class TestImageJ:
    @pytest.mark.parametrize(
        ("unit", "size"),
        [("mm", 1.3), ("cm", 0.13), ("micron", 1300), ("um", 1300), ("\\u00B5m", 1300), ("nm", 1.3e6), ("m", 0.0013), ("inch", 1.3 / 25.4)],
    )
    def test_units(self, write, unit, size):
        path = write(imagej=True, resolution=(1 / size, 1 / (2 * size)), metadata={"unit": unit})
        assert read(path).spacing == pytest.approx((2.6, 1.3), rel=1e-4)  # some tifffiles write few pixels per nm as a coarse fraction

    @pytest.mark.parametrize("metadata", [{"unit": "pixel"}, {}])
    def test_pixels_are_no_length(self, write, metadata):
        assert read(write(imagej=True, resolution=(1, 1), metadata=metadata)).spacing is None

    def test_screen_resolution_is_no_length(self, write):
        assert read(write(imagej=True, resolution=(72, 72), metadata={"unit": "inch"})).spacing is None

    @pytest.mark.parametrize(("unit", "expected"), [("μm", 1e-3), (" MM ", 1.0), ("Å", 1e-7), ("furlong", None), ("", None)])
    def test_spellings(self, unit, expected):
        assert mm_per_unit(unit) == expected


class TestResolutionTags:
    @pytest.mark.parametrize(
        ("resolution", "unit", "expected"),
        [
            ((10, 5), CENTIMETRE, (2.0, 1.0)),
            ((25.4, 12.7), INCH, (2.0, 1.0)),
            ((100, 100), INCH, (0.254, 0.254)),
            ((1, 0.5), MILLIMETRE, (2.0, 1.0)),
            ((1e-3, 5e-4), MICROMETRE, (2.0, 1.0)),
        ],
    )
    def test_real_units(self, write, resolution, unit, expected):
        assert read(write(resolution=resolution, resolutionunit=unit)).spacing == pytest.approx(expected)

    def test_a_millimetre_in_inches_is_a_millimetre(self, write):
        assert read(write(resolution=((254, 10), (254, 10)), resolutionunit=INCH)).spacing == (1.0, 1.0)

    @pytest.mark.parametrize("resolution", [(1, 1), (0.5, 0.5), (10, 10)])
    def test_no_unit(self, write, resolution):
        assert read(write(resolution=resolution, resolutionunit=NO_UNIT)).spacing is None

    @pytest.mark.parametrize("dpi", [1, 72, 96, 150, 300, 600, 1200])
    def test_print_resolutions_are_no_lengths(self, write, dpi):
        assert read(write(resolution=(dpi, dpi), resolutionunit=INCH)).spacing is None
        assert read(write(resolution=(dpi / 2.54, dpi / 2.54), resolutionunit=CENTIMETRE)).spacing is None

    def test_too_fine_for_a_back_is_print(self, write):
        assert read(write(resolution=(2540, 2540), resolutionunit=INCH)).spacing is None

    def test_too_coarse_for_a_back_is_refused(self, write):
        with pytest.raises(InputError, match=r"\(resolution tags\) makes this a back of 640 m"):
            read(write(resolution=(0.001, 0.001), resolutionunit=CENTIMETRE))

    @pytest.mark.parametrize("ratio", [(0, 1), (1, 0), (0, 0)])
    def test_zero_is_unknown(self, write, ratio):
        path = write(resolution=(10, 10), resolutionunit=CENTIMETRE)
        with tifffile.TiffFile(path, mode="r+") as tiff:
            for name in ("XResolution", "YResolution"):
                tiff.pages.first.tags[name].overwrite(struct.pack("<II", *ratio))
        assert read(path).spacing is None
