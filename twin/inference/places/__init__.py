"""Where a draft will be posted: one module for each place, found by its file name. One more place is one more file.

A module holds one `Place` named `PLACE`: what the place takes, how it counts, what it shows and what it minds.
`linkedin_post.py` is the place "linkedin-post". Modules whose name begins with `_` serve the others.
"""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any, Literal, cast

from twin.core.errors import BadRequest
from twin.core.records import Kind
from twin.core.text import plain_post

DEFAULT = "linkedin-post"
Level = Literal["blocker", "warning", "advice"]
Forms = Mapping[str, str | Sequence[str]]
"""Name to text: `text` is pasted as it is, `markdown`, `html`, `api` for a program, `thread` the parts in order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a place minds. A blocker cannot be posted so, a warning will look wrong, advice is taste.

    `fix` is the whole text with this one thing mended, empty where no single step mends it.
    """

    level: Level
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """A feed shows about this many characters in so many lines, then hides the rest. Unofficial and approximate."""

    characters: int
    where: str
    lines: int = 3

    def at(self, text: str) -> int | None:
        """Where the text is folded, None where all of it is shown. A line break takes the rest of its line."""
        width = -(-self.characters // self.lines)
        used = 0
        for position, char in enumerate(text):
            if used >= self.characters:
                return position
            used = (used // width + 1) * width if char == "\n" else used + 1
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a draft is written for.

    `kind` and `site` are those of the brief. `words` is the usual length, `most_words` where it becomes too long to be
    read there. `count` counts a text in `unit` as the place itself does, `limit` is the most of it, 0 for any number.
    `render` gives every form of a text; `check` what the place minds. `tidy` makes a draft of what a model answered;
    `markdown` says whether that is Markdown.
    """

    name: str
    title: str
    kind: Kind
    site: str
    words: int
    most_words: int
    limit: int
    unit: str
    count: Callable[[str], int]
    render: Callable[[str], Forms]
    check: Callable[[str], list[Finding]]
    tidy: Callable[[str], str] = plain_post
    markdown: bool = False
    folds: tuple[Fold, ...] = field(default=())


def names() -> list[str]:
    """Every place, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def load(name: str) -> Place:
    """A name in, the place out. Raises: BadRequest with the nearest name."""
    known = names()
    if name not in known:
        near = difflib.get_close_matches(name.lower().replace("_", "-").replace(" ", "-"), known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}? " if near else ""
        raise BadRequest(f"there is no place {name!r}", f"{hint}see all of them with: twin places")
    return cast(Place, import_module(f"{__name__}.{name.replace('-', '_')}").PLACE)


def listed() -> list[dict[str, Any]]:
    """Every place as `twin places --json` promises it."""
    keys = ("name", "title", "kind", "site", "words", "most_words", "limit", "unit", "markdown")
    return [
        {
            **{key: getattr(place, key) for key in keys},
            "folds": [asdict(fold) for fold in place.folds],
            "forms": list(place.render("")),
        }
        for place in map(load, names())
    ]


def as_json(text: str, place: Place) -> dict[str, Any]:
    """A draft in, what its place says of it out: `{place characters form rendered}`, the forms that differ alone."""
    return {
        "place": place.name,
        "characters": place.count(text),
        "form": [findings_json(finding) for finding in place.check(text)],
        "rendered": {name: form for name, form in place.render(text).items() if form not in (text, [text])},
    }


def findings_json(finding: Finding) -> dict[str, str]:
    """`{level message}`, and the mended text as `fix` where there is one."""
    shown = {"level": finding.level, "message": finding.message}
    return {**shown, "fix": finding.fix} if finding.fix else shown
