"""Straight lines by least squares with their 95 % bands, and one line or two through a cloud of points.

Each of two lines has its own n, s and bands, since the scatter changes along the accuracy.

With n points, slope b, intercept a, mean x̄, Sxx = Σ(x - x̄)², residual variance s² = Σ(y - a - bx)² / (n - 2) and the
97.5 % quantile t of Student's distribution with n - 2 degrees of freedom, the textbook bands at x are

    confidence band of the line        a + bx ± t s √(1/n + (x - x̄)² / Sxx)
    prediction band for a new point    a + bx ± t s √(1 + 1/n + (x - x̄)² / Sxx)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

FEWEST_POINTS = 10
"""The fewest models that a line, or one of two lines, is fitted to."""

NEARBY = 2.0
"""Accuracies that differ by at most so many points count as alike."""

HANSEN = -2 * math.log(1 - math.sqrt(0.95))
"""Critical value of the likelihood ratio of a place where two lines change, 95 %."""


@dataclass(frozen=True)
class Line:
    """A least-squares line with what its bands need.

    `slope`, `intercept`: y = intercept + slope x.
    `points`: n.
    `mean`, `spread`: x̄ and Sxx of the points.
    `deviation`: s, the residual standard deviation.
    """

    slope: float
    intercept: float
    points: int
    mean: float
    spread: float
    deviation: float

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return the line's height at `x`."""
        return self.intercept + self.slope * np.asarray(x, dtype=np.float64)

    def confidence_deviation(self, x: np.ndarray) -> np.ndarray:
        """Return the standard error of the line's height at `x`."""
        return self.deviation * np.sqrt(self._leverage(x))

    def prediction_deviation(self, x: np.ndarray) -> np.ndarray:
        """Return the standard deviation of a new model's value about the line's height at `x`."""
        return self.deviation * np.sqrt(1 + self._leverage(x))

    @property
    def quantile(self) -> float:
        """The 97.5 % quantile of Student's distribution with n - 2 degrees of freedom."""
        return student_quantile(0.975, self.points - 2)

    def _leverage(self, x: np.ndarray) -> np.ndarray:
        return 1 / self.points + (np.asarray(x, dtype=np.float64) - self.mean) ** 2 / self.spread


@cache
def student_quantile(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t distribution, for a probability of at least one half.

    With t = √ν tan θ the density is proportional to cos^(ν-1) θ on (-π/2, π/2), which is summed on a fine grid; the
    result is right to about six digits.
    """
    if degrees < 1 or not 0.5 <= probability < 1:
        raise ValueError(f"no quantile for probability {probability} and {degrees} degrees of freedom")
    theta = np.linspace(0.0, min(np.pi / 2, 12 / np.sqrt(degrees)), 20_001)
    density = np.cos(theta) ** (degrees - 1)
    mass = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return float(np.sqrt(degrees) * np.tan(np.interp(2 * probability - 1, mass / mass[-1], theta)))


def fit_line(x: np.ndarray, y: np.ndarray) -> Line:
    """Fit a line by ordinary least squares to at least three points that do not all share one x."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    mean = float(x.mean())
    spread = float(((x - mean) ** 2).sum())
    if x.size < 3 or spread == 0:
        raise ValueError(f"a line with bands needs three points at different x, found {x.size} with spread {spread}")
    slope = float(((x - mean) * (y - y.mean())).sum() / spread)
    intercept = float(y.mean() - slope * mean)
    residual = y - intercept - slope * x
    return Line(slope, intercept, x.size, mean, spread, float(np.sqrt((residual**2).sum() / (x.size - 2))))


@dataclass(frozen=True)
class Inflection:
    """Where a cloud of points bends, and the 95 % confidence limits of that place."""

    at: float
    low: float
    high: float


def find_inflection(x: np.ndarray, y: np.ndarray) -> Inflection | None:
    """Find the x at which two separate lines, below and above, leave the smallest sum of squared residuals.

    The grid is the middles between neighbouring different x that leave each line a twentieth of the points and at
    least `FEWEST_POINTS`; None if there is no such middle.

    The limits are those of a profile likelihood: with S(c) the sum of squared residuals if the lines change at c, they
    enclose every c with n (S(c) / S(ĉ) - 1) ≤ -2 ln(1 - √0.95) = 7.35, the critical value of Hansen ("Sample splitting
    and threshold estimation", Econometrica 68, 2000, section 3). They are the points of the cloud on either side of
    the outermost such c.
    """
    order = np.argsort(x, kind="stable")
    # centred, so that the sums below do not cancel
    x_sorted, y_sorted = x[order] - x.mean(), y[order] - y.mean()
    terms = np.stack([np.ones(x.size), x_sorted, y_sorted, x_sorted**2, x_sorted * y_sorted, y_sorted**2])
    left = np.cumsum(terms, axis=1)[:, :-1]
    error = _squared_residuals(left) + _squared_residuals(terms.sum(axis=1, keepdims=True) - left)
    fewest = max(FEWEST_POINTS, x.size // 20)
    size = np.arange(1, x.size)
    allowed = (size >= fewest) & (x.size - size >= fewest) & (np.diff(x_sorted) > 0)
    if not allowed.any():
        return None
    error = np.where(allowed, error, np.inf)
    best = int(np.argmin(error))
    likely = np.flatnonzero(x.size * (error - error[best]) <= HANSEN * error[best])
    x = x[order]
    return Inflection(at=float((x[best] + x[best + 1]) / 2), low=float(x[likely[0]]), high=float(x[likely[-1] + 1]))


def _squared_residuals(sums: np.ndarray) -> np.ndarray:
    """Return the residual sum of squares of the least-squares line, from Σ1, Σx, Σy, Σx², Σxy, Σy² in the rows."""
    n, sx, sy, sxx, sxy, syy = sums
    spread_x, spread_y, together = sxx - sx**2 / n, syy - sy**2 / n, sxy - sx * sy / n
    with np.errstate(divide="ignore", invalid="ignore"):
        explained = np.where(spread_x > 0, together**2 / spread_x, 0.0)
    return np.maximum(spread_y - explained, 0.0)


@dataclass(frozen=True)
class Trend:
    """One line, or two that meet at an inflection point, and the published residuals about them.

    `lines`: one or two, from low to high accuracy.
    `inflection`: accuracies below it belong to the first line, all others to the second.
    `inflection_limits`: its 95 % confidence limits.
    `accuracies`: float64, shape (models,), sorted: the published accuracies.
    `residuals`: float64, shape (models,), sorted: published values minus the trend.
    """

    lines: tuple[Line, ...]
    inflection: float | None
    accuracies: np.ndarray
    residuals: np.ndarray
    inflection_limits: tuple[float, float] | None = None

    @property
    def borders(self) -> tuple[float, ...]:
        """Where the lines begin and end: the lowest accuracy, the inflection point if there is one, the highest."""
        inflection = () if self.inflection is None else (self.inflection,)
        return (self.accuracies[0], *inflection, self.accuracies[-1])

    def bands(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Return `expected`, `deviation` of a prediction, and the 95 % `confidence_` and `prediction_low`/`_high`."""
        x = np.asarray(x, dtype=np.float64)
        above = np.zeros(x.shape, bool) if self.inflection is None else x >= self.inflection

        def chosen(of: Callable[[Line], np.ndarray]) -> np.ndarray:
            return np.where(above, of(self.lines[-1]), of(self.lines[0]))

        expected = chosen(lambda line: line.at(x))
        confidence = chosen(lambda line: line.quantile * line.confidence_deviation(x))
        prediction = chosen(lambda line: line.quantile * line.prediction_deviation(x))
        return {
            "expected": expected,
            "deviation": chosen(lambda line: line.prediction_deviation(x)),
            "confidence_low": expected - confidence,
            "confidence_high": expected + confidence,
            "prediction_low": expected - prediction,
            "prediction_high": expected + prediction,
        }

    def nearby(self, x: np.ndarray) -> np.ndarray:
        """Return how many published accuracies are within `NEARBY` of `x`."""
        up_to = np.searchsorted(self.accuracies, np.asarray(x) + NEARBY, side="right")
        return up_to - np.searchsorted(self.accuracies, np.asarray(x) - NEARBY, side="left")

    def percentile(self, residual: np.ndarray) -> np.ndarray:
        """Return the per cent of published residuals below `residual`, equal ones counted half."""
        below = np.searchsorted(self.residuals, residual, side="left")
        up_to = np.searchsorted(self.residuals, residual, side="right")
        return 50.0 * (below + up_to) / self.residuals.size


def fit_trend(x: np.ndarray, y: np.ndarray, *, two_lines: bool | None = None) -> Trend:
    """Fit one line or two to the published models.

    `x`, `y`: float, shape (models,): accuracies and values.
    `two_lines`: whether to fit two lines. None leaves it to the Bayesian information criterion n ln(RSS/n) + k ln n
        with k = 2 parameters for one line and 5 for two and their inflection point.
    Raises ValueError if there are fewer than three points or they all share one x.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    one = _trend(x, y, None)
    if two_lines is False:
        return one
    inflection = find_inflection(x, y)
    if inflection is None:
        return one
    below = x < inflection.at
    if np.ptp(x[below]) == 0 or np.ptp(x[~below]) == 0:
        return one
    two = _trend(x, y, inflection)
    if two_lines or _information(two, y, parameters=5) < _information(one, y, parameters=2):
        return two
    return one


def _trend(x: np.ndarray, y: np.ndarray, inflection: Inflection | None) -> Trend:
    if inflection is None:
        line = fit_line(x, y)
        return Trend((line,), None, np.sort(x), np.sort(y - line.at(x)))
    above = x >= inflection.at
    lines = (fit_line(x[~above], y[~above]), fit_line(x[above], y[above]))
    residuals = y - np.where(above, lines[1].at(x), lines[0].at(x))
    return Trend(lines, inflection.at, np.sort(x), np.sort(residuals), (inflection.low, inflection.high))


def _information(trend: Trend, y: np.ndarray, *, parameters: int) -> float:
    # residuals of rounding size count as none, or noise would choose between two perfect fits
    floor = 1e-18 * max(float((y**2).mean()), 1e-300)
    return y.size * np.log(max(float((trend.residuals**2).mean()), floor)) + parameters * np.log(y.size)
