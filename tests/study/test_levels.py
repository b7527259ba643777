"""Crossing from units to larger ones: sums for values, shares computed from them, claims that cross."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import mekantek as mt
from mekantek.cli import app
from mekantek.cli.maps import unit_of
from mekantek.cli.output import UsageError
from mekantek.errors import OptionError
from mekantek.study import at_level
from mekantek.study.example import write_example


@pytest.mark.parametrize(("level", "count"), [("nuts2", 26), ("nuts1", 12), ("agency_tr", 26)])
def test_every_level_adds_the_same_whole(study, level, count):
    regions = at_level(study, level)
    assert len(regions.names) == count
    for year in study.years:
        at, below = regions.at(year), study.at(year)
        assert at.frame["value"].sum() == pytest.approx(below.frame["value"].sum(), abs=0.01)
        for name in study.classes:
            held = below.share(name) * below.frame["value"]
            sums = held.groupby(study.regions[level]).sum()
            known = below.frame["value"].where(below.share(name).notna())
            totals = known.groupby(study.regions[level]).sum()
            expected = (sums / totals)[totals > 0]
            assert np.allclose(at.share(name).reindex(expected.index), expected, atol=1e-12)


def test_shares_are_never_averaged(study):
    """Where members weigh differently, the mean of their shares is another number."""
    regions = at_level(study, "nuts1")
    plain = study.share("high").groupby(study.regions["nuts1"]).mean()
    assert (regions.share("high") - plain).abs().max() > 0.01


def test_claims_about_all_units_cross_and_those_that_name_some_do_not(study):
    regions = at_level(study, "nuts2")
    assert [h.test for h in regions.hypotheses] == ["gradient", "concentration"]
    assert all("seat" not in h.options for h in regions.hypotheses)
    assert regions.graph.spec == "official"
    assert regions.neighbours("knn:4").links == 26 * 4
    assert "shares computed from the sums" in regions.provenance["basis"].en


def test_two_levels_up(study):
    """Sums do not mind the way; a share is what the regions in between hold, of what they weigh."""
    regions = at_level(study, "nuts2")
    twice, once = at_level(regions, "nuts1"), at_level(study, "nuts1")
    assert np.allclose(twice.frame["value"], once.frame["value"], rtol=1e-12)
    held = weighed = 0.0
    share, value = regions.frame["high"], regions.frame["value"]
    for region in regions.names.index[regions.regions["nuts1"] == "TR5"]:
        held += share[region] * value[region]
        weighed += value[region]
    assert twice.frame.loc["TR5", "high"] == pytest.approx(held / weighed, abs=1e-12)
    # Every member has its share and total, so nothing weighs otherwise in between.
    of = study.regions["nuts1"] == "TR5"
    whole = of & study.frame["value"].notna() & study.share("high").notna()
    assert whole.sum() == of.sum()
    assert twice.frame.loc["TR5", "high"] == pytest.approx(once.frame.loc["TR5", "high"], abs=1e-12)


def test_a_level_that_is_not_there(study):
    with pytest.raises(OptionError, match="no level 'nuts3'; there are nuts2, nuts1, agency_tr"):
        at_level(study, "nuts3")


def test_a_unit_without_a_region_is_named(tmp_path):
    path = write_example(tmp_path)
    table = tmp_path / "fields.csv"
    table.write_text(table.read_text().replace("E,east", "E,"))
    with pytest.raises(OptionError, match="1 units belong to no region of slope: E"):
        at_level(mt.read_study(path), "slope")


def test_ones_own_levels(tmp_path):
    regions = at_level(mt.read_study(write_example(tmp_path)), "slope")
    assert regions.names.tolist() == ["east", "west"]
    assert regions.frame["value"].tolist() == [11 + 12 + 14 + 15 + 17 + 18, 10 + 13 + 16]
    west = (0.25 * 10 + 0.45 * 13 + 0.65 * 16) / 39
    assert regions.share("wheat")["west"] == pytest.approx(west)
    assert [h.test for h in regions.hypotheses] == ["gradient", "clustering"]


def test_numbers_without_a_size_do_not_cross(tmp_path):
    path = write_example(tmp_path)
    text = path.read_text(encoding="utf-8")
    text = text.replace('column = "wheat_{year}"', 'column = "wheat_{year}"\nkind = "number"')
    path.write_text(
        text.replace('[rest]\nname = "fallow"\ntitle = { tr = "nadas", en = "fallow" }\n', "")
    )
    with pytest.raises(OptionError, match="never averaged"):
        at_level(mt.read_study(path), "slope")


def test_verbs_take_a_study_file_and_a_level(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_example(tmp_path)
    run = CliRunner()
    told = run.invoke(
        app, ["findings", "clustering", "--study", "study.toml", "--lang", "en", "--quiet"]
    )
    assert told.exit_code == 0, told.exception
    assert told.output.startswith("Does wheat cluster?\n  supported")
    drawn = run.invoke(app, ["atlas", "--study", "study.toml", "--lang", "en", "--quiet"])
    assert drawn.exit_code == 0, drawn.exception
    atlas = (tmp_path / "atlas.html").read_text(encoding="utf-8")
    assert {"wheat", "buğday", "province"} & set(re.findall(r"\w+", atlas)) == {"wheat", "buğday"}
    both = run.invoke(app, ["study", "study.toml", "--study", "study.toml"])
    assert "Name the study file once" in str(both.exception)
    mixed = run.invoke(app, ["atlas", "--study", "study.toml", "--records", "x.csv"])
    assert "not both" in str(mixed.exception)


@pytest.fixture
def verb(tmp_path, monkeypatch):
    """Type a verb where study.toml lies."""
    monkeypatch.chdir(tmp_path)
    write_example(tmp_path)

    def typed(*words):
        return CliRunner().invoke(app, [*words, "--study", "study.toml", "--lang", "en"])

    return typed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["share"], "wheat"),
        (["clusters", "--class", "barley", "--year", "2020"], "barley"),
        (["corridor", "a", "B"], "smallest member"),
        (["neighbours", "--class", "fallow"], "neighbour"),
    ],
)
def test_a_map_of_a_study_file(verb, tmp_path, words, said):
    """Its first variable unless another is named; units by id or name, in any casing."""
    done = verb("map", *words, "--out", "m.html")
    assert done.exit_code == 0, done.exception
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert said in page
    assert "technolog" not in page


def test_figures_and_files_of_a_study_file(verb, tmp_path):
    figures = verb("figures", "--only", "share", "--format", "png", "--quiet", "--out", "f")
    assert figures.exit_code == 0, figures.exception
    assert {p.name for p in (tmp_path / "f").iterdir()} == {"share-wheat.png", "share-barley.png"}
    files = verb(
        "export",
        "--class",
        "wheat",
        "--year",
        "2024",
        "--format",
        "csv,json",
        "--quiet",
        "--out",
        "x",
    )
    assert files.exit_code == 0, files.exception
    shares = pd.read_csv(tmp_path / "x" / "shares.csv")
    assert (set(shares["variable"]), set(shares["year"])) == ({"wheat"}, {2024})
    study = mt.read_study(tmp_path / "study.toml")
    assert shares.set_index("field")["value"].to_dict() == pytest.approx(
        study.at(2024).share("wheat").to_dict()
    )
    units = pd.read_csv(tmp_path / "x" / "units.csv")
    assert "wheat_2024" in units
    assert not [column for column in units if column.startswith("barley")]


def test_what_a_study_file_does_not_have_is_told_in_one_sentence(verb):
    nobody = verb("map", "corridor", "A", "Bb")
    assert str(nobody.exception) == "No unit is called 'Bb'. Did you mean B?"
    other = verb("figures", "--class", "rye")
    assert str(other.exception) == "No class 'rye'; there are wheat, barley, fallow."
    for words in (["map", "share"], ["export"]):
        both = verb(*words, "--table", "t.csv")
        assert "--study, --records and --level do not go with a table" in str(both.exception)
    none = verb("figures", "--only", "index")
    assert str(none.exception) == "This study has no figure of the kind index."


@pytest.mark.parametrize("words", [["map", "clusters"], ["export"], ["figures", "--only", "curve"]])
def test_a_variable_named_twice_is_refused(verb, words):
    twice = verb(*words, "--class", "wheat+wheat")
    assert isinstance(twice.exception, UsageError)
    assert str(twice.exception) == "--class wheat+wheat names a variable twice."


def test_variables_together_come_in_the_study_s_order(verb, tmp_path):
    assert verb("map", "clusters", "--class", "barley+wheat", "--out", "m.html").exit_code == 0
    assert "<title>Wheat + barley:" in (tmp_path / "m.html").read_text(encoding="utf-8")
    none = verb("export", "--class", "wheat+barley")
    assert str(none.exception) == "Each class has columns of its own; wheat+barley has none."


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("2", 2),
        ("Москва", 1),
        ("москва", 1),
        ("kars", 2),
        ("東京", None),
        ("-", None),
        ("Bath", None),
    ],
)
def test_units_are_found_by_id_and_by_name_in_any_letters(given, found):
    names = pd.Series({1: "Москва", 2: "Kars", 3: "Bath", 4: "Bath"})
    territory = SimpleNamespace(names=names, of_provinces=False)
    if found is None:
        with pytest.raises(OptionError):
            unit_of(territory, given)
    else:
        assert unit_of(territory, given) == found
