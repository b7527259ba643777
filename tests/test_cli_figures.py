"""The verb `figures`: what it writes, chooses and refuses."""

import pytest

import command_line
from mekantek.maps.figures import PrintFigure
from mekantek.report.figures import KINDS, choose, planned


def run(*arguments, **environment):
    return command_line.run("figures", *arguments, **environment)


def test_one_kind_in_one_form(tmp_path):
    """Paths on stdout, nothing on stderr, and only what was asked for."""
    done = run("--only", "share", "--only", "table-moran", "--class", "low", "--format", "svg",
               "--out", str(tmp_path / "f"), "--lang", "en")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [p.name for p in sorted((tmp_path / "f").iterdir())] == ["share-low.svg"]
    assert done.stdout.splitlines() == [str(tmp_path / "f" / "share-low.svg")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--format", "gif"), 2, "takes png, svg, pdf"),
        (("--only", "shares"), 3, "No figure 'shares'"),
        (("--only", "lorenz", "--class", "low"), 3, "No figure of lorenz shows low"),
    ],
)
def test_refusals(tmp_path, arguments, code, said):
    """One sentence, no traceback, and nothing is written."""
    done = run(*arguments, "--out", str(tmp_path / "f"), "--lang", "en")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "f").exists()


def test_refusals_speak_turkish(tmp_path):
    """The same in Turkish."""
    done = run("--only", "shares", "--out", str(tmp_path), "--lang", "tr")
    assert "diye bir şekil yok" in done.stderr


def test_the_plan_is_whole(study):
    """Every kind is there, every slug once, and each can be asked for by its name."""
    listed = planned(study)
    slugs = [p.slug for p in listed]
    assert len(set(slugs)) == len(slugs)
    assert [*dict.fromkeys(p.kind for p in listed)] == list(KINDS)
    assert [choose(study, [s])[0].slug for s in slugs] == slugs


def test_maps_are_those_of_the_study(study):
    """What is made alone is the map that the whole study has, under the same name."""
    from mekantek.maps.sheets.shares import share_sheet
    from mekantek.report.figures import Found

    plan = choose(study, ["share-high"])[0]
    alone = plan.draw(Found(study), "en")
    given = plan.draw(Found(study, sheets=[share_sheet(study, "high")]), "en")
    assert isinstance(alone, PrintFigure)
    assert alone.to_bytes("svg") == given.to_bytes("svg")
