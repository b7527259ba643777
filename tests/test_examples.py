"""The worked examples on data that are not ours: run whole, held against the reference and the table shown."""

import csv
import importlib.util
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import foreign
import mekantek as mt
from mekantek import report

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
REFERENCE = ROOT / "tests" / "reference" / "spdep_reference.csv"
NAMES = ("mexico", "st-louis", "us-states", "georgia")


def loaded(name):
    """A script of the examples, as a module."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        spec = importlib.util.spec_from_file_location(f"examples_{name}", EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(EXAMPLES))
    return module


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """Study files with their data beside them."""
    folder = tmp_path_factory.mktemp("examples")
    loaded("gather").gather(folder)
    return folder


@pytest.fixture(scope="module")
def results(gathered):
    """What each example finds."""
    found = {}
    for name in NAMES:
        study = mt.read_study(gathered / name / "study.toml")
        found[name] = study, report.study_results(study)
    return found


def test_the_table_shown_is_what_they_find(results):
    with (EXAMPLES / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        shown = list(csv.DictReader(file))
    rows_of = loaded("run").rows_of
    found = [
        row for name in NAMES for row in rows_of(name, results[name][0], results[name][1].verdicts)
    ]
    assert found == shown


def of_spdep(case, variable, quantity):
    table = pd.read_csv(REFERENCE)
    rows = table[(table["case"] == case) & (table["variable"] == variable)
                 & (table["test"] == "moran_W") & (table["quantity"] == quantity)]  # fmt: skip
    return float(rows["value"].iloc[0])


def test_mexico_is_what_spdep_finds(results):
    """
    On spdep's own list of neighbours; that took the records of the file by their order, not by their number.

    Two pairs of states change places in it (Guanajuato and Guerrero, San Luis Potosi and Sinaloa), which
    the polygons refute.
    """
    study = results["mexico"][0]
    assert study.graph.links == 140
    by_row = {unit: k + 1 for k, unit in enumerate(study.names.index)}
    swapped = {11: 12, 12: 11, 24: 25, 25: 24}

    def number(unit):
        return swapped.get(by_row[unit], by_row[unit])

    reference = mt.weights.read_neighbours(REFERENCE.with_name("mexico.gal"))
    for unit in study.names.index:
        ours = {str(number(other)) for other in study.graph.neighbours(unit)}
        assert ours == set(reference.neighbours(str(number(unit))))
    income = study.at(1940).share("income")
    renumbered = income.set_axis([str(by_row[unit]) for unit in income.index])
    found = mt.moran(renumbered, reference)
    assert found.statistic == pytest.approx(of_spdep("mexico", "pcgdp1940", "I"), abs=1e-12)
    assert found.p_value == pytest.approx(of_spdep("mexico", "pcgdp1940", "p_rand_2s"), abs=1e-9)
    # All but three links of the list are shared borders of the polygons, Guanajuato's among them.
    queen = study.neighbours("queen")
    lone = {
        frozenset((a, b))
        for a in study.names.index
        for b in set(study.graph.neighbours(a)) ^ set(queen.neighbours(a))
    }
    assert len(lone) <= 3
    guanajuato = study.names.index[study.names == "Guanajuato"][0]
    assert set(study.graph.neighbours(guanajuato)) == set(queen.neighbours(guanajuato))


def test_st_louis_is_what_spdep_finds(results, gathered):
    study = results["st-louis"][0]
    assert study.graph.links == 398
    [layer] = (gathered / "st-louis").glob("*.shp")
    table = gpd.read_file(layer).set_index("POLY_ID_OG")["HR7984"]
    values = table.reindex(study.names.index)
    found = mt.moran(values, study.graph)
    assert found.statistic == pytest.approx(of_spdep("stl", "HR7984", "I"), abs=1e-12)
    assert found.p_value == pytest.approx(of_spdep("stl", "HR7984", "p_rand_2s"), abs=1e-9)


def test_rows_counted_by_another_order_would_link_others(gathered):
    """Mexico's list numbers the rows of its table; the polygons stand in another order."""
    path = gathered / "mexico" / "study.toml"
    wrong = path.with_name("wrong.toml")
    wrong.write_text(
        path.read_text(encoding="utf-8").replace("counted_from = 0", "counted_from = 1")
    )
    with pytest.raises(mt.errors.AlignmentError, match=r"mexico\.gal"):
        mt.read_study(wrong)


@pytest.mark.parametrize("name", ["mexico", "georgia"])
def test_its_pages_say_nothing_of_turkey(results, name, tmp_path):
    study, found = results[name]
    report.write_study(study, tmp_path, found, language="en")
    assert len(foreign.swept(tmp_path)) > 15
    unit = study.design.unit
    assert unit.plural in (tmp_path / "index.html").read_text(encoding="utf-8")
