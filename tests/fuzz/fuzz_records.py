"""Fuzz the reading of records: ``python tests/fuzz/fuzz_records.py -max_total_time=600 [corpus]``.

Needs atheris (``pip install '.[fuzz]'``). Whatever the bytes, `examine` gives a report or refuses
the file in one sentence; any other end is a fault. ``tests/datasets/records/test_hostile_corpus.py``
runs `examined` over a fixed corpus, so that it is held to without atheris too.
"""

import io
import sys
import tempfile
import zipfile
from pathlib import Path

ENDINGS = (".csv", ".xlsx", ".xls", ".ods", ".html", ".parquet")
TEXT = (
    "Başlık;;;;;\n\nYIL;AY;IHRITH;IL_ADI;ISIC3_4;DOLAR\n2024;1;İhracat;Iğdır;111;1.234,56\n"
    '2024;2;İthalat;"Kars";-;7\n2024;;İhracat;Toplam;;9\n'
)
PAGE = (
    "<html><meta charset=utf-8><table><tr><th>YIL<th>IHRITH<th>IL_ADI<th>DOLAR</tr><tr>"
    "<td rowspan=2>2024<td>İhracat<td>Van<td>1,5</tr><tr><td>İthalat<td>Kars<td>2</tr></table></html>"
)


def seeds() -> dict[str, bytes]:
    """One good file of each sort, by its ending."""
    import openpyxl
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    book = openpyxl.Workbook()
    for row in (["Başlık"], ["YIL", "IHRITH", "IL_ADI", "DOLAR"], [2024, "İhracat", "Van", 1.5]):
        book.active.append(row)
    sheet = io.BytesIO()
    book.save(sheet)
    frame = pd.DataFrame({"YIL": [2024], "IHRITH": ["İhracat"], "IL_KODU": [6], "DOLAR": [1.5]})
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame), parquet)
    stored = io.BytesIO()
    # Parts that are only stored can be mutated without breaking their compression.
    with zipfile.ZipFile(sheet) as packed, zipfile.ZipFile(stored, "w") as plain:
        for name in packed.namelist():
            plain.writestr(name, packed.read(name))
    return {
        "a.csv": TEXT.encode(), "b.csv": TEXT.encode("cp1254"), "c.csv": TEXT.encode("utf-16"),
        "d.html": PAGE.encode(), "e.xlsx": sheet.getvalue(), "f.xlsx": stored.getvalue(),
        "g.parquet": parquet.getvalue(),
    }  # fmt: skip


def examined(content: bytes, ending: str) -> None:
    """Examine a file of these bytes; raise only what is a fault of the reader's."""
    # Imported here, so that main can watch the imports.
    from mekantek.datasets.faults import RefusedTableError
    from mekantek.datasets.records.reading import examine

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"records{ending}")
        path.write_bytes(content)
        try:
            report = examine(path)
        except RefusedTableError as error:
            told = [error.text]
        else:
            told = [*report.facts, *report.faults]
    for text in told:
        assert text.tr
        assert text.en


def main() -> None:
    """Fuzz until told to stop."""
    try:
        import atheris
    except ImportError:
        sys.exit("Fuzzing needs atheris: pip install '.[fuzz]'")

    with atheris.instrument_imports(include=["mekantek"]):
        from mekantek.datasets.records import reading

    assert reading.examine

    def one(data: bytes) -> None:
        if data:
            examined(data[1:], ENDINGS[data[0] % len(ENDINGS)])

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--seeds":
        for name, content in seeds().items():
            ending = ENDINGS.index(Path(name).suffix)
            Path(sys.argv[2], name).write_bytes(bytes([ending]) + content)
    else:
        main()
