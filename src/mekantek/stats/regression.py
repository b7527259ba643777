"""Trend, lag and error models of one variable on others; the only door for spreg."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.stats import inference
from mekantek.stats.links import Links, Missing, join

__all__ = ["Coefficient", "RegressionModel", "RegressionResult", "spatial_regression"]

RegressionModel = Literal["ols", "lag", "error", "durbin"]
MODELS: tuple[str, ...] = get_args(RegressionModel)
# spreg's names of the Lagrange-multiplier tests.
_TESTS = {"lag": "lml", "error": "lme", "robust_lag": "rlml", "robust_error": "rlme"}
_LAGGED = "W·"


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """
    One estimated coefficient.

    Attributes
    ----------
    estimate, standard_error : float
        In the unit of the dependent variable by the unit of the regressor; autoregressive
        parameters (``rho``, ``lambda``) are dimensionless.
    z_score, p_value : float
        Two-sided: Student's t for ordinary least squares, normal for maximum likelihood.
    """

    estimate: float
    standard_error: float
    z_score: float
    p_value: float

    def to_dict(self) -> dict[str, float]:
        """Give the four numbers."""
        return {
            "estimate": self.estimate,
            "standard_error": self.standard_error,
            "z_score": self.z_score,
            "p_value": self.p_value,
        }


@dataclass(frozen=True, kw_only=True)
class RegressionResult:
    """
    One fitted model.

    Attributes
    ----------
    model : str
    coefficients : mapping of str to Coefficient
        ``constant``, the regressors by name, their lags as ``W·name`` (Durbin), ``rho`` (lag,
        Durbin) or ``lambda`` (error).
    log_likelihood, aic : float
        The error variance and the autoregressive parameter count as parameters, as in R.
    sigma2 : float
        Maximum-likelihood error variance, in the squared unit of the dependent variable.
    r2 : float or None
        Of ordinary least squares alone.
    impacts : mapping of str to mapping
        ``direct``, ``indirect``, ``total`` of each regressor, where a lag of the dependent
        variable spreads a change over the map (LeSage & Pace 2009, ch. 2).
    tests : mapping of str to mapping
        ``lag, error, robust_lag, robust_error``: Lagrange-multiplier statistics and p-values of
        ordinary least squares (Anselin, Bera, Florax & Yoon 1996).
    n : int
    weights : mapping
    notes : tuple of str
    """

    model: RegressionModel
    coefficients: Mapping[str, Coefficient]
    log_likelihood: float
    aic: float
    sigma2: float
    r2: float | None = None
    impacts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    tests: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    n: int
    weights: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    schema = "mekantek/regression/1"

    def to_dict(self) -> dict[str, Any]:
        """Give the fields of the JSON contract."""
        return {
            "schema": self.schema,
            "name": f"regression_{self.model}",
            "model": self.model,
            "coefficients": {k: c.to_dict() for k, c in self.coefficients.items()},
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "sigma2": self.sigma2,
            "r2": self.r2,
            "impacts": {k: dict(v) for k, v in self.impacts.items()},
            "tests": {k: dict(v) for k, v in self.tests.items()},
            "n": self.n,
            "weights": dict(self.weights),
            "notes": list(self.notes),
        }


class _LinksForSpreg:
    """Show links to spreg the way its estimators ask a libpysal W."""

    def __init__(self, links: Links) -> None:
        self.sparse = sparse.csr_matrix(links.matrix)
        self.n = links.n

    def full(self) -> tuple[np.ndarray, list[int]]:
        return self.sparse.toarray(), list(range(self.n))


def spatial_regression(
    y: pd.Series,
    x: pd.DataFrame,
    graph: Any,
    *,
    model: RegressionModel = "ols",
    missing: Missing = "refuse",
) -> RegressionResult:
    r"""
    Regress a mapped variable on others.

    Parameters
    ----------
    y : pandas.Series, shape (n,)
        Dependent variable, any unit; index: ids.
    x : pandas.DataFrame, shape (n, k)
        Regressors, without a constant; index: at least the same ids.
    graph : GraphLike
        Neighbours of the same ids, row-standardized here.
    model : {"ols", "lag", "error", "durbin"}
        :math:`y = X\beta + e`; :math:`y = \rho Wy + X\beta + e`; :math:`y = X\beta + u, u = \lambda
        Wu + e`; :math:`y = \rho Wy + X\beta + WX\theta + e`. Maximum likelihood but for the first.
    missing : {"refuse", "drop"}
        A unit that lacks any variable lacks all; its links go with it.

    Returns
    -------
    RegressionResult

    Raises
    ------
    OptionError
        If the model is none.
    AlignmentError
        If *x* lacks units of *y*.
    ValuesError
        If a variable is constant, regressors depend on each other, or units are too few.
    GraphError
        If a unit has no neighbours and the model has a spatial part.

    Notes
    -----
    By spreg: OLS, ML_Lag and ML_Error with the full log-determinant (Anselin 1988; Ord 1975), the
    Durbin model as a lag model with lagged regressors. ρ and λ are sought in (-1, 1).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = sparse.csr_array(np.diag(np.ones(11), 1) + np.diag(np.ones(11), -1))
    >>> east = pd.Series(np.arange(12.0), name="east")
    >>> y = 2 * east + np.sin(7 * east)
    >>> fit = spatial_regression(y, east.to_frame(), SimpleNamespace(ids=east.index, sparse=line))
    >>> round(fit.coefficients["east"].estimate, 1), sorted(fit.tests)
    (2.0, ['error', 'lag', 'robust_error', 'robust_lag'])
    """
    if model not in MODELS:
        raise OptionError(f"model is {model!r}; it can be {', '.join(MODELS)}.")
    lacking = y.index.difference(x.index, sort=False)
    if len(lacking):
        raise AlignmentError(f"The regressors lack {len(lacking)} units, first {lacking[0]}.")
    x = x.loc[y.index]
    if missing == "drop":
        y = y.where(x.notna().all(axis=1))
        x = x.where(y.notna(), np.nan)
    numbers, ids, links = join(y, graph, missing=missing)
    columns = [join(x[name], graph, missing=missing)[0] for name in x.columns]
    names = ["constant", *map(str, x.columns)]
    design = np.column_stack([np.ones(links.n), *columns])
    if links.isolates.any():
        lone = ", ".join(str(i) for i in ids[links.isolates][:5])
        raise GraphError(f"{int(links.isolates.sum())} units have no neighbours ({lone}); a model "
                         "with neighbours needs some for every unit.")  # fmt: skip
    if np.ptp(numbers) == 0:
        raise ValuesError("The dependent variable is constant; there is nothing to explain.")
    if model == "durbin":
        lagged = links.matrix @ design[:, 1:]
        design = np.hstack([design, lagged])
        names += [_LAGGED + name for name in names[1:]]
    if links.n <= design.shape[1] + 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValuesError(
            f"{links.n} units do not carry {design.shape[1]} coefficients: too few units, a constant "
            "regressor, or regressors that depend on each other."
        )
    target = numbers[:, None]
    left = numbers - design @ np.linalg.lstsq(design, numbers, rcond=None)[0]
    if (left**2).sum() <= _EXACT * ((numbers - numbers.mean()) ** 2).sum():
        raise ValuesError("The regressors explain the variable to the last digit; there is no error "
                          "whose likelihood could be told.")  # fmt: skip
    fitted = (
        _ols(target, design, links) if model == "ols" else _likelihood(target, design, links, model)
    )
    estimates, variances, log_likelihood, sigma2, more = fitted
    if model != "ols":
        names.append("lambda" if model == "error" else "rho")
    degrees = links.n - design.shape[1]
    coefficients = {
        name: _coefficient(b, v, degrees if model == "ols" else None)
        for name, b, v in zip(names, estimates, variances, strict=True)
    }
    parameters = len(estimates) + 1
    if model in ("lag", "durbin"):
        more["impacts"] = _impacts(coefficients, [str(c) for c in x.columns], links)
    return RegressionResult(
        model=model,
        coefficients=coefficients,
        log_likelihood=log_likelihood,
        aic=2 * parameters - 2 * log_likelihood,
        sigma2=sigma2,
        n=links.n,
        weights=links.description,
        notes=links.notes,
        **more,
    )


# Part of the variation below which what is left is rounding.
_EXACT = 1e-20

_Fitted = tuple[np.ndarray, np.ndarray, float, float, dict[str, Any]]


def _ols(target: np.ndarray, design: np.ndarray, links: Links) -> _Fitted:
    from spreg.diagnostics_sp import LMtests
    from spreg.ols import BaseOLS

    fit = BaseOLS(target, design)
    tests = LMtests(fit, _LinksForSpreg(links), tests=["lme", "lml", "rlme", "rlml"])
    residual = float((fit.u**2).sum())
    n = links.n
    return (
        np.asarray(fit.betas).ravel(),
        np.diag(np.asarray(fit.vm)),  # with n - k degrees of freedom
        -n / 2 * (np.log(2 * np.pi * residual / n) + 1),
        residual / n,
        {
            "r2": 1 - residual / float(((target - target.mean()) ** 2).sum()),
            "tests": {
                ours: {
                    "statistic": float(np.squeeze(getattr(tests, theirs)[0])),
                    "p_value": float(np.squeeze(getattr(tests, theirs)[1])),
                }
                for ours, theirs in _TESTS.items()
            },
        },
    )


def _likelihood(target: np.ndarray, design: np.ndarray, links: Links, model: str) -> _Fitted:
    from spreg.ml_error import BaseML_Error
    from spreg.ml_lag import BaseML_Lag

    estimator = BaseML_Error if model == "error" else BaseML_Lag
    with warnings.catch_warnings():
        # spreg hands its tolerance of lambda over under an old name, which works and is remarked on.
        warnings.filterwarnings("ignore", message="Method 'bounded' does not support", append=False)
        fit = estimator(target, design, _LinksForSpreg(links), method="full", epsilon=1e-10)
    return (
        np.asarray(fit.betas).ravel(),
        np.diag(np.asarray(fit.vm)),
        float(np.squeeze(fit.logll)),
        float(np.squeeze(fit.sig2)),
        {},
    )


def _coefficient(estimate: float, variance: float, degrees: int | None) -> Coefficient:
    error = float(np.sqrt(variance))
    z = float(estimate) / error
    p = (
        float(inference.normal_p(z, "two-sided"))
        if degrees is None
        else inference.student_p(z, degrees, "two-sided")
    )
    return Coefficient(estimate=float(estimate), standard_error=error, z_score=z, p_value=p)


def _impacts(
    coefficients: Mapping[str, Coefficient], regressors: list[str], links: Links
) -> dict[str, dict[str, float]]:
    """Mean effect of a change in one unit on itself, on the others, and on all."""
    rho, weights = coefficients["rho"].estimate, links.matrix.toarray()
    spread = np.linalg.inv(np.eye(links.n) - rho * weights)
    found = {}
    for name in regressors:
        own = coefficients[name].estimate
        lagged = coefficients.get(_LAGGED + name)
        change = spread * own if lagged is None else spread @ (
            own * np.eye(links.n) + lagged.estimate * weights
        )  # fmt: skip
        direct, total = float(np.trace(change)) / links.n, float(change.sum()) / links.n
        found[name] = {"direct": direct, "indirect": total - direct, "total": total}
    return found
