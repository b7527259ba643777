"""The corridor verb: members, paths and searches, each with its years and what is left without one."""

import json

import pytest

import command_line


def run(*arguments, **environment):
    return command_line.run("corridor", *arguments, **environment)


def told(*arguments):
    result = run(*arguments, "--json", "--quiet")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_three_provinces_with_years_and_without_each():
    """Rank 2 of 653; without Eskişehir the other two do not touch; every year has its rank."""
    content = told("Ankara", "Eskişehir", "Bilecik")
    assert (content["rank"], content["of"], content["path"]) == (2, 653, None)
    left = {r["left_out"]: r for r in content["leave_one_out"]}
    assert (left["11"]["rank"], left["11"]["of"]) == (1, 199)
    assert (left["26"]["connected"], left["26"]["p_value"]) == (False, None)
    assert [r["year"] for r in content["years"]] == list(range(2019, 2025))
    assert content["years"][-1]["rank"] == 2


def test_table_shows_them():
    """The readable table has a row for the set, for each member left out and for each year."""
    lines = run("Ankara", "Eskişehir", "--lang", "tr").stdout
    for part in ("Ankara – Eskişehir", "Ankara olmadan", "2019", "2023", "0,0050"):
        assert part in lines


def test_path():
    """The shortest path is named with how many are as short."""
    content = told("--path", "İstanbul", "Ankara")
    assert content["members"][0] == "34"
    assert content["members"][-1] == "6"
    assert content["path"] == {"from": "34", "to": "6", "shortest_paths": 3}
    assert (content["connected"], content["of"]) == (True, 9577)
    assert "3 en kısa yoldan biri" in run("--path", "İstanbul", "Ankara").stderr


def test_search_says_which_p_is_corrected():
    """The search's p stands beside the rank p, and the table says which is which."""
    content = told("--find", "--size", "2", "--permutations", "99")
    assert content["members"] == ["6", "26"]
    assert content["search"]["p_value"] > content["p_value"]
    lines = run("--find", "--permutations", "99", "--lang", "en").stdout
    assert "p corrected for the search" in lines


def test_many_members_are_sampled():
    """Ten provinces on a path: no rank, a p with its interval and the number drawn."""
    arguments = ("--path", "Edirne", "Sivas", "--missing", "drop", "--lang", "en")
    content = told(*arguments)
    assert len(content["members"]) > 8
    assert (content["enumeration"], content["rank"]) == ("sampled", None)
    assert content["sampling"]["drawn"] == 20_000
    assert "20,000 draws" in run(*arguments).stderr


def test_own_table(folder):
    """A user's table has no years of its own."""
    content = told(
        "6", "26", "--table", folder / "table.csv", "--value", "low", "--id", "kod",
        "--neighbours", folder / "pairs.csv",
    )  # fmt: skip
    assert content["years"] == []
    assert len(content["leave_one_out"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Ankara", "--find"), "Koridorun üyelerini adlandırın"),
        (("Ankara", "--find", "--lang", "en"), "Name the members"),
        (("Ankara", "--path", "Ankara", "Konya", "--lang", "en"), "Name the members"),
        (("--path", "Ankara", "Ankara", "--lang", "en"), "two different"),
        (("Ankara", "--lang", "en"), "2 to 32"),
        (("Ankara",), "2 ile 32 arasında üyesi olur"),
        (("Ankara", "Ankara"), "her üyeyi bir kez yazın"),
        (("Ankara", "Kars", "--year", "2021", "--missing", "drop"), "Değeri olmayan üye: 36"),
    ],
)
def test_refusals(arguments, message):
    """One sentence says what is wrong."""
    result = run(*arguments)
    assert result.returncode != 0
    assert message in " ".join(result.stderr.split())
