"""İLTEK and indices of one's own: counted a second time, planted, and left to chance."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mekantek import findings
from mekantek.datasets.index_files import ProvinceIndex
from mekantek.errors import UnknownProvinceError, ValuesError
from mekantek.findings.indices.choices import curve, readings_of
from mekantek.findings.indices.companions import reports_own
from mekantek.findings.indices.ranks import associated, iltek_index, index_of
from mekantek.stats.association import kendall
from mekantek.stats.spectral_ranks import spectral_kendall


def companion(verdict, part, name):
    """The first companion whose English label holds a part, of one statistic."""
    return next(c for c in verdict.companions if part in c["label"]["en"] and c.get("name") == name)


def test_words_and_numbers_of_the_report(verdicts):
    """Partly; −1/3 with the share and +2/3 with the value on the report's own four ranks."""
    told = verdicts["iltek"]
    assert (told.verdict, verdicts["iltek-one-to-one"].verdict) == ("partly", "contradicted")
    assert reports_own().places.to_dict() == {2: 43, 6: 1, 26: 4, 34: 2}
    own = "the report's own four ranks: "
    assert companion(told, f"{own}share", "kendall_tau_b")["statistic"] == pytest.approx(-1 / 3)
    assert companion(told, f"{own}value", "kendall_tau_b")["statistic"] == pytest.approx(2 / 3)
    assert companion(told, "value of", "kendall_tau_b")["statistic"] == pytest.approx(0.75)
    assert all("coverage" in c for c in told.companions)
    assert all("37" in c["remark"]["en"] for c in told.companions if "GDP" not in c["label"]["en"])
    assert "birebir" in verdicts["iltek-one-to-one"].hypothesis.title.tr


def test_bounds_are_reached_by_completions_built_by_hand(verdicts, study):
    """Free ranks to the unranked provinces in the order of their shares, and turned round."""
    ranks, share = readings_of(iltek_index())["2024, press"].places, study.share("high")
    unknown = share.index.difference(ranks.index)
    free = sorted(set(range(1, 82)) - set(ranks.astype(int)))
    found = []
    for ascending in (True, False):
        order = share[unknown].sort_values(ascending=ascending, kind="stable").index
        full = pd.concat([ranks, pd.Series(free, index=order, dtype=float)])
        found.append(stats.kendalltau(-full[share.index], share).statistic)
    bounds = verdicts["iltek"].main["bounds"]
    assert (bounds["low"], bounds["high"]) == pytest.approx(tuple(found))


def test_discordant_pairs_counted_by_hand(verdicts, study):
    """Every pair of the 17 known ranks."""
    ranks, share = readings_of(iltek_index())["2024, press"].places, study.share("high")
    wrong = sum(
        (ranks[a] - ranks[b]) * (share[a] - share[b]) > 0
        for a, b in itertools.combinations(ranks.index, 2)
    )
    main = verdicts["iltek-one-to-one"].main
    assert (main["statistic"], main["of"]) == (wrong, 136)


def test_one_to_one_says_its_coverage_and_the_mechanical_part(verdicts, study):
    """In both languages; of an index of one's own only if it is İLTEK; also where no pair is wrong."""
    told = verdicts["iltek-one-to-one"].reason
    own = {"Eskişehir": 1, "Ankara": 2, "İstanbul": 3, "Kocaeli": 4}
    wrong = findings.one_to_one(study, index=pd.Series({**own, "Adıyaman": 5})).reason
    right = findings.one_to_one(study, index=pd.Series(own))
    assert right.verdict == "supported"
    for lang, remark, head in (
        ("tr", "kısmen kendiliğinden", "Sizinki İLTEK'in kendisiyse: "),
        ("en", "partly mechanical", "If yours is İLTEK itself: "),
    ):
        assert remark in told[lang]
        assert head not in told[lang]
        assert "81" in told[lang]
        assert "17" in told[lang]
        assert head in wrong[lang]
        assert head in right.reason[lang]
        assert "81" in right.reason[lang]
    assert all(
        "If yours" in c["remark"]["en"]
        for c in findings.iltek(study, index=pd.Series(own)).companions
    )


def test_pairs_of_surrogates_counted_by_hand(verdicts, study):
    """Every choice of one-to-one has its column; one of them is read again, pair by pair."""
    from mekantek.findings.indices.choices import surrogate_maps, variables

    found, read = (
        verdicts["iltek-one-to-one"].curve,
        list(variables(study, study.hypothesis("iltek-one-to-one"))),
    )
    choices = [s.choice for s in found.specifications]
    assert len({tuple(c.items()) for c in choices}) == len(choices) >= 1000
    assert {s.verdict for s in found.specifications} == {"contradicted"}
    k = next(i for i, c in enumerate(choices) if c["left_out"] == "Ankara")
    which = next(i for i, v in enumerate(read) if v.choice.items() <= choices[k].items())
    maps = surrogate_maps(study, read, 3)[1:, :, which]
    ranks = readings_of(iltek_index())[choices[k]["index"]].places.drop(6)
    place = {plate: at for at, plate in enumerate(study.names.index)}
    for row, told in zip(maps, found.surrogates[:, k], strict=False):
        pairs = list(itertools.combinations(ranks.index, 2))
        wrong = sum((ranks[a] - ranks[b]) * (row[place[a]] - row[place[b]]) > 0 for a, b in pairs)
        assert told == pytest.approx(-wrong / len(pairs))


@pytest.fixture(scope="module")
def chosen(study):
    return curve(study, study.hypothesis("iltek"), iltek_index(), surrogates=49)


def test_choices_counted_with_scipy(chosen, study):
    """Fifty of the choices, each read again from the tables."""
    from mekantek.study import other_prints

    prints = {"adopted": study, "other print": other_prints(study)}
    floors = {"all": 0.0, "exports ≥ 100 mn USD": 1e8, "exports ≥ 1 bn USD": 1e9}
    plates = {name: plate for plate, name in study.names.items()}
    assert len(chosen) >= 1000
    for spec in chosen.specifications[:: len(chosen) // 50]:
        c = spec.choice
        at = prints[c["cells"]].at(c["year"])
        share, total = at.share(c["class"]), at.frame["value"]
        ranks = readings_of(iltek_index())[c["index"]].places
        table = pd.DataFrame({"x": -ranks, "z": total.reindex(ranks.index)})
        table["y"] = (share if c["quantity"] == "share" else share * total).reindex(ranks.index)
        table = table.dropna()
        table = table[table["z"] >= floors[c["floor"]]]
        table = table.drop(index=plates.get(c["left_out"], []))
        coefficient = stats.kendalltau if c["coefficient"] == "kendall" else stats.spearmanr
        xy, xz, yz = (
            coefficient(table[a], table[b]).statistic for a, b in ("xy", "xz", "yz")
        )  # fmt: skip
        if c["given"] == "total exports":
            xy = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
        wanted = np.sin(np.pi * xy / 2) if c["coefficient"] == "kendall" else xy
        assert spec.effect == pytest.approx(wanted, abs=1e-9), c


def test_surrogates_are_shared_and_without_effect(chosen):
    """One row for each surrogate; around zero; the curve as a whole is not by chance."""
    assert chosen.surrogates.shape == (49, len(chosen))
    assert abs(np.nanmean(chosen.surrogates)) < 0.15
    assert chosen.joint["p_value"] <= 0.05


def test_a_planted_index_is_found_and_noise_is_not(study):
    """Ranks that follow the share on 17 provinces, and ranks that follow nothing."""
    rng, share = np.random.default_rng(0), study.share("high")
    alarms, hits = 0, 0
    for _ in range(200):
        places = rng.choice(81, 17, replace=False)
        noise = kendall(rng.permutation(17).astype(float), share.to_numpy()[places])
        alarms += noise.p_value is not None and noise.p_value <= 0.05
        signal = stats.rankdata(share.to_numpy()[places]) + rng.normal(0, 4, 17)
        hits += kendall(signal, share.to_numpy()[places]).p_value <= 0.05
    assert alarms <= 17  # 5 % of 200, and two standard errors
    assert hits >= 160


def test_full_coverage_keeps_neighbours_alike(study):
    """Two maps that are both smooth and unrelated: the spectral test keeps its 5 %."""
    from mekantek.stats.links import join
    from mekantek.stats.spectral import MoranBasis

    share = study.share("low")
    values, ids, links = join(share, study.graph)
    made = MoranBasis.of(links).surrogates(values[:, None], 100, seed=5)[:, :, 0]
    alarms = sum(
        spectral_kendall(share, pd.Series(row, index=ids), study.graph, permutations=99).p_value
        <= 0.05
        for row in made
    )
    assert alarms <= 9  # 5 % of 100, and two standard errors


def test_an_index_of_all_provinces(study, tmp_path):
    """Supported where it is the share's own order; a sign alone decides nothing."""
    share = study.share("high")
    order = share.sort_values(ascending=False, kind="stable").index
    planted = pd.Series(np.arange(1.0, 82), index=study.names[order].to_numpy(), name="mine")
    found = findings.iltek(study, index=planted)
    assert found.verdict == "supported"
    assert found.main["coverage"] == {"known": 81, "of": 81}
    assert found.main["method"] == "spectral"
    assert found.robust
    assert "mine" in found.reason.en
    file = tmp_path / "scores.csv"
    lines = [f"{plate};{value:.4f}" for plate, value in (share + 0.5).items()]
    file.write_text("plaka;puan\n" + "\n".join(lines), encoding="utf-8")
    assert associated(index_of(file), share)[0].statistic == pytest.approx(1.0)
    rng = np.random.default_rng(1)
    noise = pd.Series(rng.permutation(81) + 1.0, index=study.names.index)
    assert findings.iltek(study, index=noise).verdict not in ("supported", "contradicted", "partly")


def test_scores_leave_places_open(study):
    """Partial scores know an order alone; tied scores have no bounds."""
    share = study.share("high")
    scores = ProvinceIndex(
        name="s", kind="scores", places=pd.Series({6: 0.9, 34: 0.8, 26: 0.7, 41: 0.1})
    )
    _, known = associated(scores, share)
    ranked = index_of(pd.Series({6: 1, 34: 2, 26: 3, 41: 4}))
    _, narrow = associated(ranked, share)
    assert known["bounds"]["low"] <= narrow["bounds"]["low"]
    assert known["bounds"]["high"] >= narrow["bounds"]["high"]
    tied = ProvinceIndex(name="s", kind="scores", places=scores.places.replace(0.8, 0.9))
    assert associated(tied, share)[1]["bounds"] == {"low": None, "high": None}


def test_series_are_checked():
    """Unknown names, repeated provinces and ranks."""
    with pytest.raises(UnknownProvinceError, match="Ankara"):
        index_of(pd.Series({"Ankra": 1.0}))
    for ranks in ({"Ankara": 1, "Kilis": 1}, {"Ankara": 0.5}, {"Ankara": 82}):
        with pytest.raises(ValuesError, match="different whole numbers from 1 to 81"):
            index_of(pd.Series(ranks, dtype=float))
    with pytest.raises(ValuesError, match="more than once"):
        index_of(pd.Series([1.0, 2.0], index=["Ankara", "06"]))
