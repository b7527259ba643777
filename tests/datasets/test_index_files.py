"""Index files of one's own: what is read, and each fault with file, line and province."""

import pytest

from mekantek.datasets.index_files import read_index
from mekantek.errors import TableError


@pytest.fixture
def written(tmp_path):
    """Write a file and read it as an index."""

    def write(text, encoding="utf-8", **options):
        path = tmp_path / "endeks.csv"
        path.write_text(text, encoding=encoding)
        return read_index(path, **options)

    return write


def test_ranks_by_name_and_scores_by_plate(written):
    """Names in any casing, plates with a zero in front, decimal commas, Windows-1254."""
    ranks = written("İl;Sıra\nANKARA;1\nığdır;80\nKilis;\nEskisehir;3\n", encoding="cp1254")
    assert (ranks.kind, ranks.places.to_dict()) == ("ranks", {6: 1.0, 26: 3.0, 76: 80.0})
    assert ranks.goodness.idxmax() == 6
    scores = written("plaka;puan\n06;0,91\n34;0,90\n41;0,5\n")
    assert (scores.kind, scores.places.to_dict()) == ("scores", {6: 0.91, 34: 0.9, 41: 0.5})
    assert scores.goodness.idxmax() == 6
    assert not scores.complete


def test_editions_are_never_mixed(written):
    """Two editions are refused until one is chosen."""
    text = "il,baskı,sıra\n" + "".join(
        f"{name},{year},{rank}\n"
        for year in (2024, 2025)
        for rank, name in enumerate(("Ankara", "İstanbul", "Kocaeli"), 1)
    )
    with pytest.raises(TableError, match="more than one edition: 2024, 2025"):
        written(text)
    assert written(text, edition="2025").edition == "2025"
    with pytest.raises(TableError, match="no edition '2023'; it has 2024, 2025"):
        written(text, edition="2023")
    with pytest.raises(TableError, match="no column of editions"):
        written("il,sıra\nAnkara,1\nKilis,2\nBolu,3\n", edition="2024")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("il,sıra\nAnkara,1\nAnkra,2\n", r"endeks.csv, line 3: .*Did you mean Ankara"),
        ("plaka,sıra\n82,1\n", r"endeks.csv, line 2: Unknown plate 82"),
        ("il,sıra\nAnkara,1\nKilis,2\nANKARA,3\n", "line 4, Ankara: stands on line 2 too"),
        ("il,sıra\nAnkara,1\nKilis,1\nBolu,3\n", r"line 3, Kilis: rank 1 is that of Ankara too"),
        ("il,sıra\nAnkara,0\nKilis,2\n", "line 2, Ankara: the rank is '0'"),
        ("il,sıra\nAnkara,82\nKilis,2\n", "line 2, Ankara: the rank is '82'"),
        ("il,sıra\nAnkara,1.5\nKilis,2\n", "line 2, Ankara: the rank is '1.5'"),
        ("il,puan\nAnkara,iyi\nKilis,2\n", "line 2, Ankara: 'iyi' is no number"),
        ("il,puan\nAnkara,inf\nKilis,2\n", "line 2, Ankara: 'inf' is no number"),
        ("plaka,il,sıra\n6,Konya,1\n", "line 2, Ankara: the plate is this province's, the name "),
        ("il,sıra\n,1\n", "line 2: no province is given"),
        ("il,not\nAnkara,A\n", r"no column of ranks or scores .*its columns are il, not"),
        ("yer,sıra\nAnkara,1\n", "no column of plates or provinces"),
        ("il,sıra\nAnkara,1\nKilis,2\nBolu,\n", "only 2 provinces have a place"),
        ("il,sıra\nAnkara,1,2\n", "endeks.csv, line 2: 3 cells"),
    ],
)
def test_faults_are_told_in_one_sentence(written, text, message):
    """File, line, province."""
    with pytest.raises(TableError, match=message) as caught:
        written(text)
    assert caught.value.turkish.startswith("endeks.csv")
