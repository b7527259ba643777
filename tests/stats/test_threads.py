"""The same bytes on one, two and four threads, twice."""

import os
import subprocess
import sys

CODE = """
import hashlib, json
from types import SimpleNamespace
import numpy as np, pandas as pd
from scipy import sparse
import mekantek as mt
n = 60_000
near = sparse.diags_array([np.ones(n - k) for k in (1, 2, 300)], offsets=[1, 2, 300])
graph = SimpleNamespace(ids=pd.RangeIndex(n), sparse=sparse.csr_array(near + near.T), sha256="-")
x = pd.Series(np.random.default_rng(0).gamma(1.0, size=n))
y = pd.Series(x.to_numpy()[::-1])
found = [f(x, graph) for f in (mt.moran, mt.geary, mt.getis_ord)]
found += [f(x, y, graph) for f in (mt.bivariate_moran, mt.lee, mt.differential_moran)]
found += [mt.moran(x, graph, method="permutation", permutations=19), mt.join_counts(x > 1, graph)]
found += [mt.regime_slopes(x, graph, y > 1, permutations=19), mt.screen(x.to_frame("x"), graph)]
told = json.dumps([one.to_dict() for one in found], sort_keys=True)
print(hashlib.sha256(told.encode()).hexdigest())
"""


def test_global_statistics_do_not_depend_on_threads():
    """Nothing goes through a sum that the linear algebra library splits among threads."""
    told = set()
    for threads in ("1", "2", "4", "2"):
        limits = {f"{name}_NUM_THREADS": threads for name in ("OPENBLAS", "OMP", "MKL")}
        run = subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=True,
            env={**os.environ, **limits},
        )  # fmt: skip
        told.add(run.stdout)
    assert len(told) == 1
