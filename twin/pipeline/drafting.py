"""What a draft is written with: passages, a voice, and the desk that checks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.core.errors import BadRequest
from twin.core.protocols import Where
from twin.core.records import Adapter, Document, Passage
from twin.pipeline.measuring import Measuring

if TYPE_CHECKING:
    from twin.inference.checking.check import Desk
    from twin.inference.drafted import Writing
    from twin.inference.places import Place


class Drafting(Measuring):
    """What writing, refining and searching share."""

    _fitted: tuple[object, Desk] | None = None
    """What the measures of drafts were fitted on, and these."""

    def _year(self, year: int) -> str:
        """Raises: BadRequest for a year of which the author has no text, or that the twin was told nothing of."""
        if not year:
            return ""
        known = sorted({doc.published.year for doc in self.store.documents("train") if doc.published})
        if year not in known:
            hint = f"there are texts of: {', '.join(map(str, known))}" if known else "your texts have no dates"
            raise BadRequest(f"no text of yours is of {year}", hint)
        active = self.store.active_adapter()
        if active and not self._learned_from(active).get("recipe", {}).get("year_share"):
            raise BadRequest(
                "the active twin was not told the years of your texts, and cannot tell them apart",
                "train one that was: twin config dataset.year_share 0.5, then twin train",
            )
        return str(year)

    def _found(self, request: str, most: int, where: Where | None, *, about: Sequence[str] = ()) -> list[Passage]:
        """Passages of the author's texts that a search may see. Raises: BadRequest for a filter that leaves none."""
        from twin.inference.material.narrow import nothing_there

        found = self._near(request, most, where, about=about)
        if not found and where is not None and where != Where():
            wrong = nothing_there(self.store.documents("retrieve"), where)
            if wrong:
                raise wrong
        return found

    def how(self, passages: Sequence[Passage], place: Place, *, words: int | None = None) -> Writing:
        """All that a draft for this place is written with, on these passages.

        A new one has its length in `words`, and texts of that length to imitate where there is no adapter; one that is
        gone on with is shown those of its first prompt. Who asks a larger model adds it.
        """
        from twin.inference.composing.compose import Sampling
        from twin.inference.drafted import Voice, Writing
        from twin.inference.places import DEFAULT

        chosen, adapter = self.settings.write, self.store.active_adapter()
        set_here = place.name == DEFAULT or "max_chars" in chosen.model_fields_set
        limit = chosen.max_chars if set_here else place.limit
        return Writing(
            passages=passages,
            voice=Voice(
                self.author.name,
                adapter.path / "adapter.gguf" if adapter else None,
                adapter.id if adapter else "",
                [] if adapter or words is None else self._exemplars(passages, place, words),
                adapter.dataset if adapter else "",
                rewrites=bool(adapter and self._learned_from(adapter).get("helper", {}).get("neutral")),
            ),
            model=self.model,
            desk=self._desk(place),
            sampling=Sampling(
                candidates=chosen.candidates,
                temperature=chosen.temperature,
                top_p=chosen.top_p,
                min_p=chosen.min_p,
                repeat_penalty=chosen.repeat_penalty,
                repeat_run=chosen.repeat_run,
                seed=chosen.seed,
                spread=chosen.temperature_spread,
            ),
            place=place,
            limit=min(limit, place.limit or limit),
            bound=chosen.bound,
            progress=self.progress,
            context_tokens=self.settings.model.context_tokens,
        )

    def _learned_from(self, adapter: Adapter) -> Mapping[str, Any]:
        """The manifest of the dataset that an adapter learned from, empty where it is gone."""
        return next((manifest for version, _, manifest in self.store.datasets() if version == adapter.dataset), {})

    def _exemplars(self, passages: Sequence[Passage], place: Place, words: int) -> list[Document]:
        """Texts to imitate where there is no adapter: of the place's register, not those that the facts stand in."""
        from twin.inference.material.exemplars import exemplars_for

        return exemplars_for(
            self.store.documents("train"),
            kind=place.kind,
            site=place.site,
            words=words,
            facts={passage.document for passage in passages},
            most=self.settings.evaluate.exemplars,
            year=self.settings.write.year,
        )

    def _desk(self, place: Place) -> Desk:
        """The measures a draft for this place is checked with: fitted once, and again when a text has changed."""
        from twin.metrics.habits import Habits

        every, negatives = self.store.documents(), self.base_texts_known()
        written = self.author, every, negatives
        if self._fitted is None or self._fitted[0] != written:
            self._fitted = written, self._fit_desk(every, negatives)
        alike = self._alike([doc for doc in every if "train" in doc.use], place)
        kinds = {doc.kind for doc in alike}
        return replace(
            self._fitted[1],
            habits=Habits([doc.text for doc in alike]),
            habits_of=f"{len(alike)} {f'{kinds.pop()}s' if len(kinds) == 1 else 'texts'}",
        )

    def _fit_desk(self, every: Sequence[Document], negatives: Sequence[str]) -> Desk:
        """The measures that are the same for every place, fitted on everything the author wrote.

        Who chooses a draft and who judges it share neither people nor features. The judge must have met the bare
        model's own texts, which `train` and `evaluate` leave behind: without them a small model fools it.
        """
        from twin.evaluation.heldout import posts_first
        from twin.inference.checking.check import MOST_RUN, Desk
        from twin.inference.checking.strangers import usual_of
        from twin.inference.composing.hooks import habit
        from twin.metrics.copying import Copying
        from twin.metrics.repetition import Repetition
        from twin.metrics.style import CHOOSES, JUDGES, LEAST_TO_CHOOSE

        searched = {doc.id: doc for doc in every if "retrieve" in doc.use}
        history = {id_: doc for id_, doc in searched.items() if doc.consent == "mine"}
        own = {id_: doc.text for id_, doc in history.items()}
        learned = [doc for doc in every if "train" in doc.use]
        copying = Copying(own, {id_: doc.text for id_, doc in searched.items() if id_ not in own})
        judging, choosing = self._background().halves()
        chooser, _ = self.fit_style(negatives, background=choosing, weights=CHOOSES, least_auc=LEAST_TO_CHOOSE)
        judge, _ = self.fit_style(negatives, background=judging, weights=JUDGES)
        unmet = "the verifier has not met the bare model's texts yet: twin train, or twin evaluate"
        why = judge.refusal or ("" if negatives else unmet)
        if learned and not any(doc.side for doc in learned):
            why = "a verifier of voice needs a dataset first: twin dataset, or twin train"
        return Desk(
            style=chooser,
            copying=copying,
            copying_gate=min(copying.gate, MOST_RUN + 1),
            entailment=self.entailment,
            judge=None if why else judge,
            language=Counter(doc.language for doc in learned).most_common(1)[0][0] if learned else "",
            unjudged=why,
            usual=usual_of(own.values()),
            hooks=habit(doc.text for doc in posts_first(learned)),
            repetition=Repetition(own),
            history=history,
        )

    def _alike(self, learned: Sequence[Document], place: Place) -> list[Document]:
        """The author's texts of the kind that the place takes, where they are enough to tell a habit; else posts."""
        from twin.evaluation.heldout import posts_first
        from twin.metrics.habits import LEAST_TEXTS

        same = [doc for doc in learned if doc.kind == place.kind]
        return same if len(same) >= LEAST_TEXTS else posts_first(learned)
