"""A fixed corpus of broken files: each is read or refused, whatever is broken in it."""

import importlib.util
import random
from pathlib import Path

import pytest

from mekantek.datasets.records.reading import examine

FUZZ = Path(__file__).parents[2] / "fuzz" / "fuzz_records.py"
specification = importlib.util.spec_from_file_location("fuzz_records", FUZZ)
fuzz_records = importlib.util.module_from_spec(specification)
specification.loader.exec_module(fuzz_records)

SEEDS = fuzz_records.seeds()
ODD = [
    b"\0",
    b'"',
    b";",
    b"\n",
    b"\r",
    b"\xff",
    b"<",
    b"-",
    b"9" * 30,
    b"<!DOCTYPE a>",
    b"\xc4\xb0",
]


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Cut, repeat, overwrite or insert at a few places."""
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(content)) if content else 0
        end = min(len(content), place + rng.randint(1, 40))
        content = rng.choice([
            content[:place] + content[end:],
            content[:place] + content[place:end] * 3 + content[end:],
            content[:place] + rng.choice(ODD) + content[place:],
            content[:place] + bytes(rng.randrange(256) for _ in range(end - place)) + content[end:],
            content[:place],
        ])  # fmt: skip
    return content


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_broken_file_is_read_or_refused(name, number):
    content = mutated(SEEDS[name], random.Random(f"{name} {number}"))
    fuzz_records.examined(content, Path(name).suffix)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_unbroken_file_has_no_fault(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(SEEDS[name])
    assert examine(path).faults == ()


@pytest.mark.parametrize("ending", fuzz_records.ENDINGS)
def test_the_name_does_not_decide(ending):
    for content in SEEDS.values():
        fuzz_records.examined(content, ending)
