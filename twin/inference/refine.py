"""A draft and a wish in a word or two in, another version of it out; checked and bound like the first.

Sentences are drawn anew and chosen among: nothing comes into the text that the checks find to stand nowhere, and
nothing leaves it that was not asked to change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from twin.core.errors import BadRequest
from twin.core.records import Brief, Message
from twin.core.text import sentences, word_count, words
from twin.inference.bound import allowed
from twin.inference.check import Checked, check, left_out
from twin.inference.drafted import Counted, Writing, drafted, priced
from twin.inference.hooks import hook_of
from twin.inference.mend import WRONG, Again, Mended, drawing
from twin.inference.request import Wishes
from twin.inference.write import within

EDITED = "edited"
ASKS = ("shorter", "longer", "continue", "plainer", "more me", "another hook", "again")
SHORTER, LONGER, MOST_ADDED = 0.7, 1.4, 5
Text = Callable[[str], Checked]
Better = Callable[[Checked, str], float]
"""A text with a new sentence in it, and that sentence, in; how well it does what was asked out."""


def known_ask(said: str) -> str:
    """One of `ASKS` out. Raises: BadRequest for all else, with what can be done about a translation."""
    ask = " ".join(said.lower().split())
    if ask.startswith("translate"):
        raise BadRequest(
            "nothing here translates: the default model and every check of a sentence know English alone",
            "translate it elsewhere, then keep it as your version: twin refine DRAFT --edited my-version.txt",
        )
    if ask not in ASKS:
        raise BadRequest(f"{said!r} is nothing that a draft can be refined to", f"say one of: {', '.join(ASKS)}")
    return ask


def refine(
    first: Mapping[str, Any], ask: str, how: Writing, *, sentence: int = 0, keep: Collection[int] = ()
) -> dict[str, Any]:
    """A stored draft in, the new one out, with `from` naming the first. Sentences count from 1; 0 is the whole.

    Those of `keep` stay as they are. Raises: BadRequest for a draft that cannot be gone on with, or a sentence that
    there is not.
    """
    made, text = first.get("made"), str(first["text"])
    if not made:
        raise BadRequest(f"draft {first['id']!r} was written before drafts could be refined", "write it again")
    said = sentences(text)
    if not all(1 <= one <= len(said) for one in (*([sentence] if sentence else ()), *keep)):
        raise BadRequest(f"the draft has sentences 1 to {len(said)}", f"count them with: twin refine {first['id']}")
    wanted = 1.0 if sentence else {"shorter": SHORTER, "longer": LONGER, "continue": LONGER}.get(ask, 1.0)
    brief = replace(Brief(**{**made["brief"], "facts": tuple(made["brief"]["facts"])}), words=_length(text, wanted))
    prompt = tuple(Message(**message) for message in made["prompt"])
    sampling = how.sampling
    if how.bound and how.model.binds:
        sampling = replace(sampling, only=allowed(first["request"], how.passages, form=brief.form))
    started, model = time.perf_counter(), Counted(how.model)
    how = replace(how, model=model, sampling=sampling)
    again = drawing(model, prompt, sampling=sampling, adapter=how.voice.adapter, progress=how.progress)

    @cache
    def measured(version: str) -> Checked:
        return check(version, desk=how.desk, brief=brief, request=first["request"], passages=how.passages)

    checked = within(how.place, how.limit, measured)
    free = [said[i] for i in range(len(said)) if i + 1 not in keep and sentence in (0, i + 1)]
    after = said[sentence - 1] if sentence else ""
    now, changes = _changed(checked(text), ask, free, checked=checked, again=again, after=after)
    draft = _version(first, now, changes, ask, how)
    return priced(draft, model, seconds=time.perf_counter() - started, drafts=1, prompt=made["prompt"])


def edited(first: Mapping[str, Any], text: str, how: Writing) -> dict[str, Any]:
    """A stored draft and what its author made of it in, a version with findings of its own out."""
    made = first.get("made")
    if not made:
        raise BadRequest(f"draft {first['id']!r} was written before drafts could be refined", "write it again")
    if not word_count(text):
        raise BadRequest("there is no word in your version", "write something, or go back to another version")
    started = time.perf_counter()
    brief = Brief(**{**made["brief"], "facts": tuple(made["brief"]["facts"])})
    one = check(text.strip(), desk=how.desk, brief=brief, request=first["request"], passages=how.passages)
    draft = _version(first, one, (), EDITED, how)
    seconds = time.perf_counter() - started
    return priced(draft, Counted(how.model), seconds=seconds, drafts=1, prompt=made["prompt"])


def _version(
    first: Mapping[str, Any], now: Checked, changes: Sequence[Mended], ask: str, how: Writing
) -> dict[str, Any]:
    """What became of a draft, with the name of that draft and what was asked of it."""
    made = first["made"]
    wishes = Wishes(*(tuple(made["wishes"][name]) for name in ("must", "avoid")))
    draft = drafted(now, changes, how, request=first["request"], wishes=wishes, variant=first["variant"])
    return {**draft, "from": {"draft": first["id"], "place": how.place.name, "ask": ask}, "made": made}


def _changed(
    draft: Checked, ask: str, free: Sequence[str], *, checked: Text, again: Again, after: str
) -> tuple[Checked, list[Mended]]:
    """The draft after one pass over the sentences that may change, and what became of each.

    `after` is the one sentence that was asked about, empty where all were.
    """
    if ask == "shorter" and not after:
        return _shorter(draft, free, checked)
    if ask in ("longer", "continue"):
        return _longer(draft, checked, again, paragraph=ask == "continue", after=after)
    if ask == "another hook":
        old = hook_of(draft.text)
        return _said_anew(
            draft, free[:1], checked, again, lambda new, _: new.score if hook_of(new.text) != old else -99.0
        )
    better: dict[str, Better] = {
        "shorter": lambda _, said: -float(word_count(said)),
        "plainer": lambda _, said: -_weight(said),
        "more me": lambda new, _: new.style.value if new.style and new.style.value is not None else new.score,
        "again": lambda new, _: new.score,
    }
    return _said_anew(draft, free, checked, again, better[ask], whatever=ask == "again")


def _shorter(draft: Checked, free: Sequence[str], checked: Text) -> tuple[Checked, list[Mended]]:
    """Without the sentences that it is best without, until it is short enough."""
    now, left, changes, most = draft, list(free), list[Mended](), _length(draft.text, SHORTER)
    while word_count(now.text) > most and len(left) > 1:
        ways = {one: checked(left_out(now.text, [one])) for one in left if left_out(now.text, [one])}
        if not ways:
            break
        gone = max(ways, key=lambda one: ways[one].score)
        now = ways[gone]
        left.remove(gone)
        changes.append(Mended(gone, "", "left out; shorter"))
    return now, changes


def _longer(
    draft: Checked, checked: Text, again: Again, *, paragraph: bool, after: str
) -> tuple[Checked, list[Mended]]:
    """With further sentences, each the best drawn that stands somewhere: at its end, or one `after` another."""
    now, changes, most = draft, list[Mended](), _length(draft.text, LONGER)
    head, end = (draft.text, "") if not after else _cut_after(draft.text, after)
    for step in range(1 if after else MOST_ADDED):
        begin = head + ("\n\n" if paragraph and not step else " ")
        drawn = [one for said in again([begin]) for one in said if one not in now.text]
        ways = {one: checked(begin + one + end) for one in drawn}
        sound = [one for one in ways if _sound(ways[one], one)]
        if not sound or (not after and word_count(now.text) >= most):
            break
        best = max(sound, key=lambda one: ways[one].score)
        now, head = ways[best], begin + best
        changes.append(Mended("", best, "added"))
    return now, changes


def _cut_after(text: str, sentence: str) -> tuple[str, str]:
    before, said, rest = text.partition(sentence)
    return before + said, rest


def _said_anew(
    draft: Checked, free: Sequence[str], checked: Text, again: Again, better: Better, *, whatever: bool = False
) -> tuple[Checked, list[Mended]]:
    """Each sentence in other words where those do better; with `whatever` in the best other words that there are."""
    now, changes = draft, list[Mended]()
    drawn = again([draft.text.partition(one)[0] for one in free]) if free else ()
    for old, said in zip(free, drawn, strict=False):
        ways = {one: checked(now.text.replace(old, one, 1)) for one in said if one not in now.text}
        sound = [one for one in ways if _sound(ways[one], one)]
        best = max(sound, key=lambda one: better(ways[one], one), default="")
        if best and (whatever or better(ways[best], best) > better(now, old)):
            now = ways[best]
            changes.append(Mended(old, best, "said anew"))
    return now, changes


def _sound(text: Checked, sentence: str) -> bool:
    return all(one.status not in WRONG for one in text.claims if one.sentence == sentence)


def _length(text: str, share: float) -> int:
    return max(5, round(share * word_count(text)))


def _weight(sentence: str) -> float:
    """How heavy a sentence is to read: its words, and the letters of each beyond five."""
    said = words(sentence)
    return len(said) + sum(max(0, len(word) - 5) for word in said)
