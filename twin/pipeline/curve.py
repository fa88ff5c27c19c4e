"""A twin's recipe on a part of what there is to learn from, to see how voice grows with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from twin.core.errors import NotFound
from twin.core.records import Adapter
from twin.pipeline.choosing import Choosing

if TYPE_CHECKING:
    from twin.training.methods import Methods
    from twin.training.pairs import Generate
    from twin.training.recipe import Recipe

SHARES = (0.25, 0.5)


Made = TypeVar("Made", "Recipe", "Methods")


def as_it_was(kind: type[Made], settings: Mapping[str, Any]) -> Made:
    """What an adapter was trained with, from the registry; today's settings may be others."""
    return kind(**{one.name: settings[one.name] for one in fields(kind) if one.name in settings})


class Shares(Choosing):
    """Adapters for the picture alone: they lie in `curve/` of the home, are in no registry and never write a draft."""

    def trained_on_shares(self, adapter: Adapter, *, generate: Generate) -> dict[int, Path | None]:
        """Folders of adapters by the number of texts learned from, evenly over time: none, each share, and all.

        Each learns in the stages of the adapter; of what the author chose, only from what stands on its own share of
        the texts. What was trained once is not again. Raises: NotFound where the dataset of the adapter is gone.
        """
        from twin.features.datasets.build import load_examples
        from twin.models.weights import find_base
        from twin.training.methods import Methods
        from twin.training.recipe import Recipe
        from twin.training.train import best_pass, preferred, train_adapter

        dataset = next((path for version, path, _ in self.store.datasets() if version == adapter.dataset), None)
        if dataset is None or not dataset.is_dir():
            raise NotFound("the dataset of the newest adapter is gone", "train again first: twin train")
        examples = list(load_examples(dataset, "train"))
        tuned = [one for one in load_examples(dataset, "tune") if one.measured]
        base = find_base(self.settings.train.base, cache=self.settings.cache)
        recipe, methods = as_it_was(Recipe, adapter.settings), as_it_was(Methods, adapter.settings)
        recipe = replace(recipe, keep="last", stop_after=best_pass(adapter.path))  # the same pass at each size
        methods = methods.again(preferred=preferred(adapter.path))
        examples = methods.newest(examples)
        documents = list(dict.fromkeys(one.document for one in examples))
        found: dict[int, Path | None] = {0: None}
        every = self.store.documents()
        for share in SHARES:
            kept = set(documents[:: round(1 / share)])
            works = {doc.work for doc in every if doc.id in kept}
            unseen = [doc for doc in every if doc.side and doc.work not in works]
            made, _ = train_adapter(
                [one for one in examples if one.document in kept],
                tuned,
                dataset=f"{adapter.dataset}/{share}",
                base=base,
                recipe=recipe,
                folder=self.home / "curve",
                cache=self.settings.cache,
                methods=methods,
                generate=generate,
                choices=self._choices(methods, base, held_out=unseen),
                progress=self.progress,
            )
            found[len(kept)] = made.path
        return {**found, len(documents): adapter.path}
