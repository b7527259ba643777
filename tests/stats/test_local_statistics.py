"""Every local statistic: exact p against writing out, numbers against spdep, noise, many maps."""

from fractions import Fraction
from itertools import combinations, permutations
from math import comb
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

import mekantek as mt
from mekantek.errors import OptionError, ValuesError
from mekantek.stats.links import join
from mekantek.stats.local.noise import noise_count
from mekantek.stats.nulls import brackets, conditional, exact
from mekantek.stats.nulls.tails import Tails
from mekantek.weights import read_neighbours

REFERENCE = Path(__file__).parents[1] / "reference"


def graph_of(matrix, ids=None):
    matrix = np.asarray(matrix, dtype=float)
    ids = pd.RangeIndex(len(matrix)) if ids is None else pd.Index(ids)
    return SimpleNamespace(ids=ids, sparse=sparse.csr_array(matrix))


def written_out(name, x, y, matrix, unit):
    """Tails (greater, less) of one unit in whole numbers, straight from the definition."""
    members = [j for j in range(len(x)) if matrix[unit][j]]
    others = [j for j in range(len(x)) if j != unit]
    mean_x, mean_y = Fraction(sum(x), len(x)), Fraction(sum(y), len(y))

    def statistic(places):
        pairs = list(zip(places, members, strict=True))
        if name == "moran":
            return (x[unit] - mean_x) * sum(matrix[unit][m] * (x[p] - mean_x) for p, m in pairs)
        if name == "geary":
            return -sum(matrix[unit][m] * (x[unit] - x[p]) ** 2 for p, m in pairs)
        if name == "bivariate":
            return (x[unit] - mean_x) * sum(matrix[unit][m] * (y[p] - mean_y) for p, m in pairs)
        return sum(matrix[unit][m] * x[p] for p, m in pairs)

    observed = statistic(members)
    all_of_them = [statistic(p) for p in permutations(others, len(members))]
    return (
        sum(s >= observed for s in all_of_them) / len(all_of_them),
        sum(s <= observed for s in all_of_them) / len(all_of_them),
    )


STATISTICS = {
    "moran": lambda x, _y, g, **o: mt.local_moran(x, g, **o),
    "bivariate": lambda x, y, g, **o: mt.bivariate_local_moran(x, y, g, **o),
    "geary": lambda x, _y, g, **o: mt.local_geary(x, g, **o),
    "gstar": lambda x, _y, g, **o: mt.local_getis_ord(x, g, **o),
    "g": lambda x, _y, g, **o: mt.local_getis_ord(x, g, statistic="g", **o),
}


@pytest.mark.parametrize("name", STATISTICS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_exact_equals_writing_out(name, data):
    """Ties, negatives, equal and unequal weights, up to twelve units: the same to 1e-12."""
    n = data.draw(st.integers(5, 12))
    whole = st.lists(st.integers(-3, 6), min_size=n, max_size=n)
    x, y = data.draw(whole), data.draw(whole)
    weights = data.draw(st.sampled_from([(1,), (1, 2, 3)]))
    matrix = [[0] * n for _ in range(n)]
    for i in range(n):
        near = data.draw(st.sets(st.integers(0, n - 1), max_size=3 if n > 8 else 4))
        for j in sorted(near - {i}):
            matrix[i][j] = data.draw(st.sampled_from(weights))
    step = data.draw(st.sampled_from([1.0, 0.001, 1 / 7]))
    for alternative in ("greater", "less", "two-sided"):
        frame = STATISTICS[name](
            pd.Series(np.array(x) * step), pd.Series(np.array(y) * step), graph_of(matrix),
            standardize="none", alternative=alternative, correction="none",
        ).frame  # fmt: skip
        for unit in range(n):
            p = frame["p_value"].iloc[unit]
            if np.isnan(p):
                continue
            greater, less = written_out(name, x, y, matrix, unit)
            truth = {"greater": greater, "less": less,
                     "two-sided": min(1, 2 * min(greater, less))}[alternative]  # fmt: skip
            assert frame["method"].iloc[unit] == "exact"
            assert p == pytest.approx(truth, abs=1e-12)


def test_join_counts_are_hypergeometric():
    """A one among 10 of 30 with k neighbours: the tail of scipy's hypergeometric distribution."""
    rng = np.random.default_rng(5)
    matrix = np.triu(rng.random((30, 30)) < 0.2, 1)
    matrix = matrix | matrix.T
    ones = rng.permutation(np.repeat([1.0, 0.0], [10, 20]))
    frame = mt.local_join_counts(
        pd.Series(ones), graph_of(matrix), alternative="greater", correction="none"
    ).frame
    for i in range(30):
        if not (ones[i] and matrix[i].any()):
            assert np.isnan(frame["p_value"].iloc[i])
            continue
        count, size = int(matrix[i] @ ones), int(matrix[i].sum())
        law = stats.hypergeom(29, 9, size)
        assert frame["statistic"].iloc[i] == count
        assert frame["p_value"].iloc[i] == pytest.approx(law.sf(count - 1), rel=1e-12)
        assert frame["expected"].iloc[i] == pytest.approx(law.mean())
        assert frame["variance"].iloc[i] == pytest.approx(law.var())
    with pytest.raises(ValuesError, match="join counts take 0 and 1"):
        mt.local_join_counts(pd.Series(ones * 2), graph_of(matrix))


def test_hot_spots_and_local_geary_equal_spdep():
    """G, G* and local Geary of all 599 units equal R's spdep to 1e-9."""
    table = pd.read_csv(REFERENCE / "spdep_local_reference.csv", dtype={"id": str})
    links = {"columbus": 236, "sids2": 462, "stl": 398, "mexico": 140}
    units = 0
    for (case, variable), rows in table.groupby(["case", "variable"]):
        graph = read_neighbours(REFERENCE / f"{case}.gal")
        values = pd.read_csv(REFERENCE / f"{case}.csv", dtype={"id": str}).set_index("id")[variable]
        theirs = rows.set_index("id").loc[values.index]
        for column, result in {
            "G": mt.local_getis_ord(values, graph, statistic="g", method="randomization"),
            "Gstar": mt.local_getis_ord(values, graph, method="randomization"),
            "localC": mt.local_geary(values, graph, method="randomization"),
        }.items():
            assert result.weights["links"] == links[case]
            ours = result.frame["statistic"].loc[values.index].astype(float)
            np.testing.assert_allclose(ours, theirs[column], rtol=1e-9, atol=1e-12)
        units += len(rows)
    assert units == 599


def test_moments_are_those_of_all_arrangements():
    """Expectation and variance of every statistic are those of writing out its null."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=7), rng.normal(size=7)
    matrix = np.where(rng.random((7, 7)) < 0.4, rng.integers(1, 4, (7, 7)), 0)
    np.fill_diagonal(matrix, 0)
    matrix[0, 1:3] = 1, 2
    dx, dy = x - x.mean(), y - y.mean()
    scale = (dx**2).sum() / 6
    for name, one in {
        "moran": lambda i, p, w: dx[i] * (w @ dx[p]) / (dx**2).mean(),
        "bivariate": lambda i, p, w: dx[i] * (w @ dy[p]) / np.sqrt((dx**2).mean() * (dy**2).mean()),
        "geary": lambda i, p, w: w @ (x[i] - x[p]) ** 2 / scale,
    }.items():
        frame = STATISTICS[name](
            pd.Series(x), pd.Series(y), graph_of(matrix), standardize="none"
        ).frame
        for i in range(7):
            members = np.flatnonzero(matrix[i])
            if not len(members):
                continue
            others = [j for j in range(7) if j != i]
            drawn = np.array([
                one(i, np.array(p), matrix[i, members]) for p in permutations(others, len(members))
            ])  # fmt: skip
            assert frame["expected"].iloc[i] == pytest.approx(drawn.mean(), rel=1e-9)
            assert frame["variance"].iloc[i] == pytest.approx(drawn.var(), rel=1e-9)
            assert frame["statistic"].iloc[i] == pytest.approx(one(i, members, matrix[i, members]))


def test_a_thousand_units_against_whole_numbers_of_any_size():
    """Tails at n = 1,000, where counts exceed 63 bits, equal Python's own integers to 1e-13."""
    rng = np.random.default_rng(3)
    levels, size = rng.integers(0, 30, 1000), 9
    counts = [[0] * (size * 30) for _ in range(size + 1)]
    counts[0][0] = 1
    for level in levels[1:].tolist():  # the first is left out
        for j in range(size, 0, -1):
            row, before = counts[j], counts[j - 1]
            for s in range(size * 30 - 1, level - 1, -1):
                row[s] += before[s - level]
    table = exact.subset_sums(levels, size)
    assert table.below.dtype == np.float64
    sums = np.arange(0, size * 30, 7)
    least, most = table.tail_probabilities(
        np.full(len(sums), size), np.full(len(sums), levels[0]),
        np.minimum(sums, table.limit), np.minimum(sums, table.limit),
    )  # fmt: skip
    total = comb(999, size)
    for place, s in enumerate(np.minimum(sums, table.limit).tolist()):
        assert abs(least[place] - Fraction(sum(counts[size][s:]), total)) < 1e-13
        assert abs(most[place] - Fraction(sum(counts[size][: s + 1]), total)) < 1e-13


@pytest.mark.parametrize(
    "values",
    {
        "normal": np.random.default_rng(0).normal(size=24),
        "heavy": np.random.default_rng(1).pareto(1.0, 24),
        "left": -np.random.default_rng(2).lognormal(size=24),
        "zeros": np.where(np.arange(24) % 3, np.random.default_rng(3).random(24), 0.0),
        "two atoms": np.r_[np.zeros(8), np.full(7, np.sqrt(2)), np.random.default_rng(4).random(9)],
    }.values(),
    ids=["normal", "heavy", "left", "zeros", "two atoms"],
)
def test_brackets_off_a_grid_hold_the_truth(values):
    """The bracket contains the p of all 4-subsets written out, and is at most 2.5e-4 wide."""
    rng = np.random.default_rng(9)
    matrix = np.zeros((24, 24))
    for i in range(24):
        matrix[i, rng.choice([j for j in range(24) if j != i], 4, replace=False)] = 1
    _, _, links = join(pd.Series(values), graph_of(matrix))
    tails, units = Tails(24), np.arange(24)
    raised, asked = brackets.questions(values, links, units)
    same = brackets.chance_of_same(values, links, asked)
    brackets.bracket(raised, asked, same, tails)
    for i in units:
        others = [values[j] for j in range(24) if j != i]
        sums = np.array([sum(c) for c in combinations(others, 4)])
        observed = values[matrix[i] > 0].sum()
        least, most = (sums >= observed - 1e-9).mean(), (sums <= observed + 1e-9).mean()
        low, high = tails.least[:, tails.place[i]]
        assert low - 1e-12 <= least <= high + 1e-12
        low2, high2 = tails.most[:, tails.place[i]]
        assert low2 - 1e-12 <= most <= high2 + 1e-12
        two = [min(1, 2 * min(a, b)) for a, b in ((low, low2), (high, high2))]
        assert two[1] - two[0] <= 2.5e-4


def test_the_same_numbers_in_any_unit(study):
    """p(a + b·x) = p(x) to the last bit for b > 0, on the report's printed shares."""
    share = study.share("high")
    plain = mt.local_moran(share, study.graph).frame["p_value"]
    for moved in (share * 100, share * 3.7 - 12, (share - share.mean()) / share.std()):
        pd.testing.assert_series_equal(
            mt.local_moran(moved, study.graph).frame["p_value"], plain, check_exact=True
        )


def test_low_technology_has_the_survivors_that_are_known(study):
    """Low 2024: Sivas alone survives on its map, and nothing survives over all eight."""
    frame = pd.DataFrame({
        f"{name} {year}": study.at(year).share(name)
        for year in (2019, 2024)
        for name in ("high", "medium_high", "medium_low", "low")
    })  # fmt: skip
    maps = mt.local_maps(frame, study.graph)
    alone = maps.results["low 2024"].frame
    found = alone.index[alone["p_adjusted"] <= 0.05]
    assert [study.names[unit] for unit in found] == ["Sivas"]
    assert len(maps.survivors) == maps.family.survivors == 0
    assert maps.family.size == 8 * 81
    single = mt.local_moran(frame["high 2019"], study.graph).frame
    pd.testing.assert_frame_equal(maps.results["high 2019"].frame, single)


def test_maps_of_other_statistics(study):
    """Every statistic of `local_maps` is the one that is called by its own name."""
    frame = pd.DataFrame({"low": study.share("low"), "high": study.share("high")})
    for name, alone in {
        "gstar": mt.local_getis_ord(frame["low"], study.graph),
        "g": mt.local_getis_ord(frame["low"], study.graph, statistic="g"),
        "moran": mt.local_moran(frame["low"], study.graph),
    }.items():
        maps = mt.local_maps(frame, study.graph, statistic=name)
        pd.testing.assert_frame_equal(maps.results["low"].frame, alone.frame)
        assert maps.to_dict()["schema"] == "mekantek/maps/1"
        assert len(maps.to_frame()) == 162
    with pytest.raises(OptionError, match="it can be moran"):
        mt.local_maps(frame, study.graph, statistic="morans")
    with pytest.raises(ValuesError, match="at least one column"):
        mt.local_maps(frame[[]], study.graph)


def test_noise_is_what_counting_gives(study):
    """The attainable rates of the report's shares, from counts in whole numbers of another code."""
    # Mean over 81 places and 81 own values of P(p ≤ 0.05), counted in Python's integers.
    known = {(2024, "high"): 4.2125, (2024, "low"): 4.9882, (2024, "medium_high"): 4.9736,
             (2019, "high"): 3.7869, (2019, "low"): 4.9872}  # fmt: skip
    for (year, name), rate in known.items():
        at = study.at(year)
        result = mt.local_moran(at.share(name), at.graph)
        assert result.expected_under_noise / 81 * 100 == pytest.approx(rate, abs=6e-5)
        assert result.to_dict()["expected_under_noise"] == result.expected_under_noise


def test_noise_counts_every_own_value_by_hand():
    """Six units in a ring: the rate over all 720 maps, for each alternative."""
    x = np.array([0.0, 0.0, 1.0, 2.0, 5.0, 7.0])
    ring = np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1)
    ring[0, 3] = ring[3, 0] = 1
    _, _, links = join(pd.Series(x), graph_of(ring))
    for alternative in ("two-sided", "greater", "less"):
        lit = []
        for shuffled in set(permutations(x.tolist())):
            p = mt.local_moran(
                pd.Series(shuffled), graph_of(ring), alternative=alternative, correction="none"
            ).frame["p_value"]
            lit.append(int((p <= 0.3 + 1e-12).sum()))
        expected = noise_count(
            x, links, np.sign(x - x.mean()).astype(int), alternative=alternative, alpha=0.3
        )
        assert expected == pytest.approx(np.mean(lit), rel=1e-12)


@pytest.fixture(scope="module")
def null_maps(study):
    """250 permutations of the report's own shares for high and low technology, tested."""
    rng = np.random.default_rng(11)
    found = {}
    for name in ("high", "low"):
        share = study.share(name)
        frame = pd.DataFrame(
            {i: rng.permutation(share.to_numpy()) for i in range(250)}, index=share.index
        )
        found[name] = mt.local_maps(frame, study.graph), frame
    return found


@pytest.mark.parametrize("name", ["high", "low"])
def test_under_the_null_the_rate_is_the_attainable_one(study, null_maps, name):
    """Never liberal at any level, and at 5 % as often as counting says."""
    maps, _ = null_maps[name]
    p = np.array([r.frame["p_value"] for r in maps.results.values()])
    by_map = (p <= 0.05 * (1 + 1e-12)).mean(axis=1)
    margin = 4 * by_map.std() / np.sqrt(len(by_map))
    attainable = mt.local_moran(study.share(name), study.graph).expected_under_noise / 81
    assert abs(by_map.mean() - attainable) < margin
    for level in (0.01, 0.05, 0.1, 0.2, 0.5):
        rate = (p <= level).mean(axis=1)
        assert rate.mean() < level + 4 * rate.std() / np.sqrt(len(rate))


@pytest.mark.parametrize("name", ["high", "low"])
def test_under_the_null_the_randomized_p_is_uniform(study, null_maps, name):
    """P(S > s) + U · P(S = s) is uniform, so the tails and their ties are right everywhere."""
    _, frame = null_maps[name]
    rng = np.random.default_rng(12)
    values = frame.to_numpy()
    drawn = []
    for column in range(values.shape[1]):
        unit = int(rng.integers(81))  # one unit a map, so that the draws are independent
        numbers, _, links = join(pd.Series(values[:, column], frame.index), study.graph)
        tails = conditional.conditional_tails(
            numbers, links, np.array([unit]), method="exact", permutations=1, rng=0, stop=None,
            runner=mt.Runner(1),
        )  # fmt: skip
        least, most = tails.least[0, 0], tails.most[0, 0]
        drawn.append(1 - most + rng.random() * (least + most - 1))
    assert stats.kstest(drawn, "uniform").pvalue > 0.001


@pytest.mark.parametrize("name", ["high", "low"])
def test_benjamini_hochberg_keeps_its_promise(null_maps, name):
    """When nothing is true, a map shows any cluster after correction in at most 5 % of cases."""
    maps, _ = null_maps[name]
    any_cluster = np.mean([r.family.survivors > 0 for r in maps.results.values()])
    assert any_cluster <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 250)


def test_max_statistic_keeps_its_promise(study):
    """The max-statistic lights any unit in at most 5 % of the maps that are noise."""
    rng = np.random.default_rng(13)
    share = study.share("low")
    hits = [
        mt.local_moran(
            pd.Series(rng.permutation(share.to_numpy()), share.index), study.graph,
            correction="max", permutations=199,
        ).family.survivors > 0
        for _ in range(100)
    ]  # fmt: skip
    assert np.mean(hits) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 100)


@pytest.mark.parametrize("name", STATISTICS)
def test_max_statistic_is_the_largest_z_of_all_maps(name):
    """Five units: the adjusted p is the share of all 120 maps whose largest |z| is as large."""
    x, y = pd.Series([0.0, 1.5, 2.0, 5.0, 9.0]), pd.Series([3.0, 0.0, 1.0, 1.0, 7.0])
    matrix = np.diag([1.0] * 4, 1) + np.diag([1.0] * 4, -1)
    matrix[0, 2] = matrix[2, 0] = 1
    result = STATISTICS[name](x, y, graph_of(matrix), correction="max", permutations=40_000)
    largest = []
    for order in permutations(range(5)):
        if name == "bivariate":
            other = STATISTICS[name](x, y.iloc[list(order)].reset_index(drop=True),
                                     graph_of(matrix), correction="none")  # fmt: skip
        else:
            other = STATISTICS[name](x.iloc[list(order)].reset_index(drop=True), y,
                                     graph_of(matrix), correction="none")  # fmt: skip
        largest.append(other.frame["z_score"].abs().max())
    for z, p in zip(result.frame["z_score"].abs(), result.frame["p_adjusted"], strict=True):
        truth = np.mean(np.array(largest) >= z - 1e-9)
        assert abs(p - truth) < 5 * np.sqrt(truth / 40_000) + 1e-4
    assert any("max-statistic" in note for note in result.notes)
    assert result.seed == 0


def test_classes_of_local_geary(study):
    """Alike above, below and on either side of the mean, and unlike, each have a name."""
    frame = mt.local_geary(study.share("low"), study.graph, method="randomization",
                           correction="none", alpha=0.5).frame  # fmt: skip
    share = study.share("low")
    lag = study.graph.sparse @ (share - share.mean()).to_numpy()
    for unit, row in frame.iterrows():
        place = study.graph.ids.get_loc(unit)
        high, near = share[unit] > share.mean(), lag[place] > 0
        if row["statistic"] > row["expected"]:
            assert row["quadrant"] == "negative"
        else:
            both = {(True, True): "HH", (False, False): "LL"}.get((high, near), "positive")
            assert row["quadrant"] == both


@pytest.mark.parametrize("offset", [0.0, 1e9, 1e12, 1e15])
def test_a_large_offset_takes_nothing_away(offset):
    """Whole numbers far from zero are no constant: every p is that of the small numbers."""
    small = np.array([0.0, 5, 1, 8, 2, 2, 7, 3, 4])
    ring = np.roll(np.eye(9), 1, axis=1) + np.roll(np.eye(9), -1, axis=1)
    for name in ("moran", "g", "geary"):
        plain = STATISTICS[name](pd.Series(small), None, graph_of(ring)).frame["p_value"]
        moved = STATISTICS[name](pd.Series(small + offset), None, graph_of(ring)).frame["p_value"]
        np.testing.assert_allclose(moved, plain, rtol=1e-12)
    moran = mt.moran(pd.Series(small + offset), graph_of(ring))
    assert moran.statistic == pytest.approx(mt.moran(pd.Series(small), graph_of(ring)).statistic)


def test_where_every_permutation_gives_the_same_sum():
    """Everybody is everybody's neighbour: p is 1, corrected too, and Gᵢ* says why it has none."""
    values, complete = pd.Series([1.0, 2, 3, 4, 5, 9]), graph_of(1 - np.eye(6))
    for correction in ("bh", "max", "holm"):
        frame = mt.local_moran(values, complete, correction=correction).frame
        assert frame["p_value"].dropna().eq(1).all()
        assert frame["p_adjusted"].dropna().eq(1).all()
        assert frame["p_adjusted"].notna().sum() == frame["p_value"].notna().sum()
    spots = mt.local_getis_ord(values, complete)
    assert spots.undefined == "undefined: every permutation gives the same statistic"
    assert spots.family.size == 0


def test_what_can_never_pass_is_refused():
    """Nine permutations cannot give a largest z that is rare at 5 %; Turkish has the sentence too."""
    values, ring = pd.Series(np.arange(6.0)), graph_of(np.roll(np.eye(6), 1, axis=1))
    with pytest.raises(OptionError, match="draw at least 19") as refused:
        mt.local_moran(values, ring, correction="max", permutations=9)
    assert "en az 19 çekin" in refused.value.turkish


def test_whole_numbers_in_an_object_column_are_numbers():
    """A column of Python integers is tested as integers; words are refused by name."""
    ring = graph_of(np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1))
    whole = [3, 1, 4, 1, 5, 9]
    plain = mt.local_moran(pd.Series(whole, dtype=float), ring).frame["p_value"]
    boxed = mt.local_moran(pd.Series(whole, dtype=object), ring).frame["p_value"]
    pd.testing.assert_series_equal(boxed, plain)
    with pytest.raises(ValuesError, match=r"^Values are of type"):
        mt.local_moran(pd.Series(list("abcdef")), ring)
