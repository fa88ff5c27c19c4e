"""What the author chose and edited, as the adapter that is trained now may learn from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twin.core.language import UNKNOWN
from twin.core.records import Document
from twin.pipeline.parts import Parts

if TYPE_CHECKING:
    from twin.models.weights import Base
    from twin.training.choices import Choices
    from twin.training.methods import Methods


class Choosing(Parts):
    """Reads preferences from the store each time: nothing keeps a copy of them."""

    def _choices(self, methods: Methods, base: Base, *, held_out: Sequence[Document]) -> Choices:
        """Pairs of which nothing was given the `held_out` texts; none where the settings do not ask for any."""
        from twin.training.choices import NO_CONSENT, NONE, Choices, Known, choices_of

        if not methods.chooses:
            return NONE
        kept = self.store.preferences()
        if kept and not self.settings.write.learn:
            return Choices(left_out={NO_CONSENT: len(kept)})
        every, unseen = self.store.documents(), {doc.id for doc in held_out}
        learned = self.store.learned()
        known = Known(
            author=self.author.name,
            private=self.store.private,
            writers={base.digest, base.torch_digest, *learned},
            knowing={adapter for adapter, documents in learned.items() if documents & unseen},
            languages={doc.language for doc in every if "train" in doc.use} - {UNKNOWN, ""},
            documents={doc.id for doc in every},
            held_out={doc.id: doc.text for doc in held_out},
        )
        return choices_of(kept, self.store.drafts(), known)
