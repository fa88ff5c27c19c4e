"""Angles: each leads with the facts of another text, every fact has its source, the user's own are never left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.brief import MOST_FACTS, facts_of
from twin.core.records import Brief, Passage
from twin.inference.angles import REQUEST, Angle, angle_of, angles, as_json, made
from twin.inference.plan import plan


def passage(name: str, text: str, *, document: str = "", outside: bool = False) -> Passage:
    return Passage(name, document or f"doc-{name}", "", "", text, "post", "", 1.0, outside=outside)


ROPES = passage("ropes", "We changed 19 ropes of the lift in Leeds. Toby measured 44 of the ropes.")
DOORS = passage("doors", "The lift has 12 doors from Halifax. Mabel cleans the doors of a lift with 9 brushes.")
SHED = passage("shed", "The shed cost 900 pounds in 2019. A goose called Vera lives in it.")
BRIEF = "Why we mend the lift"
USUAL = {"claim": 0.5, "scene": 0.3, "number": 0.2}


def found(
    request: str, passages: list[Passage], *, most: int = 3, usual: dict[str, float] | None = None
) -> list[Angle]:
    brief = plan(request, passages, words=60)
    return angles(brief, request, passages, usual=USUAL if usual is None else usual, most=most)


def test_each_angle_leads_with_the_facts_of_another_text() -> None:
    first, second = found(BRIEF, [ROPES, DOORS])
    assert first.brief == plan(BRIEF, [ROPES, DOORS], words=60), "the first is the brief as it is"
    assert {*first.sources[: first.leading]} == {"ropes"} and {*second.sources[: second.leading]} == {"doors"}
    assert second.lead[0] == "The lift has 12 doors from Halifax"
    assert replace(second.brief, facts=()) == replace(first.brief, facts=()), "only facts and their order differ"
    assert all(any(fact in one.text for one in (ROPES, DOORS)) for fact in second.brief.facts)


def test_one_text_has_one_angle_however_many_facts_it_has() -> None:
    again = passage("more", "The lift in Leeds has 7 brakes from Vantrellis.", document=ROPES.document)
    assert len(found(BRIEF, [ROPES])) == len(found(BRIEF, [ROPES, again])) == 1
    assert found(BRIEF, [ROPES])[0].hook is None, "any opening will do"
    assert len(found(BRIEF, [])) == 1


def test_a_text_that_says_nothing_of_the_request_leads_only_where_the_user_handed_it_over() -> None:
    assert len(found(BRIEF, [ROPES, SHED])) == 1
    assert len(found(BRIEF, [ROPES, replace(SHED, outside=True)])) == 2


def test_one_that_tells_the_same_is_no_other_angle() -> None:
    assert len(found(BRIEF, [ROPES, passage("copy", ROPES.text)])) == 1


def test_there_are_at_most_so_many() -> None:
    assert [len(found(BRIEF, [ROPES, DOORS], most=most)) for most in (1, 2, 5)] == [1, 2, 2]


def test_what_the_user_states_leads_first_and_is_never_left_out() -> None:
    request = "Why we mend the lift. It stood 3 days in May. It cost 700 pounds. Gerald sold us 2 motors."
    stated = facts_of(request)
    first, *others = found(request, [ROPES, DOORS])
    assert first.sources[: first.leading] == (REQUEST,) * len(stated)
    assert [one.sources[0] for one in others] == ["ropes", "doors"]
    assert all({*stated} <= {*one.brief.facts} and len(one.brief.facts) == MOST_FACTS for one in others)
    full = f"{request} Toby came at 9 and Mabel at 10. Vera left for Leeds at 11."
    assert len(found(full, [ROPES, DOORS])) == 1, "no room is left for another lead"


def test_each_opens_as_the_author_does_most_among_the_hooks_that_fit() -> None:
    assert [one.hook for one in found(BRIEF, [ROPES, DOORS])] == ["claim", "number"], "doors are told in the present"
    used = {"scene": 0.9, "question": 0.1}
    assert [one.hook for one in found(BRIEF, [ROPES, DOORS], usual=used)] == ["scene", "question"]
    assert [one.hook for one in found(BRIEF, [ROPES, DOORS], usual={"claim": 1.0})] == ["claim", "claim"]
    assert [one.hook for one in found(BRIEF, [ROPES, DOORS], usual={})] == [None, None]


def test_a_claim_is_made_where_a_sentence_that_stands_in_a_source_says_it() -> None:
    _, second = found(BRIEF, [ROPES, DOORS])
    told = as_json(second, ["Our lift has twelve doors, all of them from Halifax."])
    assert told["hook"] == second.hook
    assert told["claims"][0] == {
        "fact": "The lift has 12 doors from Halifax", "source": "doors", "leads": True, "made": True,
    }  # fmt: skip
    assert [one["made"] for one in told["claims"][1:]] == [False] * (len(told["claims"]) - 1)
    assert not any(one["made"] for one in made(told, ["The lift has 13 doors from Halifax."])["claims"])
    github = {"claims": [{"fact": "We use GitHub to build"}]}
    said = ["We like to think of GitHub.", "We use GitHub to build our tools."]
    assert [made(github, [one])["claims"][0]["made"] for one in said] == [False, True], "a name alone says nothing"


def test_the_source_of_a_fact_may_be_known_and_is_else_looked_for() -> None:
    brief = Brief("lift", facts=("9 brushes", "Halifax doors", "nowhere at 12"))
    assert angle_of(brief, BRIEF, [ROPES, DOORS], {"Halifax doors": "ropes"}).sources == ("doors", "ropes", "")


@given(st.text(max_size=120), st.lists(st.text(max_size=160), max_size=4), st.integers(1, 4))
def test_any_texts_make_angles_whose_facts_have_a_source(request: str, texts: list[str], most: int) -> None:
    passages = [passage(str(i), text) for i, text in enumerate(texts)]
    every = found(request, passages, most=most)
    assert 1 <= len(every) <= most
    known = {REQUEST, *(one.id for one in passages)}
    assert all({*one.sources} <= known and len(one.sources) == len(one.brief.facts) for one in every)
    leads = [one.brief.facts[:1] for one in every]
    assert len(set(leads)) == len(leads)


@pytest.mark.parametrize("most", [1, 3])
def test_what_the_answered_post_is_about_counts(most: int) -> None:
    brief = plan("I see it otherwise", [ROPES, DOORS], words=60, about=("doors", "ropes"))
    both = angles(brief, "I see it otherwise", [ROPES, DOORS], about=("doors", "ropes"), usual={}, most=most)
    assert len(both) == min(2, most)
