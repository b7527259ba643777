"""Groups of options about tests: of one number for the map, and of every unit."""

from __future__ import annotations

import dataclasses
from typing import Any

from mekantek.cli.options import (
    ALPHA,
    ALTERNATIVE,
    CORRECTION,
    GLOBAL_METHOD,
    LOCAL_METHOD,
    MISSING,
    PERMUTATIONS,
    SEED,
    STANDARDIZE,
    STOP,
    WORKERS,
    Alternative,
    Correction,
    GlobalMethod,
    LocalMethod,
    Missing,
    Standardize,
)

__all__ = ["GlobalTest", "LocalTest", "UnitTest", "Unweighted"]


@dataclasses.dataclass(kw_only=True)
class GlobalTest:
    """How a number for the whole map is tested."""

    standardize: STANDARDIZE = Standardize.row
    alternative: ALTERNATIVE = Alternative.two_sided
    method: GLOBAL_METHOD = GlobalMethod.randomization
    permutations: PERMUTATIONS = 9999
    seed: SEED = 0
    missing: MISSING = Missing.refuse

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the statistic."""
        return _plain(self)


@dataclasses.dataclass(kw_only=True)
class Unweighted(GlobalTest):
    """The same, with weights as given by default."""

    standardize: STANDARDIZE = Standardize.none


@dataclasses.dataclass(kw_only=True)
class UnitTest:
    """How every unit of a map is tested."""

    alternative: ALTERNATIVE = Alternative.two_sided
    permutations: PERMUTATIONS = 9999
    seed: SEED = 0
    correction: CORRECTION = Correction.bh
    alpha: ALPHA = 0.05
    missing: MISSING = Missing.refuse

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the statistic."""
        return _plain(self)


@dataclasses.dataclass(kw_only=True)
class LocalTest(UnitTest):
    """The same, by any of the local nulls."""

    method: LOCAL_METHOD = LocalMethod.auto
    stop: STOP = None
    workers: WORKERS = None


def _plain(group: Any) -> dict[str, Any]:
    """Give options as the library names and takes them; what holds workers is made elsewhere."""
    given = {key: getattr(value, "value", value) for key, value in vars(group).items()}
    given.pop("workers", None)
    return {"rng": given.pop("seed"), **given}
