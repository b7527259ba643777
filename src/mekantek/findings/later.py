"""Parts of a result that are computed when somebody first asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

__all__ = ["Later"]

T = TypeVar("T")


class Later(Generic[T]):
    """
    A field of a frozen dataclass that is given as it is, or as a function without arguments.

    The function runs once, when the field is first read.

    Parameters
    ----------
    default : callable
        Makes the value where none is given.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Answer:
    ...     why: Later[str] = Later(str)
    >>> answer = Answer(why=lambda: print("asked") or "because")
    >>> answer.why, answer.why, Answer(why="so").why, Answer().why
    asked
    ('because', 'because', 'so', '')
    """

    def __init__(self, default: Callable[[], T]) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        if instance is None:  # the dataclass asks for the default
            return self._default()
        held = instance.__dict__[self._name]
        if callable(held):
            held = instance.__dict__[self._name] = held()
        return cast(T, held)

    def __set__(self, instance: Any, value: T | Callable[[], T]) -> None:
        instance.__dict__[self._name] = value
