"""Every kind of table against plain loops over the rows it is made of."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from mekantek.datasets import provinces
from mekantek.errors import OptionError, UnknownProvinceError
from mekantek.tabulation import choose, ledger_of, ledger_of_report, make_tables, specifications
from mekantek.tabulation.titles import filled
from mekantek.text import Text, lower, sort_key

CLASSES = ("high", "medium_high", "medium_low", "low")
KINDS = (*CLASSES, "unclassified", "hidden", "unplaced")
SELECTED = (34, 6, 35, 41, 16, 27)
SUMS: dict = {}
KEPT: list = []  # a list that is thrown away would lend its id to another
NAMES = provinces.load_provinces()["name_tr"].to_dict()


FIELDS = ("plate", "year", "flow", "code", "kind", "partner")


def cents(rows, **wanted) -> int:
    """Sum of the rows whose fields are as wanted; kept, for many numbers ask for the same."""
    names = tuple(k for k in FIELDS if k in wanted)
    sums = SUMS.setdefault((id(rows), names), {})
    if not sums:
        for r in rows:
            key = tuple(getattr(r, k) for k in names)
            sums[key] = sums.get(key, 0) + r.cents
        KEPT.append(rows)
    return sums.get(tuple(wanted[k] for k in names), 0)


def near(value, exact) -> bool:
    """A float is the fraction it stands for, to its last digits."""
    if exact is None:
        return value is None or value != value
    return value == pytest.approx(float(exact), rel=1e-12, abs=1e-15)


def ratio(part: int, whole: int):
    return Fraction(part, whole) if whole else None


def cell(table, row: str, column: str):
    """The number beside a label."""
    label = table.columns[0].key if table.columns[0].key != "rank" else table.columns[1].key
    told = [c.tr if isinstance(c, Text) else c for c in table.frame[label]]
    return table.frame[column].tolist()[told.index(row)]


def test_every_table_is_there_with_the_title_it_has_in_the_report(choice):
    """Titles of the list and of the body, with the report's own years; case and spaces aside."""
    own = replace(choice, province=6, years=tuple(range(2004, 2025)), first=2019, last=2024, top=30)
    text = Path(__file__).with_name("titles.csv").read_text(encoding="utf-8")
    printed = {r["item"].removeprefix("Tablo "): r for r in csv.DictReader(text.splitlines())}

    def bare(title: str) -> str:
        for old, new in (
            ("% ,", "%,"),
            ("- ", "-"),
            ("\\$", "$"),
            (" sınıflandırması ", " sınıflandırmasına "),
        ):
            title = title.replace(old, new)
        return " ".join(lower(title).split())

    assert set(printed) == set(specifications())
    for key, spec in specifications().items():
        listed, body = printed[key]["title_in_list"], printed[key]["title_in_body"]
        told = bare(filled(spec.title, own).tr)
        if "unknown" in listed:
            assert spec.note is not None, f"{key} says that its title is not the report's"
            continue
        allowed = {bare(listed), bare(body), f"{bare(listed)} (2024)",
                   bare(listed).replace("(2024)", "(x1000 dolar; 2024)"), f"{bare(listed)} (%, 2019-2024)"}  # fmt: skip
        assert told in allowed, key


@pytest.mark.parametrize(
    ("table", "flow", "plate"),
    [
        ("1.1", "export", None),
        ("1.2", "import", None),
        ("2.5.1", "export", 6),
        ("2.6.1", "import", 6),
    ],
)
def test_shares_by_year(tables, rows, choice, table, flow, plate):
    place = {} if plate is None else {"plate": plate}
    for year in choice.years:
        whole = cents(rows, year=year, flow=flow, **place)
        for kind in KINDS:
            exact = ratio(cents(rows, year=year, flow=flow, kind=kind, **place), whole)
            assert near(cell(tables[table], str(year), kind), exact)


@pytest.mark.parametrize(
    ("table", "flow", "plate"),
    [("1.3", "export", None), ("1.4", "import", None), ("2.5", "export", 6), ("2.6", "import", 6)],
)
def test_values_by_year(tables, rows, choice, table, flow, plate):
    place = {} if plate is None else {"plate": plate}
    for year in choice.years:
        for kind in KINDS:
            exact = Fraction(cents(rows, year=year, flow=flow, kind=kind, **place), 100)
            assert near(cell(tables[table], str(year), kind), exact)
        exact = Fraction(cents(rows, year=year, flow=flow, **place), 100)
        assert cell(tables[table], str(year), "total") == float(exact)
    shown = tables[table].values("tr").iloc[-1, -1]
    assert near(shown, Fraction(cents(rows, year=2024, flow=flow, **place), 100 * 10**9))


def test_coverage_is_exports_over_imports(tables, rows, choice):
    for year in choice.years:
        for kind in (*KINDS[:5], "total"):
            wanted = {"year": year, "plate": 6} | ({} if kind == "total" else {"kind": kind})
            exact = ratio(
                cents(rows, flow="export", **wanted), cents(rows, flow="import", **wanted)
            )
            assert near(cell(tables["2.7"], str(year), kind), exact)


@pytest.mark.parametrize("table", ["1.5", "1.6", "1.7", "1.8", "2.1", "2.2", "2.3", "2.4"])
def test_rankings(tables, rows, made, table):
    """Three largest, the others, the nameless, the total; confidential data is ranked, as printed."""
    spec = specifications()[table]
    wanted = {"flow": spec.flow, "year": 2024} | ({"plate": 6} if spec.place == "province" else {})
    unnamed = "Ülkesi yazılmayan" if spec.by == "partner" else "Kodu yazılmayan"
    sums: dict[str, int] = {}
    for r in rows:
        if all(getattr(r, k) == v for k, v in wanted.items()):
            name = r.partner if spec.by == "partner" else r.code
            sums[name] = sums.get(name, 0) + r.cents
    nameless, whole = sums.pop("", 0), cents(rows, **wanted)
    order = sorted(sums.items(), key=lambda item: -item[1])
    assert len(order) > 3
    lines = {
        None: [v for _, v in order[:3]],
        f"Diğerleri ({len(order) - 3})": [sum(v for _, v in order[3:])],
    }
    lines |= {unnamed: [nameless]} if nameless else {}
    exact = [value for line in [*lines.values(), [whole]] for value in line]
    frame = tables[table].frame
    assert frame["value"].tolist() == [value / 100 for value in exact]
    assert frame["rank"].dropna().tolist() == [1, 2, 3]
    for share, value in zip(frame["share"], exact, strict=True):
        assert near(share, Fraction(value, whole))
    told = [n.tr if isinstance(n, Text) else n for n in frame["name"]]
    assert told[3:] == [*list(lines)[1:], "Toplam"]
    if spec.by == "product":
        codes = ["" if code == "GIZLI" else code for code, _ in order[:3]]
        assert frame["code"].tolist()[:3] == codes
        assert [t == "Gizli veri" for t in told[:3]] == [code == "GIZLI" for code, _ in order[:3]]
    else:
        assert told[:3] == [name for name, _ in order[:3]]


def test_equal_values_stand_in_turkish_order(made):
    """Çin, Irak, İtalya, as an encyclopaedia has them; Python's own order would put Çin last."""
    rows = [
        made.row(6, 2024, "export", "3530", name, 500) for name in ("İtalya", "Çin", "Irak", "Oman")
    ]
    ledger = ledger_of(made.tally(rows))
    (table,) = make_tables(ledger, choose(ledger), only=["2.1"])
    assert table.frame["name"].tolist()[:-1] == ["Çin", "Irak", "İtalya", "Oman"]
    (levels,) = make_tables(ledger, choose(ledger), only=["4.1"])
    assert levels.frame["province"].tolist() == [
        "Ankara", *sorted((n for n in NAMES.values() if n != "Ankara"), key=sort_key)
    ]  # fmt: skip


@pytest.mark.parametrize(("table", "flow"), [("2.8", "export"), ("2.9", "import")])
def test_industries_of_a_class(tables, rows, choice, table, flow):
    frame = tables[table].frame
    assert frame["code"].tolist() == ["2423", "3312", "3530", ""]
    for year in choice.years:
        for code, value in zip(frame["code"], frame[str(year)], strict=True):
            wanted = {"code": code} if code else {"kind": "high"}
            exact = cents(rows, year=year, flow=flow, plate=6, **wanted)
            assert value == exact / 100


@pytest.mark.parametrize(
    ("table", "flow", "year"),
    [
        ("3.1", "export", 2019),
        ("3.2", "export", 2024),
        ("3.3", "import", 2019),
        ("3.4", "import", 2024),
    ],
)
def test_selected_provinces_by_class(tables, rows, table, flow, year):
    assert tables[table].frame["province"].tolist()[:6] == [NAMES[p] for p in SELECTED]
    for plate in (*SELECTED, None):
        place = {"plate": plate} if plate else {}
        whole = cents(rows, year=year, flow=flow, **place)
        for kind in KINDS:
            exact = ratio(cents(rows, year=year, flow=flow, kind=kind, **place), whole)
            assert near(cell(tables[table], NAMES.get(plate, "Türkiye"), kind), exact)


@pytest.mark.parametrize(
    ("table", "flow", "year"),
    [
        ("3.5", "export", 2019),
        ("3.6", "export", 2024),
        ("3.7", "import", 2019),
        ("3.8", "import", 2024),
    ],
)
def test_shares_of_the_nation_add_up(tables, rows, table, flow, year):
    """Selected, others and records without a province are the whole, in every class."""
    for kind in (*KINDS, "total"):
        wanted = {"year": year, "flow": flow} | ({} if kind == "total" else {"kind": kind})
        whole = cents(rows, **wanted)
        for plate in SELECTED:
            exact = Fraction(cents(rows, plate=plate, **wanted), whole)
            assert near(cell(tables[table], NAMES[plate], kind), exact)
        others = sum(
            r.cents
            for r in rows
            if r.plate not in (*SELECTED, None)
            and all(getattr(r, k) == v for k, v in wanted.items())
        )
        assert near(cell(tables[table], "Diğer iller", kind), Fraction(others, whole))
        lost = Fraction(cents(rows, plate=None, **wanted), whole)
        assert near(cell(tables[table], "İli yazılmayan", kind), lost)
        parts = tables[table].frame[kind].tolist()
        assert sum(parts[:-1]) == pytest.approx(1)
        assert parts[-1] == 1


def test_levels_of_all_provinces(tables, rows):
    table = tables["4.1"]
    totals = {p: cents(rows, plate=p, flow="export", year=2024) for p in NAMES}
    order = sorted(NAMES, key=lambda p: (-totals[p], sort_key(NAMES[p])))
    assert table.frame.index.tolist() == order
    for plate in NAMES:
        for year in (2019, 2024):
            whole = cents(rows, plate=plate, flow="export", year=year)
            for kind in CLASSES:
                part = cents(rows, plate=plate, flow="export", year=year, kind=kind)
                assert near(table.frame.loc[plate, f"{kind}_{year}"], ratio(part, whole))


@pytest.mark.parametrize(
    ("table", "kind"), list(zip(["4.2", "4.3", "4.4", "4.5"], CLASSES, strict=True))
)
def test_leading_provinces_by_year(tables, rows, table, kind):
    frame = tables[table].frame
    totals = {p: cents(rows, plate=p, flow="export", year=2024, kind=kind) for p in NAMES}
    leaders = sorted((p for p in NAMES if totals[p]), key=lambda p: -totals[p])[:6]
    assert set(frame.index) - {"others", "nowhere", "nation"} == {*leaders, *SELECTED}
    plates = [p for p in frame.index if isinstance(p, int)]
    assert [totals[p] for p in plates] == sorted((totals[p] for p in plates), reverse=True)
    years = [c.key for c in tables[table].columns[1:]]
    assert years == ["2019", "2021", "2022", "2023", "2024"]
    for year in years:
        wanted = {"flow": "export", "year": int(year), "kind": kind}
        whole = cents(rows, **wanted)
        for plate in plates:
            exact = Fraction(cents(rows, plate=plate, **wanted), whole)
            assert near(frame.loc[plate, year], exact)
        assert near(frame.loc["nowhere", year], Fraction(cents(rows, plate=None, **wanted), whole))
        assert sum(frame[year].tolist()[:-1]) == pytest.approx(1)


@pytest.mark.parametrize(("k", "kind"), list(enumerate(CLASSES)))
def test_charts_and_annexes(tables, rows, k, kind):
    chart, annex = tables[f"Grafik {k + 1}"].frame, tables[f"Ek {k + 3}"].frame
    assert len(chart) == len(annex) == 81
    known = chart[kind].dropna().tolist()
    assert known == sorted(known, reverse=True)
    assert chart[kind].isna().tolist() == [False] * len(known) + [True] * (81 - len(known))
    for plate in NAMES:
        for year in (2019, 2021, 2022, 2023, 2024):
            whole = cents(rows, plate=plate, flow="export", year=year)
            part = cents(rows, plate=plate, flow="export", year=year, kind=kind)
            assert near(annex.loc[plate, f"{kind}_{year}"], ratio(part, whole))
            assert near(annex.loc[plate, f"total_{year}"], Fraction(whole, 100) if whole else None)
        assert near(chart.loc[plate, kind], ratio(part, whole))


def test_the_printed_table_2_1_comes_out_of_records_of_its_cells(made):
    """The report's own 30 partners and the rest: their order, the remainder, the shares it quotes."""
    printed = pd.read_csv(Path(__file__).parents[2] / "data" / "printed" / "table_2_1.csv")
    values = dict(zip(printed["item_printed"], printed["thousand_usd"], strict=True))
    # Line 363 of the report's text; with it the table sums to Ankara's total.
    values["Almanya"] = 747_684
    rest = values.pop("Diğer Kalan")
    small = {f"Ülke {k}": rest // 40 + (k < rest % 40) for k in range(40)}
    rows = [made.row(6, 2024, "export", "3530", name, int(v) * 100_000)
            for name, v in {**values, **small}.items()]  # fmt: skip
    ledger = ledger_of(made.tally(rows))
    (table,) = make_tables(ledger, choose(ledger), only=["2.1"])
    order = sorted(values.items(), key=lambda item: -item[1])
    shown = table.values("tr")
    assert shown["Ülke"].tolist() == [name for name, _ in order] + ["Diğerleri (40)", "Toplam"]
    whole = sum(values.values()) + rest
    assert shown["Değer (bin $)"].tolist() == [v for _, v in order] + [rest, whole]
    # Thirty-one rounded cells beside Ankara's printed total of 14,514,567,339 USD.
    assert whole == pytest.approx(14_514_567, abs=31 / 2)
    # Line 363: the first 10 have 46 %, the first 20 have 65 %.
    assert table.frame["share"].head(10).sum() == pytest.approx(0.46, abs=0.005)
    assert table.frame["share"].head(20).sum() == pytest.approx(0.65, abs=0.01)


def test_no_imports_to_divide_by(made):
    """No high-technology imports in 2021: no ratio, said with the reason; not infinite, not zero."""
    rows = [
        r for r in made.rows() if (r.plate, r.year, r.flow, r.kind) != (6, 2021, "import", "high")
    ]
    tables = lacking(made, rows)
    assert pd.isna(cell(tables["2.7"], "2021", "high"))
    assert "No data, or a denominator of 0 (–): High technology: 2021." in [
        n.en for n in tables["2.7"].notes
    ]


def test_another_agency_gets_its_own_tables(ledger):
    tables = {t.id: t for t in make_tables(ledger, choose(ledger, province="KONYA"))}
    assert (
        tables["2.5"].title.tr == "Teknoloji Sınıflandırmasına Göre Konya'nın İhracatı (Milyar $)"
    )
    assert tables["2.1"].title.en.startswith("Top 30 destinations of the exports of Konya")
    assert tables["3.2"].frame["province"].tolist()[-2] == "Konya"
    own = choose(ledger, selected=["Muş", 42], years=[2018, 2024], top=2)
    assert (own.selected, own.first, own.last, own.window) == (
        (49, 42, 6),
        2018,
        2024,
        (2018, 2024),
    )
    titles = {t.id: t.title.tr for t in make_tables(ledger, own)}
    assert "(2018, 2024)" in titles["2.5.1"]
    assert "ilk 2 Ülke" in titles["1.5"]


@pytest.mark.parametrize(
    ("years", "first"), [((2018, 2019, 2024), 2019), ((2021, 2023, 2024), 2021), ((2024,), 2024)]
)
def test_the_year_compared_is_five_before_or_the_earliest(ledger, years, first):
    assert choose(ledger, years=years).first == first


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"province": "Ankra"}, UnknownProvinceError, "Ankara"),
        ({"years": [2024, 1999]}, OptionError, "nothing of 1999; there are 2018, 2019"),
        ({"top": 0}, OptionError, "1 or more"),
    ],
)
def test_choices_that_cannot_be(ledger, options, error, told):
    with pytest.raises(error, match=told):
        choose(ledger, **options)


def test_a_table_that_the_report_does_not_have(ledger, choice):
    with pytest.raises(OptionError, match=r"no table '9\.9'; it has 1\.1 to 4\.5"):
        make_tables(ledger, choice, only=["9.9"])


def test_no_records_at_all(made):
    with pytest.raises(OptionError, match="no records"):
        choose(ledger_of(made.tally([])))


def lacking(made, rows, **parts):
    """All tables of a tally that lacks something."""
    ledger = ledger_of(made.tally(rows, **parts))
    return {t.id: t for t in make_tables(ledger, choose(ledger))}


def test_without_imports(made):
    tables = lacking(made, made.rows(flows=("export",)))
    gone = {key for key, table in tables.items() if table.reason}
    assert gone == {"1.2", "1.4", "1.6", "1.8", "2.2", "2.4", "2.6", "2.6.1", "2.7", "2.9", "3.3",
                    "3.4", "3.7", "3.8"}  # fmt: skip
    assert tables["2.6"].reason.tr == (
        "Kayıtlarda ithalat yok. Gereken: ithalat kayıtları (yıl, dolar değeri, il, ISIC kodu)."
    )
    assert tables["2.7"].reason.en.endswith(
        "Needed: records of exports and imports (year, value in US dollars, province, ISIC code)."
    )


def test_without_exports(made):
    tables = lacking(made, made.rows(flows=("import",)))
    assert tables["4.1"].reason.en.startswith(
        "No exports in the records. Needed: records of exports"
    )
    assert tables["1.2"].reason is None


def test_without_partners(made):
    rows = [replace(r, partner="") for r in made.rows()]
    empty = made.tally(rows[:0]).by_partner
    for tables in (lacking(made, rows), lacking(made, rows, by_partner=empty)):
        gone = {key for key, table in tables.items() if table.reason}
        assert gone == {"1.5", "1.6", "2.1", "2.2"}
        assert tables["2.1"].reason.tr == (
            "Kayıtlar ülke söylemiyor. Gereken: ihracat kayıtları (yıl, dolar değeri, il, ülke)."
        )


def test_partners_of_some_files_only(made, rows):
    """What no file names a partner of is a line of its own; nothing is lost from the total."""
    some = [r for r in rows if r.plate != 34]
    tally = made.tally(rows, by_partner=made.tally(some).by_partner)
    ledger = ledger_of(tally)
    (table,) = make_tables(ledger, choose(ledger), only=["1.5"])
    wanted = {"year": 2024, "flow": "export"}
    unnamed = cents(some, partner="", **wanted) + cents(rows, plate=34, **wanted)
    assert cell(table, "Ülkesi yazılmayan", "value") == unnamed / 100
    assert cell(table, "Toplam", "value") == cents(rows, **wanted) / 100


def test_without_codes(made):
    """Totals alone, such as the exporters' assembly gives: everything is unplaced."""
    tables = lacking(made, [replace(r, code="") for r in made.rows(flows=("export",))])
    assert tables["1.7"].reason.en.startswith("The records name no product codes.")
    assert tables["2.8"].reason.tr.startswith("Kayıtlarda Yüksek teknoloji sınıfından kod yok.")
    frame = tables["1.3"].frame
    assert frame["unplaced"].tolist() == frame["total"].tolist()
    assert frame["high"].isna().all()
    assert tables["4.1"].reason.en.startswith("The records have none of the numbers of this table.")


def test_a_year_of_totals_alone_says_nothing_of_classes(made):
    """No code in 2021: the total stands, the classes are open; other years are as they were."""
    rows = [replace(r, code="") if r.year == 2021 else r for r in made.rows(flows=("export",))]
    tables = lacking(made, rows)
    frame = tables["2.5.1"].frame.set_index("year")
    assert frame.loc["2021", "unplaced"] == 1
    assert frame.loc["2021", list(CLASSES)].isna().all()
    whole = cents(rows, year=2022, flow="export", plate=6)
    assert near(
        frame.loc["2022", "low"],
        Fraction(cents(rows, year=2022, flow="export", plate=6, kind="low"), whole),
    )
    assert tables["4.2"].frame["2021"].isna().all()


def test_a_taxonomy_of_five_groups_and_codes_without_a_name(made):
    rows = made.rows()
    tally = made.tally(rows)
    coded = tally.by_code.copy()
    coded.loc[coded["code"] == "2710", "kind"] = "medium"
    basis = replace(tally.basis, taxonomy="oecd2016", revision="isic4")
    tally = replace(
        tally, by_code=coded, basis=basis, industries=tally.industries.replace("Tahıl", "")
    )
    ledger = ledger_of(tally)
    tables = {t.id: t for t in make_tables(ledger, choose(ledger))}
    assert [c.key for c in tables["4.1"].columns[1:6]] == [
        "high_2019", "medium_high_2019", "medium_2019", "medium_low_2019", "low_2019"
    ]  # fmt: skip
    assert tables["1.1"].heads("tr")[3] == "Orta teknoloji"
    whole = cents(rows, year=2024, flow="export")
    part = cents(rows, year=2024, flow="export", code="2710")
    assert near(cell(tables["1.1"], "2024", "medium"), Fraction(part, whole))
    frame = tables["1.7"].frame
    assert frame.loc[frame["code"] == "0111", "name"].item() == "0111"


def test_without_provinces(made):
    tables = lacking(made, [replace(r, plate=None) for r in made.rows()])
    made_of = {key for key, table in tables.items() if table.reason is None}
    assert made_of == {f"1.{k}" for k in range(1, 9)}
    assert tables["3.5"].reason.en.startswith("The records of exports name no provinces.")
    assert tables["3.7"].reason.tr.startswith("İthalat kayıtları il söylemiyor.")


def test_without_the_province_that_was_asked_for(made):
    tables = lacking(made, [r for r in made.rows() if r.plate != 6])
    assert tables["2.3"].reason.tr.startswith("Ankara için ihracat kaydı yok.")
    note = next(n.en for n in tables["3.2"].notes if "No data" in n.en)
    assert note.endswith(": Ankara.")
    assert tables["3.2"].rows("tr")[1] == ["Ankara", *["–"] * 7]


def test_of_one_year(made):
    tables = lacking(made, made.rows(years=(2024,)))
    assert {k for k, t in tables.items() if t.reason} == {"3.1", "3.3", "3.5", "3.7"}
    assert tables["3.1"].reason.en.startswith("The records hold a single year")
    assert tables["4.1"].title.tr.endswith("Düzeyleri (2024)")


def test_a_year_without_one_flow_is_missing_not_zero(made):
    rows = [r for r in made.rows() if not (r.flow == "import" and r.year == 2021)]
    tables = lacking(made, rows)
    frame = tables["2.6"].frame.set_index("year")
    assert frame.loc["2021"].isna().all()
    assert frame.drop("2021").notna().all(axis=None)
    notes = [n.tr for n in tables["2.6"].notes]
    assert any(n.startswith("Verisi yok (–):") and n.endswith(": 2021.") for n in notes)
    assert tables["2.9"].frame["2021"].isna().all()


def test_notes_say_months_hidden_and_unplaced(tables, rows):
    notes = [n.en for n in tables["3.6"].notes]
    assert "Years short of months: 2024: 9/12." in notes
    whole = cents(rows, year=2024, flow="export")
    for kind, name in (
        ("hidden", "Confidential data"),
        ("unplaced", "Without a place in the taxonomy"),
    ):
        share = 100 * cents(rows, year=2024, flow="export", kind=kind) / whole
        assert f"{name} (Türkiye, exports): 2024 {share:.2f}%." in notes
    lost = 100 * cents(rows, year=2024, flow="export", plate=None) / whole
    assert f"Records without a province (Türkiye, exports): 2024 {lost:.2f}%." in notes


def test_notes_count_the_amounts_that_are_hidden(made, rows):
    ledger = ledger_of(made.tally(rows, conservation={"hidden_amounts": 1200}))
    (table,) = make_tables(ledger, choose(ledger), only=["3.6"])
    assert "Tutarı gizli kayıt: 1.200; hiçbir toplamda yoktur." in [n.tr for n in table.notes]


def test_heads_say_what_the_numbers_are_of(tables, made, rows):
    assert [line.tr for line in tables["3.6"].head] == [
        "İhracat; özel ticaret sistemi; kayıtlı merkez; kodlar: ISIC Rev. 3; sınıflama: isic3-report",
        "Pay ve oranların paydası: Türkiye'nin aynı sınıftaki ihracatı",
        "Kaynak: kayıt.csv",
    ]
    for table in lacking(made, rows, made_up=True).values():
        assert table.head[0].tr.startswith("UYDURMA VERİ")
        assert table.head[0].en.startswith("MADE-UP DATA")


def test_the_report_itself_gives_table_4_1_as_printed():
    """81 provinces, four classes, two years: every number of the print but one that is printed twice."""
    ledger = ledger_of_report()
    (table,) = make_tables(ledger, choose(ledger), only=["4.1"])
    data = Path(__file__).parents[2] / "data"
    printed = pd.read_csv(data / "printed" / "table_4_1.csv", dtype=str)
    numbers = printed.columns[3:]
    assert [c.key for c in table.columns[1:]] == numbers.tolist()
    names = pd.read_csv(data / "names_map.csv")
    plates = names[names["table"] == "Table 4.1"].sort_values("row")["plate"].tolist()
    told = dict(zip(table.frame.index, table.rows("en"), strict=True))
    assert len(set(plates)) == 81
    apart = {
        (plate, name, row[name], told[plate][1 + k])
        for plate, (_, row) in zip(plates, printed.iterrows(), strict=True)
        for k, name in enumerate(numbers)
        if told[plate][1 + k] != f"{float(row[name]):.1f}"
    }
    # Elazığ: the report prints it twice, and the data take the other print, 48.0 of Annex 5.
    assert apart == {(23, "medium_low_2024", "28.0", "48.0")}


def test_what_is_left_of_the_report_gives_what_it_can():
    ledger = ledger_of_report()
    tables = {t.id: t for t in make_tables(ledger, choose(ledger))}
    assert {k for k, t in tables.items() if t.reason is None} == {
        "1.1", "1.3", "2.5", "2.5.1", "3.1", "3.2", "3.5", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5",
        *(f"Grafik {k}" for k in range(1, 5)), *(f"Ek {k}" for k in range(3, 7)),
    }  # fmt: skip
    # Line 560 of the report: "2021 yılında İstanbul'un payının %67,1 ile en yüksek seviyeye çıktığı".
    assert cell(tables["4.2"], "İstanbul", "2021") == pytest.approx(0.671, abs=5e-4)
    # Line 423: 81 % of high technology from Ankara and İstanbul; line 591: 49.6 % of medium-low.
    assert sum(cell(tables["3.6"], p, "high") for p in ("Ankara", "İstanbul")) == pytest.approx(
        0.81, abs=5e-3
    )
    assert cell(tables["4.4"], "İstanbul", "2024") == pytest.approx(0.496, abs=5e-4)
    assert tables["4.3"].frame["2021"].isna().all()
    assert any("bring: records of exports" in n.en for n in tables["4.3"].notes)
    assert all(any("printed shares times printed totals" in n.en for n in t.notes)
               for t in tables.values() if t.reason is None)  # fmt: skip


def test_the_annex_is_as_printed():
    """Annex 3 in its own order and numbers, wherever no correction was made."""
    from mekantek.datasets import tables as shipped

    ledger = ledger_of_report()
    table = next(t for t in make_tables(ledger, choose(ledger), only=["Ek 3"]))
    shares = shipped.load_shares()
    totals = shipped.load_totals()
    for row in shares[shares["class"] == "high"].itertuples():
        assert table.frame.loc[row.plate, f"high_{row.year}"] == row.share
    for row in totals.itertuples():
        assert table.frame.loc[row.plate, f"total_{row.year}"] == row.value_usd
    known = shares[shares["class"] == "high"].shape[0] + len(totals)
    assert int(table.frame.iloc[:, 1:].notna().sum().sum()) == known
