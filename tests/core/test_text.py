"""Views of a text: what is private is masked, a post is plain, sentences and words are counted alike everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.private import masked, private_kinds
from twin.core.text import (
    clean_view,
    cut_at_sentence,
    on_one_line,
    one_stands,
    placed,
    plain_post,
    post_text,
    sentence_head,
    sentences,
    shingles,
    spans_of,
    word_count,
    words,
)


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("Write to ada.b+c@mail.example.org.", "Write to [email]."),
        ("Call +44 20 7946 0958 today", "Call [phone] today"),
        ("Call 020 7946 0958 today", "Call [phone] today"),
        ("Call +1 415 555 0132 or 415-555-0133", "Call [phone] or [phone]"),
        ("api_key = sk_live_1234567890abcdef", "[key]"),
        ("It starts with ghp_abcdefghijklmnop1234.", "It starts with [key]."),
        ("token: abcdefgh12345", "[key]"),
        ("ada@example.org and ada@example.org", "[email] and [email]"),
        ("Pay DE89 3704 0044 0532 0130 00 by Friday", "Pay [iban] by Friday"),
        ("Card 4111 1111 1111 1111 expired", "Card [card] expired"),
        ("Come to 221b Baker Street on Monday", "Come to [address] on Monday"),
        ("Wir sitzen in der Hauptstraße 12a im Hof", "Wir sitzen in der [address] im Hof"),
        ("AKIAIOSFODNN7EXAMPLE leaked", "[key] leaked"),
        ("-----BEGIN RSA PRIVATE KEY-----", "[key]"),
    ],
)
def test_private_things_are_masked(text: str, view: str) -> None:
    assert masked(text) == view == clean_view(text)
    assert clean_view(text, ()) == text
    assert private_kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "It took 38 to 15 in 2024, then 1,204 doors at 12.5 percent.",
        "From 2019-03-04 to 2024-05-06.",
        "Version 1.2.3.4 at 10:30, for £1,250,000.",
        "Follow @ada on the web: https://example.org/a/1234567890123",
        "The token was small and the password policy was worse.",
        "Ask the e-mail team @ work.",
        "DE89 3704 0044 0532 0130 01 has the wrong check digits.",
        "4111 1111 1111 1112 is no card, nor is https://x.example/4111111111111111.",
        "We drove 12 miles along the Road to Wigan.",
    ],
)
def test_ordinary_numbers_and_words_are_not_private(text: str) -> None:
    assert masked(text) == text
    assert set(private_kinds(text)) <= {"handle"}


def test_a_handle_is_found_and_left_standing() -> None:
    text = "Thank you @ada_example, and ask the team @ work."
    assert private_kinds(text) == ("handle",)
    assert masked(text) == text
    assert masked(text, ("handle",)) == "Thank you [handle], and ask the team @ work."


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Hi Bob,\nthe doors shut. Bob saw it.", "Hi [name],\nthe doors shut. [name] saw it."),
        ("My colleague Jane Doe wept. Jane was right.", "My colleague [name] wept. [name] was right."),
        ("Dr. Ann O'Neill’s doors and Neill's.", "Dr. [name]’s doors and Neill's."),
        ("Frau Müller kam, und Müller ging.", "Frau [name] kam, und [name] ging."),
    ],
)
def test_a_name_that_the_text_introduces_is_found_each_time_and_left_standing(text: str, hidden: str) -> None:
    assert private_kinds(text) == ("name",)
    assert masked(text) == text
    assert masked(text, ("name",)) == hidden


@pytest.mark.parametrize(
    "text", ["Hi team,", "Dear Hiring Manager,", "Hello World!", "Thanks, all.", "My friend, I saw it."]
)
def test_a_greeting_of_nobody_in_particular_names_nobody(text: str) -> None:
    assert private_kinds(text) == ()


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_the_clean_view_has_one_kind_of_line_break_and_letter() -> None:
    assert clean_view("Cafe\u0301\r\nnext\rlast\x00") == "Café\nnext\nlast"


@pytest.mark.parametrize(
    ("draft", "plain"),
    [
        ("# Title\n\nText", "Title\n\nText"),
        ("**Bold** and *thin* and __loud__ and `code`", "Bold and thin and loud and code"),
        ("* one\n+ two\n- three", "- one\n- two\n- three"),
        ("> quoted", "quoted"),
        ("See [the doors](https://x.example/a)", "See the doors https://x.example/a"),
        ("Thanks @[Ada B](urn:li:person:1)", "Thanks @[Ada B](urn:li:person:1)"),
        ("```python\nx = 1\n```", "x = 1"),
        ("a  \n\n\n\nb\r\n", "a\n\nb"),
        ("2 * 3 * 4 and snake_case_name and #hashtag", "2 * 3 * 4 and snake_case_name and #hashtag"),
    ],
)
def test_a_post_has_no_markdown(draft: str, plain: str) -> None:
    assert plain_post(draft) == plain


@given(st.text(alphabet="ab *_`#>\n[](). -", max_size=60))
def test_a_plain_post_has_no_heading_quote_or_blank_ends(draft: str) -> None:
    post = plain_post(draft)
    assert post == post.strip()
    assert "\n\n\n" not in post
    assert not any(line.startswith(("# ", "## ", "```")) for line in post.split("\n")[1:])


def test_sentences_end_at_marks_and_line_breaks_but_not_at_abbreviations() -> None:
    text = "Dr. Quill came, e.g. On Monday. She left…\nNo mark here\n\nVersion 1.5 is out! (Really.) And more"
    expected = ["Dr. Quill came, e.g. On Monday.", "She left…", "No mark here", "Version 1.5 is out!"]
    assert sentences(text)[:4] == expected
    assert sentences(text)[-1] == "And more"


def test_a_word_that_ends_like_an_abbreviation_ends_a_sentence() -> None:
    text = "Clean this first. Then ring. See no. 4. He said no. She left with Dr.\nQuill came at last. So did I."
    assert sentences(text) == [
        "Clean this first.", "Then ring.", "See no. 4.", "He said no.", "She left with Dr.", "Quill came at last.",
        "So did I.",
    ]  # fmt: skip


def test_a_sentence_keeps_the_quote_that_closes_it() -> None:
    assert sentences("“Really?” She left. (In a hurry.) Then")[:3] == ["“Really?”", "She left.", "(In a hurry.)"]


@given(st.text(alphabet="ab .!?\n1A", max_size=80))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    found = sentences(text)
    assert " ".join(found).split() == text.split()
    assert all(sentence == sentence.strip() and sentence for sentence in found)


@given(st.lists(st.sampled_from(["We left.", "Dr.  Smith stayed.", "\n\n", "Why?", " ", "#tag", "1. One", "\t\r"])))
def test_every_sentence_stands_where_its_span_says(said: list[str]) -> None:
    text = " ".join(said)
    spans = spans_of(text)
    assert [on_one_line(text[start:end]) for start, end in spans] == sentences(text)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    between = [text[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(text), 0)], strict=True)]
    assert "".join(between).strip() == ""
    assert placed(text, sentences(text)) == spans


def test_a_sentence_is_found_as_a_whole_and_in_its_turn() -> None:
    text = "It rained on us. We left. It rained. We left."
    assert placed(text, ["It rained.", "We left."]) == [(26, 36), (37, 45)]
    assert placed(text, ["We left.", "We left."]) == [(17, 25), (37, 45)]
    assert placed(text, ["rained", "It rained.", "It rained."]) == [None, (26, 36), None]
    assert placed("See Dr.  Smith.", ["See Dr. Smith."]) == [(0, 15)], "white space tells no sentences apart"


def test_words_leave_links_out_and_fold_apostrophes() -> None:
    assert words("Don’t visit https://x.example/a-b or www.y.example, it's well-known: 42") == [
        "don't", "visit", "or", "it's", "well-known", "42",
    ]  # fmt: skip
    assert word_count("one https://x.example two") == 2


def test_shingles_are_runs_of_five_and_a_short_text_is_one() -> None:
    assert shingles("a b c d e f".split()) == {tuple("abcde"), tuple("bcdef")}
    assert shingles(["a", "b"]) == {("a", "b")}
    assert shingles([]) == set()


def test_a_text_is_cut_after_a_whole_sentence() -> None:
    assert cut_at_sentence("One. Two is longer. Three", 20) == "One. Two is longer."
    assert cut_at_sentence("Short.", 20) == "Short."
    assert cut_at_sentence("no end in sight here", 10) == "no end in"


@given(st.text(max_size=80), st.integers(1, 60))
def test_a_cut_text_fits(text: str, limit: int) -> None:
    assert len(cut_at_sentence(text, limit)) <= limit
    assert text.startswith(cut_at_sentence(text, limit))


def test_an_unfinished_answer_loses_its_last_half_sentence() -> None:
    assert post_text("**One.** Two. Thr", unfinished=True, max_chars=100) == "One. Two."
    assert post_text("One. Two. Thr", unfinished=False, max_chars=100) == "One. Two. Thr"
    assert post_text("One. Two. Three.", unfinished=False, max_chars=11) == "One. Two."


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("One. Two and", "One."),
        ("One. Two.", "One."),
        ("He said “go.” Then", "He said “go.”"),
        ("A heading\n\nand then", "A heading"),
        ("1.5 and more", ""),
        ("nothing ends", ""),
        ("We slept. We cleaned the tracks of every lift in the wing\nand then", "We slept."),
        ("", ""),
    ],
)
def test_a_head_is_whole_sentences_of_a_text_that_stops_anywhere(text: str, head: str) -> None:
    assert sentence_head(text) == head


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("", False),
        ("We left. ", False),
        ("We left. A", True),
        ('"We left.', False),
        ('We left. "', False),
        ("Ask Dr. Who", False),
        ("It has 1. Then", True),
        ("We left\nat noon", False),
        ("We left\n\nat noon", True),
        ("Three things:\nfirst", True),
        ("We left.\n\nAt", True),
    ],
)
def test_a_sentence_is_whole_once_another_one_begins(text: str, stands: bool) -> None:
    assert one_stands(text) == stands
