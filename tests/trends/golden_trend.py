"""A trend whose bands and percentiles are written down in `golden/trend.json`, for Python and for the page's script.

After a change that is meant, `PYTHONPATH=tests python tests/trends/golden_trend.py` writes the file anew.
"""

import json
from pathlib import Path

import numpy as np

from errata.trends.fit import fit_trend

GOLDEN = Path(__file__).parent / "golden" / "trend.json"

AT = [40.0, 55.5, 64.9, 70.0, 71.2, 85.25, 99.0]
"""Accuracies on both sides of the inflection point, which is added; the first and last are beyond all models."""

RESIDUALS = [-4.0, -0.3, 0.0, 0.2, 9.0]


def golden_trend() -> dict[str, object]:
    """Return 60 models whose cloud bends, the two lines through it, and what is read from them."""
    x = np.linspace(50, 95, 60)
    # sines instead of random numbers, so that the values are the same everywhere
    y = np.where(x < 70, 60 - 0.2 * (x - 50), 56 - 1.5 * (x - 70)) + np.sin(7 * np.arange(60))
    trend = fit_trend(x, y, two_lines=True)
    at = [*AT, trend.inflection]
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "inflection": [trend.inflection, *trend.inflection_limits],
        "pieces": [
            [line.slope, line.intercept, line.points, line.mean, line.spread, line.deviation, line.quantile]
            for line in trend.lines
        ],
        "residuals": trend.residuals.tolist(),
        "at": at,
        "bands": {name: band.tolist() for name, band in trend.bands(np.array(at)).items() if name != "deviation"},
        "percentiles": trend.percentile(np.array(RESIDUALS)).tolist(),
        "of_residuals": RESIDUALS,
    }


if __name__ == "__main__":
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in golden_trend().items())
    GOLDEN.write_text(f"{{{lines}}}\n", encoding="utf-8")
