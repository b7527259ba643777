"""The claims register: complete, computed, honest about what it lacks, and able to say no."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import command_line
import mekantek as mt
from mekantek.errors import OptionError, TableError, UnknownProvinceError
from mekantek.findings.statements import claims, counted, decide
from mekantek.findings.statements.checks import Bound, Court, Equals, Greater, Trend
from mekantek.findings.statements.estimates import Estimate, Ledger
from mekantek.findings.statements.prints import Print
from mekantek.findings.statements.register import _claim, load_register, read_check
from mekantek.findings.verdict import VERDICTS
from mekantek.report.claims import claims_page, claims_table

REGISTER = load_register()
NUMBERED = [
    (claim.id, check)
    for claim in REGISTER.claims
    for reading in claim.readings
    for check in reading.checks
    if isinstance(check, (Equals, Bound, Greater, Trend))
]
QUANTITIES = [
    quantity
    for _, check in NUMBERED
    for quantity in (check.quantities if isinstance(check, Trend) else (check.quantity,))
]


@pytest.fixture(scope="module")
def results(study, verdicts):
    return claims(study, verdicts=verdicts.values())


@pytest.fixture(scope="module")
def court(study):
    return Court(Ledger(study), REGISTER.tolerances, lambda name: None)


@pytest.fixture(scope="module")
def told(results):
    return {r.claim.id: r for r in results}


def test_every_statement_is_there_and_checked_or_said_to_need_something(results):
    """235 statements, 1 to 236 without 209; a statement without a check names what it would take."""
    assert [r.claim.id for r in results] == [i for i in range(1, 237) if i != 209]
    for result in results:
        assert result.claim.readings or result.claim.needs, result.claim.id
        assert (result.verdict == "not testable") == (not result.claim.readings)
        assert result.verdict in VERDICTS


def test_verdicts_are_counted(results):
    """A change of any verdict is a change of results and belongs in the changelog."""
    assert counted(results) == {
        "supported": 147, "partly": 21, "not supported": 4, "contradicted": 1, "undecided": 0,
        "not testable": 62,
    }  # fmt: skip
    rest = [r for r in results if r.verdict == "supported" and r.claim.needs]
    leaning = [r.claim.id for r in results if r.verdict == "supported" and r.within]
    assert len(rest) == 57
    assert leaning == [35, 42, 113, 115, 125, 131, 152, 158, 163, 206]


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("contradicted", [22]),
        ("not supported", [193, 194, 195, 232]),
        ("partly", [16, 19, 21, 56, 68, 72, 104, 140, 141, 146, 173, 174, 178, 184, 196, 197, 198,
                    201, 202, 217, 231]),
    ],
)  # fmt: skip
def test_which_statements_do_not_hold(results, word, ids):
    """The statements that fail, in whole or in part, are these and no others."""
    assert [r.claim.id for r in results if r.verdict == word] == ids


@pytest.mark.parametrize("claim", [20, 21, 22, 172, 194, 228, 231, 232])
def test_spatial_statements_have_the_word_of_their_finding(told, verdicts, claim):
    """A spatial statement says what its finding says, not more."""
    names = {20: "concentration", 21: "iltek", 22: "iltek-one-to-one", 172: "medium-high-bloc",
             194: "gradient", 228: "concentration", 231: "corridor-ankara-eskisehir",
             232: "corridor-istanbul-kocaeli"}  # fmt: skip
    assert told[claim].verdict == verdicts[names[claim]].verdict


def test_code_of_every_quantity_gives_its_value(study, court):
    """The Python expression shown beside a number is evaluated and gives that number."""
    seen = {}
    for quantity in QUANTITIES:
        seen.setdefault(quantity.code(), quantity)
    assert len(seen) > 120
    for code, quantity in seen.items():
        value = eval(code, {"mt": mt, "study": study})
        assert float(value) == pytest.approx(quantity.estimate(court.ledger).value, rel=1e-9), code


def test_code_of_every_other_check_runs(study, told):
    """Expressions beside classes, lists, prints and findings can be evaluated too."""
    codes = {o.code for r in told.values() for o in r.outcomes if o.estimate is None}
    heavy = "verdict_of"
    for code in sorted(c for c in codes if heavy not in c):
        eval(code, {"mt": mt, "study": study})
    assert mt.findings.verdict_of(study, "concentration").verdict == "supported"


def test_every_number_lies_in_its_interval(results):
    """The adopted value is one of the values that the prints allow."""
    for result in results:
        for outcome in result.outcomes:
            if outcome.estimate is not None:
                e = outcome.estimate
                assert e.low - 1e-12 <= e.value <= e.high + 1e-12, result.claim.id


FALSIFIABLE = [
    (claim, check)
    for claim, check in NUMBERED
    if isinstance(check, Equals) and not check.about and check.printed.value > 0
]


@pytest.mark.parametrize("side", [-1, 1], ids=["smaller", "larger"])
@pytest.mark.parametrize(
    ("claim", "check"), FALSIFIABLE, ids=[f"{c}-{k}" for k, (c, _) in enumerate(FALSIFIABLE)]
)
def test_a_false_print_is_contradicted(court, claim, check, side):
    """Any printed number of the register, moved by 30 % or three last places, holds no more."""
    printed = check.printed
    moved = printed.value + side * max(0.3 * printed.value, 3 * printed.step)
    false = replace(check, printed=replace(printed, value=round(moved, 9)))
    if check.quantity.unit == "count":
        false = replace(check, printed=replace(printed, value=printed.value + 7 * side))
    assert false.run(court).word == "contradicted"


@pytest.mark.parametrize(
    ("claim", "check"),
    [(c, k) for c, k in NUMBERED if isinstance(k, (Bound, Greater)) and c not in (19, 217)],
)
def test_comparisons_turned_round_do_not_both_hold_plainly(court, claim, check):
    """What is above a bound is not plainly below it, what is larger not plainly smaller."""
    outcome = check.run(court)
    if isinstance(check, Bound):
        turned = replace(check, above=not check.above, rounded=False).run(court)
    else:
        turned = Greater(check.other, check.quantity).run(court)
    plainly = [o.word == "supported" and not o.within for o in (outcome, turned)]
    assert plainly != [True, True]


@pytest.mark.parametrize(
    ("text", "rounded", "truncated"),
    [
        ("%12,1", (0.1205, 0.1215), (0.121, 0.122)), ("1,7 milyar", (1.65e9, 1.75e9), (1.7e9, 1.8e9)),
        ("910 milyon", (909.5e6, 910.5e6), (910e6, 911e6)), ("%88", (0.875, 0.885), (0.88, 0.89)),
    ],
)  # fmt: skip
def test_prints_say_what_they_may_stand_for(text, rounded, truncated):
    """The last printed place decides, in the number's own unit."""
    printed = Print.read(text)
    assert printed.rounded() == pytest.approx(rounded)
    assert printed.truncated() == pytest.approx(truncated)
    with pytest.raises(ValueError, match="no printed number"):
        Print.read("twelve")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"share": "Ankara", "is": "%12,1"}, "as printed"),
        ({"share": "Türkiye", "is": "%3,6"}, "rounds to the print"),
        ({"value": "Ankara", "is": "1,7 milyar"}, "cutting off"),
        ({"part": "Ankara", "is": "%20,2"}, "the interval"),
        ({"part": ["İstanbul", "Ankara", "Eskişehir"], "is": "%88"}, "61 + 20 + 7"),
        ({"value": "Ankara", "about": "1,7 milyar"}, "“about”"),
        ({"share": "Ankara", "is": "%13"}, "needs 12.5%–14.0%"),
        ({"rank": "Ankara", "by": "share", "is": "2"}, "computed 3, printed 2"),
    ],
)
def test_the_reading_that_saves_a_print_is_said(court, check, said):
    """Rounded, cut off, moved, added, about, or not at all: the reason names which."""
    reason = read_check(check)[0].run(court).reason.en
    assert said in reason.lower().replace(";", ",") or said in reason


def test_trends_rise_only_if_they_rise(court):
    """Ankara's share fell in 2024, Gaziantep's rose within the rounding, İzmir's is flat."""

    def word(place, trend, years="2021-2024"):
        found = read_check({"share": place, "years": years, "trend": trend})[0].run(court)
        return found.word, found.within

    assert word("Ankara", "rising") == ("contradicted", False)
    assert word("Gaziantep", "rising") == ("supported", True)
    assert word("İzmir", "flat") == ("supported", False)
    assert word("Ankara", "flat") == ("contradicted", False)
    assert word("Ankara", "down", "2019; 2024") == ("supported", False)
    assert word("Ankara", "up", "2019; 2024") == ("contradicted", False)


def test_entries_that_say_nothing_are_refused():
    """A check without a quantity, without a claim, or about no province is a fault of the data."""
    with pytest.raises(TableError, match="without a quantity"):
        read_check({"is": "%12"})
    with pytest.raises(TableError, match="claims nothing"):
        read_check({"share": "Ankara"})
    with pytest.raises(TableError, match="no province"):
        read_check({"share": "Angora", "is": "%12"})
    row = {"id": 999, "years": "2024", "classes": "high"}
    with pytest.raises(TableError, match="says nothing of statement 999"):
        _claim(row, {"claim": {}, "groups": {}, "needs": {}})
    with pytest.raises(TableError, match="neither checks"):
        _claim(row, {"claim": {"999": {}}, "groups": {}, "needs": {}})


def test_words_of_checks_make_the_word_of_a_claim():
    """All, some, none; a spatial word stands where no check holds."""
    assert decide(["supported", "supported"]) == "supported"
    assert decide(["supported", "not supported"]) == "partly"
    assert decide(["partly"]) == "partly"
    assert decide(["contradicted", "contradicted"]) == "contradicted"
    assert decide(["contradicted", "undecided"]) == "undecided"
    assert decide(["contradicted", "not supported"]) == "not supported"


def test_contradictions_name_statements_and_lines(told):
    """Each names statements that exist, in both languages, and each statement names it back."""
    assert len(REGISTER.contradictions) == 23
    for contradiction in REGISTER.contradictions:
        assert "satır" in contradiction.text.tr
        assert "line" in contradiction.text.en
        for claim in contradiction.claims:
            assert contradiction in told[claim].contradictions


def test_numbers_in_contradictions_are_the_computed_ones(court):
    """What the sentences on Bursa, İstanbul, Kocaeli and Ankara quote is what the ledger holds."""
    ledger = court.ledger
    assert round(ledger.value_of([54], "medium_high", 2024).value / 1e9, 2) == 5.70
    assert round(ledger.value_of([16], "medium_high", 2024).value / 1e9, 2) == 5.64
    assert ledger.value_of([54], "medium_high", 2024).low > (
        ledger.value_of([16], "medium_high", 2024).high
    )
    for name in ("medium_low", "low"):
        assert round(ledger.part_of([34], name, 2024).value, 3) == 0.496
    for year, value in ((2021, 1.82), (2022, 2.46), (2023, 2.37)):
        assert round(ledger.value_of([6], "medium_low", year).value / 1e9, 2) == value
    assert round(ledger.share_of([41], "high+medium_high", 2024).value, 3) == 0.328
    assert round(ledger.value_of([6], "low", 2019).value / 1e9, 2) == 0.68


def test_filters_choose(study):
    """By number, province, class, year and verdict; what is unknown is refused with the list."""
    assert [r.claim.id for r in claims(study, ids=[15, 2])] == [2, 15]
    kocaeli = claims(study, province="kocaeli", class_="low", year=2019)
    assert [r.claim.id for r in kocaeli] == [199, 200, 202]
    assert {r.verdict for r in claims(study, ids=range(90, 92), verdict="supported")} == {
        "supported"
    }
    assert claims(study, ids=[90], verdict="contradicted") == []
    for wrong in ({"ids": [209]}, {"class_": "medium"}, {"verdict": "true"}):
        with pytest.raises(OptionError):
            claims(study, **wrong)
    with pytest.raises(UnknownProvinceError):
        claims(study, province="Angora")
    larger = SimpleNamespace(names=study.names.iloc[:26])
    with pytest.raises(OptionError, match="81 provinces"):
        claims(larger)


def test_json_has_the_keys_of_the_contract(told):
    """Stable keys; null where there is no number; the printed text as the report writes it."""
    entry = told[5].to_dict()
    assert {"id", "printed", "computed", "interval", "verdict", "formula", "report_line"} <= set(
        entry
    )
    assert entry["printed"] == "1,7 milyar"
    assert entry["interval"][0] < entry["computed"] < entry["interval"][1]
    silent = told[1].to_dict()
    assert (silent["computed"], silent["interval"], silent["formula"]) == (None, None, None)
    assert silent["needs"]["tr"] != silent["needs"]["en"]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_reasons_are_sentences_in_both_languages(results, language):
    """No reason is empty or has a blank left; only not testable ones compute nothing."""
    for result in results:
        text = result.reason[language]
        assert text, result.claim.id
        assert "{" not in text.replace("{}", "{"), result.claim.id
        assert result.claim.gloss[language]


def test_page_stands_alone_and_holds_every_statement(results):
    """One document: an anchor for each statement, no request, the counts on top."""
    page = claims_page(results)
    for result in results:
        assert f'id="claim-{result.claim.id}"' in page
    assert "http://" not in page
    assert 'src="' not in page
    assert page.count('id="contradiction-') == 23
    assert '<form class="filters" role="search" hidden>' in page, (
        "without a script no dead controls"
    )
    assert "146" in page
    assert claims_page(results) == page


def test_table_has_a_row_each(results):
    """claims.csv: 235 rows, numbers unrounded, empty where nothing is computed."""
    table = claims_table(results).set_index("id")
    assert len(table) == 235
    assert table.loc[15, "low"] < table.loc[15, "computed"] < table.loc[15, "high"]
    assert np.isnan(table.loc[1, "computed"])


def perturbed(study, moves):
    """The same study with every printed share moved by up to 0.05 points."""
    panel = study.panel
    for table, move in zip(panel.values(), moves, strict=True):
        frame = table.frame
        for k, column in enumerate(("high", "medium_high", "medium_low", "low")):
            shift = np.random.Generator(np.random.Philox(move)).uniform(
                -5e-4, 5e-4, (4, len(frame))
            )
            frame[column] = (frame[column] + shift[k]).clip(0, 1)
    return replace(study, panel=panel)


SAMPLE = [q for q in QUANTITIES if q.unit in ("share", "usd", "count")][::5]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.integers(0, 2**32), min_size=6, max_size=6))
def test_intervals_hold_whatever_the_rounding_hid(study, court, moves):
    """Shares moved at random within ±0.05 points never carry a number out of its interval."""
    moved = Ledger(perturbed(study, moves))
    for quantity in SAMPLE:
        wide, there = quantity.estimate(court.ledger), quantity.estimate(moved)
        slack = 1e-9 * max(1.0, abs(wide.value))
        assert wide.low - slack <= there.value <= wide.high + slack, quantity.code()


def test_estimates_divide_and_subtract_to_their_worst_cases():
    """Ends of a ratio and of a difference come from opposite ends of the parts."""
    a, b = Estimate(6, 4, 8), Estimate(2, 1, 4)
    assert a.over(b) == Estimate(3, 1, 8)
    assert a.plus(b, -1) == Estimate(4, 0, 7)


def run(*arguments, **environment):
    return command_line.run("findings", *arguments, **environment)


def test_command_line_gives_json_a_table_and_one_statement_in_full():
    """`findings claims` filters; --json keeps the schema of findings; --id tells everything."""
    told = json.loads(run("claims", "--id", "5", "--id", "178", "--json").stdout)
    assert told["schema"] == "mekantek/findings/1"
    assert [c["id"] for c in told["claims"]] == [5, 178]
    assert told["counts"]["partly"] == 1
    assert told["contradictions"][0]["claims"] == [178, 180]
    table = run("claims", "--province", "Hatay", "--lang", "en").stdout
    assert "185" in table
    assert "$2.22 billion" in table
    full = run("claims", "--id", "178", "--lang", "tr").stdout
    assert "hesaplanan 4; basılan 3" in full
    assert "study.at(2024)" in full
    assert "çelişti" in full


def test_command_line_refuses_in_one_sentence():
    """An unknown number is exit code 3, filters without claims are wrong usage."""
    wrong = run("claims", "--id", "209", "--lang", "en")
    assert wrong.returncode == 3
    assert wrong.stderr.strip() == (
        "There is no statement 209; they are numbered 1 to 236, without 209."
    )
    assert run("gradient", "--province", "Ankara").returncode == 2
