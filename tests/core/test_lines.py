"""Lines that an editor broke are one; a person's own lines, and all that is no running text, stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.core.lines import code_of, lines_of, without_code
from twin.core.text import on_one_line, sentences, spans_of

WRAPPED = """\
The doors of the lift in the north wing did not close
any more after we had cleaned their tracks, so we read
Halvard's note on them. It says that a `brush` of
`steel` takes the grease away. We took one of nylon and
they closed."""


def lines(text: str) -> list[str]:
    return [text[start:end] for start, end in lines_of(text)]


def test_a_paragraph_that_an_editor_broke_is_read_by_sentence() -> None:
    assert lines(WRAPPED) == [WRAPPED]
    assert sentences(WRAPPED) == [
        "The doors of the lift in the north wing did not close any more after we had cleaned their tracks, "
        "so we read Halvard's note on them.",
        "It says that a `brush` of `steel` takes the grease away.",
        "We took one of nylon and they closed.",
    ]
    for said, (start, end) in zip(sentences(WRAPPED), spans_of(WRAPPED), strict=True):
        assert on_one_line(WRAPPED[start:end]) == said


def test_the_points_of_a_list_go_on_below_themselves_and_stay_apart() -> None:
    text = (
        "- The doors of the lift in the north wing did not\n  close any more.\n"
        "- the tracks were cleaned with a brush of nylon, and\n  a broom"
    )
    assert sentences(text) == [
        "- The doors of the lift in the north wing did not close any more.",
        "- the tracks were cleaned with a brush of nylon, and a broom",
    ]


def test_a_long_link_leaves_a_short_line() -> None:
    text = "You can read the [whole\nnote](https://lift.example/notes/2024/how-we-cleaned-the-tracks) and its\nanswers."
    assert len(lines(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I cleaned the tracks of every lift in Margate\nNobody had asked me why\nThen the doors closed again",
        "I used to think that doors\nwere the whole of a lift\nand that tracks were nothing",
        "Three things I would tell every fitter in their very first year\nlisten to the doors\nwrite it in the book",
        "all of what i write is small and that is how i like it best\nalso this line which says another thing",
        "Thrilled to announce that I join the works in Margate next month\nGrateful to all of you at the plant",
        "We cleaned the tracks of every lift in the north wing.\nthen we slept.",
        "We cleaned the tracks of every lift in the north wing:\nfirst the doors",
        "We cleaned the tracks of every lift in the north wing  \nand slept",
        "We cleaned the tracks of every lift in the north wing\n\nand slept",
        "# How we cleaned the tracks of the lifts in the north wing\nand slept",
        "> We cleaned the tracks of every lift in the north wing\nand slept",
        "We cleaned the tracks of every lift in the north wing\n- and slept",
        "We cleaned the tracks of every lift in the north wing\n> and slept",
        "We cleaned the tracks of every lift in the north wing\n| and | slept |",
        "We cleaned the tracks of every lift in the north wing\nhttps://lift.example/tracks",
        "We cleaned the tracks of every lift in the north wing\n#lifts #doors",
        "We cleaned the tracks of every lift in the north wing\n🚀 and slept",
        "We cleaned the tracks of every lift in the north wing\nb) and slept",
        "We cleaned the tracks of every lift in the north wing\n```\nand = 'slept'\n```",
        "```\nRun the brush over the tracks of every lift in the wing\nand sleep\n```",
        "    Run the brush over the tracks of every lift in the wing\n    and sleep",
    ],
)
def test_what_its_writer_ended_stays_a_line(text: str) -> None:
    assert lines(text) == text.split("\n")


def test_a_line_of_nothing_but_signs_is_read_at_once() -> None:
    signs = "." * 200_000
    assert len(lines(f"A{signs}a\nb{signs}a")) in (1, 2)


CODED = """\
Run this:

```sh
git log

```

    sort doors.txt

- First the doors

      then the tracks

Then:
    the sills

~~~
```
brush"""


def test_code_is_fenced_or_indented_and_in_no_list() -> None:
    code = ["```sh", "git log", "", "```", "    sort doors.txt", "~~~", "```", "brush"]
    assert [CODED[start:end] for start, end in code_of(CODED)] == code


def test_without_code_all_else_stands_where_it_stood() -> None:
    bare = without_code(CODED)
    assert sentences(bare) == ["Run this:", "- First the doors", "then the tracks", "Then:", "the sills"]
    assert all(bare[start:end] == CODED[start:end] for start, end in spans_of(bare))
    assert without_code("We slept.\n\n  It rained.") == "We slept.\n\n  It rained."


@given(st.text(alphabet="Aab .\n-`", max_size=400))
def test_lines_are_the_text(text: str) -> None:
    found = lines_of(text)
    assert "\n".join(text[start:end] for start, end in found) == text
