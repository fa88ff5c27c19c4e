"""One source on the page *Sources*: what became of its texts, why any was skipped, and the way to take it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from twin.app.show import OUTCOMES, forgotten, tried
from twin.app.studio.frame import Frame, act, fold, part, say
from twin.app.studio.hints import in_studio
from twin.app.studio.uploads import as_known
from twin.core.text import counted

SIGNS = ("", "=", "+", "+", "+", "+")
MOST_SKIPS_SHOWN = 300
GONE = (
    "Its texts go, with the passages, examples and drafts that hold them, and do not come back. Those that a source "
    "you added later holds too stay. A twin that learned from what goes is to be trained again. Your own files stay."
)


def show_source(frame: Frame, row: Mapping[str, Any], *, again: Callable[[], Awaitable[None]]) -> None:
    """A source, and what shows the list anew, in."""
    failed = row["failed"]

    def known(text: str) -> str:
        return in_studio(as_known(text, frame.twin.settings.home))

    with part("div", "source"):
        with part("div", "row-of"):
            say("span", row["kind"], "kind")
            if row["consent"] != "mine":
                say("span", "someone else's words", "kind")
        say("div", as_known(row["location"], frame.twin.settings.home), "mono").style("font-size: .88rem")
        if failed:
            with part("div", "notice bad"):
                say("b", known(failed["message"]))
                say("div", known(failed["hint"]), "soft")
                say("div", f"Tried {tried(failed)}.", "soft")
        if row["counts"]:
            with part("div", "counts"):
                for sign, name in zip(SIGNS, OUTCOMES, strict=True):
                    _count(row["counts"].get(name, 0), sign, name)
        elif not failed:
            say("div", "not collected yet", "soft")
        if row["skipped"]:
            _show_skips(
                [{**skip, **{name: known(skip[name]) for name in ("key", "reason")}} for skip in row["skipped"]]
            )
        with fold("Take it out"):
            _taking_out(frame, row["id"], again)


def _taking_out(frame: Frame, source: str, again: Callable[[], Awaitable[None]]) -> None:
    async def take_out() -> None:
        with frame.reporting():
            gone = await frame.twin.work("forget", lambda one: one.forget(source))
            texts = counted(gone["documents"], "text")
            frame.tell(f"Taken out, with {texts}.", ". ".join(forgotten(gone).splitlines()[1:]))
            await again()

    say("p", GONE, "soft")
    act("Take this source out", take_out, icon="delete", quiet=True)


def _count(number: int, sign: str, word: str) -> None:
    with part("span"):
        say("span", f"{sign} " if sign else "")
        say("b", f"{number:,}")
        say("span", f" {word}")


def _show_skips(skipped: list[dict[str, str]]) -> None:
    reasons = Counter(skip["reason"] for skip in skipped)
    with fold(f"{len(skipped):,} skipped: why"):
        for reason, number in reasons.most_common():
            say("div", f"{number:,} × {reason}").style("font-size: .9rem")
        with part("div", "why").style("margin-top: .5rem"):
            for skip in skipped[:MOST_SKIPS_SHOWN]:
                say("div", skip["key"], "mono")
                say("div", skip["reason"])
        if len(skipped) > MOST_SKIPS_SHOWN:
            say("div", f"and {len(skipped) - MOST_SKIPS_SHOWN:,} more: twin sources --json", "soft")
