"""What every metric promises, over every metric by name."""

from __future__ import annotations

import json
from functools import cache
from math import isfinite
from typing import Any

import pytest
from corpora import invented, invented_background, passage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.core.errors import BadRequest
from twin.core.protocols import Measurement, Sample
from twin.metrics import load, names

SOURCE = passage("p1", "Gerald was installed in 1974. We look after 340 lifts in 112 buildings.")
REQUEST = "Topic: lifts, doors\nFacts:\n- 340 lifts in 112 buildings"
HARD = {
    "empty": "",
    "blank": " \n\t ",
    "emoji": "🎉🎉 🚀 💡",
    "one letter": "a" * 4000,
    "one letter apart": "a " * 4000,
    "other script": "Это совсем другой язык, и здесь довольно много слов для проверки текста. " * 6,
    "only a link": "https://example.org/a?b=c",
    "control": "\x00\x07 text \ufffd",
    "long": " ".join(invented("plain", 1, words=50_000)),
    "one long word": "x" * 50_000,
    "brackets": "((((" * 2000 + '"' * 999,
}


@cache
def built(name: str) -> Any:
    made = {
        "style": lambda: load("style")(invented("plain", 30), invented_background()),
        "habits": lambda: load("habits")(invented("plain", 10)),
        "canaries": lambda: load("canaries")({"d": "Call me on +49 30 1234567 or write to ada@example.org."}),
        "repetition": lambda: load("repetition")({f"d{i}": text for i, text in enumerate(invented("plain", 12))}),
        "copying": lambda: load("copying")({f"d{i}": text for i, text in enumerate(invented("plain", 5))}),
    }
    return made.get(name, load(name))()


def test_every_metric_is_found_by_its_file_name() -> None:
    assert names() == ["canaries", "claims", "copying", "coverage", "degenerate", "habits", "repetition", "style"]
    assert [load(name).name for name in names()] == names()


def test_an_unknown_metric_names_those_there_are() -> None:
    with pytest.raises(BadRequest) as caught:
        load("stile")
    assert "style" in caught.value.hint


def sound(name: str, text: str) -> Measurement:
    found: Measurement = built(name).measure(Sample(text, REQUEST, (SOURCE,)))
    assert found.metric == name
    assert found.version
    if found.value is None:
        assert found.why, "a refusal gives its reason"
    else:
        assert isfinite(found.value)
    json.dumps(found.detail, allow_nan=False, default=str)
    return found


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_it_measures_or_refuses_any_text(name: str, text: str) -> None:
    sound(name, text)


@pytest.mark.parametrize("name", names())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=400))
def test_the_same_text_gives_the_same_measurement(name: str, text: str) -> None:
    assert sound(name, text) == sound(name, text)
