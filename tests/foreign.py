"""What no page about another territory may say."""

from __future__ import annotations

import re
from pathlib import Path

# Leaflet's own script says "exports".
WORDS = re.compile(
    r"türkiye|turkey|ankara|istanbul|province|iltek|ihracat|technolog|teknoloji", re.I
)
_READ = {".html", ".csv", ".json", ".tex", ".svg"}


def swept(folder: Path) -> list[Path]:
    """Look for such words in every file of text that a study wrote; give the files."""
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in _READ]
    assert folder / "index.html" in found
    for path in found:
        text = path.read_text(encoding="utf-8-sig")
        said = WORDS.search(text)
        assert not said, (path.name, text[said.start() - 80 : said.end() + 80])
    return found
