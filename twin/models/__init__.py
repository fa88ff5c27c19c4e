"""One file for each way to run a language model or an embedder. Here a name from the settings becomes an object."""

from __future__ import annotations

from pathlib import Path

from twin.core.errors import BadSettings
from twin.core.protocols import Embedder, Model
from twin.core.settings import ContentSettings, HelperSettings, ModelSettings

PARALLEL = 8
"""Texts side by side where the settings name no number and the backend has none of its own."""


def open_model(settings: ModelSettings, *, cache: Path, section: str = "model") -> Model:
    """The model that the settings name; nothing is loaded before the first request. Raises: BadSettings, MissingPart.

    `cache` is where a model taken from a hub would lie, `section` that of the settings, for remedies.
    """
    match settings.kind:
        case "llamacpp":
            from twin.models.llamacpp import LlamaCpp
            from twin.models.weights import find_base

            return LlamaCpp(
                find_base(settings.name, cache=cache, setting=f"{section}.name"),
                context_tokens=settings.context_tokens,
                parallel=settings.parallel or PARALLEL,
                threads=settings.threads,
                cache=cache,
            )
        case "torch":
            from twin.models.torch import PARALLEL as ROWS
            from twin.models.torch import Torch
            from twin.models.weights import find_base

            return Torch(
                find_base(settings.name, cache=cache, setting=f"{section}.name"),
                cache=cache,
                context_tokens=settings.context_tokens,
                parallel=settings.parallel or ROWS,
                threads=settings.threads,
            )
        case "openai":
            from twin.models.openai import OpenAICompatible

            return OpenAICompatible(
                settings.url,
                settings.name,
                parallel=settings.parallel or PARALLEL,
                timeout_s=settings.timeout_s,
                agreed=settings.agreed,
                grammar=settings.grammar,
            )
        case "fake":
            from twin.models.fake import FakeModel

            return FakeModel()


def open_for_many(settings: ModelSettings, *, cache: Path) -> Model | None:
    """The same base for hundreds of texts at once, where that is quicker than `open_model`'s; else none.

    A batch of 48 through transformers beats llama.cpp's eight where bfloat16 is multiplied natively, and on a GPU.
    """
    if settings.kind != "llamacpp":
        return None
    from twin.models.hf import compute

    if compute()[1] != "bfloat16":
        return None
    return open_model(settings.model_copy(update={"kind": "torch", "parallel": 0}), cache=cache)


def open_helper(settings: HelperSettings) -> Model | None:
    """The helper that the settings name, none while it has no address. Raises: BadSettings."""
    if not settings.url:
        return None
    from twin.models.openai import OpenAICompatible

    return OpenAICompatible(
        settings.url,
        settings.name,
        parallel=settings.parallel,
        timeout_s=settings.timeout_s,
        section="helper",
        key=settings.key,
        agreed=None,
    )


def open_content(settings: ContentSettings, *, cache: Path) -> Model | None:
    """The content model that the settings name, none while it has no name. Raises: BadSettings, MissingPart."""
    if not settings.name:
        return None
    if settings.kind != "openai":
        chosen = ModelSettings(
            kind=settings.kind, name=settings.name, context_tokens=settings.context_tokens, parallel=1
        )
        return open_model(chosen, cache=cache, section="content")
    from twin.models.openai import OpenAICompatible

    return OpenAICompatible(
        settings.url,
        settings.name,
        parallel=1,
        timeout_s=settings.timeout_s,
        section="content",
        key=settings.key,
        agreed=settings.agreed,
    )


def open_embedder(name: str) -> Embedder:
    """The embedder of that name. Raises: BadSettings."""
    if name == "minilm":
        from twin.models.minilm import MiniLM

        return MiniLM()
    if name == "fake":
        from twin.models.fake import FakeEmbedder

        return FakeEmbedder()
    raise BadSettings(f"no embedder is called {name!r}", "choose one of: minilm, fake")


def accelerator() -> tuple[str, str]:
    """The device that training would use and the reason in words: `("cpu", "no GPU found; bfloat16 …")`."""
    from twin.models.hf import compute

    device, _, why = compute()
    return device, why
