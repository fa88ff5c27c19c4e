"""A thread says what the text says, in parts that fit, cut where a reader would stop."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.text import sentences
from twin.inference.places import load
from twin.inference.places._weights import EMOJI, LIMIT, LINK, weight
from twin.inference.places.x_thread import parts, slices

WORDS = st.sampled_from(
    ["door", "tracks.", "e.g.", "Why?", "\n\n", "\n", "12", "第一", "https://x.example/" + "long/" * 70, "👨‍👩‍👧‍👦",
     "It", "w" * 300, "doors" * 30 + ".", "你好" * 90, "(see", "x.example/a.b).", "Dr.", "“Then”"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=900)


@settings(deadline=None)
@given(TEXTS)
def test_parts_fit_and_joined_give_the_text(text: str) -> None:
    cut = slices(text)
    assert "".join(cut) == text
    assert all(weight(piece.strip()) <= LIMIT for piece in cut)
    assert all(piece.strip() for piece in cut) or not text.strip()


@settings(deadline=None)
@given(TEXTS)
def test_links_and_emoji_are_never_cut(text: str) -> None:
    for whole in (LINK, EMOJI):
        assert [found for piece in slices(text) for found in whole.findall(piece)] == whole.findall(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["We cleaned the tracks.", "Nobody asked why?", "It took 19 days!"]), min_size=12))
def test_sentences_that_fit_stay_whole(said: list[str]) -> None:
    assert [one for piece in slices(" ".join(said)) for one in sentences(piece)] == said


@settings(deadline=None)
@given(st.lists(st.sampled_from(["door", "tracks.", "第一", "Why?", "cleaning"]), max_size=700).map(" ".join))
def test_a_number_takes_room_and_no_words(text: str) -> None:
    numbered = parts(text, numbered=True)
    assert all(weight(one) <= LIMIT for one in numbered)
    if len(numbered) > 1:
        total = len(numbered)
        assert [one.rpartition(" ")[2] for one in numbered] == [f"{i}/{total}" for i in range(1, total + 1)]
        assert " ".join(one.rpartition(" ")[0] for one in numbered).split() == text.split()


def test_a_short_text_is_one_post_without_a_number() -> None:
    thread = load("x-thread")
    assert thread.render("Doors.") == {"text": "Doors.", "thread": ["Doors."], "numbered": ["Doors."]}
    assert "it fits into one post: --place x-post" in [one.message for one in thread.check("Doors.")]


def test_a_sentence_that_does_not_fit_is_cut_between_words() -> None:
    text = "Short one. " + "Word " * 70 + "end."
    assert [piece.strip()[:10] for piece in slices(text)] == ["Short one.", "Word Word ", "Word Word "]


def test_more_parts_than_are_sent_at_once_are_said() -> None:
    found = load("x-thread").check("A sentence of words that are many enough. " * 200)
    assert any("sent in one go" in one.message for one in found if one.level == "warning")
