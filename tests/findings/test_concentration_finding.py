"""Concentration, printed shares and the bloc: counted a second time from the tables."""

import itertools

import numpy as np
import pandas as pd
import pytest

from mekantek.errors import OptionError
from mekantek.findings.blocs.choices import curve as bloc_curve
from mekantek.findings.blocs.choices import groupings
from mekantek.findings.concentration import (
    known_classes,
    measure_table,
    region_table,
    seat_curve,
)
from mekantek.findings.concentration.choices import curve
from mekantek.stats.association import difference_of_means
from mekantek.study import other_prints


def gini(values):
    """Half the relative mean absolute difference, pair by pair."""
    values = [float(v) for v in values]
    return sum(abs(a - b) for a, b in itertools.product(values, values)) / (
        2 * len(values) * sum(values)
    )  # fmt: skip


def test_words_on_the_reports_data(verdicts):
    """Supported, supported, supported; the choices that say otherwise are counted."""
    words = {name: verdicts[name].verdict for name in
             ("concentration", "top-shares", "medium-high-bloc")}  # fmt: skip
    assert set(words.values()) == {"supported"}
    assert verdicts["concentration"].robust
    assert not verdicts["medium-high-bloc"].robust
    for name, verdict in verdicts.items():
        told = verdict.to_dict()["specifications"]
        assert told["joint"]["surrogates"] == 999
        assert 0 < told["p_joint"] <= 1
        assert told["null"]["tr"] != told["null"]["en"]
        # Of printed numbers there are no more readings, and the curve says so.
        assert told["n"] >= 1000 or (name == "top-shares" and "no more" in told["null"]["en"])


def test_years_have_the_classes_that_are_printed(study):
    """High and medium-low alone between 2019 and 2024; another class is refused by name."""
    assert known_classes(study.at(2022)) == ("high", "medium_low", "total")
    assert {row["year"] for row in measure_table(study, names=("gini",))} == {2019, 2024}
    with pytest.raises(OptionError, match="no low shares for 2022"):
        measure_table(study, ["low"], [2022])


def test_unresolved_cells_read_one_by_one(study):
    """All combinations of the second prints of 2019, each with its own double sum."""
    [row] = measure_table(study, ["high"], [2019], names=("gini",))
    frame, other = (s.at(2019).frame for s in (study, other_prints(study)))
    cells = [(p, c) for c in ("high", "value") for p in frame.index
             if frame.loc[p, c] != other.loc[p, c] and frame.loc[p, "value"] > 0]  # fmt: skip
    found = []
    for taken in itertools.product((False, True), repeat=len(cells)):
        mixed = frame.copy()
        for (plate, column), second in zip(cells, taken, strict=True):
            if second:
                mixed.loc[plate, column] = other.loc[plate, column]
        found.append(gini((mixed["high"] * mixed["value"]).dropna()))
    assert row["unresolved"]["low"] == pytest.approx(min(found))
    assert row["unresolved"]["high"] == pytest.approx(max(found))


def test_jackknife_names_istanbul(study):
    """Left out one by one; İstanbul moves the total most."""
    [row] = measure_table(study, ["total"], [2024], names=("gini",))
    value = study.frame["value"].dropna()
    without = {p: gini(value.drop(p)) for p in value.index}
    assert row["jackknife"]["low"] == pytest.approx(min(without.values()))
    assert row["jackknife"]["high"] == pytest.approx(max(without.values()))
    assert row["jackknife"]["moves"][0]["id"] == "34"


def test_theil_between_regions_from_sums(study):
    """The between part needs nothing but sums and counts."""
    found = region_table(study, ["high"], [2024], "nuts2")[0]
    values = study.class_values("high")["value"]
    regions = study.regions["nuts2"][values.index]
    sums, counts = values.groupby(regions).sum(), values.groupby(regions).count()
    q, p = sums / sums.sum(), counts / counts.sum()
    assert found["between"] == pytest.approx(float((q[q > 0] * np.log(q[q > 0] / p[q > 0])).sum()))
    assert found["between"] + found["within"] == pytest.approx(found["value"])


@pytest.mark.parametrize("to", [None, 41])
def test_seat_curve_starts_at_the_plain_number_and_falls(study, verdicts, to):
    """Zero is the finding's own number; while İstanbul leads, giving away never concentrates."""
    seats = seat_curve(study, "high", 34, to=to)
    assert seats.table.loc[0.0, (2024, "high")] == pytest.approx(
        verdicts["concentration"].main["value"]
    )
    leads = seats.table.loc[:0.4]
    assert (np.diff(leads.to_numpy(), axis=0) <= 1e-12).all()
    assert seats.turns is None
    half = study.class_values("high")["value"].copy()
    given = half[34] / 2
    half[34] -= given
    if to is None:
        others = half.index != 34
        half[others] *= 1 + given / half[others].sum()
    else:
        half[to] += given
    assert seats.table.loc[0.5, (2024, "high")] == pytest.approx(gini(half))


@pytest.fixture(scope="module")
def chosen(study):
    return curve(study, study.hypothesis("concentration"))


def test_choices_counted_from_the_tables(chosen, study):
    """Gini of thirty choices on whole provinces and regions, pair by pair."""
    prints = {"adopted": study, "other print": other_prints(study)}
    picked = [s for s in chosen.specifications if s.choice["measure"] == "gini"
              and s.choice["years"] in ("2019", "2024")]  # fmt: skip
    for spec in picked[:: len(picked) // 30]:
        c = spec.choice
        at = prints[c["cells"]].at(int(c["years"]))
        table = pd.DataFrame({"total": at.frame["value"]}).dropna()
        if "≥" in c["floor"]:
            table = table[table["total"] >= 1e8]
        for name in ("high", "medium_high", "medium_low", "low"):
            table[name] = at.frame[name] * table["total"]
        table = table[["high", c["comparator"]]].dropna()
        if c["seat"] == "without İstanbul":
            table = table.drop(index=34)
        elif c["seat"] != "as printed":
            part = float(c["seat"].split("%")[0]) / 100
            given = part * table.loc[34]
            if c["seat"].endswith("Kocaeli"):
                table.loc[41] += given
                table.loc[34] -= given
            else:
                rest = table.drop(index=34)
                table.loc[rest.index] = rest * (1 + given / rest.sum())
                table.loc[34] -= given
        if c["level"] != "provinces":
            regions = study.regions[c["level"].lower().replace(" ", "")]
            table = table.groupby(regions[table.index]).sum()
        wanted = gini(table["high"]) - gini(table[c["comparator"]])
        assert spec.effect == pytest.approx(wanted, abs=1e-9), c


def test_choices_words_follow_the_sign_where_far(chosen):
    """A clear difference has its sign's word; each choice stands once."""
    frame = chosen.to_frame()
    assert not frame.drop(columns=["effect", "p_value", "verdict"]).duplicated().any()
    single = frame[frame["years"].isin(["2019", "2024"])]
    assert (single.loc[single["effect"] > 0.05, "verdict"] == "supported").all()
    assert (single.loc[single["effect"] < -0.05, "verdict"] == "contradicted").all()


def test_surrogates_of_concentration_counted_by_hand(study):
    """Shares of high technology in random provinces over the same exports: its Gini, pair by pair."""
    from mekantek.findings.concentration.choices import _permuted

    found = curve(study, study.hypothesis("concentration"), surrogates=3)
    wanted = {"measure": "gini", "seat": "as printed", "level": "provinces", "floor": "all",
              "cells": "adopted", "comparator": "total", "years": "2019 and 2024"}  # fmt: skip
    place = next(k for k, s in enumerate(found.specifications) if s.choice == wanted)
    orders = _permuted(study, 3)
    assert (orders[0] == np.arange(81)).all()
    assert (np.sort(orders, axis=1) == np.arange(81)).all()
    for row, order in zip(found.surrogates[:, place], orders[1:], strict=True):
        differences = []
        for year in (2019, 2024):
            frame = study.at(year).frame
            total = frame["value"].to_numpy()
            made = frame["high"].to_numpy()[order] * total
            assert np.isnan(made).sum() == np.isnan(total).sum()
            differences.append(gini(made[~np.isnan(made)]) - gini(total[~np.isnan(total)]))
        assert row == pytest.approx(min(differences), abs=1e-6)


def test_any_two_provinces_do_not_hold_what_is_printed_of_two(verdicts):
    """No other pair makes 81 %, no other three 88 %: nearly all surrogates miss both prints."""
    found = verdicts["top-shares"].curve
    assert found.joint["p_value"] <= 0.01
    lists = [k for k, s in enumerate(found.specifications) if s.choice["part"].endswith("(top)")]
    assert np.isnan(found.surrogates[:, lists]).all()
    assert (np.nanmax(found.surrogates, axis=1) < 0).mean() > 0.95


@pytest.fixture(scope="module")
def bloc(study):
    return bloc_curve(study, study.hypothesis("medium-high-bloc"), surrogates=199)


def test_bloc_choices_counted_one_by_one(bloc, study):
    """Means and medians of forty choices, with plain pandas."""
    drawn = groupings(study.hypothesis("medium-high-bloc"), study.design.unit)
    picked = [s for s in bloc.specifications
              if s.choice["scale"] != "logit" and s.choice["correction"] == "permutation"]  # fmt: skip
    for spec in picked[:: len(picked) // 40]:
        c = spec.choice
        at = study.at(c["year"])
        share, total = at.share("medium_high"), at.frame["value"]
        y = share if c["scale"] == "share" else share.rank()
        weight = {"unweighted": total**0, "exports": total, "√exports": total**0.5}[c["weights"]]
        if c["weights"] == "unweighted":
            weight = weight.fillna(1.0)
        if "≥" in c["floor"]:
            weight = weight.where(total >= float(c["floor"].split()[2]) * 1e6)
        weight = weight.dropna()
        inside, left_out = drawn[c["regions"]]
        middles = []
        for members in (weight.index.isin(inside), ~weight.index.isin([*inside, *left_out])):
            v, w = y[weight.index][members], weight[members]
            if c["statistic"] == "mean":
                middles.append(float(np.average(v, weights=w)))
            else:
                order = v.sort_values(kind="stable").index
                along = w[order].cumsum() / w.sum()
                low = order[(along < 0.5 - 1e-9).sum()]
                high = order[min((along <= 0.5 + 1e-9).sum(), len(order) - 1)]
                middles.append((v[low] + v[high]) / 2)
        wanted = (middles[0] - middles[1]) / y[weight.index].std(ddof=0)
        assert spec.effect == pytest.approx(wanted, abs=1e-9), c


def test_bloc_permutations_agree_with_the_main_test(bloc, verdicts):
    """The plain choice's p is that of the finding, but for Monte Carlo."""
    plain = next(
        s for s in bloc.specifications
        if s.choice == {"year": 2024, "scale": "share", "floor": "all",
                        "weights": "unweighted", "statistic": "mean", "regions": "24 provinces",
                        "correction": "permutation"}
    )  # fmt: skip
    assert plain.p_value <= 0.02
    assert bloc.joint["p_value"] <= 0.01
    assert bloc.surrogates.shape == (199, len(bloc))
    assert abs(np.nanmean(bloc.surrogates)) < 0.1
    spectral = [c for c in verdicts["medium-high-bloc"].companions if c.get("method") == "spectral"]
    assert len(spectral) == 28


def test_noise_is_no_bloc(study):
    """Shares shuffled over the map are called a bloc no more often than stated, weighted or not."""
    rng = np.random.default_rng(2)
    share = study.share("medium_high").to_numpy()
    inside = study.names.index.isin(
        groupings(study.hypothesis("medium-high-bloc"), study.design.unit)["Marmara"][0]
    )
    exports = study.frame["value"].fillna(1e6).to_numpy()
    p = [
        [difference_of_means(shuffled, inside, weights=w, permutations=199).p_value
         for w in (None, exports)]
        for shuffled in (rng.permutation(share) for _ in range(150))
    ]  # fmt: skip
    assert ((np.array(p) <= 0.05).mean(axis=0) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 150)).all()


def test_prints_read_in_each_way(verdicts):
    """88 is no truncation of 87.4; the list holds however it is read."""
    frame = verdicts["top-shares"].curve.to_frame()
    lists = frame[frame["part"].str.endswith("(top)")]
    assert (lists["verdict"] == "supported").all()
    three = frame[frame["part"].str.startswith("İstanbul + Ankara + Eskişehir")]
    sharp = three[(three["shares"] == "as printed") & (three["print"] == "truncation")]
    assert (sharp["verdict"] == "contradicted").all()
