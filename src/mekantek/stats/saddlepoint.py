"""Stand-in while the room is being built by its own author."""

import numpy as np


def weighted_sum_tails(
    values: np.ndarray,
    own: np.ndarray,
    indptr: np.ndarray,
    weights: np.ndarray,
    observed: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Trust nothing yet."""
    return np.full(len(own), np.nan), np.full(len(own), np.nan)
