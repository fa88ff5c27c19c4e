"""The fold *Which of my texts may be used* of the page *Write*: kinds, places and days, and the year to sound like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from nicegui import ui

from twin.app.studio.frame import Frame, part, say
from twin.core.errors import BadRequest
from twin.core.protocols import Where
from twin.core.text import counted
from twin.inference.material.narrow import where_of
from twin.pipeline import Twin

NAME = "Which of my texts may be used"
TODAY = "As I write today"
ABOUT = "Left open, a draft may stand on everything of yours. Links and files that you give above always count."
HOW_A_DAY = "a day, month or year: 2024-05-06, 2024-05, 2024"


class Narrowing:
    """What is chosen is told in the line that stays when it is folded. Its fields are made when it is first opened:
    what there is to choose from is looked up in every text."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.year: int = frame.twin.settings.write.year
        self.opened = self.made = False
        with part("details").props('data-part="narrowing"') as self.fold:
            self.summary = say("summary", NAME)
            self.inside = part("div", "stack tight")
        self.fold.on("toggle", self._open)
        self._tell()

    async def _open(self) -> None:
        if not self.opened:
            with self.frame.reporting():
                await self._make()

    async def _make(self) -> None:
        kinds, places, years = await self.frame.twin.ask(_there)
        if self.opened:  # by a second press, while the first one looked
            return
        self.opened = True
        with self.inside:
            say("p", ABOUT, "soft")
            self.kinds = _several("Only of these kinds", kinds)
            self.places = _several("Only from these places", places)
            self.since = _day_field("Only since", lambda value: _wrong(since=value))
            self.until = _day_field("Only until, that day included", self._wrong_until)
            self.voice = ui.select(_voices(years, self.year), label="In my voice of", value=self.year)
            self.voice.props("outlined dense")
        for field in (self.kinds, self.places, self.since, self.until, self.voice):
            field.on_value_change(self._tell)
        self.made = True

    def where(self) -> Where | None:
        """What a draft may stand on; None where a field says what is wrong with it: the fold is open then."""
        if not self.made:
            return Where()
        if not all([self.since.validate(), self.until.validate()]):
            self.fold.props("open")
            return None
        return where_of(
            kinds=self.kinds.value, places=self.places.value, since=_day(self.since), until=_day(self.until)
        )

    def _wrong_until(self, value: str | None) -> str | None:
        return _wrong(until=value) or (_wrong(since=self.since.value, until=value) if not self.since.error else None)

    def _tell(self) -> None:
        """`Which of my texts may be used: post, from medium, since 2024`"""
        parts = []
        if self.made:
            self.year = self.voice.value
            parts = [
                ("", " or ".join(self.kinds.value)),
                ("from ", " or ".join(self.places.value)),
                ("since ", _day(self.since)),
                ("until ", _day(self.until)),
            ]
        parts.append(("in my voice of ", str(self.year or "")))
        chosen = ", ".join(f"{word}{value}" for word, value in parts if value)
        self.summary.set_text(f"{NAME}: {chosen}" if chosen else NAME)


def _there(twin: Twin) -> tuple[Counter[str], Counter[str], Counter[int]]:
    """Kinds and places of the texts that a draft may stand on, and years of those that show how the author writes."""
    documents = twin.store.documents("retrieve")
    years = Counter(doc.published.year for doc in documents if doc.published and "train" in doc.use)
    return Counter(doc.kind for doc in documents), Counter(doc.place for doc in documents), years


def _several(label: str, counts: Counter[str]) -> ui.select:
    known = {one: f"{one} ({count:,})" for one, count in counts.most_common()}
    return ui.select(known, label=label, multiple=True).props("outlined dense use-chips")


def _voices(years: Counter[int], usual: int) -> dict[int, str]:
    """The years that can be asked for, 0 for today; with what the settings say."""
    told = {year: f"{year} ({counted(count, 'text')})" for year, count in sorted(years.items())}
    return {0: TODAY, **({usual: str(usual)} if usual else {}), **told}


def _day_field(label: str, wrong: Callable[[str | None], str | None]) -> ui.input:
    """A field for a day, answered when it is left: what is half typed is not wrong yet."""
    field = ui.input(label, validation=wrong).without_auto_validation()
    field.props(f'outlined dense clearable hint="{HOW_A_DAY}"').on("blur", lambda: field.validate())
    return field


def _day(field: ui.input) -> str:
    return (field.value or "").strip()


def _wrong(*, since: str | None = "", until: str | None = "") -> str | None:
    """Two days in, what is wrong with them out: in the words of `twin write`."""
    try:
        where_of(since=(since or "").strip(), until=(until or "").strip())
    except BadRequest as bad:
        return f"{bad.message}: {'put the earlier day first' if since and until else bad.hint}"
    return None
