"""Every row of the edge-case table for every statistic on a graph.

A statistic joins by one line in STATISTICS: a function of a frame (columns x, y, kind, side,
events, people), a graph and options that gives a GlobalResult or a LocalResult.
"""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import mekantek as mt
from mekantek.errors import AlignmentError, GraphError, OptionError, ValuesError
from mekantek.stats.results import LocalResult

NAMES = ["Adana", "Bolu", "Çorum", "Düzce", "Edirne", "Giresun", "Hatay", "Iğdır", "İzmir", "Kars"]


def graph_of(matrix, ids):
    return SimpleNamespace(ids=pd.Index(ids), sparse=sparse.csr_array(np.asarray(matrix, float)))


def rates_moran(frame, graph, *, missing="refuse", **options):
    rates = mt.empirical_bayes_rates(frame["events"], frame["people"], missing=missing)
    return mt.moran(rates, graph, missing=missing, **options)


STATISTICS = {
    "moran": lambda f, g, **o: mt.moran(f["x"], g, **o),
    "geary": lambda f, g, **o: mt.geary(f["x"], g, **o),
    "getis_ord": lambda f, g, **o: mt.getis_ord(f["x"], g, **o),
    "join_counts BB": lambda f, g, **o: mt.join_counts(f["kind"], g, **o),
    "join_counts WW": lambda f, g, **o: mt.join_counts(f["kind"], g, count="WW", **o),
    "join_counts BW": lambda f, g, **o: mt.join_counts(f["kind"], g, count="BW", **o),
    "join_counts Jtot": lambda f, g, **o: mt.join_counts(f["kind"], g, count="Jtot", **o),
    "bivariate_moran": lambda f, g, **o: mt.bivariate_moran(f["x"], f["y"], g, **o),
    "lee": lambda f, g, **o: mt.lee(f["x"], f["y"], g, **o),
    "differential_moran": lambda f, g, **o: mt.differential_moran(f["x"], f["y"], g, **o),
    "moran of rates": rates_moran,
    "correlogram": lambda f, g, **o: mt.correlogram(f["x"], g, orders=1, **o).results[0],
    "regime_slopes": lambda f, g, **o: mt.regime_slopes(f["x"], g, f["side"], **o),
    "losh": lambda f, g, **o: mt.losh(f["x"], g, **o),
    "local_moran": lambda f, g, **o: mt.local_moran(f["x"], g, **o),
    "local_moran permutation": lambda f, g, **o: mt.local_moran(
        f["x"], g, **{"method": "permutation", "permutations": 199, **o}
    ),
    "local_moran max": lambda f, g, **o: mt.local_moran(
        f["x"], g, **{"correction": "max", "permutations": 199, **o}
    ),
    "local_geary": lambda f, g, **o: mt.local_geary(f["x"], g, **o),
    "local_geary permutation": lambda f, g, **o: mt.local_geary(
        f["x"], g, **{"method": "permutation", "permutations": 199, **o}
    ),
    "getis_ord_gstar": lambda f, g, **o: mt.local_getis_ord(f["x"], g, **o),
    "getis_ord_g": lambda f, g, **o: mt.local_getis_ord(f["x"], g, statistic="g", **o),
    "local_join_counts": lambda f, g, **o: mt.local_join_counts(f["kind"], g, **o),
    "bivariate_local_moran": lambda f, g, **o: mt.bivariate_local_moran(f["x"], f["y"], g, **o),
    "differential_local_moran": lambda f, g, **o: mt.differential_local_moran(
        f["x"], f["y"], g, **o
    ),
    "local_maps": lambda f, g, **o: mt.local_maps(f[["x"]], g, **o).results["x"],
}  # fmt: skip
every = pytest.mark.parametrize("statistic", STATISTICS.values(), ids=list(STATISTICS))


def frame_of(n=10, ids=NAMES):
    """Ten units with two numbers, a kind and a rate each; no ties, so that nothing is undefined."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "x": rng.gamma(2.0, size=n).round(3) + 0.001,
            "y": rng.normal(size=n).round(3),
            "kind": np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0])[:n].astype(float),
            "events": rng.integers(0, 40, n).astype(float),
            "people": rng.integers(200, 900, n).astype(float),
            "side": np.arange(n) % 2,
        },
        index=list(ids)[:n],
    )


def ring_with_chords(n=10, isolate=None, ids=NAMES):
    """Neighbours in a ring and two chords, so that not every permutation gives the same."""
    matrix = np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1)
    for a, b in ((0, 4), (1, 3)):
        matrix[a, b] = matrix[b, a] = 1
    if isolate is not None:
        matrix[isolate] = matrix[:, isolate] = 0
    return graph_of(matrix, list(ids)[:n])


def p_values(result):
    if isinstance(result, LocalResult):
        return result.frame["p_value"].dropna().tolist()
    return [] if result.p_value is None else [result.p_value]


def bytes_of(result):
    return json.dumps(result.to_dict(), sort_keys=True, ensure_ascii=False)


@every
def test_ordinary_data_give_p_values(statistic):
    """The table's other rows mean something only if the plain case has a p in [0, 1]."""
    found = p_values(statistic(frame_of(), ring_with_chords()))
    assert found
    assert all(0 <= p <= 1 for p in found)


@every
def test_missing_values_are_refused_by_name(statistic):
    """A missing value stops the statistic and names the unit."""
    frame = frame_of()
    frame.loc["Çorum", ["x", "y", "kind", "events", "people"]] = np.nan
    with pytest.raises(ValuesError, match="Çorum"):
        statistic(frame, ring_with_chords())


@every
def test_missing_values_are_dropped_only_when_asked(statistic):
    """missing="drop" takes the unit out of the graph, says so, and leaves no p from a NaN."""
    frame = frame_of()
    frame.loc["Çorum", ["x", "y", "kind", "events", "people"]] = np.nan
    result = statistic(frame, ring_with_chords(), missing="drop")
    assert result.weights["links"] == ring_with_chords().sparse.nnz - 4
    assert any("dropped for missing values: Çorum" in note for note in result.notes)
    assert p_values(result)
    without = ring_with_chords().sparse.toarray()
    keep = [i for i in range(10) if i != 2]
    other = statistic(
        frame.drop(index="Çorum"),
        graph_of(without[np.ix_(keep, keep)], [NAMES[i] for i in keep]),
    )
    if isinstance(result, LocalResult):
        assert result.frame["statistic"].dropna().tolist() == pytest.approx(
            other.frame["statistic"].dropna().tolist()
        )
    else:
        assert result.statistic == pytest.approx(other.statistic, rel=1e-12)


@every
def test_constant_values_have_neither_statistic_nor_p(statistic):
    """No variation is no error and no number."""
    frame = frame_of().assign(x=0.1 + 0.2, y=0.3, kind=1.0, events=4.0, people=100.0)
    result = statistic(frame, ring_with_chords())
    assert result.undefined == "undefined: no variation"
    assert p_values(result) == []
    if not isinstance(result, LocalResult):
        assert result.statistic is None


@every
def test_no_links_no_p(statistic):
    """A graph without a single link gives the reason."""
    result = statistic(frame_of(), graph_of(np.zeros((10, 10)), NAMES))
    assert result.undefined == "undefined: no unit has neighbours"
    assert p_values(result) == []


@every
def test_a_unit_without_neighbours_is_counted_out(statistic):
    """An isolate is listed, carries no p, and does not stop the others."""
    result = statistic(frame_of(), ring_with_chords(isolate=5))
    assert result.weights["islands"] == ["Giresun"]
    assert p_values(result)
    if isinstance(result, LocalResult):
        assert result.frame.loc["Giresun", "cluster"] == "isolate"
        assert np.isnan(result.frame.loc["Giresun", "p_value"])
        assert result.family.size <= 9
    else:
        assert result.n == 9


@every
def test_a_unit_at_the_mean_is_no_obstacle(statistic):
    """A deviation of zero leaves the rest as it is; a local result calls it undefined."""
    frame = frame_of()
    frame["x"] = [1.0, 5.0, 3.0, 2.0, 4.0, 6.0, 0.0, 5.5, 0.5, 3.0]  # the mean is 3
    result = statistic(frame, ring_with_chords())
    assert p_values(result)
    if isinstance(result, LocalResult) and result.name == "local_moran":
        assert result.frame.loc["Çorum", "quadrant"] == "undefined"
        assert np.isnan(result.frame.loc["Çorum", "p_value"])


@every
@pytest.mark.parametrize("drawn", [False, True], ids=["default", "permutation"])
def test_shuffled_rows_give_the_same_bytes(statistic, drawn):
    """Neither the order of the values nor that of the graph changes a bit, drawn or not."""
    options = {"method": "permutation", "permutations": 99} if drawn else {}
    order = np.random.default_rng(1).permutation(10)
    matrix = ring_with_chords().sparse.toarray()
    frame = frame_of()
    plain = statistic(frame, ring_with_chords(), **options)
    turned = graph_of(matrix[np.ix_(order, order)], [NAMES[i] for i in order])
    assert bytes_of(statistic(frame.iloc[order[::-1]], ring_with_chords(), **options)) == bytes_of(
        plain
    )
    again = statistic(frame, turned, **options)
    if isinstance(plain, LocalResult):  # sums in another order may differ in the last place
        for column in ("statistic", "p_value", "p_adjusted"):
            theirs = again.frame.loc[plain.frame.index, column]
            np.testing.assert_allclose(theirs, plain.frame[column], rtol=1e-12)
    else:
        assert bytes_of(again) == bytes_of(plain)


@every
def test_renamed_ids_give_the_same_numbers(statistic):
    """Ids are names and nothing else."""
    plain = statistic(frame_of(), ring_with_chords())
    numbers = [str(100 - i) for i in range(10)]
    renamed = statistic(frame_of(ids=numbers), ring_with_chords(ids=numbers))
    if plain.method == "permutation" and not isinstance(plain, LocalResult):
        # Draws over the whole map follow the ids; those for single units follow the values.
        assert renamed.statistic == pytest.approx(plain.statistic, rel=1e-12)
    else:
        assert p_values(renamed) == pytest.approx(p_values(plain), rel=1e-9)


@every
def test_ids_that_do_not_match_are_listed_both_ways(statistic):
    """Both difference lists, and the nearest name on the other side."""
    frame = frame_of(ids=[*NAMES[:9], "Karz"])
    with pytest.raises(AlignmentError) as refused:
        statistic(frame, ring_with_chords())
    assert "Karz (nearest: Kars)" in str(refused.value)
    assert "Kars (nearest: Karz)" in str(refused.value)
    assert "Karz (en yakını: Kars)" in refused.value.turkish


@every
def test_too_few_units_are_refused(statistic):
    """Three units have no variance."""
    graph = graph_of(np.eye(3, k=1) + np.eye(3, k=-1), NAMES[:3])
    with pytest.raises(ValuesError, match="at least four"):
        statistic(frame_of(3), graph)


@every
@pytest.mark.parametrize("size", [1e20, 1e-20])
def test_the_unit_of_the_values_decides_nothing(statistic, size):
    """The same p in any unit."""
    frame = frame_of()
    plain = p_values(statistic(frame, ring_with_chords()))
    frame[["x", "y"]] *= size
    assert p_values(statistic(frame, ring_with_chords())) == pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize("size", [1e150, 1e-150, 1e300])
@pytest.mark.parametrize(
    "name", [n for n in STATISTICS if "join_counts" not in n and n != "moran of rates"]
)
def test_values_whose_powers_no_float_holds_are_refused(name, size):
    """One sentence, and neither inf nor NaN nor a wrong p."""
    frame = frame_of()
    frame[["x", "y"]] *= size
    with pytest.raises(ValuesError, match="another unit") as refused:
        STATISTICS[name](frame, ring_with_chords())
    assert "birimle verin" in refused.value.turkish


@every
def test_negative_weights_and_self_neighbours_are_refused(statistic):
    """What is no neighbourhood is not computed with."""
    with pytest.raises(GraphError, match="negative"):
        statistic(frame_of(), graph_of(-np.eye(10, k=1), NAMES))
    with pytest.raises(GraphError, match="neighbours itself"):
        statistic(frame_of(), graph_of(np.eye(10) + np.eye(10, k=1), NAMES))


@every
def test_asymmetric_lists_are_used_as_given_and_said(statistic):
    """One-way neighbours stay one-way; the result says so."""
    matrix = np.roll(np.eye(10), 1, axis=1) + np.roll(np.eye(10), 3, axis=1)
    result = statistic(frame_of(), graph_of(matrix, NAMES))
    assert result.weights["links"] == 20
    assert any("asymmetric" in note for note in result.notes)


@every
def test_unknown_options_say_what_they_can_be(statistic):
    """A misspelt option is refused with the list of what there is."""
    for option in ({"method": "bootstrap"}, {"standardize": "double"}, {"missing": "ignore"}):
        frame = frame_of()
        if "missing" in option:
            frame.loc["Bolu", ["x", "kind", "y"]] = np.nan
        with pytest.raises((OptionError, ValuesError), match=r"can be|take|missing"):
            statistic(frame, ring_with_chords(), **option)
