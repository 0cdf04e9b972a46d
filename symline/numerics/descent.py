"""Rules that turn a gradient into a step; what they remember of the slopes before tells them how far to go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray

_TINY = 1e-300


@dataclass(slots=True, eq=False)
class Rule(ABC):
    """A rule with its memory. `step` proposes, `accept` remembers a step that succeeded, `forget` follows one that did not."""

    source: ClassVar[str]

    @abstractmethod
    def step(self, gradient: FloatArray, rate: float) -> FloatArray:
        """The step from where the gradient was taken."""

    def first_rate(self, gradient: FloatArray, length: float) -> float:
        """The rate whose first step changes no parameter by more than a length."""
        return length / max(float(np.abs(gradient).max()), _TINY)

    def accept(self, gradient: FloatArray) -> None:  # noqa: B027 - most rules have no memory
        """Remember the last step; the gradient is that of the place it led to."""

    def forget(self) -> None:  # noqa: B027
        """The last step failed: what led there misleads."""


@dataclass(slots=True, eq=False)
class Descent(Rule):
    """Steepest descent with an adaptive rate."""

    source: ClassVar[str] = "Cauchy 1847; rate: Vogl et al. 1988, doi 10.1007/BF00332914"

    def step(self, gradient: FloatArray, rate: float) -> FloatArray:
        """The step from where the gradient was taken."""
        return -rate * gradient


@dataclass(slots=True, eq=False)
class Momentum(Rule):
    """Heavy ball: each step keeps most of the one before."""

    source: ClassVar[str] = "Polyak 1964, doi 10.1016/0041-5553(64)90137-5"

    kept: float = 0.8
    velocity: FloatArray = field(default_factory=lambda: np.zeros(1))
    _next: FloatArray = field(default_factory=lambda: np.zeros(1))

    def step(self, gradient: FloatArray, rate: float) -> FloatArray:
        """The step from where the gradient was taken."""
        self._next = self.kept * self.velocity - rate * gradient
        return self._next

    def accept(self, gradient: FloatArray) -> None:  # noqa: ARG002
        """Remember the last step."""
        self.velocity = self._next

    def forget(self) -> None:
        """Start again from a standstill."""
        self.velocity = np.zeros(1)


@dataclass(slots=True, eq=False)
class Nesterov(Momentum):
    """Accelerated gradient: the slope is taken where the momentum will lead."""

    source: ClassVar[str] = "Nesterov 1983; in this form Bengio et al. 2013, doi 10.1109/ICASSP.2013.6639349"

    def step(self, gradient: FloatArray, rate: float) -> FloatArray:
        """The step from one place looked ahead to, to the next."""
        self._next = self.kept * self.velocity - rate * gradient
        return np.asarray(self.kept * self._next - rate * gradient)


@dataclass(slots=True, eq=False)
class Adagrad(Rule):
    """Each parameter at its own rate, which falls with the sum of its squared slopes."""

    source: ClassVar[str] = "Duchi et al. 2011, JMLR 12, 2121-2159"

    squares: FloatArray = field(default_factory=lambda: np.zeros(1))

    def step(self, gradient: FloatArray, rate: float) -> FloatArray:
        """The step from where the gradient was taken."""
        if not self.squares.any():
            self.squares = gradient**2
        return np.asarray(-rate * gradient / np.sqrt(self.squares + _TINY))

    def first_rate(self, gradient: FloatArray, length: float) -> float:  # noqa: ARG002
        """The length itself: the rule takes the slope's size out."""
        return length

    def accept(self, gradient: FloatArray) -> None:
        """Add the new slopes."""
        self.squares = self.squares + gradient**2


@dataclass(slots=True, eq=False)
class RmsProp(Adagrad):
    """Each parameter at its own rate, by a fading mean of its squared slopes."""

    source: ClassVar[str] = "Tieleman & Hinton 2012, COURSERA lecture 6.5"

    kept: float = 0.9

    def accept(self, gradient: FloatArray) -> None:
        """Let the old slopes fade."""
        self.squares = self.kept * self.squares + (1 - self.kept) * gradient**2


#: Name in configurations -> rule.
RULES: Mapping[str, type[Rule]] = MappingProxyType(
    {"gd": Descent, "momentum": Momentum, "nesterov": Nesterov, "adagrad": Adagrad, "rmsprop": RmsProp}
)
