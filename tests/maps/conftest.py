"""The study's own pages, and what a reader sees of them with the network closed."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def pages(main_job) -> Path:
    """The pages that the main job writes."""
    return main_job


class Seen:
    """A page in an offline context, with all it asked for and complained of."""

    def __init__(self, context, path: Path, fragment: str = "") -> None:
        self.page = context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(path.as_uri() + fragment)
        self.page.wait_for_timeout(150)

    @property
    def asked(self) -> list[str]:
        """Requests beyond the page itself."""
        return [r for r in self.requests[1:] if not r.startswith("data:")]

    def fills(self) -> list[str]:
        """Colours of the shapes as drawn, in the order of the units."""
        return self.page.eval_on_selector_all(
            ".leaflet-overlay-pane path.leaflet-interactive",
            "all => all.map(p => p.getAttribute('fill'))",
        )


@pytest.fixture
def look(browser):
    """Open a page with the network closed."""
    contexts = []

    def opened(path: Path, fragment: str = "", *, width: int = 1280, height: int = 900) -> Seen:
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        return Seen(context, path, fragment)

    yield opened
    for context in contexts:
        context.close()
