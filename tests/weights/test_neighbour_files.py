"""Neighbour files: the reference ones, every format against libpysal, and each refusal."""

import re
import struct
import warnings
from contextlib import suppress
from pathlib import Path

import libpysal
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mekantek.errors import AlignmentError, GraphError, MekantekError
from mekantek.weights import SpatialGraph, from_libpysal, neighbour_files, read_neighbours

REFERENCE = Path(__file__).parents[1] / "reference"
EXAMPLES = Path(libpysal.__file__).parent / "examples"


@pytest.fixture
def write(tmp_path):
    """Write a file of text or bytes and give its path."""

    def written(name: str, content: str | bytes) -> Path:
        file = tmp_path / name
        raw = content if isinstance(content, bytes) else content.encode()
        file.write_bytes(raw)
        return file

    return written


@pytest.mark.parametrize(
    ("case", "units", "links"),
    [("columbus", 49, 236), ("sids2", 100, 462), ("stl", 78, 398), ("mexico", 32, 140)],
)
def test_the_reference_files_have_their_known_links(case, units, links):
    graph = read_neighbours(REFERENCE / f"{case}.gal")
    assert (graph.n, graph.links, graph.symmetric, graph.notes) == (units, links, True, ())
    assert (graph.spec, list(graph.ids)) == ("file", [str(i) for i in range(1, units + 1)])


@pytest.mark.parametrize(
    "name",
    ["sids2/sids2.swm", "virginia/virginia_queen.swm", "wmat/ohio.swm",
     "wmat/us48_CONTIGUITY_EDGES_ONLY.swm", "wmat/us48_INVERSE_DISTANCE.swm",
     "baltim/baltim_k4.gwt", "juvenile/juvenile.gwt", "10740/10740_queen.gal",
     "sids2/sids2.gal", "virginia/virginia_queen.gal"],
)  # fmt: skip
def test_files_of_geoda_and_arcgis_read_as_libpysal_reads_them(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = libpysal.io.open(str(EXAMPLES / name))
        theirs = from_libpysal(file.read())
        file.close()
    ours = read_neighbours(EXAMPLES / name)
    assert ours.sha256 == theirs.sha256
    assert set(ours.ids) == set(theirs.ids.map(str))


def test_ids_come_back_as_the_caller_has_them(write):
    graph = read_neighbours(REFERENCE / "columbus.gal", ids=pd.RangeIndex(49, 0, -1))
    assert list(graph.ids) == list(range(49, 0, -1))
    assert graph.neighbours(1) == [3, 2]
    assert graph.sha256 == read_neighbours(REFERENCE / "columbus.gal").sha256


def test_a_gal_may_leave_the_line_of_no_neighbours_out_or_empty(write):
    for content in (
        "3\na 1\nb\nb 1\na\nc 0\n",
        "3\na 1\nb\nc 0\n\nb 1\na\n",
        "3\nc 0\na 1\nb\nb 1\na",
    ):
        graph = read_neighbours(write("x.gal", content))
        assert (list(graph.isolates), graph.links) == (["c"], 2)


@pytest.mark.parametrize(
    "content",
    [
        "1,2\n2,1\n2,3\n3,2\n",
        "1;2\r\n2;1\r\n2;3\r\n3;2\r\n",
        "1\t2\t1\n2\t1\t1\n2\t3\t1\n3\t2\t1",
        "1;2;1,0\n2;1;1,0\n2;3;1\n3;2;1\n",
        "focal,neighbor,weight\n1,2,1\n2,1,1\n2,3,1\n3,2,1\n",
        "plaka_a;plaka_b\n1;2\n2;1\n2;3\n3;2\n",
        "county,borders\n1,2\n2,1\n2,3\n3,2\n",
        '"1", "2"\n2,1\n\n2,3\n3,2\n',
        "\ufeff1,2\n2,1\n2,3\n3,2\n",
        "\ufeff1,2\n2,1\n2,3\n3,2\n".encode("utf-16-le"),
    ],
)
def test_lists_of_pairs_are_read_however_they_are_written(write, content):
    graph = read_neighbours(write("pairs.csv", content))
    reference = read_neighbours(write("x.gal", "3\n1 1\n2\n2 2\n1 3\n3 1\n2\n"))
    assert graph.sha256 == reference.sha256
    text = content if isinstance(content, str) else ""
    told = [note for note in graph.notes if "read as a header" in note]
    assert bool(told) == text[:1].isalpha()


def test_turkish_names_are_read_in_either_encoding(write):
    content = "Iğdır,Ağrı\nAğrı,Iğdır\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1254", "utf-16"):
        graph = read_neighbours(write("pairs.csv", content.encode(encoding)))
        assert list(graph.ids) == ["Iğdır", "Ağrı"]


def test_a_header_of_unknown_words_is_told_from_units_by_standing_alone(write):
    graph = read_neighbours(write("x.csv", "place,next\nA,B\nB,A\n"))
    assert list(graph.ids) == ["A", "B"]
    assert graph.notes == ("line 1 of x.csv is read as a header",)


def test_disjoint_pairs_are_pairs_and_no_header(write):
    graph = read_neighbours(write("x.csv", "A,B\nC,D\n"), symmetric=True)
    assert (graph.n, graph.links) == (4, 4)


def test_a_list_that_names_pairs_once_is_used_as_given_and_said(write):
    file = write("x.csv", "1,2\n2,3\n3,2\n")
    graph = read_neighbours(file)
    assert graph.links == 3
    assert graph.notes == ("asymmetric neighbours, used as given: 1 of 3 links have no link back",)
    both = read_neighbours(file, symmetric=True)
    assert (both.links, both.symmetric, both.notes) == (4, True, ())


def test_symmetric_does_not_choose_between_two_weights(write):
    with pytest.raises(GraphError, match="gives 1 to 2 the weight 1 and back 2, so its pairs have"):
        read_neighbours(write("x.csv", "1,2,1\n2,1,2\n"), symmetric=True)


def test_units_that_a_list_leaves_out_are_isolates_and_said(write):
    graph = read_neighbours(write("x.csv", "1,2\n2,1\n"), ids=pd.Index([3, 2, 1]))
    assert list(graph.isolates) == [3]
    assert graph.notes == ("1 unit stands in no link of x.csv, so without any: 3",)


def test_distances_in_a_gwt_are_told(write):
    assert read_neighbours(EXAMPLES / "juvenile/juvenile.gwt").notes == (
        "the third column of juvenile.gwt is taken as weights; GeoDa often writes distances there",
    )


def test_a_weight_of_zero_is_no_link(write):
    graph = read_neighbours(write("x.csv", "1,2,1\n2,1,1\n1,3,0\n3,1,0\n"))
    assert (graph.links, list(graph.isolates)) == (2, ["3"])
    assert graph.notes == ("2 links of weight 0 are no links",)


def swm(records, *, header: bytes = b"ID;Unknown\n", standardized: int = 0) -> bytes:
    raw = header + struct.pack("<2i", len(records), standardized)
    for unit, others, weights in records:
        raw += struct.pack("<2i", unit, len(others))
        if others:
            raw += struct.pack(f"<{len(others)}i", *others)
            raw += struct.pack(f"<{len(weights)}d", *weights) + struct.pack("<d", sum(weights))
    return raw


SOUND = [(1, [2], [0.5]), (2, [1, 3], [1.0, 2.0]), (3, [2], [0.25]), (4, [], [])]


def test_weights_of_arcgis_keep_their_values_and_units_without_neighbours(write):
    graph = read_neighbours(write("x.swm", swm(SOUND, standardized=1)))
    assert graph.sparse.toarray()[1].tolist() == [1, 0, 2, 0]
    assert list(graph.isolates) == ["4"]
    assert graph.notes == ("x.swm says that its weights are row-standardized",)


def test_arcgis_stores_a_fixed_weight_once(write):
    header = b"VERSION@10.1;UNIQUEID@X;FIXEDWEIGHTS@True;HASZ@False\n"
    raw = swm([(1, [2, 3], [2.0]), (2, [1], [3.0]), (3, [], [])], header=header)
    graph = read_neighbours(write("x.swm", raw))
    assert graph.sparse.toarray().tolist() == [[0, 2, 2], [3, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.gal", "", r"x\.gal is empty"),
        ("x.csv", " \n\n", r"x\.csv is empty"),
        ("x.gwt", b"\xfe\xff", r"x\.gwt is empty"),
        ("x.gal", b"\x89PNG\r\n\x1a\n\0\0", r"x\.gal is a binary file"),
        ("x.csv", bytes(range(1, 200)), r"x\.csv is a binary file"),
        ("x.gal", "no units\n", r"x\.gal, line 1: no number of units"),
        ("x.gal", "1\na one\n", r"x\.gal, line 2: expected a unit and its number"),
        ("x.gal", "2\na 2\nb\nb 1\na\n", r"x\.gal, line 3: unit a should have 2 .* and has 1"),
        ("x.gal", "2\na 1\n", r"x\.gal, line 2: unit a should have 1 neighbours and has 0"),
        ("x.gal", "3\na 1\nb\nb 1\na\n", r"x\.gal, line 1: the header says 3 .* has 2"),
        ("x.gal", "2\na 1\nb\na 1\nb\n", r"x\.gal, line 4: unit a stands twice"),
        ("x.gal", "2\na 1\nc\nb 1\na\n", r"x\.gal, line 3: neighbour c of a is no unit"),
        ("x.gal", "2\na 1\na\nb 1\na\n", r"x\.gal, line 3: unit a neighbours itself"),
        ("x.gal", "2\na 2\nb b\nb 1\na\n", r"x\.gal, line 3: the link a to b stands already on"),
        ("x.gwt", "0 2 x id\n1 2\n", r"x\.gwt, line 2: expected unit, neighbour and weight"),
        ("x.gwt", "0 1 x id\n1 2 1\n", r"x\.gwt, line 1: the header says 1 .* name 2"),
        ("x.gwt", "0 2 x id\n1 2 far\n", r"x\.gwt, line 2: the weight 'far' is not a number"),
        ("x.csv", "1,2,1\n2,1,-1\n", r"x\.csv, line 2: the weight of 2 to 1 is -1"),
        ("x.csv", "1,2,1\n2,1,inf\n", r"x\.csv, line 2: the weight of 2 to 1 is inf"),
        ("x.csv", "1,2,1\n2,1,nan\n", r"x\.csv, line 2: the weight 'nan' is not a number"),
        ("x.csv", "1,2,1\n2,1,1_0\n", r"x\.csv, line 2: the weight '1_0' is not a number"),
        ("x.csv", "1,2\n2,2\n", r"x\.csv, line 2: unit 2 neighbours itself"),
        ("x.csv", "1,2\n2,1\n1,2\n", r"x\.csv, line 3: the link 1 to 2 stands already on line 1"),
        ("x.csv", "1,2\n2\n", r"x\.csv, line 2: expected two or three columns"),
        ("x.csv", "1,2\n2,\n", r"x\.csv, line 2: expected two or three columns, all filled"),
        ("x.csv", "1 2\n2 1\n", r"x\.csv, line 1: expected two or three columns"),
        ("x.csv", 'a,"b\n', r"x\.csv, line 1: "),
        ("x.csv", "focal,neighbor\n", r"x\.csv lists no pairs"),
        ("x.swm", b"junk", r"x\.swm is no ArcGIS weights file"),
        ("x.swm", swm(SOUND)[:-3], r"x\.swm breaks off in record 4"),
        ("x.swm", swm(SOUND) + b"\0", r"x\.swm has 1 bytes more than its 4 units take"),
        ("x.swm", swm([(1, [1], [1.0])]), r"x\.swm, record 1: unit 1 neighbours itself"),
        ("x.swm", swm([(1, [9], [1.0])]), r"x\.swm, record 1: neighbour 9 of 1 is no unit"),
        ("x.swm", swm([(1, [], []), (1, [], [])]), r"x\.swm, record 2: unit 1 stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_line(write, name, content, message):
    with pytest.raises(GraphError, match=message) as told:
        read_neighbours(write(name, content))
    assert "\n" not in str(told.value)
    assert told.value.turkish
    assert not re.search(r"\b(line|record|unit|weight|neighbour)s?\b", told.value.turkish)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(GraphError, match=r"No neighbour file nowhere\.gal"):
        read_neighbours(tmp_path / "nowhere.gal")
    with pytest.raises(GraphError, match="No neighbour file"):
        read_neighbours(tmp_path)


def test_other_ids_are_refused_with_both_lists_and_the_nearest(write):
    file = write("x.csv", "Ankra,Bolu\nBolu,Ankra\n")
    with pytest.raises(AlignmentError) as told:
        read_neighbours(file, ids=pd.Index(["Ankara", "Bolu"]))
    assert str(told.value) == (
        "x.csv and the table do not bear the same ids. Only in x.csv (1): Ankra (perhaps "
        "Ankara). Only in the table (1): Ankara (perhaps Ankra)."
    )


def test_a_padded_number_is_another_id_but_the_message_knows(write):
    file = write("x.csv", "06,26\n26,06\n")
    with pytest.raises(AlignmentError, match=r"06 \(perhaps 6\)"):
        read_neighbours(file, ids=pd.Index([6, 26]))


def test_a_gal_that_lacks_a_unit_is_refused(write):
    file = write("x.gal", "2\n1 1\n2\n2 1\n1\n")
    with pytest.raises(
        AlignmentError, match=r"Only in x\.gal \(0\): none\. Only in the table \(1\): 3"
    ):
        read_neighbours(file, ids=pd.Index([1, 2, 3]))


def test_ids_that_read_alike_are_refused(write):
    file = write("x.csv", "1,2\n2,1\n")
    with pytest.raises(AlignmentError, match="Id 1 stands more than once"):
        read_neighbours(file, ids=pd.Index([1, "1", 2], dtype=object))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text("0123 ,;\nab", max_size=60).map(str.encode),
        st.binary(max_size=60).map(lambda tail: b"ID;x\n" + tail),
    ),
    st.sampled_from(["gal", "gwt", "swm", "csv"]),
)
def test_no_content_whatever_does_anything_but_read_or_refuse(tmp_path_factory, content, suffix):
    file = tmp_path_factory.mktemp("junk") / f"x.{suffix}"
    file.write_bytes(content)
    with suppress(MekantekError):
        assert isinstance(read_neighbours(file), SpatialGraph)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("case", ["columbus", "sids2", "mexico"])
def test_a_plain_gal_is_read_at_once_as_the_longer_way_reads_it(monkeypatch, case, symmetric):
    path = REFERENCE / f"{case}.gal"
    longer = []
    parse = neighbour_files._parse_gal
    monkeypatch.setattr(
        neighbour_files, "_parse_gal", lambda *given: longer.append(given) or parse(*given)
    )
    for ids in (None, pd.Index(sorted(read_neighbours(path).ids.astype(int)))):
        before = len(longer)
        quick = read_neighbours(path, ids=ids, symmetric=symmetric)
        assert len(longer) == before
        with monkeypatch.context() as patch:
            patch.setattr(neighbour_files, "_plain_gal", lambda *_: None)
            slow = read_neighbours(path, ids=ids, symmetric=symmetric)
        assert (quick.sha256, quick.notes, quick.spec) == (slow.sha256, slow.notes, slow.spec)
        pd.testing.assert_index_equal(quick.ids, slow.ids)
