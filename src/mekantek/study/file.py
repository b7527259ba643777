"""The study file: read, held against its schema, every fault named with its line."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mekantek.datasets import files
from mekantek.errors import StudyFileError
from mekantek.grammar import REGION, UNIT, Noun, did_you_mean
from mekantek.study.design import Design, Grouping, Variable, Whole
from mekantek.study.hypotheses import VERDICT_WORDS, Hypothesis, Test, tests
from mekantek.text import Text, nearest

__all__ = ["SCHEMA", "StudyFile", "read_study_file", "text_of"]

SCHEMA = "mekantek/study-file/1"


@dataclass(frozen=True, kw_only=True, eq=False)
class StudyFile:
    """
    A study file, read and found in order.

    Attributes
    ----------
    path : Path
    content : mapping
        As the file has it.
    design : Design
    """

    path: Path
    content: Mapping[str, Any]
    design: Design

    def beside(self, name: str) -> Path:
        """Give the path of a file that the study file names, which lies beside it."""
        return self.path.parent / name

    def fault(self, where: Sequence[str | int], tr: str, en: str) -> StudyFileError:
        """Make an error that names the file and the line of one of its keys."""
        return _fault(self.path, self.path.read_text(encoding="utf-8"), where, Text(tr, en))


def read_study_file(path: str | os.PathLike[str], *, checked: bool = True) -> StudyFile:
    """
    Read a study file.

    Parameters
    ----------
    path : path
        TOML, see ``study.schema.json``.
    checked : bool
        Whether to hold it against the schema; the shipped one is by the tests.

    Returns
    -------
    StudyFile

    Raises
    ------
    StudyFileError
        If it cannot be read, breaks the schema, or a claim names a variable, a test, a fact or an
        option that there is not. The message names file and line, and how to mend it.

    Examples
    --------
    >>> from mekantek.datasets import files
    >>> read_study_file(files.data_path("report.toml")).design.unit.en
    'province'
    """
    path = Path(path)
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyFileError(
            f"{path.name} is no TOML: {error}. Put texts in quotation marks.",
            f"{path.name} TOML değil: {error}. Metinleri tırnak içine alın.",
        ) from error
    if checked:
        for where, fault in _schema_faults(content):
            raise _fault(path, text, where, fault)
    for where, fault in _meaning_faults(content):
        raise _fault(path, text, where, fault)
    return StudyFile(path=path, content=content, design=_design(content))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise StudyFileError(
            f"There is no file {path.name}; mekantek init writes one from your own files.",
            f"{path.name} diye bir dosya yok; mekantek init kendi dosyalarınızdan bir tane yazar.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyFileError(
            f"{path.name} cannot be read as a study file: {error}. Save it as UTF-8 text.",
            f"{path.name} çalışma dosyası olarak okunamıyor: {error}. UTF-8 metin olarak kaydedin.",
        ) from error


def text_of(given: str | Mapping[str, str]) -> Text:
    """Take a text in one language for both."""
    if isinstance(given, str):
        return Text(given, given)
    return Text(given.get("tr", given.get("en", "")), given.get("en", given.get("tr", "")))


def _design(content: Mapping[str, Any]) -> Design:
    whole, rest = content.get("whole"), content.get("rest")
    variables = {v["name"]: _variable(v) for v in content["variables"]}
    sums = {"+".join(s["of"]): text_of(s["title"]) for s in content.get("sums", ())}
    noun = _noun(content.get("unit"), UNIT)
    return Design(
        title=text_of(content["title"]),
        lead=text_of(content.get("lead", "")),
        unit=noun,
        variables=variables,
        rest=None if rest is None else _variable({"colours": "greys", **rest}),
        sums=sums,
        whole=None
        if whole is None
        else Whole(text_of(whole["title"]), str(whole.get("currency", ""))),
        groupings=tuple(
            Grouping(
                g["column"],
                text_of(g.get("title", g["column"])),
                g.get("names", ""),
                _noun(g.get("unit"), REGION),
            )
            for g in content.get("groupings", ())
        ),
        networks=tuple(content.get("neighbours", {}).get("networks", ())),
        hypotheses=tuple(_hypothesis(c, variables, noun) for c in content.get("claims", ())),
        extras=frozenset(content.get("extras", ())),
    )


def _noun(given: Mapping[str, str] | None, usual: Noun) -> Noun:
    if given is None:
        return usual
    en = given.get("en", usual.en)
    return Noun(given.get("tr", usual.tr), en, given.get("plural", en + "s"))


def _variable(given: Mapping[str, Any]) -> Variable:
    return Variable(
        name=given["name"],
        title=text_of(given.get("title", given["name"])),
        kind=given.get("kind", "share"),
        unit=text_of(given.get("unit", "")),
        colours=given.get("colours", "blues"),
        breaks=tuple(map(float, given["breaks"])) if "breaks" in given else None,
        changes=tuple(map(float, given["changes"])) if "changes" in given else None,
    )


# What a test needs of the study, and not of the claim.
_OF_THE_STUDY = ("whole", "points")
_HEAD = ("id", "test", "report_line", "title", "claim", "rule", "rules")
_TOWARDS = {
    "east": Text("doğuya doğru", "to the east"), "north": Text("kuzeye doğru", "to the north"),
    "west": Text("batıya doğru", "to the west"), "south": Text("güneye doğru", "to the south"),
}  # fmt: skip


def _hypothesis(
    given: Mapping[str, Any], variables: Mapping[str, Variable], unit: Noun
) -> Hypothesis:
    test = tests()[given["test"]]
    names = [variables[n].title for n in str(given["class"]).split("+") if n in variables]
    told = Text(" + ".join(n.tr for n in names), " + ".join(n.en for n in names))
    if "rule" in given:
        rule = text_of(given["rule"])
    else:
        parts = {
            "variable": told,
            "unit": unit.one,
            "units": unit.many,
            "towards": _TOWARDS[given.get("towards", "east")],
            # Years are those of the data, said when it is asked.
            "first": "{first}",
            "last": "{last}",
        }
        rule = test.rule.format(**parts)
    rules = test.rules
    if "rules" in given:
        rules = tuple((r["verdict"], tuple(r["when"])) for r in given["rules"])
    return Hypothesis(
        id=given["id"],
        test=given["test"],
        report_line=str(given.get("report_line", "")),
        title=text_of(given["title"]),
        claim=text_of(given.get("claim", given["title"])),
        rule=rule,
        rules=rules,
        options={k: v for k, v in given.items() if k not in _HEAD},
    )


# -- What is wrong with a file ---------------------------------------------------------------------

_Where = Sequence[str | int]


@cache
def _validator() -> Any:
    import jsonschema

    schema = json.loads(files.data_path("study.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _schema_faults(content: Mapping[str, Any]) -> Iterator[tuple[_Where, Text]]:
    """Say what breaks the schema, the deepest place first; of alternatives the nearest."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(content))
    if error is None:
        return
    where = list(error.absolute_path)
    name = ".".join(map(str, where)) or "the file"
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        [unknown, *_] = [k for k in error.instance if k not in known]
        close = nearest(unknown, known)
        listed = ", ".join(known)
        hint = (
            did_you_mean(close) if close else Text(f" Olanlar: {listed}.", f" There are {listed}.")
        )
        yield (
            [*where, unknown],
            Text(f"{unknown!r} diye bir anahtar yok.{hint.tr}",
                 f"there is no key {unknown!r}.{hint.en}"),
        )  # fmt: skip
    elif error.validator == "dependentRequired":
        there, needed = next(
            (key, lone)
            for key, others in error.validator_value.items()
            for lone in others
            if key in error.instance and lone not in error.instance
        )
        yield (
            [*where, there],
            Text(f"{there} yazınca {needed} de gerekir.", f"{there} needs {needed} beside it."),
        )
    elif error.validator == "required":
        lacking = [k for k in error.validator_value if k not in error.instance]
        listed = ", ".join(lacking)
        yield where, Text(f"burada {listed} eksik.", f"{listed} is missing here.")
    elif error.validator == "enum":
        listed = ", ".join(map(str, error.validator_value))
        yield (
            where,
            Text(f"{name} {error.instance!r} olamaz; olanlar: {listed}.",
                 f"{name} cannot be {error.instance!r}; it can be {listed}."),
        )  # fmt: skip
    elif error.validator == "const":
        told = error.validator_value
        yield (
            where,
            Text(f"{name} {error.instance!r}; {told!r} olmalı.",
                 f"{name} is {error.instance!r}; it must be {told!r}."),
        )  # fmt: skip
    else:
        about = error.schema.get("description", "")
        yield (
            where,
            Text(f"{name} için {error.instance!r} uygun değil: {about}",
                 f"{error.instance!r} does not fit {name}: {about}"),
        )  # fmt: skip


def _meaning_faults(content: Mapping[str, Any]) -> Iterator[tuple[_Where, Text]]:
    """What no schema can say: names that must be there, and each once."""
    neighbours = content.get("neighbours", {})
    if "pairs" in neighbours and "counted_from" in neighbours:
        yield (
            ["neighbours", "counted_from"],
            Text("pairs kimlik adlandırır, counted_from satır sayar; birini silin.",
                 "pairs names ids, counted_from counts rows; delete one of them."),
        )  # fmt: skip
    names = [v["name"] for v in content["variables"]]
    for k, name in enumerate(names):
        if name in names[:k]:
            yield ["variables", k, "name"], Text(f"{name!r} değişkeni iki kez var.",
                                                 f"variable {name!r} stands twice.")  # fmt: skip
    ids = [c["id"] for c in content.get("claims", ())]
    for k, claim in enumerate(content.get("claims", ())):
        at: list[str | int] = ["claims", k]
        if claim["id"] in ids[:k]:
            yield [*at, "id"], Text(f"{claim['id']!r} kimliği iki kez var.",
                                    f"id {claim['id']!r} stands twice.")  # fmt: skip
        test = tests()[claim["test"]]
        shares = {v["name"] for v in content["variables"] if v.get("kind", "share") == "share"}
        for fault in _claim_faults(claim, test, names, shares, of=content):
            yield [*at, fault[0]] if fault[0] in claim else at, fault[1]


def _claim_faults(
    claim: Mapping[str, Any],
    test: Test,
    names: Sequence[str],
    shares: set[str],
    *,
    of: Mapping[str, Any],
) -> Iterator[tuple[str, Text]]:
    located = "records" in of or "boundaries" in of or "longitude" in of.get("table", {})
    for need in test.needs:
        if need == "points" and not located:
            yield (
                "test",
                Text(
                    f"{test.name} sınaması birimlerin yerini ister; [table] bölümüne longitude ve "
                    "latitude ya da çokgenler için [boundaries] ekleyin.",
                    f"the test {test.name} needs to know where units lie; add longitude and latitude to "
                    "[table], or polygons in [boundaries].",
                ),
            )
        elif need == "whole" and "whole" not in of:
            yield (
                "test",
                Text(
                    f"{test.name} sınaması birimlerin büyüklüğünü ister; [whole] bölümünü ekleyin.",
                    f"the test {test.name} needs the size of the units; add the section [whole].",
                ),
            )
        elif need == "whole" and not set(str(claim["class"]).split("+")) <= shares:
            yield (
                "class",
                Text(
                    f"{test.name} sınaması bir bütünün payını ister; {claim['class']} pay değil.",
                    f"the test {test.name} needs shares of a whole; {claim['class']} is none.",
                ),
            )
        elif need not in (*_OF_THE_STUDY, *claim):
            yield need, Text(f"{test.name} sınaması {need} ister.",
                             f"the test {test.name} needs {need}.")  # fmt: skip
    allowed = {*_HEAD, *test.needs, *test.takes}
    for key in claim:
        if key not in allowed:
            listed = ", ".join(k for k in (*test.needs, *test.takes) if k not in _OF_THE_STUDY)
            yield key, Text(f"{test.name} sınaması {key} almaz; aldıkları: {listed}.",
                            f"the test {test.name} takes no {key}; it takes {listed}.")  # fmt: skip
    for key in ("class", "together"):
        for name in str(claim.get(key, names[0])).split("+"):
            if name not in names:
                listed = ", ".join(names)
                yield key, Text(f"{name!r} diye bir değişken yok; olanlar: {listed}.",
                                f"there is no variable {name!r}; there are {listed}.")  # fmt: skip
    for rule in claim.get("rules", ()):
        for fact in rule["when"]:
            if fact not in test.facts:
                listed = "; ".join(test.facts)
                yield (
                    "rules",
                    Text(
                        f"{test.name} sınaması {fact!r} olgusunu bildirmez; bildirdikleri: {listed}.",
                        f"the test {test.name} states no fact {fact!r}; it states {listed}.",
                    ),
                )
        if rule["verdict"] not in VERDICT_WORDS:
            listed = ", ".join(VERDICT_WORDS)
            yield "rules", Text(f"{rule['verdict']!r} hüküm değil; olanlar: {listed}.",
                                f"{rule['verdict']!r} is no verdict; there are {listed}.")  # fmt: skip


def _fault(path: Path, text: str, where: _Where, told: Text) -> StudyFileError:
    line = _line_of(text, where)
    return StudyFileError(
        f"{path.name}, line {line}: {told.en}", f"{path.name}, satır {line}: {told.tr}"
    )


_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"]+)\s*\]\]?")


def _line_of(text: str, where: _Where) -> int:
    r"""
    Find the line of a key: its table's header, then the key below it.

    Examples
    --------
    >>> _line_of('a = 1\n[[claims]]\nid = 2\n[[claims]]\nid = 3\n', ["claims", 1, "id"])
    5
    """
    lines = text.splitlines()
    keys = list(where)
    start, stop = 0, len(lines)
    table: list[str] = []
    number: int | None = None
    while keys and isinstance(keys[0], str):
        headers = _headers(lines, ".".join([*table, str(keys[0])]))
        if not headers:
            break
        table.append(str(keys.pop(0)))
        number = int(keys.pop(0)) if keys and isinstance(keys[0], int) else 0
        start = headers[min(number, len(headers) - 1)]
        stop = next(
            (k for k in range(start + 1, len(lines)) if _HEADER.match(lines[k])), len(lines)
        )
    if not table:
        stop = next((k for k, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    for key in keys:
        pattern = re.compile(rf"(^|[\s{{,])\"?{re.escape(str(key))}\"?\s*=")
        found = next((k for k in range(start, stop) if pattern.search(lines[k])), None)
        if found is not None:
            start = found
            break
    return start + 1


def _headers(lines: Sequence[str], name: str) -> list[int]:
    return [
        k for k, line in enumerate(lines)
        if (read := _HEADER.match(line)) and read[2].replace('"', "") == name
    ]  # fmt: skip
