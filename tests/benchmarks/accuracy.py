"""Print how far the midline of each sample back is from its known line.

python tests/benchmarks/accuracy.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import symline

SAMPLES = Path(__file__).parents[2] / "sample_data"
#: Pixel size in mm of the samples that do not store it, as in their README.
SPACING = {"symmetric": 1.337, "thin": 1.314, "scoliosis": 1.432, "local": 1.5, "holes": 1.475}


def main() -> None:
    """Print the table."""
    print(f"{'sample':<12}{'status':>8}{'RMS mm':>9}{'worst mm':>10}{'in band':>9}")
    for path in sorted([*SAMPLES.glob("*.npy"), *SAMPLES.glob("*.tif")]):
        size = SPACING.get(path.stem)
        image = symline.read(path, spacing=size and (size, size))
        analysis = symline.analyse(image)
        line = analysis.midline
        assert line is not None
        assert image.spacing is not None
        rows, cols = np.loadtxt(SAMPLES / "truth" / f"{path.stem}.csv", delimiter=",", skiprows=1).T
        common, ours, theirs = np.intersect1d(line.rows, rows, return_indices=True)
        error = (line.cols[ours] - cols[theirs]) * image.spacing[1]
        held = (line.low[ours] <= cols[theirs]) & (cols[theirs] <= line.high[ours])
        rms = np.sqrt((error**2).mean())
        print(f"{path.stem:<12}{analysis.status:>8}{rms:>9.2f}{np.abs(error).max():>10.2f}{held.mean():>9.0%}")
        assert len(common) > 0.9 * len(rows), path.stem


if __name__ == "__main__":
    main()
