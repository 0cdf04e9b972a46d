"""Round numbers, as scales and axes have them, and how they are written."""

from __future__ import annotations

import math

#: Of what is divided by a step, so that an end that is a round number but for the rounding of binary numbers has its number.
_SLACK = 1e-9


def round_numbers(low: float, high: float, step: float) -> dict[str, float]:
    """The round numbers from `low` to `high` that are about `step` apart, less rather than more, by the text that labels them."""
    step = round_down(step)
    numbers = [number * step for number in range(math.ceil(low / step - _SLACK), math.floor(high / step + _SLACK) + 1)]
    return {format_number(number, step): number for number in numbers}


def round_down(number: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above a positive number."""
    power = 10.0 ** math.floor(math.log10(number))
    return max((factor * power for factor in (1, 2, 5) if factor * power <= number * (1 + 1e-9)), default=power)


def format_number(value: float, step: float) -> str:
    """A multiple of `step` in as many digits as it takes to tell it from its neighbours."""
    exponent = math.floor(math.log10(step) + 1e-9)
    if abs(value) >= 1e6 or exponent < -5:
        size = max(abs(value), step)
        return f"{value:.{max(0, math.floor(math.log10(size)) - exponent)}e}"
    return f"{value:.{max(0, -exponent)}f}"
