"""Power and false alarms: gradients planted in the shares, counted test by test."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from scipy import special

from mekantek.findings.gradients.direction import Direction, direction_of
from mekantek.findings.verdict import thresholds
from mekantek.stats import inference
from mekantek.stats.correlations import DistanceClasses, Estimate, great_circle
from mekantek.stats.links import join
from mekantek.stats.ranks import midranks
from mekantek.stats.spectral import MoranBasis
from mekantek.study import Study

__all__ = ["NOISES", "PLANTED", "TESTS", "Country", "Power", "plant", "seen_as_low"]

Noise = Literal["shuffled", "alike"]
# The shares shuffled over the map; maps with the shares' own variance and Moran's I.
NOISES: tuple[Noise, ...] = ("shuffled", "alike")
# The weakest is the least that would matter.
PLANTED = (0.35, 0.5, 0.7)
TESTS = ("corrected", "clifford", "spectral", "uncorrected")
# Fine enough to read off where four fifths are found.
GRID = tuple(round(0.2 + 0.05 * k, 2) for k in range(16))
POWER = 0.8
_SURROGATES = 999
_STREAM = 0x504C414E54  # "PLANT"
_EAST = direction_of("east")


@dataclass(frozen=True)
class Power:
    """
    What each test finds of planted gradients.

    Attributes
    ----------
    found : mapping of (noise, test) to mapping of ρ to part
        Part of the maps in which the planted gradient is found in its direction at 5 %; for ρ = 0
        the part called a gradient in either direction, false alarms.
    rounds : int
        Maps for each strength.
    """

    found: dict[tuple[str, str], dict[float, float]] = field(default_factory=dict)
    rounds: int = 0

    def detectable(self, test: str, noise: Noise = "alike") -> float:
        """
        Give the smallest planted ρ that a test finds in four of five maps.

        Parameters
        ----------
        test : str
            One of `TESTS`.
        noise : {"alike", "shuffled"}

        Returns
        -------
        float
            Interpolated between the strengths that were planted; 1 where none was found so often.
        """
        parts = self.found[noise, test]
        strengths = sorted(parts)
        for weaker, stronger in pairwise(strengths):
            low, high = parts[weaker], parts[stronger]
            if high >= POWER:
                step = (POWER - low) / (high - low) if high > low else 0.0
                return float(weaker + max(step, 0.0) * (stronger - weaker))
        return 1.0

    def at(self, rho: float, noise: Noise) -> dict[str, float]:
        """Give the part that each test finds at one strength."""
        return {test: self.found[noise, test][rho] for test in TESTS}


class Country:
    """
    What does not change from map to map.

    Parameters
    ----------
    study : Study
    classes : str
        Class whose shares make the noise.
    direction : Direction
        Which way gradients are planted.

    Examples
    --------
    >>> import mekantek as mt
    >>> country = Country(mt.load_study(), "low")
    >>> country.noise("alike", 3, part=1).shape
    (3, 81)
    """

    def __init__(self, study: Study, classes: str, direction: Direction = _EAST) -> None:
        share = study.share(classes)
        values, ids, links = join(share, study.graph)
        points = study.points.loc[ids]
        along = direction.along(points).to_numpy()
        self.n = len(values)
        self.values = (values - values.mean()) / values.std()
        self.trend = (along - along.mean()) / along.std()
        self.basis = MoranBasis.of(links)
        self.apart = DistanceClasses.of(
            great_circle(points["longitude"].to_numpy(), points["latitude"].to_numpy())
        )
        self.held = midranks(along)
        centred = self.held - self.held.mean()
        self.unit = centred / np.sqrt(centred @ centred)
        self.loads = self.basis.vectors.T @ self.unit
        # A surrogate's correlation is a sum of terms with random signs: one matrix serves all maps.
        self.signs = (
            inference.generator(0, _STREAM).integers(0, 2, (_SURROGATES, self.n - 1)) * 2.0 - 1.0
        )

    def noise(self, kind: str, rounds: int, part: int) -> np.ndarray:
        """
        Make maps without a gradient.

        Parameters
        ----------
        kind : {"shuffled", "alike"}
        rounds : int
        part : int
            Which part of the stream: other parts, other maps.

        Returns
        -------
        numpy.ndarray, shape (rounds, n)
            Mean 0 and variance 1.
        """
        if kind == "alike":
            made = self.basis.surrogates(self.values[:, None], rounds, seed=1, part=part)
            return np.asarray(made[:, :, 0])
        rows = inference.permuted(self.values, rounds, 1, key=part)
        return np.vstack(list(rows))

    def p_values(
        self, maps: np.ndarray, tests: tuple[str, ...]
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """
        Test every map.

        Parameters
        ----------
        maps : numpy.ndarray, shape (rounds, n)
        tests : tuple of str
            Of `TESTS`.

        Returns
        -------
        rho : numpy.ndarray, shape (rounds,)
            Spearman's, with the position in the direction.
        p : dict of str to numpy.ndarray
            Two-sided, by test.
        """
        ranks = np.array([midranks(row) for row in maps])
        centred = ranks - ranks.mean(axis=1, keepdims=True)
        centred /= np.sqrt((centred**2).sum(axis=1, keepdims=True))
        rho = np.clip(centred @ self.unit, -1 + 1e-12, 1 - 1e-12)
        found: dict[str, Any] = {}
        if "uncorrected" in tests:
            found["uncorrected"] = _student(rho, np.full(len(rho), float(self.n)))
        sized: dict[str, Estimate] = {"corrected": "dutilleul", "clifford": "clifford"}
        if sized.keys() & set(tests):
            held, apart = self.apart.covariances(self.held), self.apart
            mine = [apart.covariances(row) for row in ranks]
            for test in sized.keys() & set(tests):
                sizes = [apart.effective_size(a, held, estimate=sized[test]) for a in mine]
                found[test] = _student(rho, np.array(sizes))
        if "spectral" in tests:
            drawn = self.signs @ ((centred @ self.basis.vectors) * self.loads).T
            found["spectral"] = inference.monte_carlo_p(
                (drawn >= rho - 1e-12).sum(axis=0), (drawn <= rho + 1e-12).sum(axis=0),
                _SURROGATES, "two-sided",
            )  # fmt: skip
        return rho, found


def _student(rho: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Two-sided p of correlations worth *size* independent pairs; 1 where that is two or fewer."""
    degrees = np.maximum(size - 2, 1e-9)
    t = np.abs(rho) * np.sqrt(degrees / (1 - rho**2))
    return np.where(size > 2, np.minimum(1, 2 * special.stdtr(degrees, -t)), 1.0)


def plant(
    study: Study,
    classes: str,
    direction: Direction = _EAST,
    *,
    rounds: int = 200,
    finer: int = 400,
) -> Power:
    r"""
    Plant straight gradients of known strength and count what each test finds.

    Parameters
    ----------
    study : Study
    classes : str
        Class whose shares make the noise.
    direction : Direction
    rounds : int
        Maps for each strength and noise.
    finer : int
        Maps for each strength of the finer grid on which the uncorrected and the spectral test are
        counted, to read off their smallest detectable effect.

    Returns
    -------
    Power
        For the noises ``shuffled`` (the shares shuffled over the provinces: neighbours are no more
        alike than others) and ``alike`` (spectral surrogates: as alike as the shares are), and the
        tests ``corrected`` (Dutilleul), ``clifford``, ``spectral`` (Moran spectral randomization,
        singleton) and ``uncorrected``.

    Notes
    -----
    A map is noise of variance 1 plus :math:`\rho/\sqrt{1-\rho^2}` times the standardized
    position. A straight trend makes the map itself look strongly autocorrelated, so an effective
    size takes much of it for mere likeness of neighbours; and it lies almost wholly in one Moran
    pattern, whose random sign is then all that spectral randomization has to tell it by.

    Examples
    --------
    >>> import mekantek as mt
    >>> power = plant(mt.load_study(), "low", rounds=20, finer=20)
    >>> power.at(0.7, "shuffled")["uncorrected"], power.at(0.7, "shuffled")["corrected"]
    (1.0, 0.0)
    """
    country, alpha = Country(study, classes, direction), thresholds()["alpha"]
    power = Power({(noise, test): {} for noise in NOISES for test in TESTS}, rounds)
    for noise in NOISES:
        coarse = country.noise(noise, rounds, part=1)
        fine = country.noise(noise, finer, part=2)
        for rho in sorted({0.0, *PLANTED, *GRID}):
            maps, tests = (coarse, TESTS) if rho in (0.0, *PLANTED) else (fine, TESTS[2:])
            slope = rho / np.sqrt(1 - rho**2)
            found, p = country.p_values(maps + slope * country.trend, tests)
            aimed = found > 0 if rho else np.ones(len(found), dtype=bool)
            for test in tests:
                power.found[noise, test][rho] = float((aimed & (p[test] <= alpha)).mean())
    return power


def seen_as_low(
    study: Study,
    classes: str,
    observed: float,
    direction: Direction = _EAST,
    *,
    rho: float = PLANTED[0],
    rounds: int = 1000,
) -> int:
    """
    Count the maps with a planted gradient that show no more than was observed.

    Whatever the power of a test, a gradient whose maps hardly ever look like the one at hand is not
    in it: the severity with which the data speak against it.

    Parameters
    ----------
    study : Study
    classes : str
        Class whose shares make the noise, with neighbours as alike as in the shares.
    observed : float
        Spearman's ρ of the data with the position.
    direction : Direction
    rho : float
        Strength of the planted gradient.
    rounds : int
        Maps.

    Returns
    -------
    int
        Maps whose ρ is at most *observed*, 0 to *rounds*.

    Examples
    --------
    >>> import mekantek as mt
    >>> seen_as_low(mt.load_study(), "low", 1.0, rounds=10)
    10
    """
    country = Country(study, classes, direction)
    maps = country.noise("alike", rounds, part=4) + rho / np.sqrt(1 - rho**2) * country.trend
    found, _ = country.p_values(maps, ())
    return int((found <= observed + 1e-12).sum())
