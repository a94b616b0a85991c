"""Made-up models whose failures follow their errors by a known law."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from errata.trends.cloud import TREND_COLUMNS

IMAGES = {"all": 10_000, "organism": 4_000, "artifact": 6_000}


@pytest.fixture(scope="session")
def make_models() -> Callable[..., pl.DataFrame]:
    """Return a function that makes models of 20 architectures in three groups.

    Their multi-label errors fall from 30 to 3 per cent of the images. Of these, model failures are 60 per cent for the
    weakest model and go as the errors to `power`; on organisms they are `organism` times that. The rest is
    fine-grained. `data` and `architecture` add points to the failures' share: per tenfold training images, and
    alternately up and down by architecture.
    """

    def make(
        *,
        models: int = 200,
        power: float = 1.6,
        organism: float = 0.4,
        data: float = 0.0,
        architecture: float = 0.0,
        noise: float = 0.01,
        seed: int = 1,
    ) -> pl.DataFrame:
        random = np.random.default_rng(seed)
        kind = np.arange(models) % 20
        level = np.linspace(0.30, 0.03, models)
        images_seen = np.where(random.random(models) < 0.4, 1.4e7, 1.28e6)
        parameters = 10 ** random.uniform(6, 9, models)
        frames = []
        for group, images in IMAGES.items():
            errors = np.round(images * level * np.exp(random.normal(0, 0.01, models)))
            share = 0.6 * (errors / errors.max()) ** (power - 1) * (organism if group == "organism" else 1)
            share += data / 100 * np.log10(images_seen / 1.28e6) + architecture / 100 * (1 - 2 * (kind % 2))
            share = np.clip(share + random.normal(0, noise, models), 0.005, 0.99)
            failures = np.round(errors * share)
            frames.append(
                pl.DataFrame(
                    {
                        "model": [f"m{number:03d}" for number in range(models)],
                        "group": group,
                        "images": images,
                        "correct": images - errors,
                        "top1_errors": errors,
                        "mle": errors,
                        "class_overlap": 0,
                        "multi_label": 0,
                        "fine_grained": errors - failures,
                        "model_failure": failures,
                        "mla": 100 * (1 - errors / images),
                        "top1": 100 * (1 - errors / images),
                        "parameters": parameters,
                        "training_data": np.where(images_seen > 2e6, "large", "small"),
                        "training_images": images_seen,
                        "architecture": [f"A{number % 2}" for number in kind],
                        "architecture_name": [f"a{number}" for number in kind],
                        "block": [f"a{number}" for number in kind],
                    }
                )
            )
        frame = pl.concat(frames)
        absent = [pl.lit(None).alias(name) for name in TREND_COLUMNS if name not in frame.columns]
        return frame.with_columns(absent).select(*TREND_COLUMNS).cast(TREND_COLUMNS)

    return make
