"""The blind test: nothing tells the side, sides are even, and answers edited by hand are told apart."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fake_cases import POST, cases, report
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.core.errors import BadRequest, NotEnoughData
from twin.evaluation.blind import BlindTest, anonymous, blind_test
from twin.evaluation.blind_answers import read_answers, results, sign_test
from twin.evaluation.blind_page import blind_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def made(n: int = 12, **options: Any) -> dict[str, Any]:
    """Two texts of the twin for each brief: one meets the baseline, the other the author."""
    found = {**report(cases(n, **options)), "author": "Nora <b>Quill</b>"}
    for row in found["rows"]:
        texts = row["systems"]["twin"]["texts"]
        texts.append({**texts[0], "text": texts[0]["text"] + " Again."})
    return found


def answers(test: BlindTest, *, right: int, reader: str = "Ann", **more: Any) -> dict[str, Any]:
    """A reader who takes the twin for the author in the first `right` pairs that are no repeats, and errs after."""
    given: dict[str, str] = {}
    asked = 0
    for pair in test.pairs:
        if pair.repeats:
            given[pair.id] = {"left": "right", "right": "left"}[given[pair.repeats]]
        else:
            twin = "left" if pair.left_system == "twin" else "right"
            given[pair.id] = twin if asked < right else {"left": "right", "right": "left"}[twin]
            asked += 1
    return {"test": test.digest, "reader": reader, "author": False, "answers": given} | more


def saved(folder: Path, found: dict[str, Any]) -> Path:
    path = folder / f"answers-{found['reader']}.json"
    path.write_text(json.dumps(found), "utf-8")
    return path


def test_the_twin_meets_the_best_baseline_and_the_author_once_a_document() -> None:
    test = blind_test(made())
    rivals = [{pair.left_system, pair.right_system} - {"twin"} for pair in test.pairs if not pair.repeats]
    assert rivals.count({"base+exemplars"}) == rivals.count({"author"}) == 12
    assert test.skipped == 0


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_sides_are_even_and_repeats_have_theirs_changed(seed: int) -> None:
    test = blind_test(made(), seed=seed)
    once = [pair for pair in test.pairs if not pair.repeats]
    assert abs(sum(pair.left_system == "twin" for pair in once) - len(once) / 2) <= 1
    by_id = {pair.id: pair for pair in test.pairs}
    again = [pair for pair in test.pairs if pair.repeats]
    assert len(again) >= 2
    for pair in again:
        first = by_id[pair.repeats]
        assert (first.left, first.right) == (pair.right, pair.left)


def test_nothing_on_the_page_tells_a_system() -> None:
    test = blind_test(made())
    page = blind_page(test)
    assert not re.search(r"\btwin\b|\bbase\b|exemplars|retrieval|doc\d", page)
    assert "<b>Quill" not in page
    assert [pair.id for pair in test.pairs] == [f"p{i}" for i in range(1, len(test.pairs) + 1)]


def test_the_same_report_gives_the_same_test_and_another_order_with_another_seed() -> None:
    assert blind_test(made()) == blind_test(made())
    assert blind_test(made()).digest != blind_test(made(), seed=8).digest


def test_names_numbers_and_links_do_not_tell() -> None:
    told = "Then Mabel took 11 seconds on floor 9, see https://x.example/a, said @bob."
    assert anonymous(told) == "Then [name] took 00 seconds on floor 0, see [link] said [name]."


def test_broken_copied_and_unlike_texts_are_left_out_and_counted() -> None:
    found = made(12, note="COPIED", noted=3)
    for row in found["rows"][3:5]:
        row["systems"]["twin"]["texts"] = [{"text": POST * 3, "degenerate": "", "copied": False}]
    test = blind_test(found)
    assert test.skipped == 10
    assert sum(not pair.repeats for pair in test.pairs) == 14


def test_a_report_without_a_twin_or_with_too_few_pairs_is_refused() -> None:
    with pytest.raises(NotEnoughData, match="no texts of a twin"):
        blind_test({**made(), "systems": ["base"]})
    with pytest.raises(NotEnoughData, match="2 pairs"):
        blind_test(made(1))


def test_the_better_of_two_samples_in_length_is_shown() -> None:
    found = made()
    short, fitting = (
        {"text": POST[:150], "degenerate": "", "copied": False},
        found["rows"][0]["systems"]["twin"]["texts"][0],
    )
    found["rows"][0]["systems"]["twin"]["texts"] = [short, fitting, {**fitting, "text": fitting["text"] + " Again."}]
    assert blind_test(found).skipped == 0


def test_readers_are_counted_each_and_together(tmp_path: Path) -> None:
    test = blind_test(made())
    key = test.key()
    files = [saved(tmp_path, answers(test, right=20)), saved(tmp_path, answers(test, right=24, reader="Bob"))]
    found = results(key, [read_answers(path, key) for path in files])
    both = found["together"]
    assert sum(row["wins"] for row in both.values()) == 20, "a pair on which two readers part is a tie"
    assert sum(row["losses"] for row in both.values()) == 0
    assert sum(row["ties"] for row in both.values()) == 4
    assert all(one["consistent"]["same"] == one["consistent"]["of"] >= 2 for one in found["readers"])
    assert any("most of 2 readers took the twin for Nora" in sentence for sentence in found["sentences"])
    assert any("suggestive only" in sentence for sentence in found["sentences"])


def test_the_author_as_a_reader_is_counted_apart(tmp_path: Path) -> None:
    test = blind_test(made())
    found = results(test.key(), [read_answers(saved(tmp_path, answers(test, right=24, author=True)), test.key())])
    assert found["together"] == {}
    assert found["readers"][0]["counts"]["author"]["wins"] == 12
    assert any("may remember them" in sentence for sentence in found["sentences"])
    assert any("nothing can be said" in sentence for sentence in found["sentences"])


def test_a_reader_who_guesses_shows_in_the_repeats(tmp_path: Path) -> None:
    test = blind_test(made())
    given = answers(test, right=24)
    for pair in test.pairs:
        if pair.repeats:
            given["answers"][pair.id] = given["answers"][pair.repeats]
    found = results(test.key(), [read_answers(saved(tmp_path, given), test.key())])
    assert found["readers"][0]["consistent"]["same"] == 0
    assert any("partly a guess" in sentence for sentence in found["sentences"])


def test_bad_answers_are_left_out_and_said(tmp_path: Path) -> None:
    test = blind_test(made())
    given = answers(test, right=24)
    given["answers"] |= {"p1": "both", "p999": "left", "p2": ["left"]}
    found = read_answers(saved(tmp_path, given), test.key())
    assert not {"p1", "p2", "p999"} & set(found["answers"])
    assert len(found["problems"]) == 3
    assert any("3 answers left out" in one for one in results(test.key(), [found])["sentences"])


@pytest.mark.parametrize(
    "content",
    ["", "not json", "[]", '{"answers": 3}', '{"answers": {}, "test": "another"}', "[" * 100_000, "x" * 2_000_000],
)
def test_a_file_that_is_none_of_this_test_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, "utf-8")
    with pytest.raises(BadRequest):
        read_answers(path, blind_test(made()).key())


def test_two_files_of_one_reader_are_refused(tmp_path: Path) -> None:
    test = blind_test(made())
    one = read_answers(saved(tmp_path, answers(test, right=3)), test.key())
    with pytest.raises(BadRequest, match="two files are by 'Ann'"):
        results(test.key(), [one, one])


@pytest.mark.parametrize(
    ("wins", "n", "sure"), [(15, 20, True), (14, 20, False), (21, 30, True), (20, 30, False), (0, 0, False)]
)
def test_the_sign_test_is_exact(wins: int, n: int, sure: bool) -> None:
    assert (sign_test(wins, n - wins) < 0.05) == sure


@pytest.mark.browser
@pytest.mark.slow
def test_a_reader_in_a_browser_saves_what_is_read_back(tmp_path: Path) -> None:
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    test = blind_test(made())
    (tmp_path / "blind.html").write_text(blind_page(test), "utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto((tmp_path / "blind.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button").click()
        assert "name first" in page.locator("#said").inner_text()
        page.get_by_label("Your name").fill("Ann Reader")
        for pair in test.pairs[:3]:
            page.locator(f"fieldset[data-pair={pair.id}] input[value=left]").focus()
            page.keyboard.press("Space")
        with page.expect_download() as waiting:
            page.get_by_role("button").click()
        waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
        browser.close()
    found = read_answers(tmp_path / "answers-ann-reader.json", test.key())
    assert found["answers"] == {"p1": "left", "p2": "left", "p3": "left"}
    assert (found["reader"], found["author"]) == ("Ann Reader", False)


def test_no_text_is_shown_in_two_pairs() -> None:
    once = [pair for pair in blind_test(made()).pairs if not pair.repeats]
    twins = {(pair.brief, pair.left if pair.left_system == "twin" else pair.right) for pair in once}
    assert len(twins) == len(once) == 24


def test_one_text_of_the_twin_meets_each_rival_in_turn() -> None:
    found = {**report(cases(12)), "author": "Nora"}
    rivals = [{one.left_system, one.right_system} - {"twin"} for one in blind_test(found).pairs if not one.repeats]
    assert rivals.count({"base+exemplars"}) == rivals.count({"author"}) == 6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_repeat_stands_somewhere_after_its_pair(seed: int) -> None:
    pairs = blind_test(made(), seed=seed).pairs
    places = {pair.id: place for place, pair in enumerate(pairs)}
    assert all(places[one.id] - places[one.repeats] > 3 for one in pairs if one.repeats)


def test_an_answer_that_stands_twice_in_the_file_is_left_out(tmp_path: Path) -> None:
    test = blind_test(made())
    path = tmp_path / "answers.json"
    path.write_text(f'{{"test": "{test.digest}", "answers": {{"p1": "left", "p2": "left", "p1": "right"}}}}', "utf-8")
    found = read_answers(path, test.key())
    assert found["answers"] == {"p2": "left"}
    assert len(found["problems"]) == 1


def test_most_readers_decide_a_pair_and_a_split_is_a_tie(tmp_path: Path) -> None:
    test = blind_test(made())
    key = test.key()
    rights = {"Ann": 24, "Bob": 24, "Cy": 0}
    read = [read_answers(saved(tmp_path, answers(test, right=n, reader=who)), key) for who, n in rights.items()]
    together = results(key, read)["together"]
    assert sum(row["wins"] for row in together.values()) == 24, "three readers of 24 pairs are 24 observations"
