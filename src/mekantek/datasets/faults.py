"""How a file's faults are told: one sentence in both languages, alone or as a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mekantek.errors import BoundaryError, TableError
from mekantek.text import Text

__all__ = ["RefusedLayerError", "RefusedTableError", "Report", "row_fault"]


class RefusedTableError(TableError):
    """
    A table refused, with the sentence in both languages.

    Parameters
    ----------
    text : Text
        What is wrong, where, and how to mend it.

    Examples
    --------
    >>> RefusedTableError(Text("t.csv boş.", "t.csv is empty.")).text.tr
    't.csv boş.'
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en, text.tr)
        self.text = text


class RefusedLayerError(BoundaryError):
    """
    A layer of polygons refused, with the sentence in both languages.

    Parameters
    ----------
    text : Text
        What is wrong, where, and how to mend it.

    Examples
    --------
    >>> str(RefusedLayerError(Text("t.gpkg boş.", "t.gpkg is empty.")))
    't.gpkg is empty.'
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en, text.tr)
        self.text = text


def row_fault(file: str, line: object, tr: str, en: str) -> RefusedTableError:
    """
    Refuse one row of a table by its line.

    Examples
    --------
    >>> str(row_fault("t.csv", 3, "boş.", "it is empty."))
    't.csv, line 3: it is empty.'
    """
    return RefusedTableError(Text(f"{file}, satır {line}: {tr}", f"{file}, line {line}: {en}"))


@dataclass(frozen=True)
class Report:
    """
    What was understood of a file, and everything that is wrong with it.

    Attributes
    ----------
    kind : str
        ``table``, ``boundaries`` or ``neighbours``.
    file : str
        Name of the file, without folders.
    facts : tuple of Text
        What was understood: encoding, delimiter, columns, contacts.
    faults : tuple of Text
        What has to be mended before the file can be used; empty if nothing.

    Examples
    --------
    >>> Report("table", "t.csv", (Text("2 satır", "2 rows"),), ()).to_dict()["facts"]
    [{'tr': '2 satır', 'en': '2 rows'}]
    """

    kind: str
    file: str
    facts: tuple[Text, ...]
    faults: tuple[Text, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain lists and dictionaries, as ``mekantek check --json`` prints them."""
        return {
            "kind": self.kind,
            "file": self.file,
            "facts": [fact.to_dict() for fact in self.facts],
            "faults": [fault.to_dict() for fault in self.faults],
        }
