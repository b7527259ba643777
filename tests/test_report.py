"""What the index page says of a verdict's dependence on choices."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mekantek.findings.robustness import Specification, SpecificationCurve
from mekantek.report.dependence import dependence_section
from mekantek.report.wording import choice_name
from mekantek.text import Text


@pytest.fixture
def verdict(verdicts):
    """The gradient with a curve of four choices and nine surrogates."""
    words = ("supported", "not supported", "undecided", "not supported")
    specifications = tuple(
        Specification(choice={"year": 2019 + 5 * (k % 2), "coefficient": "spearman"},
                      effect=e, p_value=0.5, verdict=w)
        for k, (e, w) in enumerate(zip((0.3, -0.1, 0.1, 0.0), words, strict=True))
    )  # fmt: skip
    curve = SpecificationCurve(
        specifications=specifications, surrogates=np.zeros((9, 4)),
        null=Text("paylar rastgele", "shares at random"),
    )  # fmt: skip
    return replace(verdicts["gradient"], curve=curve)


def test_the_curve_has_one_stroke_for_each_defined_effect(verdict, study):
    """Four strokes, in three colours; the joint p and what a surrogate keeps are said."""
    told = dependence_section(verdict, study.names)
    figure = told[told.index("<figure") : told.index("</figure>")]
    paths = re.findall(r'<path class="([\w-]+)" d="([^"]+)"', figure)
    assert {name: d.count("M") for name, d in paths} == {
        "zero": 1, "supported": 1, "not-supported": 2, "undecided": 1,
    }  # fmt: skip
    assert "p\u00a0=\u00a00,100" in told
    assert "p\u00a0=\u00a00.100" in told
    assert "paylar rastgele" in told
    assert "shares at random" in told


def test_a_choice_with_one_value_is_no_choice(verdict, study):
    """The year varies and is listed; the coefficient does not and is not."""
    told = dependence_section(verdict, study.names)
    assert '<span lang="tr">yıl</span>' in told
    assert "katsayı" not in told


def test_sivas_and_larger_units_are_named(verdict, study):
    """The steadiest cluster and both official levels."""
    told = dependence_section(verdict, study.names)
    for word in ("Sivas", "NUTS 1", "NUTS 2", "rastgele bitişik bölgeler"):
        assert word in told


def test_without_anything_varied_nothing_is_said(verdict, study):
    """No heading over nothing."""
    bare = replace(verdict, curve=SpecificationCurve(), scales=(), stability=None)
    assert dependence_section(bare, study.names) == ""


def test_every_choice_has_a_name_in_both_languages(verdicts):
    """What a specification varies is a word of the page, not of the code."""
    for verdict in verdicts.values():
        for specification in verdict.curve.specifications[:1]:
            for choice in specification.choice:
                told = choice_name(choice)
                assert told.tr != choice, (verdict.hypothesis.id, choice)
