"""Block by block: the judge steers, every line draws on its own, texts end whole."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twin.core.protocols import Progress, silent
from twin.core.records import Brief, Completion, Message, Request
from twin.inference.composing.blocks import BLOCK_TOKENS, MOST_AGAIN, MOST_LENGTH, Strange, grow
from twin.inference.composing.compose import Drawn, Grown, Sampling, Start
from twin.models.fake import FakeModel

PROMPT = (Message("user", "ropes, sills, doors"),)
SAMPLING = Sampling(candidates=4, temperature=0.7, top_p=0.95, min_p=0.05, repeat_penalty=1.1, repeat_run=2, seed=7)


class FakeSpeaker(FakeModel):
    """Says the number of its seed in one sentence and breaks off in the next, or ends after `ends_after` blocks."""

    def __init__(self, ends_after: int = 99, padding: str = "") -> None:
        self.ends_after = ends_after
        self.padding = padding
        self.asked: list[Request] = []

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        self.asked += requests
        answers = []
        for i, request in enumerate(requests):
            ends = request.begin.count("Seed") + 1 >= self.ends_after
            gap = " " if request.begin else ""
            said = f"{gap}{self.padding}Seed {request.seed} says so." + ("" if ends else " And then it")
            answers.append(Completion(said, 3, request.max_tokens, 0.0, "stop" if ends else "length"))
            progress(i + 1, len(requests), "writing")
        return answers


def largest(one: Grown) -> float:
    return float(one.text.split()[-3])


def grown(
    model: FakeModel,
    *,
    words: int = 30,
    lines: int = 1,
    progress: Progress = silent,
    strange: Strange = lambda text: False,
) -> Drawn:
    how = {"words": words, "judge": largest, "strange": strange, "usual": {}}
    starts = [Start(PROMPT, Brief("ropes"), lines)]
    return grow(model, starts, sampling=SAMPLING, adapter=None, progress=progress, **how)  # type: ignore[arg-type]


def test_every_block_goes_on_from_the_best_one_before_it() -> None:
    model = FakeSpeaker()
    drawn = grown(model)
    begun = list(dict.fromkeys(request.begin for request in model.asked))
    assert begun[:3] == ["", "Seed 10 says so.", "Seed 10 says so. Seed 14 says so."]
    assert {request.max_tokens for request in model.asked} == {BLOCK_TOKENS}
    assert all(one.text.endswith("says so.") for one in drawn.texts)


def test_a_first_line_that_lists_the_topic_is_left_out() -> None:
    def first(opening: str, topic: str = "ropes, sills, doors") -> str:
        model = FakeSpeaker(padding=opening)
        starts = [Start(PROMPT, Brief(topic))]
        grow(
            model, starts, words=30, sampling=SAMPLING, adapter=None, judge=largest, strange=lambda text: False,
            usual={}, progress=silent,
        )  # fmt: skip
        return next(request.begin for request in model.asked if request.begin)

    assert first("ropes, doors\n\n") == "Seed 10 says so."
    assert first("Ropes, Sills, Doors:\n") == "Seed 10 says so."
    assert first("ropes, doors and sills\n\n").startswith("ropes, doors and sills")
    assert first("ropes\n\n").startswith("ropes")
    assert first("ropes, doors ").startswith("ropes, doors")


def test_a_block_that_says_what_no_source_says_is_not_gone_on_from() -> None:
    model = FakeSpeaker()
    grown(model, strange=lambda said: "10" in said or "14" in said)
    begun = list(dict.fromkeys(request.begin for request in model.asked))
    assert begun[1:3] == ["Seed 9 says so.", "Seed 9 says so. Seed 13 says so."]


def test_a_block_ends_before_its_first_strange_sentence() -> None:
    model = FakeSpeaker(ends_after=1, padding="It is 1 brush then. ")
    texts = grown(model, strange=lambda said: "Seed" in said, words=10).texts
    assert all("Seed" not in one.text and "brush then." in one.text for one in texts)
    assert not any(one.finished for one in texts), "what was cut is no end that the model chose"


def test_the_number_of_a_point_that_is_still_to_come_is_no_sentence() -> None:
    class FakeLister(FakeSpeaker):
        """Breaks off behind the number of a point."""

        def generate(
            self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
        ) -> list[Completion]:
            answers = super().generate(requests, progress=progress)
            return [replace(one, text=one.text.replace(" And then it", "\n3. ")) for one in answers]

    assert not any(one.text.endswith("3.") for one in grown(FakeLister()).texts)


def test_where_all_blocks_are_strange_they_are_drawn_again_and_at_last_one_stays() -> None:
    model = FakeSpeaker()
    grown(model, strange=lambda said: any(str(seed) in said for seed in range(7, 14)))
    first = [request.seed for request in model.asked if not request.begin]
    assert first == list(range(7, 15)), "one more round of new seeds was enough"
    stubborn = FakeSpeaker()
    texts = grown(stubborn, strange=lambda said: True).texts
    assert [request.seed for request in stubborn.asked if not request.begin] == list(range(7, 7 + 4 * (1 + MOST_AGAIN)))
    assert texts and all(one.text.startswith("Seed 18 says so.") for one in texts)


def test_a_text_is_not_continued_beyond_its_length() -> None:
    model = FakeSpeaker(padding="So many words are in front of it. ")
    drawn = grown(model, words=40)
    assert {len(one.text.split()) for one in drawn.texts} == {48}
    assert max(len(request.begin.split()) for request in model.asked) == 36 < MOST_LENGTH * 40


def test_what_the_model_ended_is_finished_and_stays() -> None:
    drawn = grown(FakeSpeaker(ends_after=2), words=12)
    assert {one.text for one in drawn.texts} == {f"Seed 10 says so. Seed {seed} says so." for seed in range(11, 15)}
    assert all(one.finished for one in drawn.texts)


def test_what_the_model_ended_far_too_early_is_gone_on_with_too() -> None:
    texts = {one.text for one in grown(FakeSpeaker(ends_after=1), words=10).texts}
    assert "Seed 10 says so." in texts
    assert "Seed 10 says so. Seed 14 says so." in texts


def test_each_line_has_an_opening_of_its_own() -> None:
    model = FakeSpeaker()
    drawn = grown(model, lines=3)
    assert {one.text.split()[1] for one in drawn.texts} == {"16", "17", "18"}
    second = [request for request in model.asked if request.begin == "Seed 17 says so."]
    assert [request.seed for request in second] == [19, 20]


def test_lines_lead_with_different_hooks() -> None:
    class FakeOpener(FakeSpeaker):
        """Opens with a claim but for one seed, which asks."""

        def generate(
            self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
        ) -> list[Completion]:
            answers = super().generate(requests, adapter=adapter, progress=progress)
            return [
                replace(answer, text="Who says so? " + answer.text)
                if request.seed == 8 and not request.begin
                else answer
                for request, answer in zip(requests, answers, strict=True)
            ]

    texts = [one.text for one in grown(FakeOpener(), lines=2).texts]
    openings = {text.partition(" says so.")[0] for text in texts}
    assert len(openings) == 2
    assert sum(one.startswith("Who says so?") for one in openings) == 1


def test_the_same_seed_gives_the_same_texts_and_counts_its_tokens() -> None:
    seen: list[int] = []
    model = FakeSpeaker()
    drawn = grown(model, progress=lambda done, total, note: seen.append(done))
    assert drawn == grown(FakeSpeaker())
    assert drawn.tokens == len(model.asked) * BLOCK_TOKENS
    assert seen == sorted(seen)


def test_a_model_that_says_nothing_gives_nothing() -> None:
    class FakeMute(FakeModel):
        def generate(
            self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
        ) -> list[Completion]:
            return [Completion("", 3, 0, 0.0, "length") for _ in requests]

    assert grown(FakeMute()).texts == ()


def test_of_several_texts_each_draws_half_as_many_blocks() -> None:
    def drawn_after_the_openings(lines: int) -> int:
        model = FakeSpeaker()
        grown(model, lines=lines)
        return sum(request.begin != "" for request in model.asked)

    assert drawn_after_the_openings(3) == 1.5 * drawn_after_the_openings(1)


def grown_of(model: FakeModel, starts: Sequence[Start], *, spread: float = 0.0) -> Drawn:
    return grow(
        model,
        starts,
        words=30,
        sampling=replace(SAMPLING, spread=spread),
        adapter=None,
        judge=largest,
        strange=lambda said: False,
        usual={},
        progress=silent,
    )


def test_each_text_goes_on_at_the_temperature_of_its_opening() -> None:
    model = FakeSpeaker()
    drawn = grown_of(model, [Start(PROMPT, Brief(""), 3)], spread=0.2)
    assert [one.temperature for one in model.asked[:12]] == [0.7] * 4 + [0.56] * 4 + [0.84] * 4
    assert [one.seed for one in model.asked[:12]] == list(range(7, 19)), "runs of seeds are one call"
    begun = {one.begin: one.temperature for one in model.asked if one.begin.count("Seed") == 1}
    assert begun == {"Seed 16 says so.": 0.84, "Seed 17 says so.": 0.84, "Seed 18 says so.": 0.84}
    assert {one.temperature for one in drawn.texts} == {0.84}


def test_without_a_spread_or_with_one_text_there_is_one_temperature() -> None:
    for lines, spread in ((3, 0.0), (1, 0.2)):
        model = FakeSpeaker()
        grown_of(model, [Start(PROMPT, Brief(""), lines)], spread=spread)
        assert {one.temperature for one in model.asked} == {0.7}


def test_several_prompts_grow_side_by_side_each_to_its_own() -> None:
    other = (Message("user", "another brief"),)
    model = FakeSpeaker()
    drawn = grown_of(model, [Start(PROMPT, Brief("")), Start(other, Brief(""))])
    first = model.asked[:8]
    assert [(one.prompt, one.seed) for one in first] == [
        (way, seed) for way in (PROMPT, other) for seed in range(7, 11)
    ]
    second = [one for one in model.asked if one.begin.count("Seed") == 1]
    assert {one.prompt for one in second} == {PROMPT, other}, "one text may stand at both"
    assert {one.start for one in drawn.texts} == {0, 1}


def test_where_that_is_quicker_one_prompt_grows_after_the_other() -> None:
    other = (Message("user", "another brief"),)
    model = FakeSpeaker()
    model.apart = True
    drawn = grown_of(model, [Start(PROMPT, Brief("")), Start(other, Brief(""))], spread=0.2)
    turn = [one.prompt for one in model.asked].index(other)
    assert {one.prompt for one in model.asked[turn:]} == {other}
    assert len(model.asked[:turn]) == len(model.asked[turn:])
    assert {(one.start, one.temperature) for one in drawn.texts} == {(0, 0.7), (1, 0.56)}
    assert len({one.seed for one in model.asked}) == len(model.asked)


def test_an_opening_of_the_hook_that_is_asked_for_goes_before_a_better_one() -> None:
    class FakeAsking(FakeSpeaker):
        """Asks with one seed, and with that one alone."""

        def generate(
            self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
        ) -> list[Completion]:
            answers = super().generate(requests, adapter=adapter, progress=progress)
            return [
                replace(answer, text="Who says so? " + answer.text) if request.seed == 8 else answer
                for request, answer in zip(requests, answers, strict=True)
            ]

    for hook, begin in (("question", "Who says so? Seed 8 says so."), (None, "Seed 10 says so.")):
        model = FakeAsking()
        grown_of(model, [Start(PROMPT, Brief(""), hook=hook)])  # type: ignore[arg-type]
        assert {one.begin for one in model.asked if one.begin.count("Seed") == 1} == {begin}
