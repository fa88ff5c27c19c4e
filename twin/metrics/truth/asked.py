"""A request as it was rendered in, what it states out: topic and facts, without the form's own words and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twin.core.lengths import without_length

_FORM = re.compile(r"^Write a .{1,40} of about \d+ words\b")
_HEADS = ("Facts:", "Notes that may help:")


@dataclass(frozen=True, slots=True)
class Asked:
    topic: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Everything the request states, a line each."""
        return [line for line in (self.topic, *self.facts, *self.notes) if line]


def asked(request: str) -> Asked:
    """A brief as `core.prompts.render_brief` writes it, or any words of a user, in; its statements out."""
    topic: list[str] = []
    facts: list[str] = []
    notes: list[str] = []
    for line in (line.strip() for line in request.splitlines()):
        if not line or line in _HEADS or _FORM.match(line):
            continue
        if line.startswith("- "):
            facts.append(line[2:])
        elif line.startswith("* "):
            notes.append(line[2:])
        else:
            topic.append(without_length(line.removeprefix("Topic: ")))
    return Asked(" ".join(topic), tuple(facts), tuple(notes))
