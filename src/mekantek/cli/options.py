"""Options that several verbs share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TechnologyClass(StrEnum):
    """The report's classes, and two of them together."""

    high = "high"
    medium_high = "medium_high"
    medium_low = "medium_low"
    low = "low"
    unclassified = "unclassified"
    high_and_medium_high = "high+medium_high"


class Alternative(StrEnum):
    """Tails of a test."""

    two_sided = "two-sided"
    greater = "greater"
    less = "less"


class Standardize(StrEnum):
    """What is done to the weights of a row."""

    row = "row"
    none = "none"


class Missing(StrEnum):
    """What is done about missing values."""

    refuse = "refuse"
    drop = "drop"


class Correction(StrEnum):
    """Corrections for a family of tests."""

    bh = "bh"
    by = "by"
    holm = "holm"
    bonferroni = "bonferroni"
    max = "max"
    none = "none"


class GlobalMethod(StrEnum):
    """Where the p-value of a global statistic comes from."""

    randomization = "randomization"
    normality = "normality"
    permutation = "permutation"
    exact = "exact"


class LocalMethod(StrEnum):
    """Where the p-values of a local statistic come from."""

    auto = "auto"
    exact = "exact"
    saddlepoint = "saddlepoint"
    permutation = "permutation"
    randomization = "randomization"


class LoshMethod(StrEnum):
    """Where the p-values of local heteroscedasticity come from."""

    chi_square = "chi-square"
    permutation = "permutation"


class SlopeMethod(StrEnum):
    """Where the p-value of slopes by regime comes from."""

    permutation = "permutation"
    exact = "exact"


class Screened(StrEnum):
    """Global statistics that many variables are screened by."""

    moran = "moran"
    geary = "geary"


class Lisa(StrEnum):
    """Local statistics of likeness."""

    moran = "moran"
    geary = "geary"
    join_counts = "join-counts"


class Hotspot(StrEnum):
    """Getis and Ord's statistics."""

    gstar = "gstar"
    g = "g"


class JoinCount(StrEnum):
    """Which links are counted."""

    BB = "BB"
    WW = "WW"
    BW = "BW"
    Jtot = "Jtot"


class SetStatistic(StrEnum):
    """One number for a set of units."""

    minimum = "minimum"
    mean = "mean"
    weighted = "weighted"
    joint = "joint"


class Lang(StrEnum):
    """Languages of everything that is printed."""

    tr = "tr"
    en = "en"


class MapKind(StrEnum):
    """The sorts of maps, as in the atlas."""

    share = "share"
    years = "years"
    dominant = "dominant"
    clusters = "clusters"
    hotspots = "hotspots"
    stability = "stability"
    quotient = "quotient"
    value = "value"
    corridor = "corridor"
    index_and_share = "index"
    neighbours = "neighbours"


class Flow(StrEnum):
    """Which way the goods go."""

    export = "export"
    import_ = "import"


class Duplicates(StrEnum):
    """What is done about equal records and files."""

    refuse = "refuse"
    keep = "keep"
    # A member called find would hide the method of str.
    seek = "find"


class EngineName(StrEnum):
    """What adds the records up."""

    duckdb = "duckdb"
    spark = "spark"


RECORDS = Annotated[
    list[Path] | None,
    typer.Option(
        "--records",
        help="Trade records of your own (Excel, HTML, CSV, Parquet) in the place of the report's "
        "data; repeat for several files.",
    ),
]
STUDY_FILE = Annotated[
    Path | None,
    typer.Option("--study", help="A study file of your own in the place of the report's data."),
]
LEVEL = Annotated[
    str | None,
    typer.Option(
        "--level",
        help="Larger units: a grouping of the study, such as nuts1, nuts2, agency_tr. Values are added up, "
        "shares computed from the sums.",
    ),
]
TAXONOMY = Annotated[
    str | None,
    typer.Option(
        "--taxonomy",
        help="Of the records: isic3 (the report's), isic3-oecd, isic4, isic4-2digit, nace2, "
        "nace2-2digit, oecd2016, oecd2016-nace2.",
        show_default="by the revision of their codes",
    ),
]
CONCORDANCE = Annotated[
    Path | None,
    typer.Option(
        "--concordance", help="A file of your own in the place of --taxonomy: code,class[,weight]."
    ),
]
COLUMNS = Annotated[
    str | None,
    typer.Option("--columns", help="What columns of the records are: year=YIL,value=DOLAR,…"),
]
DUPLICATES = Annotated[
    Duplicates,
    typer.Option(
        "--duplicates",
        help="Equal records and files: refused, counted, or sought in large files too.",
    ),
]
ENGINE = Annotated[
    EngineName, typer.Option("--engine", help=r"spark needs mekantek\[spark] and Java.")
]
FLOW = Annotated[Flow, typer.Option("--flow", help="Of --records: exports or imports.")]
TABLE = Annotated[
    Path | None,
    typer.Argument(help="Your own table (CSV); without it, the report's data.", show_default=False),
]
VALUE = Annotated[str | None, typer.Option("--value", help="Column of your table to test.")]
VALUES = Annotated[
    list[str] | None, typer.Option("--value", help="Column of your table; repeat for several.")
]
ID = Annotated[str | None, typer.Option("--id", help="Column of your table with the ids.")]
NAME = Annotated[
    str | None,
    typer.Option("--name", help="Column of your table with names to show; the ids by default."),
]
NEIGHBOURS = Annotated[
    Path | None,
    typer.Option("--neighbours", help="Neighbour file: .gal, .gwt, .swm or a CSV of id pairs."),
]
BOUNDARIES = Annotated[
    Path | None, typer.Option("--boundaries", help="Layer of polygons: GeoJSON, GeoPackage, shp.")
]
BOUNDARIES_ID = Annotated[
    str | None, typer.Option("--boundaries-id", help="Id column of the layer; --id by default.")
]
WEIGHTS = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="official, queen, rook, knn:4, band:150km, inverse:2, kernel:gaussian:8, order:2.",
        show_default="official on the report, queen with boundaries",
    ),
]
CLASS = Annotated[TechnologyClass, typer.Option("--class", help="Class of the report's data.")]
VARIABLE = Annotated[
    str | None,
    typer.Option(
        "--class",
        help="Class of the report, or variable of a study of your own.",
        show_default="high; the first variable of a study file",
    ),
]
VARIABLES = Annotated[
    list[str] | None,
    typer.Option(
        "--class",
        help="Class of the report, or variable of a study of your own; repeat for several.",
        show_default="all",
    ),
]
YEAR = Annotated[
    int | None,
    typer.Option(
        "--year", help="Year of the data.", show_default="2024; of --records the last whole one"
    ),
]
CLASSES = Annotated[
    list[TechnologyClass] | None,
    typer.Option("--class", help="Class of the report; repeat for several.", show_default="low"),
]
YEARS = Annotated[
    list[int] | None,
    typer.Option("--year", help="Year of the report; repeat for several.", show_default="2024"),
]
WITH = Annotated[
    str | None, typer.Option("--with", help="Bivariate: the neighbours' column of your table.")
]
WITH_CLASS = Annotated[
    TechnologyClass | None,
    typer.Option("--with-class", help="Bivariate: the neighbours' class of the report."),
]
POPULATION = Annotated[
    str | None,
    typer.Option("--population", help="Column with the population: rates by empirical Bayes."),
]
SINCE = Annotated[
    int | None, typer.Option("--since", help="Of the change since this year of the report.")
]
SINCE_COLUMN = Annotated[
    str | None, typer.Option("--since-column", help="Of the change since this column.")
]
ORDER = Annotated[
    int | None,
    typer.Option("--order", min=1, help="Add a correlogram up to neighbours of this order."),
]
STANDARDIZE = Annotated[Standardize, typer.Option("--standardize", help="Weights of a row.")]
ALTERNATIVE = Annotated[
    Alternative, typer.Option("--alternative", help="greater = positive autocorrelation.")
]
GLOBAL_METHOD = Annotated[
    GlobalMethod, typer.Option("--method", help="Where the p-value comes from.")
]
LOCAL_METHOD = Annotated[
    LocalMethod, typer.Option("--method", help="Where the p-values come from.")
]
LOSH_METHOD = Annotated[LoshMethod, typer.Option("--method", help="Where the p-values come from.")]
SLOPE_METHOD = Annotated[
    SlopeMethod, typer.Option("--method", help="Where the p-value comes from.")
]
CORRECTION = Annotated[Correction, typer.Option("--fdr", help="Correction over the map.")]
ALPHA = Annotated[float, typer.Option("--alpha", help="Level of significance.")]
STOP = Annotated[
    int | None,
    typer.Option("--stop", min=1, help="Stop drawing at this many sums in each tail."),
]
WORKERS = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Threads that draw.", show_default="all cores"),
]
OUT = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Write all units here (.csv, .gpkg, .parquet); goes on if cut short."
    ),
]
PERMUTATIONS = Annotated[int, typer.Option("--permutations", min=1, help="Where they are drawn.")]
SEED = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same bytes.")]
MISSING = Annotated[Missing, typer.Option("--missing", help="Refuse or drop missing values.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON, unrounded.")]
QUIET = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
LANG = Annotated[
    Lang, typer.Option("--lang", envvar="MEKANTEK_LANG", help="tr or en.", case_sensitive=False)
]
PDF = Annotated[
    bool,
    typer.Option("--pdf", help=r"A tagged PDF in the language of --lang; needs mekantek\[pdf]."),
]
