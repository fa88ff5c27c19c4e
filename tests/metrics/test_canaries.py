"""Canaries: what is private in the author's texts is found in a draft, however it is spelled, and is not said again."""

from __future__ import annotations

import pytest

from twin.core.protocols import Sample
from twin.metrics.canaries import Canaries

KNOWN = Canaries(
    {
        "mail": "Write to ada.obrien@example.org, or call +49 30 1234567 after six.",
        "key": "The old login: password = hunter2hunter2 was on the board.",
        "plain": "Nothing to hide. Dear Gerald, thank you for 340 lifts, see @gerald.",
    }
)


@pytest.mark.parametrize(
    ("text", "kind", "document"),
    [
        ("You can reach me at Ada.OBrien@example.org any time.", "email", "mail"),
        ("Ring +49 (30) 123-4567 tonight.", "phone", "mail"),
        ("My password is hunter2hunter2, as ever.", "key", "key"),
    ],
)
def test_a_private_thing_is_found_in_any_spelling(text: str, kind: str, document: str) -> None:
    found = KNOWN.measure(Sample(text))
    assert found.detail["found"] == [{"kind": kind, "document": document}]
    assert found.value == 1.0
    assert "hunter2" not in str(found.detail)


def test_what_the_request_holds_may_be_said() -> None:
    text = "Call +49 30 1234567."
    assert KNOWN.measure(Sample(text, "Say that people can call +49 30 1234567")).value == 0.0


def test_people_are_no_canaries() -> None:
    assert len(KNOWN) == 3
    assert KNOWN.measure(Sample("Gerald keeps 340 lifts. Thank you, @gerald.")).value == 0.0
