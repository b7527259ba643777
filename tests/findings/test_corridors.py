"""The belts of the report: a second implementation, their companions and their curve."""

import csv
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest

from mekantek.datasets import files
from mekantek.findings.belt_choices import clustered, corridor_choices
from mekantek.stats import inference
from mekantek.stats.subsets import corridor
from mekantek.study import YearTable, neighbours_of, other_prints

BELTS = ("corridor-ankara-eskisehir", "corridor-istanbul-kocaeli")


# A second implementation: csv, itertools and sets of plates, nothing of the package.


def rows(name):
    with files.data_path(name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def printed(classes, year):
    """Shares in tenths of a point, whole numbers."""
    found = {}
    for row in rows("shares.csv"):
        if row["class"] in classes and row["year"] == str(year) and row["share"]:
            plate = int(row["plate"])
            found[plate] = found.get(plate, 0) + round(float(row["share"]) * 1000)
    return found


def borders():
    return {
        frozenset((int(r["plate_a"]), int(r["plate_b"])))
        for r in rows("neighbours.csv")
        if r["neighbours"] == "1"
    }


def hang_together(members, links):
    reached, rest = {members[0]}, set(members[1:])
    while rest:
        beside = {m for m in rest if any(frozenset((m, r)) in links for r in reached)}
        if not beside:
            return False
        reached, rest = reached | beside, rest - beside
    return True


def second_rank(members, classes, year):
    shares, links = printed(classes, year), borders()
    sets = [s for s in combinations(sorted(shares), len(members)) if hang_together(s, links)]
    own = min(shares[m] for m in members)
    return sum(min(shares[m] for m in s) >= own for s in sets), len(sets)


@pytest.mark.parametrize("name", BELTS)
@pytest.mark.parametrize("year", range(2019, 2025))
def test_ranks_from_the_files_alone(verdicts, name, year, study):
    """Rank and number of sets of every year, counted again from the CSV files."""
    told = verdicts[name].to_dict()
    results = [told["main"], *told["companions"]]
    result = next(
        r for r in results
        if (r.get("class"), r.get("year"), r.get("statistic")) == ("high", year, "minimum")
    )  # fmt: skip
    members = study.hypothesis(name).options["members"]
    assert (result["rank"], result["of"]) == second_rank(members, {"high"}, year)


@pytest.mark.parametrize("name", BELTS)
@pytest.mark.parametrize("year", [2019, 2024])
def test_ranks_of_both_classes_from_the_files_alone(verdicts, name, year, study):
    """The same for high and medium-high technology together."""
    told = verdicts[name].to_dict()["companions"]
    result = next(
        r for r in told
        if (r.get("class"), r.get("year"), r.get("statistic"))
        == ("high+medium_high", year, "minimum")
    )  # fmt: skip
    members = study.hypothesis(name).options["members"]
    assert (result["rank"], result["of"]) == second_rank(members, {"high", "medium_high"}, year)


def test_three_provinces_from_the_files_alone(study):
    """Ankara, Eskişehir and Bilecik among the 653 connected sets of three."""
    found = corridor(study.share("high"), study.graph, [6, 26, 11])
    assert (found.rank, found.of) == second_rank([6, 26, 11], {"high"}, 2024)
    assert found.of == 653


def test_bitlis_from_the_files_alone(verdicts, study):
    """Its share, the mean of its neighbours, and its rank in Doğu Anadolu and among all."""
    told = verdicts["corridor-ankara-eskisehir"].to_dict()["companions"]
    east = study.hypothesis("corridor-ankara-eskisehir").options["outliers"][0]["members"]
    for year in (2019, 2024):
        shares, links = printed({"medium_high"}, year), borders()
        beside = [p for p in shares if frozenset((13, p)) in links]
        found = next(c for c in told if c.get("name") == "local_outlier" and c["year"] == year)
        assert found["value"] * 1000 == pytest.approx(shares[13])
        assert found["lag"] * 1000 == pytest.approx(sum(shares[p] for p in beside) / len(beside))
        assert (found["rank"], found["of"]) == (sum(shares[p] >= shares[13] for p in east), 14)
        assert found["rank_everywhere"] == sum(v >= shares[13] for v in shares.values()) == 2
        # Exact p: all ways to deal the other 80 values to its neighbours, no more than observed.
        others = [v for p, v in shares.items() if p != 13]
        ways = [[0] * (1000 * len(beside) + 1) for _ in range(len(beside) + 1)]
        ways[0][0] = 1
        for value in others:
            for taken in range(len(beside), 0, -1):
                row, less = ways[taken], ways[taken - 1]
                for total in range(len(row) - 1, value - 1, -1):
                    row[total] += less[total - value]
        low = sum(ways[-1][: sum(shares[p] for p in beside) + 1])
        assert found["p_value"] == pytest.approx(low / comb(80, len(beside)))


# Companions.


def test_companions_of_a_belt(verdicts):
    """Other statistics, each member left out, all sets, joins and the search stand beside it."""
    told = verdicts["corridor-ankara-eskisehir"].to_dict()["companions"]
    main = [c for c in told if (c.get("class"), c.get("year")) == ("high", 2024)]
    assert {c.get("statistic") for c in main} >= {"minimum", "mean", "weighted", "joint"}
    assert {c["left_out"] for c in main if "left_out" in c} == {"6", "26"}
    anywhere = next(c for c in main if c.get("among") == "any")
    assert (anywhere["rank"], anywhere["of"]) == (3, 3240)
    joins = next(c for c in main if c.get("name") == "member_joins")
    assert (joins["links"], joins["joins"]) == (1, 1)
    best = next(c for c in main if "search" in c)
    assert best["members"] == ["6", "26"]
    assert best["p_value"] > best["rank_p"]
    years = {c["year"] for c in told if c.get("class") == "high" and c.get("rank")}
    assert years == set(range(2019, 2025))
    assert all(c["label"]["tr"] and c["label"]["en"] for c in told)


# The curve.


@pytest.mark.parametrize("name", BELTS)
def test_a_thousand_choices(verdicts, name):
    """At least a thousand different specifications, with effect and p of one piece."""
    verdict = verdicts[name]
    choices = [tuple(s.choice.items()) for s in verdict.curve.specifications]
    assert len(choices) == len(set(choices)) >= 1000
    assert verdict.curve.surrogates.shape == (999, len(choices))
    for s in verdict.curve.specifications:
        assert s.effect is None or (0 <= s.effect < 1 and s.effect + s.p_value == pytest.approx(1))
    main = {"neighbours": "official", "class": "high", "year": 2024, "statistic": "minimum",
            "floor": "all", "cells": "adopted"}  # fmt: skip
    same = next(s for s in verdict.curve.specifications if s.choice == main)
    assert same.p_value == pytest.approx(verdict.main["p_value"])
    assert same.verdict == verdict.verdict


def test_choices_and_surrogates_equal_the_plain_way(study):
    """Specifications here and there, in the data and in surrogates, ranked one by one."""
    belt = study.hypothesis("corridor-istanbul-kocaeli")
    specifications, effects = corridor_choices(study, belt, surrogates=4, rng=3)
    orders = np.vstack([np.arange(81), *inference.permuted(np.arange(81), 4, 3)])
    other, graphs = other_prints(study), {}
    # 53 has no part in common with the number of statistics, floors or years.
    for k in range(0, len(specifications), 53):
        choice = specifications[k].choice
        spec = "official" if choice["neighbours"] == "any" else choice["neighbours"]
        graph = graphs.setdefault(spec, neighbours_of(spec))
        at = (study if choice["cells"] == "adopted" else other).at(choice["year"])
        share, total = at.share(choice["class"]), at.frame["value"]
        floor = {"all": 0.0, "exports ≥ 50 mn USD": 5e7, "exports ≥ 100 mn USD": 1e8}
        least = floor[choice["floor"]]
        kept = share.where(total >= least) if least else share
        seen = [specifications[k].effect, *effects[:, k]]
        for order, effect in zip(orders, seen, strict=True):
            moved = pd.Series(kept.to_numpy()[order], index=kept.index)
            mass = pd.Series(total.to_numpy()[order], index=kept.index)
            members = belt.options["members"]
            wanted = None
            if moved[members].notna().all():
                found = corridor(
                    moved, graph, members, statistic=choice["statistic"], weights=mass,
                    missing="drop", among="any" if choice["neighbours"] == "any" else "connected",
                )  # fmt: skip
                wanted = found.p_value
            if wanted is None:
                assert effect is None or np.isnan(effect)
            else:
                assert effect == pytest.approx(1 - wanted)


def test_larger_sets_are_measured_one_by_one(study, monkeypatch):
    """Without the table of ordered sets, too large for sets of four, the effects are the same."""
    belt = study.hypothesis("corridor-ankara-eskisehir")
    monkeypatch.setattr(  # effects know nothing of clusters
        "mekantek.findings.belt_choices.clustered", lambda *_: {"clustered_everywhere": False}
    )
    _, looked_up = corridor_choices(study, belt, surrogates=3)
    monkeypatch.setattr("mekantek.findings.belt_choices._MOST", 5000)
    _, measured = corridor_choices(study, belt, surrogates=3)
    assert np.allclose(looked_up, measured, equal_nan=True)


def planted(study, members):
    """The same study with high shares at the members and their neighbours, in every year."""
    panel = dict(study.panel)
    around = {*members}
    for a, b in study.graph.pairs[["a", "b"]].itertuples(index=False):
        if a in members or b in members:
            around |= {a, b}
    for year, table in panel.items():
        frame = table.frame.copy()
        frame.loc[sorted(around), "high"] = 0.5
        frame.loc[members, "high"] = 0.6
        panel[year] = YearTable(frame, table.status)
    return replace(study, panel=panel)


def test_a_planted_belt_is_supported(study):
    """A pair that lies amid its like in every year is a belt in every year, its surrogates are not."""
    belt = study.hypothesis("corridor-istanbul-kocaeli")
    found = planted(study, [34, 41])
    assert clustered(found.share("high"), found.graph, [34, 41], found.names)[
        "clustered_everywhere"
    ]
    specifications, effects = corridor_choices(found, belt, surrogates=99)
    high = [k for k, s in enumerate(specifications) if s.choice["class"] == "high"
            and s.choice["neighbours"] == "official" and s.choice["statistic"] == "minimum"]  # fmt: skip
    assert {specifications[k].verdict for k in high} == {"supported"}
    assert (np.nanmedian(effects[:, high], axis=1) < 0.9).mean() > 0.9
