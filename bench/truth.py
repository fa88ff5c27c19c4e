"""How well `twin.metrics.claims` tells planted errors from true sentences: `python -m bench.truth FOLDER`.

FOLDER holds the corpora as JSON Lines. Each text is cut into passages, a few passages of the author's other texts
stand beside them, and sentences of the text are checked: as they stand or reworded (true), and the same with one
change (false), equally many. The authors are in two halves: rules were written with the first one in view, the second
was not looked at. `--show CLASS` prints the misses of one class, of the first half only.

Recall: false sentences that are not called "supported". Precision: of those called "not_found" or "contradicted", the
share that is false. Intervals: Wilson, 95%.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.planted import CHANGES, MONTHS, WEEKDAYS, Around
from bench.reworded import REWORDINGS, reworded
from twin.core.records import Passage, digest
from twin.core.text import sentences, word_count
from twin.evaluation.intervals import rate_of
from twin.metrics.background.typography import prose
from twin.metrics.claims import Claims, claims

HALVES = {
    "rules written with these in view": ("andrew-gerrand-goblog", "ben-balter-blog", "simon-willison-til"),
    "not looked at": ("joao-goncalves-linkedin", "josh-branchaud-til", "matthias-endler-blog", "remy-sharp-blog"),
}
PASSAGE_WORDS, OWN_PASSAGES, OTHER_PASSAGES = 120, 5, 3
MOST, MOST_OF_A_TEXT = 240, 8
FLAGS = ("contradicted", "not_found")
_LINKED = re.compile(r"(?<!!)\[([^\]]*)\]\((https?://[^)\s]+)\)")
_KEPT = re.compile("\x02(\\d+)\x02")


@dataclass(frozen=True)
class Text:
    """A published text: its sentences to check and what they are checked against."""

    own: tuple[Passage, ...]
    passages: tuple[Passage, ...]
    around: Around


@dataclass(frozen=True)
class Pair:
    true: str
    false: str
    passages: tuple[Passage, ...]


def main() -> None:
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    folder, shown = Path(arguments[0]), " ".join(arguments[1:])
    by_half = {half: [author_texts(folder / f"{name}.jsonl") for name in names] for half, names in HALVES.items()}
    started = time.perf_counter()
    for half, authors in by_half.items():
        print(f"\n{half}: {', '.join(HALVES[half])} (claims, version {Claims.version}, by rules, no entailment model)")
        pairs = {kind: list(planted(kind, authors)) for kind in CHANGES}
        strangers = [text for other, found in by_half.items() if other != half for texts in found for text in texts]
        pairs["another author's"] = list(from_others(authors, strangers))
        table(pairs, shown=shown if half == next(iter(HALVES)) else "")
        true_table(authors, shown=shown if half == next(iter(HALVES)) else "")
    print(f"\n{time.perf_counter() - started:.0f} s")


def table(pairs: dict[str, list[Pair]], *, shown: str) -> None:
    head = f"{'contra-':>9} {'not':>6} {'opinion,':>9}"
    print(f"{'':26} {'n':>4} {'recall':>19} {head} {'precision':>19}")
    print(f"{'one thing changed':26} {'':>4} {'':>19} {'dicted':>9} {'found':>6} {'memory':>9}")
    for kind, made in pairs.items():
        false = [status(pair.false, pair.passages) for pair in made]
        true = [status(pair.true, pair.passages) for pair in made]
        if kind == shown:
            show(made, false, true)
        share = Counter(false)
        caught, blamed = sum(one in FLAGS for one in false), sum(one in FLAGS for one in true)
        recall = rate(len(false) - share["supported"], len(false))
        shares = [share[one] / max(1, len(false)) for one in FLAGS]
        rest = (share["opinion"] + share["memory"]) / max(1, len(false))
        precision = rate(caught, caught + blamed)
        print(f"{kind:26} {len(made):4} {recall:>19} {shares[0]:9.2f} {shares[1]:6.2f} {rest:9.2f} {precision:>19}")


def true_table(authors: list[list[Text]], *, shown: str) -> None:
    print(f"{'true sentences':26} {'n':>4} {'wrongly flagged':>19} {'supported':>9}")
    for kind in ("as they stand", *REWORDINGS):
        made = [(new, text) for said, text in spread(authors, kind) if (new := reworded(kind, said))][:MOST]
        found = [status(new, text.passages) for new, text in made]
        if kind == shown:
            for (new, _), one in zip(made, found, strict=True):
                if one in FLAGS:
                    print(f"  {one}: {new}")
        blamed = rate(sum(one in FLAGS for one in found), len(found))
        print(f"{kind:26} {len(made):4} {blamed:>19} {found.count('supported') / max(1, len(found)):9.2f}")


def planted(kind: str, authors: list[list[Text]]) -> Iterator[Pair]:
    """Sentences as they stand and reworded in turn, each with one change of this kind."""
    made = 0
    taken: Counter[int] = Counter()
    for said, text in spread(authors, kind):
        rng = random.Random(f"{kind}{said}")
        if (kind != "link" and "http" in said) or taken[id(text)] == MOST_OF_A_TEXT or made == MOST:
            continue
        others = [new for one in REWORDINGS if (new := reworded(one, said))] if made % 2 else []
        true = rng.choice(others) if others else said
        false = CHANGES[kind](true, text.around, rng)
        if false and false not in (true, said):
            made += 1
            taken[id(text)] += 1
            yield Pair(true, false, text.passages)


def from_others(authors: list[list[Text]], strangers: list[Text]) -> Iterator[Pair]:
    rng = random.Random("strangers")
    for said, text in list(spread(authors, "strangers"))[:MOST]:
        theirs = [one for one in checkable(rng.choice(strangers)) if "http" not in one]
        if theirs:
            yield Pair(said, rng.choice(theirs), text.passages)


def spread(authors: list[list[Text]], seed: str) -> Iterator[tuple[str, Text]]:
    """The sentences of all authors in turn, in an order of their own."""
    rng = random.Random(seed)
    rows = [[(said, text) for text in texts for said in checkable(text)] for texts in authors]
    for row in rows:
        rng.shuffle(row)
    for i in range(max(map(len, rows))):
        yield from (row[i] for row in rows if i < len(row))


def checkable(text: Text) -> list[str]:
    found = [one for passage in text.own for line in passage.text.split("\n") for one in sentences(line)]
    return [one for one in dict.fromkeys(found) if 6 <= word_count(one) <= 40 and one.rstrip('"”)')[-1:] in (".", "!")]


def status(sentence: str, passages: tuple[Passage, ...]) -> str:
    """The worst of what a sentence is called, where the change cut it in two."""
    found = {claim.status for claim in claims(sentence, passages, "")}
    order = ("contradicted", "not_found", "memory", "opinion", "supported")
    return next((one for one in order if one in found), "opinion")


def show(made: list[Pair], false: list[str], true: list[str]) -> None:
    for pair, wrong, right in zip(made, false, true, strict=True):
        if wrong == "supported":
            print(f"  MISSED  {pair.false}\n     was  {pair.true}")
        if right in FLAGS:
            print(f"  BLAMED  {pair.true}\n          {claims(pair.true, pair.passages, '')}")


def rate(hits: int, n: int) -> str:
    row = rate_of(hits, n)
    return f"{row['value']:.3f} [{row['low']:.2f}, {row['high']:.2f}]" if n else "none"


def author_texts(path: Path) -> list[Text]:
    """One author's texts, each with its passages, those of the three next texts, and names from all others."""
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    rows = sorted((row for row in rows if not row.get("ai_pipeline")), key=lambda row: digest(row["id"]))
    wrapped = "linkedin" not in path.stem
    cut = [passages(row["id"], linked_prose(row["text"], wrapped=wrapped)) for row in rows]
    whole = "\n".join(passage.text for found in cut for passage in found)
    names, links = names_of(whole), sorted(set(re.findall(r"https?://[^\s)\]]+\w", whole)))
    common = [word for word, n in Counter(re.findall(r"\b[a-z]{4,9}\b", whole)).most_common(600)[100:]]
    texts = []
    for i, own in enumerate(cut):
        others = [found[0] for found in (cut[(i + step) % len(cut)] for step in range(1, OTHER_PASSAGES + 1)) if found]
        seen = (*own[:OWN_PASSAGES], *others)
        around = Around("\n".join(passage.text for passage in seen), names, links, common)
        texts.append(Text(tuple(own[:OWN_PASSAGES]), seen, around))
    return texts


def names_of(whole: str) -> frozenset[str]:
    """Capitalised runs inside sentences whose words are hardly ever written small."""
    found = Counter(re.findall(r"(?<=[a-z,] )[A-Z]\w+(?: [A-Z]\w+)*", whole))
    small = Counter(re.findall(r"\b[a-z]\w+\b", whole))
    return frozenset(
        name
        for name, n in found.items()
        if n >= 2
        and all(small[word.lower()] * 5 <= found[name] for word in name.split())
        and len(name) > 2
        and not {*MONTHS, *WEEKDAYS} & set(name.split())
    )


def linked_prose(markdown: str, *, wrapped: bool) -> str:
    """The words a person wrote, each link's address after its words."""
    links = [match.group(2) for match in _LINKED.finditer(markdown)]
    held = iter(range(len(links)))
    marked = _LINKED.sub(lambda match: f"{match.group(1)} (\x02{next(held)}\x02)", markdown)
    return _KEPT.sub(lambda match: links[int(match.group(1))], prose(marked, wrapped=wrapped))


def passages(key: str, text: str) -> list[Passage]:
    """Whole sentences up to `PASSAGE_WORDS` words each; a line is a paragraph or a point."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        for sentence in sentences(line):
            if word_count(" ".join(found[-1])) + word_count(sentence) > PASSAGE_WORDS:
                found.append([])
            found[-1].append(sentence)
        found[-1] = [*found[-1][:-1], found[-1][-1] + "\n"] if found[-1] else found[-1]
    texts = ["".join(one if one.endswith("\n") else one + " " for one in piece).strip() for piece in found if piece]
    return [Passage(f"{key}/{i}", key, "", "", one, "post", "", 1.0) for i, one in enumerate(texts)]


if __name__ == "__main__":
    main()
