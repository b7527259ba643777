"""Answers to many questions about sums: each kept once, with its bounds, method and draws."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["METHODS", "TIE", "Tails"]

METHODS = ("exact", "saddlepoint", "permutation")
# Ties between floats that print alike, as a fraction of the range of the values.
TIE = 1e-9


class Tails:
    """
    Answers: P(S ≥ s) and P(S ≤ s), S the weighted sum of a unit's neighbours' values.

    Many units of a large map ask the same question, so each answer is kept once.

    Attributes
    ----------
    place : numpy.ndarray of int64, shape (n,)
        Which answer is each unit's; -1, the last one, which is none, where nothing was asked.
    least, most : numpy.ndarray, shape (2, answers)
        P(S ≥ s) and P(S ≤ s): a lower and an upper bound, equal where the count is exact; NaN
        where permutations were drawn.
    method : numpy.ndarray of int8, shape (answers,)
        Place in `METHODS`, -1 for none.
    draws : numpy.ndarray of int64, shape (3, answers)
        Draws ≥ and ≤ the observed sum, and how many.
    """

    def __init__(self, n: int) -> None:
        self.place = np.full(n, -1, dtype=np.int64)
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        self._answers = 0

    def put(
        self,
        units: np.ndarray,
        least: Any,
        most: Any,
        method: str,
        *,
        same: np.ndarray | None = None,
        draws: np.ndarray | None = None,
    ) -> None:
        """Note answers (each shape (m,) or (2, m)); *same* tells which one is each unit's."""
        count = np.shape(least)[-1]
        self.place[units] = self._answers + (np.arange(count) if same is None else same)
        self._answers += count
        self._parts.append(
            (
                np.broadcast_to(least, (2, count)),
                np.broadcast_to(most, (2, count)),
                np.full(count, METHODS.index(method), dtype=np.int8),
                np.zeros((3, count), dtype=np.int64) if draws is None else draws,
            )
        )

    def _joined(self, part: int, none: float) -> np.ndarray:
        arrays: list[np.ndarray] = [answers[part] for answers in self._parts]
        end = np.full((*arrays[0].shape[:-1], 1), none, dtype=arrays[0].dtype)
        return np.concatenate([*arrays, end], axis=-1)

    @cached_property
    def least(self) -> np.ndarray:
        """P(S ≥ s) of each answer, both bounds."""
        return self._joined(0, np.nan)

    @cached_property
    def most(self) -> np.ndarray:
        """P(S ≤ s) of each answer, both bounds."""
        return self._joined(1, np.nan)

    @cached_property
    def method(self) -> np.ndarray:
        """Place in METHODS of each answer."""
        return self._joined(2, -1)

    @cached_property
    def draws(self) -> np.ndarray:
        """Draws above, below and in all of each answer."""
        return self._joined(3, 0)
