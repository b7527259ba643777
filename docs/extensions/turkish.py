"""Say of each page which language it is in: a Turkish page is read out, broken and cased as such."""

from __future__ import annotations

from typing import Any

# The pages in Turkish; each stands beside the page that says the same in English.
PAGES = frozenset(
    {
        "hangi-p-degeri",
        "tutorials/planlamaci",
        "tutorials/ajans",
        "how-to/karsilastirma",
        "how-to/kendi-calismam",
        "how-to/kayitlar",
        "how-to/rapor-tablolari",
        "how-to/turkce-excel",
        "how-to/yillar",
    }
)


def _language(app: Any, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    if name in PAGES:
        context["language"] = "tr"


def setup(app: Any) -> dict[str, Any]:
    """Hear of each page before it is written."""
    app.connect("html-page-context", _language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
