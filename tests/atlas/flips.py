"""What becomes of a file when single bits of it flip."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from errata.errors import InputError


def flip_bits(path: Path, read: Callable[[Path], object], *, flips: int, seed: int = 0) -> Counter[str]:
    """Flip one random bit of a copy of `path` at a time, read it, and count what came of it."""
    content, rng = path.read_bytes(), np.random.default_rng(seed)
    damaged = path.with_name(f"damaged.{path.name}")
    outcomes: Counter[str] = Counter()
    for bit in rng.choice(len(content) * 8, size=flips, replace=False):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << int(bit % 8)
        damaged.write_bytes(changed)
        try:
            read(damaged)
        except InputError as error:
            text = str(error)
            outcomes["refused" if text.startswith(str(damaged)) and len(text) < 600 and "\n" not in text else text] += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcomes[f"{type(error).__name__}: {error}"] += 1
        else:
            outcomes["read"] += 1
    return outcomes
