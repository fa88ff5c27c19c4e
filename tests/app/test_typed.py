"""What a browser tab kept of what was typed, where the browser answers and where it does not."""

from __future__ import annotations

import asyncio
from typing import Any

from twin.app.studio import typed


class Browser:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def run_javascript(self, code: str, *, timeout: float) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_what_is_empty_is_left_out_and_a_tab_that_is_gone_gives_nothing() -> None:
    def kept(answer: Any) -> dict[str, str]:
        return asyncio.run(typed.kept(Browser(answer), ["brief", "links"]))  # type: ignore[arg-type]

    assert kept({"brief": "told at once", "links": None}) == {"brief": "told at once"}
    assert kept(None) == kept(TimeoutError("no answer")) == {}
