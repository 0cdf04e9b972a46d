"""Lines that somebody gives: read from tables of all kinds, refused where they are none."""

import numpy as np
import pytest

from symline.errors import InputError
from symline.files.line_csv import read_line
from symline.files.midline_csv import midline_csv
from symline.model.midline import Midline

ROWS = np.arange(3.0, 9.0)
POINTS = np.column_stack([ROWS, 10 + np.sin(ROWS)])


@pytest.fixture
def table(tmp_path):
    """Write a table and give its path."""

    def write(text, name="a.midline.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize("spacing", [None, (1.3, 0.9)])
def test_what_was_written_is_read_back(table, spacing):
    angle = np.linspace(-0.2, 0.3, 6)
    midline = Midline(POINTS, pair_angle=angle, symmetry=np.ones(6), sd=np.ones(6), spacing=spacing)
    line = read_line(table(midline_csv(midline)))
    np.testing.assert_allclose(line.points, POINTS, atol=5e-5)
    np.testing.assert_allclose(line.pair_angle, angle, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "row_px,col_px\n1,2\n3,4.5\n",
        "\ufeffrow_px,col_px\r\n1,2\r\n3,4.5\r\n",
        "col_px,row_px\n4.5,3\n2,1\n",
        "who, row_px , col_px\nme, 1, 2\nyou, 3.0, 4.5\n",
        'row_px,col_px,remark\n1,2,"a, b"\n\n3,4.5,\n',
        "row_px,col_px,pair_angle_deg\n1,2,5\n3,4.5,\n",
        "row_px,col_px,pair_angle_deg\n1,2,5\n3,4.5\n",
        "row_px,col_px\n1,2,9,9\n3,4.5\n",
    ],
)
def test_only_two_columns_are_needed_in_any_order(table, text):
    line = read_line(table(text))
    np.testing.assert_array_equal(line.points, [[1, 2], [3, 4.5]])
    assert line.pair_angle is None


def test_angles_are_sorted_with_their_rows(table):
    line = read_line(table("pair_angle_deg,row_px,col_px\n-90,7,2\n180,3,2\n0,5,2\n"))
    np.testing.assert_array_equal(line.points[:, 0], [3, 5, 7])
    np.testing.assert_allclose(line.pair_angle, [np.pi, 0, -np.pi / 2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"row_px and col_px not found \(the file is empty\); the first line must name both; give a S\.midline\.csv"),
        ("row_px,col_px\n", "the table has 0 rows; a line needs two points or more"),
        ("row_px,col_px\n1,2\n", "the table has 1 row; a line needs two points or more"),
        ("row_px,x\n1,2\n3,4\n", r"col_px not found \(the columns found are row_px, x\)"),
        ("row_px;col_px\n1;2\n3;4\n", r"row_px and col_px not found \(the columns found are row_px;col_px\)"),
        ("1,2\n3,4\n", r"row_px and col_px not found \(the columns found are 1, 2\)"),
        ("row_px,col_px,row_px\n1,2,1\n3,4,3\n", "the column row_px is there more than once"),
        ("row_px,col_px\n1,2\n3,abc\n", "line 3: col_px is 'abc'; a finite number is needed"),
        ("row_px,col_px\n1,2\n3\n", "line 3: col_px is empty; a finite number is needed"),
        ("row_px,col_px\n1,2\nnan,4\n", "line 3: row_px is 'nan'; a finite number is needed"),
        ("row_px,col_px\n1,2\n3,-inf\n", "line 3: col_px is '-inf'; a finite number is needed"),
        ("row_px,col_px,pair_angle_deg\n1,2,0\n3,4,up\n", "line 3: pair_angle_deg is 'up'; a finite number is needed"),
        ("row_px,col_px\n3,2\n1,2\n3,4\n", "row_px 3 is there more than once; a line has one point in each row"),
        ("row_px,col_px\n1,2\n2.5,4\n", "the rows of the line span 1.5 px; 2 px or more are needed"),
        ("row_px,col_px\n1,2\n1.0000001,4\n", "the rows of the line span 1e-07 px; 2 px or more are needed"),
        ('row_px,col_px\n1,"2\n3,4\n', r"this is not a table \(unexpected end of data\); comma-separated text in UTF-8"),
        (b"\x93NUMPY\x01\x00", r"this is not a table \('utf-8' codec can't decode byte 0x93"),
        (f"{'x' * 300}\n1\n", r"row_px and col_px not found \(the columns found are x{80}…\)"),
    ],
)
def test_what_is_no_line_is_refused_by_name(table, text, message):
    with pytest.raises(InputError, match=rf"^a\.midline\.csv: {message}") as caught:
        read_line(table(text))
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_refused_by_name(table, tmp_path):
    with pytest.raises(InputError, match=r"^none\.csv: there is no such file"):
        read_line(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"this is a folder; a file is needed; give the files in it, such as folder/\*\.csv"):
        read_line(tmp_path)
    with pytest.raises(InputError, match=r"^two\\nlines\.csv: row_px and col_px not found"):
        read_line(table("", "two\nlines.csv"))


@pytest.mark.parametrize("spacing", [None, (1.3, 0.9), (0.123, 4.5)])
def test_the_band_and_the_size_of_a_pixel_are_read_back(table, spacing):
    sd = np.array([1.0, 2.0, np.nan, 1.0, 0.5, 0.0])
    midline = Midline(POINTS, pair_angle=np.zeros(6), symmetry=np.ones(6), sd=sd, spacing=spacing)
    line = read_line(table(midline_csv(midline)))
    np.testing.assert_allclose(line.band, np.column_stack([midline.low, midline.high]), atol=5e-5)
    assert line.spacing == (None if spacing is None else pytest.approx(spacing, rel=1e-4))


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("row_px,col_px,low_px\n1,2,1\n3,4,3\n", None),
        ("row_px,col_px,low_px,high_px\n1,2,,3\n3,4,3,\n", None),
        ("row_px,col_px,low_px,high_px\n1,2,a,b\n3,4,,\n", None),
        ("row_px,col_px,low_px,high_px\n3,4,3,5\n1,2,,\n", [[np.nan, np.nan], [3, 5]]),
    ],
)
def test_a_band_is_optional_row_by_row(table, text, band):
    found = read_line(table(text)).band
    assert (found is None) == (band is None)
    if band:
        np.testing.assert_array_equal(found, band)


@pytest.mark.parametrize(
    "text",
    [
        "row_px,col_px,row_mm\n1,2,2\n3,4,6\n",
        "row_px,col_px,row_mm,col_mm\n1,2,2,\n3,4,6,8\n",
        "row_px,col_px,row_mm,col_mm\n1,2,2,4\n3,4,7,8\n",
        "row_px,col_px,row_mm,col_mm\n1,2,-2,-4\n3,4,-6,-8\n",
        "row_px,col_px,row_mm,col_mm\n1,0,2,0\n3,0,6,0\n",
        "row_px,col_px,row_mm,col_mm\n1,2,x,4\n3,4,6,8\n",
    ],
)
def test_points_in_mm_that_tell_no_size_of_a_pixel_do_not_count(table, text):
    assert read_line(table(text)).spacing is None
