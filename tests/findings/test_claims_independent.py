"""A second implementation of the claims, from the CSV files with csv and fractions alone.

Nothing of mekantek computes here: shares and totals are read again, every printed share is moved by
0.05 points to its worst case, second prints are tried, and each claim is decided anew. The last test
holds value, interval and word against what `mekantek.findings.claims` says.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
HALF = Fraction(1, 2000)
FOUR = ("high", "medium_high", "medium_low", "low")
SIX = ("İstanbul", "Ankara", "İzmir", "Kocaeli", "Bursa", "Gaziantep")
YEARS = range(2019, 2025)


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_cells():
    """(province, year, column) → (value, low, high) for every printed share and total."""
    found = {}
    for r in rows("shares.csv"):
        v = Fraction(r["share"])
        found[r["province"], int(r["year"]), r["class"]] = [v, v - HALF, v + HALF]
    for r in rows("totals.csv"):
        v = Fraction(r["value_usd"])
        found[r["province"], int(r["year"]), "total"] = [v, v, v]
    for r in rows("corrections.csv"):
        if r["status"] != "unresolved":
            continue
        column = {"total_usd": "total"}.get(r["column"], r["column"].removesuffix("_pct"))
        share = column != "total"
        prints = [re.match(r"\d+(\.\d+)?", r[k]) for k in ("printed_a", "printed_b")]
        numbers = [Fraction(p[0]) for p in prints if p]
        # A print that breaks off after its first digit ("1") is no second value.
        if not share:
            numbers = [n for n in numbers if 100 * n >= Fraction(r["adopted"])]
        cell = found[r["name"], int(r["year"]), column]
        for n in numbers:
            value, slack = (n / 100, HALF) if share else (n, 0)
            cell[1], cell[2] = min(cell[1], value - slack), max(cell[2], value + slack)
    for (_, _, column), cell in found.items():
        if column != "total":
            cell[1], cell[2] = max(cell[1], 0), min(cell[2], 1)
    return found


CELLS = read_cells()
NAMES = sorted({p for p, _, _ in CELLS})


def cell(province, classes, year):
    """Share of a class, a sum of classes, or what the four leave."""
    parts = FOUR if classes == "unclassified" else classes.split("+")
    if any((province, year, c) not in CELLS for c in parts):
        return None
    v, low, high = (sum(CELLS[province, year, c][k] for c in parts) for k in range(3))
    if classes == "unclassified":
        v, low, high = 1 - v, 1 - high, 1 - low
    return tuple(min(max(x, 0), 1) for x in (v, low, high))


def dollars(classes, year):
    """Exports of a class by province, where a total is printed."""
    found = {}
    for p in NAMES:
        total = CELLS.get((p, year, "total"))
        if total is None:
            continue
        share = (1, 1, 1) if classes == "total" else cell(p, classes, year)
        if share is not None:
            found[p] = tuple(s * t for s, t in zip(share, total, strict=True))
    return found


def share(place, classes, year=2024):
    if place != "Türkiye":
        return cell(place, classes, year)
    known = [(cell(p, classes, year), CELLS[p, year, "total"]) for p in dollars("total", year)]
    known = [(s, t) for s, t in known if s is not None]
    value = sum(s[0] * t[0] for s, t in known) / sum(t[0] for _, t in known)

    def ends(k, far, near):
        # The extreme stands at a threshold: totals on one side are at one end, the rest at the other.
        ordered = sorted(known, key=lambda st: st[0][k])
        top = [0]
        bottom = [0]
        for s, t in ordered:
            top.append(top[-1] + s[k] * t[near])
            bottom.append(bottom[-1] + t[near])
        best, above, below = [], 0, 0
        for at in range(len(ordered), -1, -1):
            best.append((top[at] + above) / (bottom[at] + below))
            if at:
                s, t = ordered[at - 1]
                above, below = above + s[k] * t[far], below + t[far]
        return best

    return value, min(ends(1, 1, 2)), max(ends(2, 2, 1))


def part(members, classes, year=2024):
    members = (members,) if isinstance(members, str) else members
    table = dollars(classes, year)
    mine = [sum(table[m][k] for m in members) for k in range(3)]
    rest = [sum(v[k] for p, v in table.items() if p not in members) for k in range(3)]
    return (
        mine[0] / (mine[0] + rest[0]), mine[1] / (mine[1] + rest[2]), mine[2] / (mine[2] + rest[1])
    )  # fmt: skip


def value(members, classes, year=2024):
    members = (members,) if isinstance(members, str) else members
    table = dollars(classes, year)
    if members == ("Türkiye",):
        members = tuple(table)
    return tuple(sum(table[m][k] for m in members) for k in range(3))


def rank(member, table):
    mine, others = table[member], [v for p, v in table.items() if p != member]
    return (
        1 + sum(o[0] > mine[0] for o in others), 1 + sum(o[1] > mine[2] for o in others),
        1 + sum(o[2] > mine[1] for o in others),
    )  # fmt: skip


def by_share(member, classes, year=2024, among=NAMES):
    found = {p: cell(p, classes, year) for p in among}
    return rank(member, {p: s for p, s in found.items() if s is not None})


def by_value(member, classes, year=2024):
    return rank(member, dollars(classes, year))


def index(member):
    found = [
        int(r["rank"]) for r in rows("indices/iltek_2024_partial.csv") if r["province"] == member
    ]
    return found[0], min(found), max(found)


def printed(table, item):
    found = next(r for r in rows(f"printed/table_{table}.csv") if r["item_printed"] == item)
    v = 1000 * int(found["thousand_usd"])
    return v, v - 500, v + 500


def over(a, b):
    return a[0] / b[0], a[1] / b[2], a[2] / b[1]


def stated(text):
    number, step, scale = read(text)
    return number * scale, (number - step / 2) * scale, (number + step) * scale


def read(text):
    digits = len(text.split(".")[1].split()[0].rstrip("%")) if "." in text else 0
    number, _, word = text.partition(" ")
    scale = {"": 1, "bn": 10**9, "mn": 10**6, "%": Fraction(1, 100)}[word]
    return Fraction(number), Fraction(1, 10**digits), scale


def equals(x, text):
    """Rounding, truncation, or either after moving the shares."""
    number, step, scale = read(text)
    return x[1] <= (number + step) * scale and x[2] >= (number - step / 2) * scale


def about(x, text):
    number, step, scale = read(text)
    return x[1] <= (number + step) * scale and x[2] >= (number - step) * scale


def at(x, place):
    return x[1] <= place <= x[2]


def rising(series):
    return all(b[2] > a[1] for k, a in enumerate(series) for b in series[k + 1 :])


def flat(series):
    return max(s[1] for s in series) - min(s[2] for s in series) <= Fraction(1, 100)


def peak(series, k):
    return all(series[k][2] > s[1] for j, s in enumerate(series) if j != k)


def series(measure, place, classes, years=YEARS):
    return [measure(place, classes, y) for y in years]


def top(names, classes, prints=()):
    held = [at(by_share(n, classes), k) for k, n in enumerate(names, 1)]
    return held + [equals(cell(n, classes, 2024), p) for n, p in zip(names, prints, strict=True)]


def partners(count):
    found = {r["item_printed"]: Fraction(r["thousand_usd"]) for r in rows("printed/table_2_1.csv")}

    def largest(table):
        ordered = sorted((v for k, v in table.items() if k != "Diğer Kalan"), reverse=True)
        return sum(ordered[:count]) / sum(table.values())

    both = (largest(found), largest({**found, "Almanya": Fraction(747684)}))
    return both[0], min(both), max(both)


def germany():
    rest = [
        int(r["thousand_usd"])
        for r in rows("printed/table_2_1.csv")
        if r["item_printed"] != "Almanya"
    ]
    v = CELLS["Ankara", 2024, "total"][0] - 1000 * sum(rest)
    return v, v - 500 * len(rest), v + 500 * len(rest)


def add(a, b):
    return tuple(x + y for x, y in zip(a, b, strict=True))


HM = "high+medium_high"
A, T = "Ankara", "Türkiye"
EXPORTS = value(T, "total")
DEFICIT = stated("83.9 bn")
MEDIUM_HIGH = ("Sakarya", "Bitlis", "Aksaray", "Konya", "Kırıkkale")
LOW = ("Tunceli", "Tokat", "Erzincan", "Uşak", "Gaziantep")
REST = ("İstanbul", "Ankara", "Eskişehir", "İzmir", "Kocaeli", "Gaziantep")

# id: (the number shown first, or None) and what each check holds.
CASES = {
    2: (x := share(A, "high"), [equals(x, "12.1 %")]),
    3: (x := share(T, "high"), [equals(x, "3.6 %")]),
    4: (x := by_share(A, "high", among=SIX), [at(x, 1)]),
    5: (x := value(A, "high"), [equals(x, "1.7 bn")]),
    6: (x := part(A, "high"), [equals(x, "20 %")]),
    8: (x := share(T, "medium_high"), [equals(x, "35 %")]),
    9: (x := share(T, "low"), [equals(x, "30 %")]),
    10: (x := share(T, "medium_low"), [equals(x, "25 %")]),
    12: (by_share("Eskişehir", "high"), top(("Eskişehir", "Adıyaman"), "high", ("34.4 %", "25.6 %"))),
    15: (x := part(("İstanbul", A), "high"), [equals(x, "81 %")]),
    35: (x := share(T, "high", 2023), [equals(x, "3.8 %"), equals(share(T, "high"), "3.6 %"),
                                       *(share(T, "high", y)[2] > share(T, "high", 2022)[1] for y in (2023, 2024))]),
    42: (x := share(T, "unclassified", 2019), [equals(x, "5.8 %")]),
    47: (x := share(T, "unclassified"), [equals(x, "6.3 %")]),
    56: (x := printed("2_1", "Çin"), [x[1] <= 920e6 and x[2] >= 905e6,
                                      equals(over(x, stated("3.2 bn")), "30 %")]),
    59: (x := over(EXPORTS, add(EXPORTS, DEFICIT)), [equals(x, "74 %")]),
    61: (x := printed("1_7", "Giyim eşyası (kürk hariç)"), [equals(x, "13.3 bn")]),
    65: (x := printed("1_7", "Motorlu kara taşıtlarının motorlarıyla ilgili parça ve aksesuarları"),
         [equals(x, "8.7 bn")]),
    75: (x := printed("1_8", "Gizli veri"), [equals(x, "35.8 bn")]),
    87: (x := value(A, "total"), [about(x, "15 bn")]),
    88: (x := part(A, "total"), [equals(x, "6 %")]),
    89: (x := by_value(A, "total"), [at(x, 2)]),
    94: (x := printed("2_1", "Bulgaristan"), [equals(x, "873 mn")]),
    95: (x := germany(), [equals(x, "747.6 mn")]),
    96: (x := partners(10), [equals(x, "46 %")]),
    97: (x := partners(20), [equals(x, "65 %")]),
    103: (x := value(A, "medium_high"), [equals(x, "7.3 bn"), rising([value(A, "medium_high", 2019), x])]),
    113: (x := over(value(A, "low"), stated("1.2 bn")), [equals(x, "80 %")]),
    115: (x := over(value(A, "medium_low"), stated("4.6 bn")), [equals(x, "58 %")]),
    116: (x := over(value(A, "high"), stated("3.58 bn")), [equals(x, "49 %")]),
    123: (share(A, "high", 2019), [equals(share(A, "high", 2019), "14.2 %"),
                                   equals(share(A, "high"), "12.1 %"),
                                   rising([share(A, "high"), share(A, "high", 2019)])]),
    125: (x := share(A, HM), [equals(x, "62.9 %"), rising([share(A, HM, 2019), x])]),
    126: (x := share("İstanbul", HM, 2019), [equals(x, "39 %"), equals(share("İstanbul", HM), "41 %"),
                                             rising([x, share("İstanbul", HM)])]),
    130: (x := part(("İstanbul", "Gaziantep"), "low"), [equals(x, "60 %")]),
    131: (part("İstanbul", "high"), [part("İstanbul", c)[2] >= Fraction("0.495") for c in FOUR]),
    139: (part("İstanbul", "high"), [rising([part("İstanbul", "high"), part("İstanbul", "high", 2019)])]),
    141: (share(A, "high"), [rising(series(share, p, "high", range(2021, 2025))) for p in (A, "Gaziantep")]),
    142: (share("Bursa", "high"), [rising([share("Bursa", "high"), share("Bursa", "high", 2019)])]),
    143: (share("Kocaeli", "high"), [flat(series(share, p, "high")) for p in ("Kocaeli", "İzmir")]),
    151: (by_share("Eskişehir", "high"),
          top(("Eskişehir", "Adıyaman", A), "high", ("34.4 %", "25.6 %", "12.1 %"))),
    152: (x := value("Eskişehir", "high"), [equals(x, "568 mn")]),
    153: (x := share("Adıyaman", "high"), [equals(x, "25 %"), equals(value("Adıyaman", "high"), "12 mn")]),
    159: (x := part(("İzmir", "Kocaeli", "Gaziantep"), "high"), [equals(x, "7 %")]),
    160: (x := tuple(1 - part(REST, "high")[k] for k in (0, 2, 1)), [equals(x, "5 %")]),
    161: (x := part("İstanbul", "high", 2021), [equals(x, "67.1 %"), peak(series(part, "İstanbul", "high"), 2)]),
    163: (x := part(A, "high"), [equals(x, "20.2 %")]),
    167: (by_share("Sakarya", "medium_high"),
          top(MEDIUM_HIGH, "medium_high", ("89.4 %", "84.9 %", "63.8 %", "61.6 %", "54.8 %"))),
    175: (x := part("İstanbul", "medium_high"), [x[2] > Fraction(1, 2)]),
    177: (x := part("Bursa", "medium_high", 2019), [about(x, "10 %"), at(by_value("Bursa", "medium_high", 2019), 2)]),
    178: (x := part("Bursa", "medium_high"), [equals(x, "7 %"), at(by_value("Bursa", "medium_high"), 3)]),
    182: (x := part("İstanbul", "medium_low"), [equals(x, "49.6 %")]),
    184: (x := part("İzmir", "medium_low"), [about(x, "4 %"), about(part(A, "medium_low"), "4 %"),
          *(flat(series(part, p, "medium_low")) for p in ("İzmir", A))]),
    192: (by_share("Tunceli", "low"), top(LOW, "low", ("94.2 %", "92.3 %", "91.7 %", "81.8 %", "73.1 %"))),
    201: (share(A, HM), [share(p, HM)[2] > share(T, HM)[1] for p in (A, "Kocaeli")]),
    202: (share(A, "low"), [rising([share(p, "low"), share(p, "low", 2019)]) for p in (A, "Kocaeli")]),
    206: (by_share("Eskişehir", "high"), [at(by_share("Eskişehir", "high"), 1), at(index("Eskişehir"), 4)]),
    207: (share("Adıyaman", "high"), [equals(share("Adıyaman", "high"), "25.6 %"), at(index("Adıyaman"), 43)]),
    213: (share(A, "high"), [share(A, "high")[2] > 2 * share("İstanbul", "high")[1],
                             at(by_share(A, "high", among=SIX), 1)]),
    214: (x := over(value(("Eskişehir", "Adıyaman"), "total"), value(A, "high")), [about(x, "1.0")]),
    225: (x := by_value("Gaziantep", "low"), [at(x, 2)]),
    226: (x := share("Gaziantep", "low"), [x[2] > Fraction(1, 2)]),
}  # fmt: skip


def word(held):
    if all(held):
        return "supported"
    return "partly" if any(held) else "contradicted"


@pytest.fixture(scope="module")
def told(study):
    from mekantek.findings import claims

    return {r["id"]: r for r in (c.to_dict() for c in claims(study, ids=CASES))}


@pytest.mark.parametrize("claim", CASES)
def test_value_interval_and_word_are_computed_twice(told, claim):
    """Two implementations that share no line give the same number, the same ends, the same word."""
    number, held = CASES[claim]
    assert told[claim]["computed"] == pytest.approx(float(number[0]), rel=1e-8)
    assert told[claim]["interval"] == pytest.approx([float(number[1]), float(number[2])], rel=1e-8)
    assert told[claim]["verdict"] == word(held)


def test_enough_claims_of_all_kinds_are_computed_twice():
    """At least forty, among them each kind of word that numbers alone can give."""
    assert len(CASES) >= 40
    assert {word(held) for _, held in CASES.values()} == {"supported", "partly"}


def test_second_implementation_knows_what_is_false():
    """A print that no reading allows, a rank nobody holds, and a rise that is a fall."""
    assert not equals(share(A, "high"), "12.3 %")
    assert not at(by_share(A, "high"), 2)
    assert not rising([share(A, "high", 2019), share(A, "high")])
    assert word([equals(share(A, "high"), "12.3 %")]) == "contradicted"
