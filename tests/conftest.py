"""What every test may use: the report's study, made once, and five made-up graphs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="session")
def study():
    import mekantek

    return mekantek.load_study(2024)


@pytest.fixture(scope="session")
def verdicts(study):
    from mekantek import findings

    return {v.hypothesis.id: v for v in findings.every(study)}


def graph_of(matrix, ids=None) -> SimpleNamespace:
    """A graph in the least form the statistics take: ids and a sparse matrix."""
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


@pytest.fixture
def line():
    """Seven units in a row."""
    return graph_of(np.diag([1.0] * 6, 1) + np.diag([1.0] * 6, -1))
