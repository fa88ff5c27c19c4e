"""A draft and a wish in a word or two in, another version of it out; checked and bound like the first.

Sentences are drawn anew and chosen among: nothing comes into the text that the checks find to stand nowhere, and
nothing leaves it that was not asked to change, also where it is longer than its place takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from twin import __version__
from twin.core.errors import BadRequest
from twin.core.language import NAMES
from twin.core.records import Brief, Message
from twin.core.text import word_count, words
from twin.inference.angles import made as made_of
from twin.inference.changing.abroad import abroad, check_abroad, claims_of
from twin.inference.changing.reword import Mended, Rewording, Version, drawing
from twin.inference.checking.check import Checked, check
from twin.inference.composing.candidates import held
from twin.inference.composing.hooks import hook_of
from twin.inference.drafted import Counted, Writing, drafted, priced
from twin.inference.request import Wishes

EDITED = "edited"
ASKS = ("shorter", "longer", "continue", "plainer", "more me", "another hook", "again")
ADDING = ("longer", "continue")
SHORTER, LONGER, MOST_ADDED = 0.7, 1.4, 5
UNBOUND = {"held": False, "why": "it is your own text, which is checked only"}
Better = Callable[[Version, str], Any]
"""A version with a new sentence in it, and that sentence, in; how well it does what was asked, to be compared, out."""


def known_ask(said: str) -> str:
    """One of `ASKS` out. Raises: BadRequest for all else."""
    ask = " ".join(said.lower().split())
    if ask not in ASKS:
        raise BadRequest(
            f"{said!r} is nothing that a draft can be refined to", f"say one of: {', '.join(ASKS)}, translate to …"
        )
    return ask


def refine(
    first: Mapping[str, Any], ask: str, how: Writing, *, selected: Collection[int] = (), keep: Collection[int] = ()
) -> dict[str, Any]:
    """A stored draft in, the new one out, with `from` naming the first. Sentences count from 1; none is the whole.

    Only those `selected` change, and those of `keep` stay as they are. Raises: BadRequest for a sentence that there is
    not, or that is none, for no place to add one, for another hook where the first sentence shall stay, and for a
    translation.
    """
    if first.get("language"):
        raise BadRequest(
            f"this is a translation, and the twin writes no {NAMES[first['language']]}",
            f"refine the draft that it is of, and translate that: twin refine {first['made_with']['translated']['of']}",
        )
    made, text = first["made"], str(first["text"])
    wanted = 1.0 if selected else {"shorter": SHORTER, "longer": LONGER, "continue": LONGER}.get(ask, 1.0)
    brief = replace(brief_of(made), words=_length(text, wanted))
    sampling = held(how, first["request"], brief.form)
    prompt = tuple(Message(**message) for message in made["prompt"])
    started, model = time.perf_counter(), Counted(how.model)
    how = replace(how, model=model, sampling=sampling)

    @cache
    def checked(version: str) -> Checked:
        return wishes_of(made).weighed(_checked(version, brief, first["request"], how))

    again = drawing(model, sampling=sampling, adapter=how.voice.adapter, place=how.place, progress=how.progress)
    most = max(how.limit, how.place.count(text))
    rewording = Rewording(checked, again, lambda version: not how.limit or how.place.count(version) <= most, prompt)
    now = Version.of(checked(text))
    if not {1, *selected, *keep} <= set(now.said.numbers):
        most_said = len(now.said.numbers)
        raise BadRequest(f"the draft has sentences 1 to {most_said}", f"count them with: twin refine {first['id']}")
    spoken, after = now.spoken(), max(selected, default=0)
    if ask not in ADDING and not set(selected) <= set(spoken):
        raise BadRequest(
            f"{now.said[min(set(selected) - set(spoken))]!r} is no sentence: a number, hashtags or code",
            f"edit it yourself: twin refine {first['id']} --edited my-version.txt",
        )
    free = [n for n in spoken if n not in keep and (n in selected or not selected)]
    now, changes = _changed(now, ask, free, rewording, after=after, paragraphs="\n" in how.place.tidy("a\n\nb"))
    draft = version_of(first, rewording.counted(now, text).found, changes, ask, how)
    return priced(draft, model, seconds=time.perf_counter() - started, drafts=1, prompt=made["prompt"])


def edited(first: Mapping[str, Any], text: str, how: Writing) -> dict[str, Any]:
    """A stored draft and what its author made of it in, a version with findings of its own out.

    No model wrote it: it names those of the draft that was edited, and no sampling.
    """
    if not word_count(text):
        raise BadRequest("there is no word in your version", "write something, or go back to another version")
    started, made = time.perf_counter(), first["made"]
    said = text.strip()
    if language := first.get("language"):
        how = abroad(how, language)
        one = check_abroad(said, claims_of(first), request=first["request"], how=how)
    else:
        one = _checked(said, brief_of(made), first["request"], how)
    draft = version_of(first, one, (), EDITED, how)
    before = {key: value for key, value in first.get("made_with", {}).items() if key != "sampling"}
    by = {
        "model": first["model"],
        "adapter": first["adapter"],
        "bound": UNBOUND,
        "made_with": {**draft["made_with"], **before, "twin": __version__, "sampling": {}, "edited": first["id"]},
    }
    seconds = time.perf_counter() - started
    return priced({**draft, **by}, Counted(how.model), seconds=seconds, drafts=1, prompt=made["prompt"])


def version_of(
    first: Mapping[str, Any], now: Checked, changes: Sequence[Mended], ask: str, how: Writing
) -> dict[str, Any]:
    """What became of a draft, with the name of that draft and what was asked of it.

    Its prompt is that of the first, and so are the texts that this shows for imitation.
    """
    made, before = first["made"], first.get("made_with", {})
    request, wishes = first["request"], wishes_of(made)
    variant, brief = first["variant"], brief_of(made)
    draft = drafted(now, changes, how, request=request, brief=brief, wishes=wishes, variant=variant)
    asked = {name: before[name] for name in ("prompt", "exemplars") if name in before}
    came = {"from": {"draft": first["id"], "place": how.place.name, "ask": ask}, "made": made}
    if (bound := first.get("bound")) and not bound["held"]:
        came["bound"] = bound
    same = {name: first[name] for name in ("content", "language", "sections") if name in first}
    if angle := first.get("angle"):
        same["angle"] = angle if first.get("language") else made_of(angle, now.supported())
    return {**draft, "made_with": {**draft["made_with"], **asked}, **came, **same}


def _checked(text: str, brief: Brief, request: str, how: Writing) -> Checked:
    return check(text, desk=how.desk, brief=brief, request=request, passages=how.passages, markdown=how.place.markdown)


def wishes_of(made: Mapping[str, Any]) -> Wishes:
    """What a stored draft must say and must not."""
    return Wishes(**{name: tuple(said) for name, said in made.get("wishes", {}).items()})


def brief_of(made: Mapping[str, Any]) -> Brief:
    """The brief that a stored draft was written to."""
    return Brief(**{**made["brief"], "facts": tuple(made["brief"]["facts"])})


def _changed(
    now: Version, ask: str, free: Sequence[int], how: Rewording, *, after: int, paragraphs: bool
) -> tuple[Version, list[Mended]]:
    """The draft after one pass over the sentences that may change, and what became of each.

    `after` is the last sentence that was asked about, 0 where all were.
    """
    if ask == "shorter" and not (after and len(free) == 1):
        size = word_count(now.found.text)
        part = sum(word_count(now.said[one]) for one in free) if after else size
        return _shorter(now, free, how, most=max(5, size - part + round(SHORTER * part)))
    if ask in ADDING:
        gap = "\n\n" if ask == "continue" and paragraphs and not after else " "
        return _longer(now, how, gap=gap, after=after, paragraphs=paragraphs)
    if ask == "another hook":
        first, old = now.spoken()[:1], hook_of(now.found.text)
        if not set(first) <= set(free):
            raise BadRequest("the hook is the first sentence, which shall stay", "leave out --keep and --sentence")

        def hooked(new: Version, _: str) -> tuple[bool, float]:
            return hook_of(new.found.text) != old, new.score

        return _said_anew(now, first, how, hooked, whatever=True)
    better: dict[str, Better] = {
        "shorter": lambda _, said: -float(word_count(said)),
        "plainer": lambda _, said: -_weight(said),
        "more me": lambda new, _: _voice(new.found),
        "again": lambda new, _: new.score,
    }
    return _said_anew(now, free, how, better[ask], whatever=ask == "again")


def _shorter(now: Version, free: Sequence[int], how: Rewording, *, most: int) -> tuple[Version, list[Mended]]:
    """Without those of these sentences that it is best without, until it has so many words; one of them stays."""
    left, changes = list(free), list[Mended]()
    while word_count(now.found.text) > most and len(left) > 1:
        ways = how.without(now, left)
        if not ways:
            break
        gone = max(ways, key=lambda one: ways[one].score)
        changes.append(Mended(now.said[gone], "", "left out; shorter"))
        now = ways[gone]
        left.remove(gone)
    return now, changes


def _longer(now: Version, how: Rewording, *, gap: str, after: int, paragraphs: bool) -> tuple[Version, list[Mended]]:
    """With further sentences, each the best drawn that stands somewhere: one `after` another, else where prose ends.

    A gap with a line break begins a paragraph: before the links and hashtags that close the text. Raises: BadRequest
    where there is no such place.
    """
    changes, most, body = list[Mended](), _length(now.found.text, LONGER), now.said.last_of_body()
    last = after or (body if "\n" in gap else now.said.last_of_prose())
    if not last:
        raise _nowhere(body, paragraphs=paragraphs)
    for _ in range(1 if after else MOST_ADDED):
        if not after and word_count(now.found.text) >= most:
            break
        [drawn] = how.drawn([now.said.upto(last) + gap])
        ways = how.followed(now, last, drawn, gap)
        best = max(ways, key=lambda one: ways[one].score, default="")
        if not best:
            break
        now, gap = ways[best], " "
        last = max(now.said.numbers)
        changes.append(Mended("", best, "added"))
    return now, changes


def _nowhere(body: int | None, *, paragraphs: bool) -> BadRequest:
    """What helps where no line of a draft takes another sentence; `body` is its last one before links and hashtags."""
    hint = "name the sentence that another shall follow: twin refine DRAFT longer --sentence 1"
    if body is None:
        hint = "write on yourself, then keep it: twin refine DRAFT --edited my-version.txt"
    elif paragraphs:
        hint = f"begin a paragraph: twin refine DRAFT continue; or {hint}"
    return BadRequest(
        "there is no place to add to: no line of running text ends in a whole sentence, with no list or code below",
        hint,
    )


def _said_anew(
    now: Version, free: Sequence[int], how: Rewording, better: Better, *, whatever: bool = False
) -> tuple[Version, list[Mended]]:
    """Each sentence in other words where those do better; with `whatever` in the best other words that there are."""
    changes = list[Mended]()
    for number, drawn in zip(free, how.drawn([now.said.before(one) for one in free]), strict=True):
        old, ways = now.said[number], how.instead(now, number, drawn)
        best = max(ways, key=lambda one: better(ways[one], one), default="")
        if best and (whatever or better(ways[best], best) > better(now, old)):
            now = ways[best]
            changes.append(Mended(old, best, "said anew"))
    return now, changes


def _voice(found: Checked) -> float:
    return found.score if found.style is None or found.style.value is None else found.style.value


def _length(text: str, share: float) -> int:
    return max(5, round(share * word_count(text)))


def _weight(sentence: str) -> float:
    """How heavy a sentence is to read: its words, and the letters of each beyond five."""
    said = words(sentence)
    return len(said) + sum(max(0, len(word) - 5) for word in said)
