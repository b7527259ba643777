"""Codes added up become classes: revisions kept apart, weights shared out, unknown codes listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mekantek.datasets.faults import RefusedTableError
from mekantek.datasets.records.sources import Source
from mekantek.datasets.records.tally import Basis
from mekantek.datasets.taxonomies import Taxonomy, load_taxonomy, split_cents
from mekantek.text import Language, Text, fold

__all__ = [
    "basis_of",
    "by_class",
    "check_revisions",
    "industry_names",
    "taxonomy_for",
    "unplaced_codes",
]

_REVISION_WORDS: Mapping[str, str] = {
    "isic3": "ISIC Rev. 3", "isic4": "ISIC Rev. 4", "nace2": "NACE Rev. 2",
    "hs": "HS", "sitc": "SITC",
}  # fmt: skip
# The taxonomy that asks nothing more of the user, by revision.
_USUAL = {"isic3": "isic3-report", "isic4": "isic4-3digit", "nace2": "nace2-3digit"}


def _word(revision: str | None) -> str:
    return _REVISION_WORDS.get(revision or "", revision or "?")


def _coded(sources: Sequence[Source]) -> list[Source]:
    return [source for source in sources if "code" in source.columns.taken]


def check_revisions(sources: Sequence[Source], taxonomy: Taxonomy) -> None:
    """
    Refuse codes of different revisions.

    Parameters
    ----------
    sources : sequence of Source
    taxonomy : Taxonomy

    Raises
    ------
    TableError
        Names both files, or the file and the taxonomy to use.
    """
    told = [source for source in _coded(sources) if source.columns.revision]
    for source in told[1:]:
        if source.columns.revision != told[0].columns.revision:
            raise RefusedTableError(
                Text(
                    "{a} {x} kodları, {b} {y} kodları taşıyor; ayrı sınıflamaların kodları "
                    "karıştırılmaz. Dosyaları ayrı ayrı verin.",
                    "{a} holds {x} codes and {b} holds {y} codes; codes of different "
                    "classifications are never mixed. Give the files apart.",
                ).format(
                    a=told[0].staged.file.name, x=_word(told[0].columns.revision),
                    b=source.staged.file.name, y=_word(source.columns.revision),
                )
            )  # fmt: skip
    for source in told:
        revision = source.columns.revision
        if taxonomy.revision and revision != taxonomy.revision:
            usual = _USUAL.get(str(revision))
            way = Text("--concordance DOSYA", "--concordance FILE") if usual is None else Text(
                f"--taxonomy {usual}", f"--taxonomy {usual}")  # fmt: skip
            raise RefusedTableError(
                Text(
                    "{f} {x} kodları taşıyor, {t} sınıflaması {y} kodlarını bilir; {w} kullanın.",
                    "{f} holds {x} codes and the taxonomy {t} knows {y} codes; use {w}.",
                ).format(
                    f=source.staged.file.name, x=_word(revision), t=taxonomy.name,
                    y=_word(taxonomy.revision), w=way,
                )
            )  # fmt: skip


def taxonomy_for(sources: Sequence[Source]) -> Taxonomy:
    """
    Choose the taxonomy that the codes of the files ask for.

    Parameters
    ----------
    sources : sequence of Source

    Returns
    -------
    Taxonomy
        The report's for ISIC Rev. 3, Eurostat's of three digits for ISIC Rev. 4 and NACE Rev. 2;
        the report's for files without codes, which give totals alone.

    Raises
    ------
    TableError
        If the codes are of products, or their revision is not said.
    """
    coded = _coded(sources)
    if not coded:
        return load_taxonomy("isic3-report")
    revision = next((s.columns.revision for s in coded if s.columns.revision), None)
    if revision in _USUAL:
        return load_taxonomy(_USUAL[revision])
    source, name = coded[0], coded[0].columns.taken["code"].header
    if revision is None:
        raise RefusedTableError(
            Text(
                "{f}: {c!r} sütunundaki kodların sınıflaması söylenmiyor; --taxonomy isic3, isic4 "
                "ya da nace2, ya da --concordance DOSYA ekleyin.",
                "{f}: the file does not say what the codes in column {c!r} are of; add --taxonomy "
                "isic3, isic4 or nace2, or --concordance FILE.",
            ).format(f=source.staged.file.name, c=name)
        )
    raise RefusedTableError(
        Text(
            "{f}: {c!r} sütunundaki {x} kodları ürün kodlarıdır; teknoloji sınıfı için "
            "--concordance DOSYA (code,class,weight) ekleyin.",
            "{f}: the {x} codes in column {c!r} are of products; add --concordance FILE "
            "(code,class,weight) to give them technology classes.",
        ).format(f=source.staged.file.name, c=name, x=_word(revision))
    )


def by_class(codes: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """
    Give every sum its class; sums of a code of several classes are shared out to the cent.

    Parameters
    ----------
    codes : pandas.DataFrame
        ``plate, year, flow, code, hidden, cents``.
    taxonomy : Taxonomy

    Returns
    -------
    pandas.DataFrame
        As `Tally.by_code`.

    Examples
    --------
    >>> sums = pd.DataFrame({
    ...     "plate": [36, 36], "year": [2024, 2024], "flow": ["export", "export"],
    ...     "code": ["1511", "24"], "hidden": [False, False], "cents": [500, 700],
    ... })
    >>> by_class(sums, load_taxonomy("isic3"))[["code", "kind", "cents"]].values.tolist()
    [['1511', 'low', 500], ['24', 'unplaced', 700]]
    """
    placements = {code: taxonomy.place(code) for code in codes["code"].unique()}
    several = {code for code, placed in placements.items() if placed and len(placed) > 1}
    kinds = {
        code: placed[0][0] if placed else "unplaced" for code, placed in placements.items()
    }  # fmt: skip
    told = codes.assign(kind=codes["code"].map(kinds).astype("str"))
    told.loc[told["hidden"].astype("bool"), "kind"] = "hidden"
    split = told["code"].isin(several) & (told["kind"] != "hidden")
    columns = ["plate", "year", "flow", "code", "kind", "cents"]
    parts = []
    for row in told.loc[split].to_dict("records"):
        placed = placements[row["code"]]
        assert placed is not None
        parts += [
            {**row, "kind": kind, "cents": cents}
            for kind, cents in split_cents(int(row["cents"]), placed).items()
        ]
    whole = told.loc[~split, columns]
    if parts:
        shared = pd.DataFrame(parts)[columns].astype(whole.dtypes.to_dict())
        whole = pd.concat([whole, shared], ignore_index=True)
    return whole.groupby(columns[:-1], dropna=False, sort=True, as_index=False)[["cents"]].sum()


def unplaced_codes(codes: pd.DataFrame, taxonomy: Taxonomy, whole: int) -> pd.DataFrame:
    """
    List the codes that the taxonomy does not know, the largest first.

    Parameters
    ----------
    codes : pandas.DataFrame
        ``code, hidden, records, cents``.
    taxonomy : Taxonomy
    whole : int
        Cents of all records.

    Returns
    -------
    pandas.DataFrame
        As `Tally.unplaced`; code ``""`` stands for records without a code.

    Examples
    --------
    >>> sums = pd.DataFrame({
    ...     "code": ["1511", "24"], "hidden": [False, False], "records": [1, 2], "cents": [300, 100],
    ... })
    >>> unplaced_codes(sums, load_taxonomy("isic3"), 400).values.tolist()
    [['24', 2, 100, 0.25]]
    """
    open_ = codes[~codes["hidden"].astype("bool")]
    unknown = [code for code in open_["code"].unique() if taxonomy.place(code) is None]
    listed = open_[open_["code"].isin(unknown)]
    sums = listed.groupby("code", as_index=False)[["records", "cents"]].sum()
    sums["share"] = [int(cents) / whole if whole else 0.0 for cents in sums["cents"]]
    return sums.sort_values(["cents", "code"], ascending=[False, True], ignore_index=True)


def industry_names(
    frames: Sequence[pd.DataFrame], taxonomy: Taxonomy, language: Language = "tr"
) -> pd.Series:
    """
    Name every code: as the taxonomy has it, else the records, else the industry it belongs to.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        ``code, name``.
    taxonomy : Taxonomy
    language : {"tr", "en"}
        Of the taxonomy's names; records name theirs as they do.

    Returns
    -------
    pandas.Series, index code
        ``""`` where nobody names a code.
    """
    given = pd.concat([frame[["code", "name"]] for frame in frames], ignore_index=True)
    given.loc[given["code"] == "", "name"] = None
    said = given.dropna().groupby("code")["name"].max().to_dict()
    names = {}
    for code in sorted(set(given["code"])):
        own = taxonomy.industries.get(code)
        above = next(
            (taxonomy.industries[code[:n]] for n in range(len(code) - 1, 1, -1)
             if code[:n] in taxonomy.industries),
            None,
        )  # fmt: skip
        names[code] = (
            own[language] if own else str(said.get(code, above[language] if above else ""))
        )
    index = pd.Index(list(names), name="code", dtype="str")
    return pd.Series(list(names.values()), index=index, name="industry", dtype="str")


_SYSTEMS = {
    "ozel": Text("özel ticaret sistemi", "special trade system"),
    "genel": Text("genel ticaret sistemi", "general trade system"),
    "": Text("ticaret sistemi dosyalarda söylenmiyor", "trade system not said by the files"),
}


def basis_of(sources: Sequence[Source], taxonomy: Taxonomy) -> Basis:
    """
    Say what the numbers are of, as far as the files say it.

    Parameters
    ----------
    sources : sequence of Source
    taxonomy : Taxonomy

    Returns
    -------
    Basis
    """
    said = set()
    for source in sources:
        title = fold(f"{source.staged.title} {source.staged.file.stem}")
        special = "ozelticaret" in title or "specialtrade" in title
        general = "genelticaret" in title or "generaltrade" in title
        said.add("" if special == general else "ozel" if special else "genel")
    return Basis(
        system=_SYSTEMS[said.pop() if len(said) == 1 else ""],
        place=Text(
            "ilin kayıtlı merkez mi faaliyet yeri mi olduğu dosyalarda söylenmiyor",
            "whether a province is the registered seat or the place of activity, the files do not say",
        ),
        revision="concordance" if taxonomy.concordance else taxonomy.revision,
        taxonomy=taxonomy.name,
        denominator=Text(
            "ilin o akımdaki tüm kayıtları: sınıflandırılmayan, gizli ve yerleştirilemeyen değerler "
            "dahil",
            "all records of the province in that flow, unclassified, hidden and unplaced values "
            "included",
        ),
    )
