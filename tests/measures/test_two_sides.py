"""Maps on the working grid, from their values on a lattice."""

import numpy as np
import pytest

from symline.measures.two_sides import on_lattice
from symline.model.pair import Pair


@pytest.mark.parametrize("shape", [(8, 7), (7, 8), (1, 2)])
def test_a_map_without_curvature_is_exact_at_every_pixel(shape):
    pair = Pair(np.zeros(shape), np.ones(shape), 10.0, (3.0, 2.0), (2.0, 1.0))

    def turn(points):
        return points @ np.array([[0.8, -0.6], [0.6, 0.8]]) + (0.3, -0.2)

    np.testing.assert_allclose(on_lattice(turn, pair), turn(pair.points), atol=1e-12)
