"""The linked explorer in a real browser, offline: what a reader sees equals what Python computes."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mekantek.errors import OptionError
from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.findings.verdict import Verdict
from mekantek.maps.explorer import explorer_page
from mekantek.maps.explorer.packed import DIGITS, pack, pack_levels, pack_steps
from mekantek.maps.palette import CLUSTERS, share_bins
from mekantek.report.linked import explorer
from mekantek.stats.local.moran import local_moran
from mekantek.stats.overall.autocorrelation import moran
from mekantek.stats.overall.scatterplot import regime_slopes
from mekantek.study import neighbours_of
from mekantek.text import number, percent, sort_key

EFFECTS = {
    (year, prints): (effect, word)
    for year, prints, effect, word in (
        (2019, "adopted", -0.25, "undecided"), (2019, "other print", 0.1, "undecided"),
        (2024, "adopted", 0.4, "supported"), (2024, "other print", 0.02, "not supported"),
    )
}  # fmt: skip


def verdict(study) -> Verdict:
    """The gradient with four made-up specifications."""
    curve = SpecificationCurve(
        specifications=tuple(
            Specification(
                choice={"year": np.int64(y), "cells": c}, effect=e, p_value=0.04, verdict=w
            )
            for (y, c), (e, w) in EFFECTS.items()
        )
    )
    nothing = replace(study.hypothesis("gradient").title)
    return Verdict(
        hypothesis=study.hypothesis("gradient"), verdict="undecided", reason=nothing, main={},
        curve=curve, basis=nothing,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(study, tmp_path_factory):
    """The explorer of the report's data, with a small curve."""
    return explorer(study, [verdict(study)]).save(
        tmp_path_factory.mktemp("explorer") / "explorer.html"
    )


def selected(seen) -> dict[str, list[str]]:
    """Names of the selected provinces in map, plot and table, each read from what is drawn."""
    return seen.page.evaluate(
        """() => {
          const names = [...document.querySelectorAll('#table tbody tr')].map(r => r.cells[1].textContent);
          const shapes = [...document.querySelectorAll('#map [role=option]')];
          const label = s => s.getAttribute('aria-label').split(':')[0];
          const dots = [...document.querySelectorAll('#scatter circle.chosen')];
          return {
            map: shapes.filter(s => s.getAttribute('aria-selected') === 'true').map(label).sort(),
            outlined: [...document.querySelectorAll('#map .chosen use')].map(u => label(shapes[u.dataset.over])).sort(),
            plot: dots.map(d => label(shapes[d.dataset.k])).sort(),
            table: names.filter((_, k) => document.querySelectorAll('#table tbody input')[k].checked).sort(),
          };
        }"""
    )


def everywhere(seen) -> list[str]:
    """The one selection that map, plot and table show."""
    found = selected(seen)
    assert found["map"] == found["outlined"] == found["plot"] == found["table"]
    return found["map"]


def legend(seen) -> list[int]:
    """Counts of the legend in sight, whether a line is hidden or not."""
    lines = seen.page.locator("#legend ul:not([hidden]) b").all_inner_texts()
    counts = seen.page.eval_on_selector_all(
        "#legend ul:not([hidden]) b", "all => all.map(b => Number(b.textContent.slice(1, -1)))"
    )
    assert len(lines) == len(counts)
    return counts


def middle(seen, name: str) -> tuple[float, float]:
    """A point of the screen inside a province."""
    box = seen.page.evaluate(
        """(name) => {
          const shapes = [...document.querySelectorAll('#map [role=option]')];
          const k = shapes.findIndex(s => s.getAttribute('aria-label').startsWith(name + ':'));
          const data = JSON.parse(document.getElementById('explorer').textContent);
          const p = new DOMPoint(...data.at[k]).matrixTransform(document.getElementById('map').getScreenCTM());
          return [p.x, p.y];
        }""",
        name,
    )
    return box[0], box[1]


def test_it_draws_every_shape_and_point_and_asks_for_nothing(page, look):
    """81 shapes and points with a colour, in half a second, no request, no complaint; small."""
    seen = look(page)
    assert (seen.asked, seen.errors) == ([], [])
    fills = seen.page.eval_on_selector_all(
        "#map [role=option]", "all => all.map(p => p.getAttribute('fill'))"
    )
    assert len(fills) == seen.page.locator("#scatter circle").count() == 81
    assert all(fills)
    assert seen.page.evaluate("document.getElementById('map').getBoundingClientRect().width") > 500
    assert page.stat().st_size <= 400_000


@pytest.mark.parametrize(
    ("name", "year", "spec", "tail", "correction"),
    [
        ("low", 2024, "official", "two-sided", "bh"),
        ("low", 2024, "official", "two-sided", "none"),
        ("low", 2019, "knn:6", "greater", "holm"),
        ("low", 2019, "knn:4", "greater", "none"),
        ("high", 2022, "queen", "two-sided", "none"),
        ("medium_low", 2023, "band:150km", "greater", "bh"),
        ("high+medium_high", 2024, "rook", "two-sided", "none"),
        ("medium_high", 2019, "official", "greater", "bh"),
    ],
)
def test_clusters_and_p_are_those_of_local_moran(
    page, look, study, name, year, spec, tail, correction
):
    """Under each setting the counts, each province's colour, p and mean of neighbours are Python's."""
    query = f"#en&class={name.replace('+', '%2B')}&year={year}&neighbours={spec}&tail={tail}&correction={correction}"
    seen = look(page, query)
    share = study.at(year).share(name)
    result = local_moran(
        share, neighbours_of(spec), alternative=tail, missing="drop",
        correction="bh" if correction == "none" else correction,
    )  # fmt: skip
    column = "cluster_unadjusted" if correction == "none" else "cluster"
    counts = result.counts(column)
    missing = int(share.isna().sum())
    assert legend(seen)[:8] == [*(counts[c] for c in CLUSTERS), missing]
    frame = result.frame.reindex(study.names.index)
    told = {key: words.en for key, (_, words) in CLUSTERS.items()}
    rows = {r[1]: r for r in seen.page.eval_on_selector_all(
        "#table tbody tr", "all => all.map(r => [...r.cells].map(c => c.textContent))")}  # fmt: skip
    fills = dict(seen.page.eval_on_selector_all(
        "#map [role=option]",
        "all => all.map(p => [p.getAttribute('aria-label').split(':')[0], p.getAttribute('fill')])",
    ))  # fmt: skip
    for unit, at in frame.iterrows():
        row = rows[study.names[unit]]
        if pd.isna(at["value"]):
            assert (row[3], row[5], row[7], fills[row[1]]) == (
                "–",
                "–",
                "no data",
                "url(#hatch-missing)",
            )
            continue
        assert row[3].removesuffix(" ?") == percent(at["value"], "en")
        assert row[4] == percent(at["lag"], "en")
        p = float("nan") if correction == "none" else at["p_adjusted"]
        for cell, value in ((row[5], at["p_value"]), (row[6], p)):
            written = number(value, "en", digits=4)
            assert cell == ("< 0.0001" if written == "0.0000" else written)
        assert row[7] == told[at[column]]
        colour = CLUSTERS[at[column]][0]
        assert fills[row[1]] == (f"url(#{colour})" if colour.startswith("hatch") else colour)


def test_missing_values_are_hatched_and_listed(page, look, study):
    """A year that the report prints in part says which provinces are missing."""
    seen = look(page, "#tr&class=high&year=2022&fill=share")
    absent = study.names[study.at(2022).share("high").isna()]
    assert (
        seen.page.inner_text("#absent") == f"Veri yok: {', '.join(sorted(absent, key=sort_key))}."
    )
    assert seen.page.locator("#map [fill='url(#hatch-missing)']").count() == len(absent) == 6
    bins = share_bins(study, "high").place(study.at(2022).share("high"))
    assert legend(seen)[:7] == [*(int((bins == k).sum()) for k in range(6)), 6]


@pytest.mark.parametrize("members", [(6, 26, 34, 41), (1, 2, 3, 4, 5, 63, 65)])
def test_slopes_are_those_of_the_scatterplot(page, look, study, members):
    """Moran's I and the slopes inside and outside a selection are what Python gives."""
    chosen = ",".join(map(str, members))
    seen = look(page, f"#tr&class=medium_high&year=2019&neighbours=knn:4&select={chosen}")
    share, graph = study.at(2019).share("medium_high"), neighbours_of("knn:4")
    regimes = pd.Series(["in" if u in members else "out" for u in share.index], index=share.index)
    found = regime_slopes(share, graph, regimes, permutations=9).details
    shown = {k: seen.page.inner_text(f"#slope-{k}") for k in ("all", "in", "out")}
    assert shown == {
        "all": number(moran(share, graph).statistic, "tr", digits=3),
        **{k: number(found["slopes"][k]["slope"], "tr", digits=3) for k in ("in", "out")},
    }
    seen.page.wait_for_timeout(200)
    text = seen.page.inner_text("#told")
    assert text.startswith(f"{len(members)} il seçili: ")
    assert f"Ortalama {percent(share[list(members)].mean(), 'tr')}." in text
    assert all(value in text for value in shown.values())


def test_a_drag_on_the_map_selects_what_lies_inside(page, look, study):
    """Provinces whose point lies in the rectangle are selected everywhere; Shift adds."""
    seen = look(page)
    (x, y), (u, v) = middle(seen, "Ankara"), middle(seen, "Eskişehir")
    seen.page.mouse.move(min(x, u) - 8, min(y, v) - 8)
    seen.page.mouse.down()
    seen.page.mouse.move(max(x, u) + 8, max(y, v) + 8, steps=5)
    seen.page.mouse.up()
    west, east = sorted(study.points.loc[[6, 26], "longitude"])
    south, north = sorted(study.points.loc[[6, 26], "latitude"])
    inside = everywhere(seen)
    assert {"Ankara", "Eskişehir"} <= set(inside)
    assert len(inside) < 8
    for name in study.names:
        at = study.points[study.names == name].iloc[0]
        if west <= at["longitude"] <= east and south <= at["latitude"] <= north:
            assert name in inside
    seen.page.keyboard.down("Shift")
    seen.page.mouse.click(*middle(seen, "Van"))
    assert set(everywhere(seen)) == {*inside, "Van"}


def test_a_second_drag_adds_with_shift_and_replaces_without(page, look):
    """What was selected stays under Shift, and goes without it; a click on nothing clears."""
    seen = look(page, "#tr&select=34")

    def drag(name: str) -> list[str]:
        x, y = middle(seen, name)
        seen.page.mouse.move(x - 7, y - 7)
        seen.page.mouse.down()
        seen.page.mouse.move(x + 7, y + 7, steps=3)
        seen.page.mouse.up()
        return everywhere(seen)

    seen.page.keyboard.down("Shift")
    assert drag("Van") == ["Van", "İstanbul"]
    seen.page.keyboard.up("Shift")
    assert drag("Van") == ["Van"]
    box = seen.page.locator("#map").bounding_box()
    seen.page.mouse.click(box["x"] + 5, box["y"] + box["height"] - 5)
    assert everywhere(seen) == []


def test_a_drag_on_the_plot_selects_the_same_provinces_on_the_map(page, look, study):
    """The right edge of the plot holds the largest shares."""
    seen = look(page, "#tr&class=high")
    box = seen.page.locator("#scatter").bounding_box()
    seen.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 4)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    seen.page.mouse.up()
    found = everywhere(seen)
    share = study.share("high")
    largest = study.names[share.sort_values(ascending=False).index[: len(found)]]
    assert 1 <= len(found) < 10
    assert found == sorted(largest)


def test_the_same_selection_by_mouse_keyboard_checkbox_list_and_address(page, look):
    """Five ways, none but one with a drag, lead to the same provinces and the same address."""
    wanted = ["Ankara", "Eskişehir"]
    by_click = look(page)
    by_click.page.mouse.click(*middle(by_click, "Ankara"))
    by_click.page.keyboard.down("Control")
    by_click.page.mouse.click(*middle(by_click, "Eskişehir"))
    by_key = look(page)
    by_key.page.mouse.click(*middle(by_key, "Eskişehir"))
    by_key.page.keyboard.press("Escape")
    by_key.page.keyboard.press("Shift+ArrowRight")
    by_box = look(page)
    for name in wanted:
        by_box.page.check(f"#table input[aria-label='{name}']")
    by_list = look(page)
    by_list.page.select_option("#region", label="Ankara–Eskişehir")
    by_address = look(page, "#tr&select=26,6")
    for seen in (by_click, by_key, by_box, by_list, by_address):
        assert everywhere(seen) == wanted
        assert seen.page.evaluate("location.hash").endswith("select=6,26") or seen is by_address
        seen.page.wait_for_timeout(200)
        assert seen.page.inner_text("#told").startswith("2 il seçili: Ankara, Eskişehir.")


def test_an_address_brings_back_switches_selection_and_language(page, look):
    """What one reader sees, the address shows to another; nonsense in it is passed over."""
    seen = look(page)
    seen.page.select_option("select[name=class]", "high")
    seen.page.select_option("select[name=year]", "2021")
    seen.page.select_option("select[name=neighbours]", "knn:6")
    seen.page.check("input[name=tail][value=greater]")
    seen.page.check("input[name=correction][value=none]")
    seen.page.check("#table input[aria-label='Iğdır']")
    seen.page.click("button[value=en]")
    address = seen.page.evaluate("location.hash")
    other = look(page, address)
    assert other.page.evaluate("location.hash") == address
    for part in ("#reading", "#legend", "#table"):
        assert other.page.inner_text(part) == seen.page.inner_text(part)
    assert everywhere(other) == ["Iğdır"]
    assert other.page.evaluate("document.documentElement.lang") == "en"
    other.page.evaluate("location.hash = 'tr&class=low&select=34'")
    other.page.wait_for_timeout(100)
    assert everywhere(other) == ["İstanbul"]
    assert other.page.inner_text("#reading").startswith("Düşük teknoloji, 2024")
    odd = look(page, "#tr&class=gold&year=1066&tail=%E0%A4%A&select=0,x,6&neighbours=__proto__")
    assert odd.errors == []
    assert everywhere(odd) == ["Ankara"]


def test_one_tab_stop_and_arrows_lead_to_the_nearest(page, look):
    """Of 81 provinces one can be tabbed to; from Ankara west lies Eskişehir; Escape clears."""
    seen = look(page)
    assert seen.page.locator("#map [tabindex='0']").count() == 1
    seen.page.mouse.click(*middle(seen, "Ankara"))
    heard = []
    for key in ("ArrowLeft", "ArrowRight", "Home", "End", " "):
        seen.page.keyboard.press(key)
        heard.append(
            seen.page.evaluate("document.activeElement.getAttribute('aria-label').split(':')[0]")
        )
    assert heard == ["Eskişehir", "Ankara", "Adana", "Zonguldak", "Zonguldak"]
    assert everywhere(seen) == ["Ankara", "Zonguldak"]
    assert "Zonguldak" in seen.page.inner_text("#pointed")
    assert seen.page.locator("#map [tabindex='0']").count() == 1
    seen.page.keyboard.press("Escape")
    assert everywhere(seen) == []


def test_every_province_can_be_reached_by_arrows(page, look):
    """The arrows connect all 81 shapes: nobody is off the keyboard's way."""
    seen = look(page)
    data = seen.page.evaluate("JSON.parse(document.getElementById('explorer').textContent).at")
    seen.page.focus("#map [tabindex='0']")
    reached, waiting = set(), [int(seen.page.evaluate("document.activeElement.dataset.k"))]
    while waiting:
        k = waiting.pop()
        if k in reached:
            continue
        reached.add(k)
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            found = seen.page.evaluate(
                "([k, key]) => { const s = document.querySelector(`#map [data-k='${k}']`); s.focus();"
                " s.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));"
                " return Number(document.activeElement.dataset.k); }",
                [k, key],
            )
            waiting.append(found)
    assert len(reached) == len(data) == 81


def test_pointing_links_map_plot_and_table(page, look, study):
    """Hovering a shape marks its point, its row and its neighbours' points, and says its numbers."""
    seen = look(page, "#en&class=high")
    seen.page.mouse.move(*middle(seen, "Eskişehir"))
    assert seen.page.locator("#table tr.at th").inner_text() == "Eskişehir"
    assert seen.page.locator("#scatter circle.at").count() == 1
    neighbours = study.graph.neighbours(26)
    assert seen.page.locator("#scatter circle.near").count() == len(neighbours)
    assert seen.page.locator("#map .near use").count() == len(neighbours)
    told = seen.page.inner_text("#pointed")
    assert "value 34.4%" in told
    assert all(study.names[u] in told for u in neighbours)
    seen.page.hover("#table tr:has-text('Van') th")
    assert seen.page.inner_text("#pointed strong") == "Van"


def test_stability_of_a_province_is_told(page, look, study):
    """In how many maps a province is in a cluster, as the finding counts it."""
    from mekantek.findings.cluster_stability import stability

    table = stability(study, "low")
    unit = table["HH"].idxmax()
    seen = look(page, "#en")
    seen.page.mouse.move(*middle(seen, study.names[unit]))
    plain, after = (round(table.loc[unit, k] * 44) for k in ("HH", "HH_adjusted"))
    assert f"high–high in {plain} of 44 maps ({after} after correction)" in seen.page.inner_text(
        "#pointed"
    )


def test_the_table_sorts_as_turkish_does(page, look, study):
    """Names stand in the order of the Turkish alphabet; numbers up and down, missing last."""
    names = "[...document.querySelectorAll('#table tbody th')].map(h => h.textContent)"
    seen = look(page)
    wanted = sorted(study.names, key=sort_key)
    assert seen.page.evaluate(names) == wanted
    seen.page.click("#table button[value=name]")
    assert seen.page.evaluate(names) == wanted[::-1]
    assert seen.page.get_attribute("#table th[aria-sort]", "aria-sort") == "descending"
    seen.page.select_option("select[name=class]", "high")
    seen.page.select_option("select[name=year]", "2022")
    seen.page.click("#table button[value=share]")
    share = study.at(2022).share("high")
    order = sorted(
        share.index,
        key=lambda u: (
            np.isnan(share[u]),
            -share[u] if share[u] == share[u] else 0,
            sort_key(study.names[u]),
        ),
    )
    assert seen.page.evaluate(names) == [study.names[u] for u in order]


def test_strokes_say_their_choices_and_set_the_switches(page, look):
    """The curve lists its words; pointing or arrows read a stroke; a click takes over its year."""
    seen = look(page, "#en")
    assert "supported (1)" in seen.page.inner_text("#curve-key")
    assert "undecided (2)" in seen.page.inner_text("#curve-key")
    assert "2 choices (of 4)" in seen.page.inner_text("#like")
    seen.page.focus("#strokes")
    read = []
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        seen.page.keyboard.press(key)
        read.append(re.sub(r"\s+", " ", seen.page.inner_text("#stroke")))
    wanted = sorted(EFFECTS.items(), key=lambda item: item[1][0])
    for text, ((year, cells), (effect, _)) in zip(read, wanted, strict=True):
        assert f"effect {number(effect, 'en', digits=3)} p 0.040" in text
        assert f"year {year}" in text
        assert ("adopted print" if cells == "adopted" else "other print") in text
    assert "undecided" in read[0]
    box = seen.page.locator("#strokes").bounding_box()
    seen.page.mouse.click(box["x"] + 60, box["y"] + 60)
    assert seen.page.input_value("select[name=year]") == "2019"
    assert "year=2019" in seen.page.evaluate("location.hash")
    seen.page.select_option("select[name=class]", "high")
    assert not seen.page.is_visible("#curve")
    assert seen.page.is_visible("#no-curve")


def test_both_languages_and_a_phone(page, look):
    """Nothing of the other language stays, and 390 pixels hold the page."""
    seen = look(page, "#tr&class=high&select=6,26,34,2", width=390, height=800)
    seen.page.wait_for_timeout(200)
    turkish = seen.page.inner_text("body")
    for word in ("Neighbours", "share", "selected", "province", "Map", "cluster"):
        assert word not in turkish
    assert "%25,6" in turkish
    seen.page.click("button[value=en]")
    seen.page.wait_for_timeout(200)
    english = seen.page.inner_text("body")
    for word in ("Komşu", "seçili", " il ", "Harita", "Eğim", "küme"):
        assert word not in english
    assert "25.6%" in english
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_shows_map_plot_and_table_without_controls(page, look):
    """Printing keeps the pictures and all 81 rows, and drops what cannot be pressed."""
    seen = look(page, "#tr&select=6,26")
    seen.page.emulate_media(media="print")
    assert not seen.page.is_visible("#switches")
    for part in ("#map", "#scatter", "#curve svg"):
        assert seen.page.is_visible(part)
    assert seen.page.evaluate(
        "(() => { const t = document.querySelector('.tall'); return t.scrollHeight <= t.clientHeight + 1; })()"
    )


def test_a_name_that_is_a_script_is_a_name(study, look, tmp_path):
    """Markup, quotes and formulas in a name are shown, saved as text, and never run."""
    names = study.names.copy()
    names[6], names[34], names[1] = (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(2)>',
        "=HYPERLINK(1)",
    )
    regions = study.regions.copy()
    regions["agency_tr"] = regions["agency_tr"].replace(
        "Zafer Kalkınma Ajansı", "</option><script>alert(3)</script>"
    )
    made = explorer(replace(study, names=names, regions=regions), [])
    seen = look(made.save(tmp_path / "odd.html"), "#en&select=6,34,1")
    seen.page.wait_for_timeout(200)
    assert (seen.asked, seen.errors) == ([], [])
    told = seen.page.inner_text("#told")
    assert all(names[u] in told for u in (6, 34, 1))
    assert seen.page.locator("main script, main img").count() == 0
    with seen.page.expect_download() as saved:
        seen.page.click("#save")
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert "\n1,'=HYPERLINK(1),1,low,2024,official," in text
    assert len(text.splitlines()) == 82


def test_same_data_same_bytes_and_a_light_face(study, tmp_path):
    """Two explorers are one; a notebook sees a line, not the page."""
    one, two = explorer(study, [verdict(study)]), explorer(study, [verdict(study)])
    assert one.html == two.html
    assert one.maps == 18 * 6 * 2 * 3
    assert len(one._repr_html_()) < 300
    assert len(repr(one)) < 100
    assert one.save(tmp_path / "a.html").read_bytes() == one.html.encode()


def test_the_command_writes_the_page(tmp_path):
    """`mekantek explorer` names its file on stdout and says nothing else."""
    out = tmp_path / "page.html"
    run = subprocess.run(
        [sys.executable, "-m", "mekantek.cli", "explorer", "--no-curves", "--lang", "en", "--out", out],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{out}\n", "")
    assert '<html lang="en">' in out.read_text(encoding="utf-8")


def test_other_regions_have_their_own_neighbours_and_no_curve(study, look, tmp_path):
    """A study of NUTS 2 regions is explored too, with one neighbourhood."""
    from mekantek.study import aggregate

    larger = aggregate(study, study.regions["nuts2"])
    seen = look(explorer(larger).save(tmp_path / "nuts2.html"), "#en")
    assert seen.errors == []
    assert seen.page.locator("#map [role=option]").count() == len(larger.names)
    assert not seen.page.is_visible("#curve")
    weights = replace(study.graph.subset(study.graph.ids), matrix=study.graph.sparse * 1.0)
    assert explorer_page(study, {"official": weights}).maps == 18 * 2 * 3


def test_unequal_weights_are_refused(study):
    """The page averages neighbours; it does not pretend to weigh them."""
    with pytest.raises(OptionError, match="equal weight; those of inverse:2 differ"):
        explorer_page(study, {"inverse:2": neighbours_of("inverse:2")})


def test_numbers_survive_packing():
    """What is packed reads back; what does not fit is refused."""
    assert [DIGITS.index(c) for c in pack([5, 63, 0], 1)] == [5, 63, 0]
    with pytest.raises(ValueError, match="does not fit"):
        pack([64], 1)
    many = pack_levels(range(70))
    assert len(many) == 70 * 3 + 1 + 70 * 2
    assert pack_steps([62, 63]) == DIGITS[62] + DIGITS[63] + DIGITS[0]


def test_what_the_study_writes_has_its_three_curves(pages, look, study):
    """The study's own page stays in its budget and shows each class's finding."""
    seen = look(pages / "explorer.html", "#en")
    assert (seen.asked, seen.errors) == ([], [])
    for name in ("low", "high", "medium_high"):
        seen.page.select_option("select[name=class]", name)
        assert seen.page.is_visible("#curve svg")
        link = seen.page.get_attribute("#curve-link", "href").split("#")[0]
        assert (pages / link).is_file()
    assert (
        len(study.design.few_networks("knn:6"))
        == seen.page.locator("select[name=neighbours] option").count()
    )
