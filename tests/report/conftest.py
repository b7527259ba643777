"""Briefs of the report's study: quick ones without the findings, and one with all of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mekantek.datasets.agencies import load_agencies

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def quick(study):
    """What all briefs share, without the findings."""
    from mekantek.report.briefs import brief_setting

    return brief_setting(study, tested=False)


@pytest.fixture(scope="session")
def briefs(quick):
    """Every agency's brief by its abbreviation."""
    from mekantek.report.briefs import Brief

    return {a.abbreviation: Brief(setting=quick, agency=a) for a in load_agencies()}


@pytest.fixture(scope="session")
def full(study, quick, verdicts):
    """What all briefs share, with verdicts and statements."""
    from dataclasses import replace

    from mekantek import findings
    from mekantek.report.briefs import Setting

    found = list(verdicts.values())
    return Setting(
        study=study, results=replace(quick.results, verdicts=found),
        statements=findings.claims(study, verdicts=found),
    )  # fmt: skip


def rows(name: str) -> csv.DictReader:
    """The rows of a shipped CSV."""
    return csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="session")
def table():
    """The shipped CSVs, read without mekantek: shares and totals by (plate, year), provinces."""
    shares: dict = {}
    for row in rows("shares.csv"):
        if row["share"]:
            key = int(row["plate"]), int(row["year"]), row["class"]
            shares[key] = float(row["share"]), row["status"]
    totals = {
        (int(row["plate"]), int(row["year"])): (float(row["value_usd"]), row["status"])
        for row in rows("totals.csv")
        if row["value_usd"]
    }
    agencies: dict = {}
    for row in rows("provinces.csv"):
        agencies.setdefault(row["agency_abbr"], []).append(int(row["plate"]))
    return shares, totals, agencies
