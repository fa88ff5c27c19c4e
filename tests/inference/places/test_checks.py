"""What single places mind, beyond what all of them do."""

from __future__ import annotations

import pytest

from twin.inference.places import load


def said(place: str, text: str) -> dict[str, str]:
    """Message to level."""
    return {one.message: one.level for one in load(place).check(text)}


def fix(place: str, text: str) -> str:
    [found] = [one.fix for one in load(place).check(text) if one.fix]
    return found


def test_a_linkedin_post_counts_an_emoji_twice() -> None:
    post = load("linkedin-post")
    assert post.count("a🚪é") == 4
    assert said("linkedin-post", "🚪" * 1501)["3,002 of 3,000 characters: 2 too many; longer ones are for: --place linkedin-article"] == "blocker"  # fmt: skip  # noqa: E501


def test_up_to_three_hashtags_are_nothing_to_mind() -> None:
    assert said("linkedin-post", "Doors. #a #b #c") == {}
    assert said("linkedin-post", "Doors. #a #b #c #d") == {"4 hashtags: up to 3 are usual": "advice"}
    assert said("linkedin-post", "C# and https://x.example/#a1 #1 #a #b #c") == {}


def test_a_first_line_that_the_fold_cuts_is_said() -> None:
    assert list(said("linkedin-post", "a" * 141)) == ["the first line is not shown whole above the fold on a phone"]
    assert list(said("linkedin-post", "a" * 211)) == [
        "the first line is not shown whole above the fold on a phone and on a desktop"
    ]
    assert said("linkedin-post", "Short.\n\n" + "a" * 300) == {}


def test_the_headline_of_a_linkedin_article_is_not_part_of_its_body() -> None:
    article = load("linkedin-article")
    assert article.count("# Tracks *first*\n\nTwo **words**.") == len("Two words.")
    assert article.render("# Tracks *first*\n\nText.")["title"] == "Tracks first"
    assert article.render("# Tracks\n\nText.")["html"] == "<p>Text.</p>"
    assert "headline has 101 characters" in next(iter(said("linkedin-article", f"# {'a' * 101}\n\nText.")))
    assert said("linkedin-article", f"# {'a' * 151}\n\nText.") == {"the headline has 151 of 150 characters": "blocker"}


@pytest.mark.parametrize("place", ["linkedin-article", "medium-article", "substack-article"])
def test_what_an_article_minds(place: str) -> None:
    assert said(place, "# Tracks\n\n## How\n\nText.") == {}
    assert "it has no title" in next(iter(said(place, "Text.")))
    assert list(said(place, "# T\n\nSee [it](docs/a.md).")) == ["'docs/a.md' is no address of the web: it stays text"]
    assert list(said(place, "# T\n\n<div>x</div> and 1 < 2")) == ["HTML in it is shown as it stands, and does nothing"]
    assert said(place, "# T\n\n`<div>`\n\n```\n<div>\n[a](b)\n```\n") == {}
    assert fix(place, "# T\n\n```py\nx = 1") == "# T\n\n```py\nx = 1\n```"


def test_medium_has_few_levels_of_headings() -> None:
    assert list(said("medium-article", "# T\n\n#### Deep\n\nText.")) == [
        "Medium has headings down to level 3: 'Deep' is deeper"
    ]


def test_a_long_letter_is_cut_by_mail_programs() -> None:
    assert said("substack-article", "# T\n\n" + "word " * 30_000)
    assert not said("substack-article", "# T\n\n" + "word " * 3_000)


def test_a_section_of_a_readme_is_one_level_down_and_its_code_stays() -> None:
    text = "# Setup\n\n```sh\n# not a heading\n```\n\n## Then\n\nText."
    assert fix("readme-section", text) == "## Setup\n\n```sh\n# not a heading\n```\n\n### Then\n\nText."
    assert said("readme-section", "## Setup\n\n#### Deep\n\nText.") == {"a heading leaves out a level": "advice"}
    assert said("readme-section", "## Setup\n\nSee [the tour](docs/tour.md).") == {}
    assert load("readme-section").render(text)["markdown"] == text


def test_an_abstract_stands_alone_in_one_paragraph() -> None:
    text = "We ran trials. " * 60
    assert said("abstract", text.strip()) == {"“We”: many journals ask for no first person": "advice"}
    lone = "Trials were run. " * 60
    assert said("abstract", lone) == {}
    assert said("abstract", "Trials were run.") == {"3 words: an abstract has 150 to 250": "warning"}
    assert fix("abstract", f"{lone}\n\nMore.") == f"{lone} More.".replace("  ", " ")
    for cited in ("[12]", "[1, 2]", "(Smith, 2020)", "(Smith et al., 2020)", "(Smith and Roe, 2020b)"):
        assert list(said("abstract", f"{lone}{cited}")) == [f"{cited} is a citation: an abstract stands alone"]
    assert said("abstract", f"{lone}(n = 2020) in 2020 (since 2019)") == {}
    assert list(said("abstract", f"{lone}See https://x.example.")) == ["it has a link: an abstract stands alone"]


def test_a_message_to_a_stranger_has_less_room() -> None:
    assert said("message", "Dear Ada, " + "a" * 1_890) == {}
    [(message, level)] = said("message", "Dear Ada, " + "a" * 1_891).items()
    assert "not connected" in message and level == "warning"


def test_a_post_on_x_that_begins_with_a_name_is_a_reply() -> None:
    assert list(said("x-post", "@ada is right.")) == ["a post that begins with a name is shown as a reply to it"]
    assert said("x-post", "I think @ada is right.") == {}
