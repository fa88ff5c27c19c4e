"""What a model answered before is not asked again, and only that."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from twin.core.protocols import Progress, silent
from twin.core.records import Completion, Message, Request
from twin.models.remembered import Remembered
from twin.store import Store


class FakeModel:
    """Answers with the last message in capitals, and counts what it was asked."""

    name = digest = "fake"
    chat_template = ""
    continues = binds = True
    apart = False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def generate(
        self, requests: Sequence[Request], *, adapter: Path | None = None, progress: Progress = silent
    ) -> list[Completion]:
        del adapter, progress
        texts = [request.prompt[-1].content for request in requests]
        self.asked.extend(texts)
        return [Completion(text.upper(), 1, 1, 0.0, "stop") for text in texts]

    def close(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/twin.sqlite")


def request(text: str, *, seed: int = 0) -> Request:
    return Request((Message("user", text),), max_tokens=5, seed=seed)


def test_only_what_is_missing_is_asked_and_the_order_stays(store: Store) -> None:
    fake = FakeModel()
    model = Remembered(fake, store)
    model.generate([request("a"), request("b")])
    answers = model.generate([request("c"), request("a"), request("b", seed=1)])
    assert [one.text for one in answers] == ["C", "A", "B"]
    assert fake.asked == ["a", "b", "c", "b"]


def test_another_adapter_is_another_answer(store: Store) -> None:
    fake = FakeModel()
    model = Remembered(fake, store)
    model.generate([request("a")], adapter=Path("one/lora.gguf"))
    model.generate([request("a")], adapter=Path("two/lora.gguf"))
    model.generate([request("a")], adapter=Path("two/lora.gguf"))
    assert fake.asked == ["a", "a"]


def test_after_forgetting_nothing_is_remembered(store: Store) -> None:
    fake = FakeModel()
    model = Remembered(fake, store)
    model.generate([request("a")])
    store.clear_generations()
    model.generate([request("a")])
    assert fake.asked == ["a", "a"]


def test_recall_gives_all_or_nothing_and_asks_nobody(store: Store) -> None:
    fake = FakeModel()
    model = Remembered(fake, store)
    model.generate([request("a"), request("b")])
    assert [one.text for one in model.recall([request("b"), request("a")]) or ()] == ["B", "A"]
    assert model.recall([request("a"), request("c")]) is None
    assert fake.asked == ["a", "b"]
