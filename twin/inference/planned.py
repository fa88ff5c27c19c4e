"""A request understood and its sources in, what the twin is asked out: a prompt for each angle, or each section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from twin.core.brief import content_words, note_of
from twin.core.prompts import rewriting_prompt
from twin.core.records import Brief, Prompt
from twin.inference.angles import Angle, angle_of, angles
from twin.inference.composing.compose import Start, prompt_for
from twin.inference.composing.sections import Section, outlined
from twin.inference.content import Content, content_of
from twin.inference.drafted import Writing
from twin.inference.plan import plan, told_by
from twin.inference.request import Asked

MOST_NOTES = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """`starts` has the prompt of each of the `angles`, `parts` that of each of the `sections` of a long article."""

    brief: Brief
    content: Content | None
    angles: tuple[Angle, ...]
    starts: tuple[Start, ...]
    title: str = ""
    sections: tuple[Section, ...] = ()
    parts: tuple[Start, ...] = ()


def planned(asked: Asked, how: Writing, *, words: int, variants: int) -> Planned:
    """As many texts to start as `variants`, evenly of all angles.

    What a larger model says takes the place of the passages, where there is one: then there is one angle, and so there
    is for a long article, which tells of all its texts.
    """
    request, voice = asked.text, how.voice
    briefed = partial(
        plan,
        request,
        words=words,
        about=asked.about,
        kind=how.place.kind,
        place=how.place.site,
        audience=asked.audience,
        year=asked.year,
    )
    brief = briefed(how.passages)
    told = [told_by(passage, how.passages, request) for passage in how.passages]
    content = content_of(how, brief, request=request, said=told)
    if content and content.sentences:
        brief = briefed([content.as_passage()])
        prompt = (
            rewriting_prompt(voice.author, content.text, brief.words)
            if voice.rewrites
            else _prompt(how, brief, content.notes(MOST_NOTES))
        )
        only = angle_of(brief, request, how.passages, content.facts())
        return Planned(brief, content, (only,), (Start(prompt, brief, variants),))
    title, sections = outlined(request, brief, how.passages)
    most = 1 if sections else variants
    found = angles(brief, request, how.passages, about=asked.about, usual=how.desk.hooks, most=most)
    starts = []
    for place, angle in enumerate(found):
        prompt = _prompt(how, angle.brief, _notes(asked, how, angle if place else None))
        starts.append(Start(prompt, angle.brief, len(range(place, variants, len(found))), angle.hook))
    parts = [Start(_prompt(how, one.brief, one.notes if voice.tuned else ()), one.brief) for one in sections]
    return Planned(brief, content, tuple(found), tuple(starts), title, tuple(sections), tuple(parts))


def _notes(asked: Asked, how: Writing, angle: Angle | None) -> list[str]:
    """What the nearest passages tell, those that an angle leads with before others; beside exemplars there are none."""
    leads = angle.sources[: angle.leading] if angle else ()
    first = sorted(how.passages, key=lambda one: one.id not in leads)[:MOST_NOTES] if how.voice.tuned else []
    wanted = {*content_words(asked.text), *asked.about}
    return [note for one in first if (note := note_of(told_by(one, how.passages, asked.text), wanted))]


def _prompt(how: Writing, brief: Brief, notes: Sequence[str]) -> Prompt:
    return prompt_for(
        how.voice.author,
        brief,
        notes=notes,
        exemplars=how.voice.exemplars,
        tuned=how.voice.tuned,
        context_tokens=how.context_tokens,
    )
