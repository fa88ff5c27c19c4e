"""The form of the page *Write*: brief, place, material and wishes; what is typed outlives a reload of the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from twin.app.studio import typed
from twin.app.studio.frame import Frame, fold, part, say
from twin.app.studio.narrowing import Narrowing
from twin.core.settings import WriteSettings
from twin.inference import places
from twin.inference.plan import MOST_REQUEST_CHARS

TALL = "min-height: 6rem; max-height: 50vh"


@dataclass(frozen=True, slots=True)
class Asked:
    """What `Twin.write` is called with, and what replaces values of the section `write` for it."""

    brief: str
    wishes: Mapping[str, Any]
    settings: Mapping[str, int | str | None]


class Asking:
    """Made inside the place where the form stands; `write` is what its button does."""

    def __init__(self, frame: Frame, write: Callable[[], Awaitable[None]]) -> None:
        self.settings = frame.twin.settings
        defaults: WriteSettings = self.settings.write
        self.brief = (
            ui.textarea("Brief", placeholder="Why we moved the stand-up to the afternoon, and what it cost us")
            .props('outlined autogrow stack-label').props(f'input-style="{TALL}"')
        )  # fmt: skip
        counter = say("div", "", "soft")

        def count() -> None:
            size = len((self.brief.value or "").strip())
            over = "characters: its first paragraph is what you ask, the rest is read as material"
            usual = f"/ {MOST_REQUEST_CHARS:,} characters"
            counter.set_text(f"{size:,} {over if size > MOST_REQUEST_CHARS else usual}")

        self.brief.on_value_change(count)
        count()
        known = _known_places()
        here = defaults.place if defaults.place in known else places.DEFAULT
        self.place = ui.select(known, label="Where it will be posted", value=here, on_change=self._at)
        self.place.props("outlined dense")
        self.links = ui.textarea("Links or files with material: one a line").props("outlined dense autogrow rows=1")
        with part("div", "row-of"):
            self.words = _number("Length, in words", self._usual(), 20, 600)
            self.variants = ui.select(_how_many(defaults.variants), label="Drafts", value=defaults.variants)
            self.variants.props("outlined dense").classes("grow")
        with fold("For whom, what it must say, what it answers"):
            self.audience = ui.input("For whom it is").props("outlined dense")
            self.must = ui.textarea("Words that must stand in it: one a line").props("outlined dense autogrow rows=1")
            self.avoid = ui.textarea("Words that must not").props("outlined dense autogrow rows=1")
            self.answer = ui.textarea("A post to answer: its link or its text").props("outlined dense autogrow rows=1")
        self.narrowing = Narrowing(frame)
        with fold("Draw other words of the same brief"), part("div", "row-of"):
            self.seed = _number("Seed: another one draws other words", defaults.seed, 0, 2**31)
        with part("div", "row-of"):
            frame.worker("Write", "edit", write)
        self.typed = {
            "brief": self.brief,
            "links": self.links,
            "audience": self.audience,
            "must": self.must,
            "avoid": self.avoid,
            "answer": self.answer,
        }
        for name, field in self.typed.items():
            typed.keep(field, name)
        self.client = ui.context.client
        self.client.on_connect(self._as_typed)

    def _usual(self) -> int:
        """The length that is usual at the chosen place; what the settings say is for the place that they name."""
        chosen, here = self.settings.write, places.load(self.place.value)
        said = here.name == places.DEFAULT or (here.name == chosen.place and "words" in chosen.model_fields_set)
        return chosen.words if said else here.words

    def _at(self) -> None:
        self.words.set_value(self._usual())

    async def _as_typed(self) -> None:
        """The tab's words come back into fields that are still empty.

        A tab that was away for a while connects again, to the same fields.
        """
        fields, self.typed = self.typed, {}
        kept = await typed.kept(self.client, fields) if fields else {}
        for name, text in kept.items():
            if not fields[name].value:
                fields[name].set_value(text)

    def asked(self) -> Asked | None:
        """None where a field says what is wrong with it."""
        where = self.narrowing.where()
        if where is None:
            return None
        wishes = {
            "links": _lines(self.links.value),
            "where": where,
            "must": _lines(self.must.value),
            "avoid": _lines(self.avoid.value),
            "audience": self.audience.value or "",
            "answer": self.answer.value or "",
        }
        numbers = {"words": _whole(self.words), "variants": self.variants.value, "seed": _whole(self.seed)}
        settings = {"place": self.place.value, "year": self.narrowing.year, **numbers}
        return Asked(self.brief.value or "", wishes, settings)


def _how_many(usual: int) -> dict[int, str]:
    """How many drafts can be asked for, in words; with what the settings say."""
    known = {1: "One", 3: "Three angles"}
    return dict(sorted({usual: f"{usual}", **known}.items()))


def _lines(value: str | None) -> list[str]:
    return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _known_places() -> dict[str, str]:
    return {name: places.load(name).title for name in places.names()}


def _number(label: str, value: int, least: int, most: int) -> ui.number:
    return ui.number(label, value=value, min=least, max=most, precision=0).props("outlined dense").classes("grow")


def _whole(field: ui.number) -> int | None:
    return None if field.value is None else int(field.value)
