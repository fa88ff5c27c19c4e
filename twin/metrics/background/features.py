"""A text in, what the verifier sees of it out: hashed character n-grams, the same without topic, and sentence form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twin.core.text import sentences, words
from twin.metrics.background.typography import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "2"
BUCKETS = 2**18
GRAMS = (2, 5)
FORM_SCALE = 1000
"""Form features are kept as whole numbers: rate x 1000."""

_FUNCTION_WORDS = """
a about after again all also although always am an and any are as at back be because been before being between both
but by can cannot could did do does doing done down each either else even ever every few first for from get go had
has have having he her here him his how however i if in instead into is it its it's i'm i've just least less let
like many may me might more most much must my never no nor not nothing now of off often on once one only or other
our out over own per perhaps quite rather really same shall she should since so some something sometimes still such
than that that's the their them then there these they this those though through thus to too under until up upon us
very was way we well were what when where whether which while who whom whose why will with within without would yet
you your don't can't didn't doesn't won't isn't you're we're
"""
FUNCTION_WORDS = tuple(dict.fromkeys(_FUNCTION_WORDS.split()))
MARKS = (",", ".", ";", ":", "!", "?", "(", '"', "'", " - ", "-", "/", "...", "#", "@", "&", "%", "0")
LENGTHS = ("words a sentence", "spread of sentence length", "letters a word", "capitals", "short sentences")
FORM = FUNCTION_WORDS + MARKS + LENGTHS


_PLAIN_WORDS = """
able already another anything around away best better big case certain come comes came common different easy enough
everything example find found full gave getting give given gives going good great help idea important interesting
interest keep kind know learn left let's little long look looking lot made make makes making man matter mean means
need needs new number own part people place point possible pretty problem put question reason right run said same say
says see seems sense side simple single small sort start still sure take taken tell thing things think thought time
times today together tell try trying use used useful using usually want wanted whole word words work works world
wrong year years
"""
KEPT_WORDS = frozenset(FUNCTION_WORDS + tuple(_PLAIN_WORDS.split()))
"""Words that stand in any topic: the masked view keeps them and writes every other one as asterisks."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|(?<=\w)'(?=\w))*")


@lru_cache(maxsize=1)
def _hasher() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        analyzer="char", ngram_range=GRAMS, n_features=BUCKETS, alternate_sign=False, norm=None, lowercase=False
    )


def char_counts(texts: Sequence[str]) -> Any:
    """n texts in, [n x BUCKETS] counts of their hashed character 2- to 5-grams out, sparse, as published case."""
    return _hasher().transform([normalise(text) or " " for text in texts])


def masked_counts(texts: Sequence[str]) -> Any:
    """n texts in, [n x BUCKETS] counts out as `char_counts` makes them, with what a text is about left out.

    Text distortion, the DV-MA view of Stamatatos (2017): a word not in `KEPT_WORDS` is as many asterisks as letters.
    """
    return _hasher().transform([_WORD.sub(_hidden, normalise(text)) or " " for text in texts])


def _hidden(word: re.Match[str]) -> str:
    said = word.group()
    return said if said.lower() in KEPT_WORDS else "*" * len(said)


def form_rates(texts: Sequence[str]) -> NDArray[np.uint16]:
    """n texts in, [n x FORM] whole numbers out: function words and marks by the word, then lengths of sentences."""
    import numpy as np

    return np.array([_form(text) for text in texts], dtype=np.uint16).reshape(len(texts), len(FORM))


def _form(text: str) -> list[int]:
    import numpy as np

    plain = normalise(text)
    tokens = words(plain)
    total = max(1, len(tokens))
    rates = [tokens.count(word) / total for word in FUNCTION_WORDS] + [plain.count(mark) / total for mark in MARKS]
    lengths = [len(words(sentence)) for sentence in sentences(plain)] or [0]
    rates += [
        float(np.mean(lengths)) / 100,
        float(np.std(lengths)) / 100,
        sum(map(len, tokens)) / total / 10,
        len(re.findall(r"\b[A-Z]", plain)) / total,
        sum(length <= 5 for length in lengths) / len(lengths),
    ]
    return [min(65_000, round(rate * FORM_SCALE)) for rate in rates]
