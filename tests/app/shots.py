"""Pictures of a page at phone and desktop width."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def shoot(page: Any, folder: Path, name: str) -> None:
    """Screenshots at phone and desktop width, by day and by night; nothing may stick out of a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)
            page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.png"), full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="light")
