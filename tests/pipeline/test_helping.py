"""A helper model that writes briefs: asked once for each section, never without consent, never believed unchecked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import Reply, cut_off, in_turn, ok, serving, slowly

from twin.core.errors import BadRequest, ModelFailed
from twin.core.layers import load_settings
from twin.features.datasets.build import load_examples
from twin.pipeline import Twin

TEXTS = 6
BRIEF = {"topic": "trouble of an unusual kind", "facts": ["Margate"], "form": "story"}
GOOD = json.dumps(BRIEF)
Made = Callable[..., Twin]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """A twin of six texts with a helper at an address; the same home each time."""
    opened: list[Twin] = []
    folder = tmp_path / "texts"
    folder.mkdir()
    for day in range(1, TEXTS + 1):
        said = f"Lift {day} stopped on Monday. I drove to Margate with brush {day} and swept hall {day} at noon."
        (folder / f"2024-03-{day:02}-note.md").write_text(f"{said} Nobody thanked anybody.\n")

    def make(url: str, **helper: Any) -> Twin:
        chosen = {"url": url, "name": "wise", "parallel": 1, "retries": 1, **helper}
        flags = {f"helper.{name}": value for name, value in chosen.items()}
        env = {"TWIN_CACHE": str(tmp_path / "cache"), "TWIN_INDEX__EMBEDDER": "fake", "TWIN_MODEL__KIND": "fake"}
        settings, _ = load_settings(tmp_path / "home", env=env, flags={"dataset.least_texts": 4, **flags})
        twin = Twin(settings)
        opened.append(twin)
        if not twin.store.identity():
            twin.init("Ada Example", [])
            twin.add(str(folder))
            twin.collect()
        return twin

    yield make
    for twin in opened:
        twin.close()


def prompts(manifest: dict[str, Any]) -> list[str]:
    path = Path(manifest["path"])
    return [one.prompt[1].content for side in ("train", "tune", "test") for one in load_examples(path, side)]  # type: ignore[arg-type]


def test_every_section_gets_a_brief_and_is_asked_about_once(made: Made) -> None:
    with serving(in_turn(GOOD)) as (url, seen):
        twin = made(url)
        first = twin.dataset()
        assert len(seen) == TEXTS
        assert first["helper"]["briefs"] == TEXTS and first["helper"]["by_rule"] == {}
        assert all("Topic: trouble of an unusual kind" in one for one in prompts(first))
        second = twin.dataset()
    assert len(seen) == TEXTS and second["version"] == first["version"]
    sent = "\n".join(body["messages"][1]["content"] for body in seen)
    assert sum(f"Lift {day} stopped" in sent for day in range(1, TEXTS + 1)) == TEXTS
    card = (Path(first["path"]) / "data-card.md").read_text("utf-8")
    assert "6 by wise, 0 by rule" in card


def test_another_model_is_asked_again_and_gives_another_version(made: Made) -> None:
    with serving(in_turn(GOOD)) as (url, seen):
        first = made(url).dataset()
        other = made(url, name="wiser").dataset()
    assert len(seen) == 2 * TEXTS and other["version"] != first["version"]


def test_a_run_that_broke_goes_on_where_it_was(made: Made) -> None:
    """The server dies after four answers; the next run asks for the other two only."""
    gone = (401, {}, b"no")
    with serving(in_turn(*[GOOD] * 4, gone)) as (url, seen):
        with pytest.raises(ModelFailed) as bad:
            made(url, retries=0).dataset()
        assert "TWIN_HELPER__KEY" in bad.value.hint
    assert len(seen) == 5
    with serving(in_turn(GOOD), port=int(url.split(":")[2].split("/")[0])) as (again, asked):
        twin = made(again)
        plan = twin.helper_plan()
        assert plan is not None and (plan["requests"], plan["cached"]) == (2, 4)
        assert twin.dataset()["helper"]["briefs"] == TEXTS
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "not JSON"),
        (cut_off('{"topic": "half an ans'), "cut off"),
        (json.dumps({**BRIEF, "topic": "how I drove to Margate with it"}), "your own words"),
        (json.dumps({**BRIEF, "facts": ["lift 1 stopped on Monday"]}), "first sentence"),
    ],
)
def test_a_bad_answer_is_told_what_is_wrong_and_asked_again(made: Made, bad: Reply | str, told: str) -> None:
    with serving(in_turn(bad, GOOD)) as (url, seen):
        manifest = made(url).dataset()
    assert len(seen) == TEXTS + 1 and manifest["helper"]["briefs"] == TEXTS
    said = seen[1]["messages"]
    assert [one["role"] for one in said] == ["system", "user", "assistant", "user"]
    assert "cannot be used" in said[3]["content"] and told in said[3]["content"]


def test_what_stays_bad_is_done_by_rule_and_counted(made: Made) -> None:
    with serving(in_turn("no JSON at all")) as (url, seen):
        twin = made(url)
        manifest = twin.dataset()
        assert len(seen) == 2 * TEXTS
        assert manifest["helper"]["by_rule"] == {"no JSON": TEXTS}
        twin.dataset()
    assert len(seen) == 2 * TEXTS
    assert all("Topic: " in one for one in prompts(manifest))


def test_a_busy_server_is_waited_for(made: Made) -> None:
    busy = (429, {"retry-after": "0"}, b"wait")
    with serving(in_turn(busy, busy, GOOD)) as (url, seen):
        assert made(url).dataset()["helper"]["briefs"] == TEXTS
    assert len(seen) == TEXTS + 2


@pytest.mark.parametrize(("status", "reason", "again"), [(400, "refused the text", 0), (500, "failed", 6)])
def test_one_section_without_an_answer_does_not_stop_the_others(
    made: Made, status: int, reason: str, again: int
) -> None:
    """It is made by rule. What the server did not refuse but fail at is asked about again by the next run."""

    def answer(body: dict[str, Any]) -> Reply:
        bad = (status, {"retry-after": "0"}, b"too hot")
        return bad if "Lift 2 " in body["messages"][1]["content"] else ok(GOOD, 5)

    with serving(answer) as (url, seen):
        twin = made(url)
        assert twin.dataset()["helper"]["by_rule"] == {f"the helper's server {reason}": 1}
        before = len(seen)
        assert twin.dataset()["helper"]["briefs"] == TEXTS - 1
    assert len(seen) - before == again


def test_a_server_that_is_too_slow_stops_the_run(made: Made) -> None:
    with serving(slowly(1.0, ok(GOOD, 5))) as (url, _), pytest.raises(ModelFailed) as bad:
        made(url, timeout_s=0.1, retries=0).dataset()
    assert "helper.timeout_s" in bad.value.hint


def test_what_costs_is_shown_and_waits_for_consent(made: Made) -> None:
    with serving(in_turn(GOOD)) as (url, seen):
        twin = made(url, price_in=2.0, price_out=10.0)
        plan = twin.helper_plan()
        assert plan is not None and plan["requests"] == TEXTS and plan["consent"]
        assert plan["price"] == pytest.approx((plan["tokens_in"] * 2 + plan["tokens_out"] * 10) / 1e6)
        assert plan["price_most"] > 2 * plan["price"]
        assert "Lift 1 stopped" in plan["first"][1]["content"]
        with pytest.raises(BadRequest) as bad:
            twin.dataset()
        assert "6 sections" in bad.value.message and "--yes" in bad.value.hint
        assert seen == []
        twin.dataset(agreed=True)
        assert len(seen) == TEXTS
        after = twin.helper_plan()
        assert after is not None and (after["requests"], after["price"], after["consent"]) == (0, 0.0, False)
        twin.dataset()


def test_a_host_elsewhere_waits_for_consent_even_for_nothing(made: Made) -> None:
    twin = made("https://api.example.com/v1")
    plan = twin.helper_plan()
    assert plan is not None and plan["consent"] and plan["price"] == 0
    with pytest.raises(BadRequest, match=r"api\.example\.com would be sent 6 sections"):
        twin.dataset()


def test_an_excluded_section_is_never_sent_and_an_edited_one_as_it_is_learned(made: Made) -> None:
    with serving(in_turn(GOOD)) as (url, seen):
        plain = made("")
        assert plain.helper_plan() is None and plain.dataset()["helper"] == {}
        rows = plain.examples()
        plain.exclude(rows[0]["id"])
        plain.edit(rows[1]["id"], "The lift was mended by Pamela, who never told us how.")
        made(url).dataset()
    sent = "\n".join(body["messages"][1]["content"] for body in seen)
    assert len(seen) == TEXTS - 1
    assert "Lift 1 stopped" not in sent and "Lift 2 stopped" not in sent and "mended by Pamela" in sent


def test_a_neutral_draft_makes_one_more_example_of_its_section(made: Made) -> None:
    def answer(body: dict[str, Any]) -> Reply:
        flat = "A device failed and was repaired in Margate, which took some sweeping. No thanks were given."
        return ok(json.dumps({**BRIEF, "neutral": flat}), 5)

    with serving(answer) as (url, seen):
        manifest = made(url, neutral=True).dataset()
    assert len(seen) == TEXTS == manifest["helper"]["neutral"]
    assert sum(found.get("neutral", 0) for found in manifest["shapes"].values()) == TEXTS
    assert sum("A device failed and was repaired" in one for one in prompts(manifest)) == TEXTS


def test_forgetting_a_text_takes_along_what_the_helper_said_of_it(made: Made) -> None:
    def answer(body: dict[str, Any]) -> Reply:
        marked = "zanzibar" if "Lift 4 " in body["messages"][1]["content"] else "trouble"
        return ok(json.dumps({**BRIEF, "topic": f"{marked} of an unusual kind"}), 5)

    with serving(answer) as (url, _):
        twin = made(url)
        manifest = twin.dataset()
        assert "zanzibar" in str(twin.store.helped()) and "zanzibar" in "".join(prompts(manifest))
        twin.forget(next(doc.id for doc in twin.store.documents() if "Lift 4 " in doc.text))
    twin.close()
    for file in twin.home.rglob("*"):
        assert not file.is_file() or b"zanzibar" not in file.read_bytes(), file
