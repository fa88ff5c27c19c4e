"""How long a draft takes in a home that is warm, as in `twin serve`: `python -m bench.writing HOME`.

Asked: first progress within 0.5 s, a checked draft of 150 words within 15 s, three within 30 s, on 2 idle cores; and at
least 0.9 of the tokens a second of bare llama.cpp with 4 texts in one batch. HOME is only read: it is copied. Each
brief is the topic of a text of it, one draft is asked for and then three. What is drawn counts, also what is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.drafts import timed
from bench.generation import Peer, bare
from bench.homes import twin_in
from twin.core.brief import document_frequency, topic_of
from twin.core.protocols import silent
from twin.pipeline import Twin

WORDS, TEXTS, ROUNDS = 150, 4, 3
ASKED = {"first progress": 0.5, "one draft": 15.0, "three drafts": 30.0}


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds to the first word of progress and to the end, tokens drawn, words of the best draft."""

    told: float
    seconds: float
    tokens: int
    words: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.writing", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--briefs", type=int, default=5)
    chosen = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds, medians over briefs")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        shutil.copytree(chosen.home, home, ignore=shutil.ignore_patterns("lock"))
        twin = timed(twin_in(home, {"write.words": str(WORDS)}))
        briefs = subjects(twin, chosen.briefs + 1)
        took(twin, briefs[0], 1)
        one, three = ([took(twin, brief, drafts) for brief in briefs[1:]] for drafts in (1, 3))
        twin.close()
    table(one, three)
    speeds(three)


def took(twin: Twin, brief: str, drafts: int) -> Took:
    """One request, as a user would wait for it; nothing that was drawn before is remembered."""
    write = twin.settings.write.model_copy(update={"variants": drafts})
    twin.settings = twin.settings.model_copy(update={"write": write})
    started, heard = time.perf_counter(), list[float]()
    twin.progress = lambda *_: heard.append(time.perf_counter())
    result = twin.write(brief)
    seconds = time.perf_counter() - started
    twin.progress = silent
    words = len(result["drafts"][0]["text"].split()) if result["drafts"] else 0
    return Took((heard[0] if heard else time.perf_counter()) - started, seconds, result["tokens"], words)


def subjects(twin: Twin, most: int) -> list[str]:
    """What texts of the home are about, of those that a draft may stand on."""
    texts = [doc.text for doc in twin.store.documents("train")]
    frequency = document_frequency(texts)
    return [f"About {topic_of(text, frequency, len(texts))}" for text in texts[:most]]


def table(one: Sequence[Took], three: Sequence[Took]) -> None:
    found = {
        "first progress": [each.told for each in (*one, *three)],
        "one draft": [each.seconds for each in one],
        "three drafts": [each.seconds for each in three],
    }
    print(f"{'':16} {'median':>8} {'worst':>8} {'asked':>8}")
    for name, seconds in found.items():
        print(f"{name:16} {statistics.median(seconds):8.2f} {max(seconds):8.2f} {ASKED[name]:8.1f}")
    print(f"words of the best draft: {statistics.median(each.words for each in (*one, *three)):.0f}")


def speeds(three: Sequence[Took]) -> None:
    """Tokens a second of the whole path, three drafts, beside those of bare llama.cpp with four texts."""
    ours = statistics.median(each.tokens / each.seconds for each in three)
    peer = Peer(bare)
    peer.speed(TEXTS)
    theirs = statistics.median(peer.speed(TEXTS) for _ in range(ROUNDS))
    peer.close()
    print(f"drawn, tokens a second: the whole path {ours:.0f}, bare llama.cpp {theirs:.0f}, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
