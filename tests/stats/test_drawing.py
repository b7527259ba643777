"""Drawn permutations: uniform, the same whoever draws, stopped in time, taken up where they ended."""

import json
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

import mekantek as mt
from mekantek.errors import OptionError
from mekantek.stats import inference
from mekantek.stats.nulls import drawing
from mekantek.stats.nulls.drawing import Runner

ASKED = {"method": "permutation", "permutations": 999, "correction": "none"}


def territory(n=700, seed=0, unequal=True):
    """Units with 1 to 9 neighbours of unequal weight, and values with ties."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(np.arange(n), rng.integers(1, 10, n))
    columns = (rows + rng.integers(1, n, len(rows))) % n
    weights = rng.integers(1, 5, len(rows)) if unequal else np.ones(len(rows))
    matrix = sparse.csr_array((weights.astype(float), (rows, columns)), shape=(n, n))
    if not unequal:
        matrix.data[:] = 1.0
    graph = SimpleNamespace(ids=pd.RangeIndex(n), sparse=matrix)
    return pd.Series(rng.gamma(1.0, size=n).round(2)), graph


def bytes_of(result):
    return json.dumps(result.to_dict()["units"]).encode()


@pytest.mark.parametrize("statistic", ["moran", "geary", "gstar"])
def test_the_same_bytes_for_any_number_of_threads_twice(statistic, monkeypatch):
    """1, 2 and 4 threads, and parts of any size, give identical bytes, twice."""
    values, graph = territory()
    frame = values.to_frame("x")
    plain = bytes_of(
        mt.local_maps(frame, graph, statistic=statistic, runner=Runner(1), **ASKED).results["x"]
    )
    monkeypatch.setattr(drawing, "_PART", 100_000)
    for workers in (1, 2, 4, 1, 2, 4):
        again = mt.local_maps(
            frame, graph, statistic=statistic, runner=Runner(workers), **ASKED
        ).results["x"]
        assert bytes_of(again) == plain


def test_the_same_bytes_in_other_processes(monkeypatch):
    """A pool of two processes draws what one thread draws."""
    values, graph = territory()
    plain = bytes_of(mt.local_moran(values, graph, runner=Runner(1), **ASKED))
    monkeypatch.setattr(drawing, "_PART", 500_000)
    with ProcessPoolExecutor(2) as pool:
        assert bytes_of(mt.local_moran(values, graph, runner=Runner(pool), **ASKED)) == plain


DASK = """
import sys, warnings
warnings.simplefilter("ignore")
from dask.distributed import Client, LocalCluster
sys.path.insert(0, sys.argv[1])
import mekantek as mt
from mekantek.stats.nulls import drawing
from test_drawing import ASKED, bytes_of, territory
if __name__ == "__main__":
    drawing._PART = 500_000
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                      host="127.0.0.1") as cluster, Client(cluster) as client:
        values, graph = territory()
        result = mt.local_moran(values, graph, runner=mt.Runner(client), **ASKED)
        assert len(client.scheduler_info()["workers"]) == 2
    sys.stdout.buffer.write(bytes_of(result))
"""


def test_a_dask_cluster_draws_the_same(tmp_path):
    """A local cluster of two processes gives the bytes of one process."""
    script = tmp_path / "cluster.py"
    script.write_text(DASK, encoding="utf-8")
    folder = str(Path(__file__).parent)
    ran = subprocess.run(
        [sys.executable, str(script), folder], capture_output=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stderr.decode()
    values, graph = territory()
    assert ran.stdout == bytes_of(mt.local_moran(values, graph, runner=Runner(1), **ASKED))


def test_a_run_cut_short_goes_on_where_it_stopped(monkeypatch):
    """Finished parts are kept, and the second run draws only the others; the bytes are the same."""
    values, graph = territory()
    plain = bytes_of(mt.local_moran(values, graph, runner=Runner(1), **ASKED))
    monkeypatch.setattr(drawing, "_PART", 500_000)
    store, seen = {}, []

    def interrupt(done, total):
        seen.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mt.local_moran(values, graph, runner=Runner(1, step=interrupt, store=store), **ASKED)
    assert len(store) == 3
    kept = dict(store)
    drawn = []
    count = drawing._count_part
    monkeypatch.setattr(drawing, "_count_part", lambda *a: drawn.append(1) or count(*a))
    result = mt.local_moran(values, graph, runner=Runner(1, store=store), **ASKED)
    assert bytes_of(result) == plain
    assert len(drawn) == seen[0][1] - 3
    assert all(store[key] is kept[key] for key in kept)


@pytest.mark.parametrize("statistic", ["moran", "geary", "gstar"])
def test_results_travel_between_processes(statistic):
    """A pickled result is the same result, its digest and its noise included."""
    values, graph = territory(60)
    result = mt.local_maps(values.to_frame("x"), graph, statistic=statistic).results["x"]
    again = pickle.loads(pickle.dumps(result))
    assert again.to_dict() == result.to_dict()
    pd.testing.assert_frame_equal(again.frame, result.frame)


def test_draws_of_ranks_are_uniform():
    """Every number, at every place and in every pair, is drawn equally often; few and many."""
    for population, size in ((12, 3), (12, 8), (90, 5), (5, 5)):
        ranks = np.concatenate(
            [drawing._ranks(1, 5, chunk, 4096, size, population) for chunk in range(8)]
        )
        assert (np.sort(ranks, axis=1)[:, 1:] > np.sort(ranks, axis=1)[:, :-1]).all()
        for place in range(size):
            counts = np.bincount(ranks[:, place], minlength=population)
            assert stats.chisquare(counts).pvalue > 1e-4
        if size > 1:
            pair = np.bincount(ranks[:, 0] * population + ranks[:, -1], minlength=population**2)
            apart = ~np.eye(population, dtype=bool).ravel()
            assert stats.chisquare(pair[apart]).pvalue > 1e-4
            assert not pair[~apart].any()


def test_streams_are_counter_based():
    """A stream is a function of seed, key and part alone, with the bits that Philox has."""
    first = inference.bit_stream(3, 9, 2).random_raw(4)
    inference.bit_stream(3, 8, 2).random_raw(100)
    assert (inference.bit_stream(3, 9, 2).random_raw(4) == first).all()
    assert len({int(inference.bit_stream(*k).random_raw()) for k in
                [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]}) == 4  # fmt: skip


def philox(counter, key):
    """Philox 4x64-10 in Python's integers, from the paper (Salmon et al. 2011, section 3.3)."""
    word = (1 << 64) - 1
    c, k = list(counter), list(key)
    for _ in range(10):
        high, low = divmod(c[0] * 0xD2E7470EE14C6C93, 1 << 64)
        high2, low2 = divmod(c[2] * 0xCA5A826395121157, 1 << 64)
        c = [high2 ^ c[1] ^ k[0], low2, high ^ c[3] ^ k[1], low]
        k = [(k[0] + 0x9E3779B97F4A7C15) & word, (k[1] + 0xBB67AE8584CAA73B) & word]
    return c


def test_streams_have_the_published_bits():
    """The bits are those of the algorithm as published, so any machine has them."""
    # Known answer of the authors' Random123 for counter and key of zeros.
    assert philox([0] * 4, [0] * 2)[0] == 0x16554D9ECA36314C
    for seed, key, part in ((0, 0, 0), (7, 300, 5)):
        ours = inference.bit_stream(seed, key, part).random_raw(8).tolist()
        theirs = philox([1, 0, part, 0], [seed, key]) + philox([2, 0, part, 0], [seed, key])
        assert ours == theirs


@pytest.mark.parametrize("squared", [False, True], ids=["sums", "squared differences"])
def test_drawn_p_is_within_monte_carlo_error_of_the_exact_one(squared):
    """No unit, first and last included, is off by more than its Monte-Carlo error (z-scores)."""
    rng = np.random.default_rng(4)
    n = 40
    matrix = np.triu(rng.random((n, n)) < 0.12, 1)
    matrix = (matrix | matrix.T).astype(float)
    matrix[0, 1] = matrix[1, 0] = matrix[n - 1, n - 2] = matrix[n - 2, n - 1] = 1
    graph = SimpleNamespace(ids=pd.RangeIndex(n), sparse=sparse.csr_array(matrix))
    values = pd.Series(rng.integers(0, 12, n).astype(float))
    statistic = mt.local_geary if squared else mt.local_moran
    options = {"alternative": "greater", "correction": "none"}
    exact = statistic(values, graph, method="exact", **options).frame["p_value"]
    z = []
    for seed in range(20):
        drawn = statistic(
            values, graph, method="permutation", permutations=4999, rng=seed, **options
        ).frame["p_value"]
        expected = (exact * 4999 + 1) / 5000
        z.append((drawn - expected) / np.sqrt(exact * (1 - exact) / 4999).clip(1e-6))
    z = np.array(z)[:, (exact < 0.9999).to_numpy()]
    assert abs(z.mean(axis=0)).max() < 4.5 / np.sqrt(20)
    assert 0.9 < np.sqrt((z**2).mean()) < 1.1


def test_intervals_hold_the_exact_p():
    """The 95 % Monte-Carlo interval holds the exact p for about 95 % of units, whatever the seed."""
    values, graph = territory(300, unequal=False)
    exact = mt.local_moran(values, graph, method="exact", correction="none").frame
    hits = []
    for seed in range(5):
        drawn = mt.local_moran(values, graph, rng=seed, **ASKED).frame
        inside = (drawn["p_low"] <= exact["p_value"]) & (exact["p_value"] <= drawn["p_high"])
        hits.append(inside[exact["p_value"].notna() & (exact["p_value"] < 0.9)].mean())
    assert np.mean(hits) > 0.93


def test_sequential_stopping():
    """Each unit draws until both tails have ten sums; p is then 10 of so many (Besag & Clifford)."""
    values, graph = territory(300, unequal=False)
    exact = mt.local_moran(values, graph, method="exact", alternative="greater").frame
    result = mt.local_moran(
        values, graph, method="permutation", permutations=9999, stop=10, alternative="greater",
        correction="none",
    )  # fmt: skip
    error = (result.frame["p_value"] - exact["p_value"]).abs()
    assert error.max() < 0.45
    assert error.mean() < 0.08
    assert any("sequential stopping" in note for note in result.notes)
    again = mt.local_moran(
        values, graph, method="permutation", permutations=9999, stop=10, alternative="greater",
        correction="none", runner=Runner(4),
    )  # fmt: skip
    assert bytes_of(result) == bytes_of(again)


def test_sequential_p_values_are_valid():
    """Under the null a stopped p is at most alpha in at most alpha of the cases, at every level."""
    values, graph = territory(400, unequal=False)
    rng = np.random.default_rng(8)
    p = np.concatenate([
        mt.local_moran(
            pd.Series(rng.permutation(values.to_numpy())), graph, method="permutation",
            permutations=499, stop=10, rng=seed,
        ).frame["p_value"].dropna()
        for seed in range(10)
    ])  # fmt: skip
    for level in (0.02, 0.05, 0.1, 0.3):
        assert (p <= level).mean() < level + 4 * np.sqrt(level / len(p)) + 0.01


def test_stopping_counts_to_the_very_draw():
    """Counts end with the draw at which the second tail had its tenth sum, as one by one."""
    above = np.array([1, 0, 1, 1, 0, 1, 0, 1], dtype=bool)[:, None]
    below = ~above
    counts = np.zeros((3, 1), dtype=np.int64)
    drawing._tally(counts, np.array([0]), above, below, 2)
    assert counts[:, 0].tolist() == [3, 2, 5]


def test_what_cannot_run_is_refused():
    """Workers are threads, executors or a Dask client."""
    with pytest.raises(OptionError, match="at least 1"):
        Runner(0)
    with pytest.raises(OptionError, match="A str runs nothing"):
        Runner("four")
    values, graph = territory(50)
    with pytest.raises(OptionError, match="stop is 0"):
        mt.local_moran(values, graph, stop=0)


def test_variables_on_one_graph_share_draws(monkeypatch):
    """A second column is drawn with the ranks of the first, which are not drawn again."""
    values, graph = territory(300, unequal=False)
    drawing._ranks.cache_clear()
    mt.local_moran(values, graph, **ASKED)
    drawn = drawing._ranks.cache_info().misses
    other = pd.Series(np.random.default_rng(1).permutation(values.to_numpy()))
    mt.local_moran(other, graph, **ASKED)
    assert drawing._ranks.cache_info().misses == drawn > 0


def test_one_store_serves_several_columns():
    """Parts of one column are never taken for another's, nor those of another seed."""
    values, graph = territory(300, unequal=False)
    frame = pd.DataFrame({"x": values, "y": values[::-1].to_numpy(), "z": values**2})
    store = {}
    kept = mt.local_maps(frame, graph, runner=Runner(1, store=store), **ASKED)
    plain = mt.local_maps(frame, graph, runner=Runner(1), **ASKED)
    for name in frame:
        assert bytes_of(kept.results[name]) == bytes_of(plain.results[name])
    other = mt.local_moran(values, graph, rng=1, runner=Runner(1, store=store), **ASKED)
    assert bytes_of(other) == bytes_of(mt.local_moran(values, graph, rng=1, **ASKED))
