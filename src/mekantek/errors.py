"""What can go wrong, by name: every error says what, where and how to mend it."""

from __future__ import annotations

__all__ = [
    "AlignmentError",
    "BoundaryError",
    "GraphError",
    "MekantekError",
    "MissingDependencyError",
    "OptionError",
    "ShareError",
    "StudyFileError",
    "TableError",
    "UnknownAgencyError",
    "UnknownProvinceError",
    "ValuesError",
]


class MekantekError(Exception):
    """
    Base of everything mekantek raises on purpose; catch this one to catch them all.

    Parameters
    ----------
    message : str
        What is wrong, what was given, how to mend it.
    turkish : str, optional
        The same sentence in Turkish, for the command line.
    """

    def __init__(self, message: str = "", turkish: str | None = None) -> None:
        super().__init__(message)
        self.turkish = turkish


class ShareError(MekantekError, ValueError):
    """A share is missing or not a fraction in [0, 1]."""


class ValuesError(MekantekError, ValueError):
    """Values a statistic cannot take: missing, infinite, too few."""


class TableError(MekantekError, ValueError):
    """A table does not keep its schema, or cannot be read at all."""


class StudyFileError(MekantekError, ValueError):
    """A study file cannot be read, or says what cannot be."""


class BoundaryError(MekantekError, ValueError):
    """A layer of polygons cannot be read or used."""


class GraphError(MekantekError, ValueError):
    """Neighbours a statistic cannot take: negative weights, self-neighbours, unknown ids."""


class AlignmentError(MekantekError, ValueError):
    """Two sets of ids that should be one and the same differ."""


class OptionError(MekantekError, ValueError):
    """An option has a value it cannot have, or two options contradict each other."""


class UnknownProvinceError(MekantekError, KeyError):
    """A name or plate that no province bears."""

    def __str__(self) -> str:
        """Give the sentence itself; KeyError would put it in quotation marks."""
        return str(self.args[0]) if self.args else ""


class UnknownAgencyError(UnknownProvinceError):
    """A name that no development agency bears, and no province either."""


class MissingDependencyError(MekantekError, ImportError):
    """An optional package is needed and absent."""
