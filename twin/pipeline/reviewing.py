"""Reading a dataset's examples, deciding on them, and telling two versions apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.core.errors import NotFound
from twin.pipeline.parts import Parts

if TYPE_CHECKING:
    from twin.features.datasets.parts import Cut


class Reviewing(Parts):
    """The author's hand on what is learned from: nothing here changes a version or a document.

    A decision is one row of the database: it may be taken while a training runs, and counts from the next version on.
    """

    def examples(
        self, *, side: str = "", shape: str = "", document: str = "", decision: str = ""
    ) -> list[dict[str, Any]]:
        """The examples of the newest version, oldest text first, with what was decided of them since.

        `decision` keeps those that are "excluded" or "edited". Raises: NotFound before there is a dataset.
        """
        from twin.features.datasets.review import listed

        rows = listed(self.store, self._newest_dataset())
        asked = {"side": side, "shape": shape, "document": document, "decision": decision}
        return [row for row in rows if all(row[name] == value for name, value in asked.items() if value)]

    def example(self, identity: str) -> dict[str, Any]:
        """One example of any version, whole. Raises: NotFound."""
        from twin.features.datasets.review import shown

        return shown(self.store, identity, self._cut)

    def exclude(self, identity: str, why: str = "") -> dict[str, Any]:
        """Nothing is learned from the section of this example, from the next version on. Raises: NotFound."""
        from twin.features.datasets.review import exclude

        shared = exclude(self.store, identity, why)
        return {**self.example(identity), "shared": shared}

    def include(self, identity: str) -> dict[str, Any]:
        """Takes an exclusion back; an edit stays. Raises: NotFound."""
        from twin.features.datasets.review import include

        shared = include(self.store, identity)
        return {**self.example(identity), "shared": shared}

    def edit(self, identity: str, text: str | None) -> dict[str, Any]:
        """Other words to learn in place of the section; None, or the section's own, take an edit back.

        Raises: NotFound, BadRequest for a text that may not be learned from.
        """
        from twin.features.datasets.review import edit

        shared = edit(self.store, identity, text, self._cut)
        return {**self.example(identity), "shared": shared}

    def review(self) -> dict[str, Any]:
        """Every example of the newest version, and whether a decision or a text waits for the next one."""
        datasets = self.store.datasets()
        if not datasets or "decisions" not in datasets[-1][2]:
            return {"dataset": "", "examples": [], "waiting": False}
        rows = self.examples()
        return {"dataset": datasets[-1][0], "examples": rows, "waiting": any(row["waiting"] for row in rows)}

    def difference(self, before: str = "", after: str = "") -> dict[str, Any]:
        """Two dataset versions by name; without names the newest and the one before. Raises: NotFound, BadRequest."""
        from twin.features.datasets.versions import difference, pair

        return difference(*pair(self.store, before, after))

    @property
    def _cut(self) -> Cut:
        from twin.features.datasets.examples import sections

        size = self.settings.dataset.section_words
        return lambda text: sections(text, size)

    def _newest_dataset(self) -> Path:
        datasets = [path for _, path, manifest in self.store.datasets() if "decisions" in manifest]
        if not datasets or not datasets[-1].is_dir():
            raise NotFound("no dataset has been built yet", "twin dataset")
        return datasets[-1]
