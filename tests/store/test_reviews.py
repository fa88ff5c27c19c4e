"""What is said of sections: the newest decision holds, and all of it goes with its document."""

from dataclasses import replace

from texts import POST, identity, put

from twin.core.records import Decision
from twin.store import Store


def test_the_newest_decision_on_a_section_holds_until_it_is_taken_back(store: Store) -> None:
    put(store, POST)
    first = Decision(identity(POST), "s1", excluded=True, why="too loud")
    store.decide(first)
    store.decide(Decision(identity(POST), "s2", text="Other words."))
    assert store.decisions() == [first, Decision(identity(POST), "s2", text="Other words.")]
    store.decide(replace(first, text="Quieter."))
    assert store.decisions()[0] == replace(first, text="Quieter.")
    store.decide(replace(first, excluded=False, text=""))
    assert [one.section for one in store.decisions()] == ["s2"]


def test_forgetting_a_text_takes_its_decisions_and_what_a_helper_said_of_it(store: Store) -> None:
    other = replace(POST, key="other", text="Another text, of which nobody has said anything.")
    put(store, POST, other)
    gone, kept = identity(POST), identity(other)
    for one in (gone, kept):
        store.decide(Decision(one, "s", excluded=True))
        store.add_helped(f"of {one}", [one], {"topic": one})
    store.add_helped("of both", [gone, kept], {"topic": "both"})
    store.add_helped("of both", [gone, kept], {"topic": "both, again"})
    store.forget([gone])
    assert [one.document for one in store.decisions()] == [kept]
    assert store.helped() == {f"of {kept}": {"topic": kept}, "of both": {"topic": "both, again"}}
    store.forget_source(store.sources()[0].id)
    assert (store.decisions(), store.helped()) == ([], {})
