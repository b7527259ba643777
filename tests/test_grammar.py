"""Words for units in sentences: the forms there are, and that no bracket is left to a reader."""

import re
from pathlib import Path

import pytest

from mekantek.grammar import Noun
from mekantek.text import Text

SOURCE = Path(__file__).parents[1] / "src" / "mekantek"
ROOM = re.compile(r"\[(?:[iıİI]l(?:ler|in|de|den|lerin|leri|lere)?|[Pp]rovinces?)\]")
DISTRICT = Noun("ilçe", "district", "districts")


def test_every_room_in_a_sentence_is_one_that_a_word_fits():
    """Each form that stands in the sources; a dotless I, which Turkish has beside İ, is none."""
    rooms = {
        room
        for path in SOURCE.rglob("*.py")
        if path.name != "grammar.py"
        for room in ROOM.findall(path.read_text(encoding="utf-8"))
    }
    assert {"[İl]", "[ilin]", "[Provinces]"} <= rooms
    for room in rooms:
        said = DISTRICT.say(Text(room, "x") if "rov" not in room else Text("x", room))
        assert "[" not in said.tr + said.en


@pytest.mark.parametrize("room", ["[Il]", "[ilini]", "[Iller]"])
def test_a_form_that_there_is_not_never_reaches_a_reader(room):
    with pytest.raises(ValueError, match="is no form of the word"):
        DISTRICT.say(Text(f"{room} sayısı", "[Provinces]"))


def test_a_word_begins_a_sentence_in_turkish():
    """İl, not Il."""
    assert Noun("il", "province", "provinces").say(Text("[İller]", "[Provinces]")).tr == "İller"
    assert Noun("ırmak", "river", "rivers").say(Text("[İl]", "[Province]")).tr == "Irmak"
