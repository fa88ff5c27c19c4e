"""Briefs by a helper model, where the settings name one: what it would be sent, the author's consent, its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twin.core.errors import BadRequest
from twin.core.links import is_loopback
from twin.pipeline.reviewing import Reviewing

if TYPE_CHECKING:
    from twin.features.datasets.helped import Helper


class Helping(Reviewing):
    """The one place from which texts may leave this machine to be learned from."""

    def helper_plan(self) -> dict[str, Any] | None:
        """What a helper would be asked now and what that costs; None where the settings name no helper.

        `consent` says that it must be agreed to: it costs, or the helper is not on this machine.
        """
        from twin.features.datasets.helped import plan_of

        helper = self._helper()
        if helper is None:
            return None
        return self._planned(plan_of(self._sections(), helper=helper, store=self.store))

    def helped(self, *, agreed: bool) -> dict[str, Any] | None:
        """The briefs and neutral drafts that `build_dataset` takes, asked for where they are not known yet.

        Raises: BadRequest without consent, ModelFailed.
        """
        from twin.features.datasets.helped import helped_by, plan_of

        helper = self._helper()
        if helper is None or len(self.store.documents("train")) < self.settings.dataset.least_texts:
            return None
        sections = self._sections()
        plan = self._planned(plan_of(sections, helper=helper, store=self.store))
        if plan["consent"] and not agreed:
            raise BadRequest(
                f"{plan['host']} would be sent {plan['requests']} sections of your texts, {_price(plan)}",
                "see what is sent: twin dataset --plan; agree to it: twin dataset --yes",
            )
        try:
            found = helped_by(sections, helper=helper, store=self.store, progress=self.progress)
        finally:
            helper.model.close()
        return {"brief_for": found.brief_for, "neutral": found.neutral, "helper": found.about}

    def _helper(self) -> Helper | None:
        from twin.features.datasets.helped import Helper
        from twin.models import open_helper

        chosen = self.settings.helper
        model = open_helper(chosen)
        if model is None:
            return None
        return Helper(model, chosen.neutral, chosen.retries, chosen.parallel, chosen.price_in, chosen.price_out)

    def _sections(self) -> dict[str, list[str]]:
        from twin.features.datasets.decisions import decided_by
        from twin.features.datasets.helped import sections_of

        return sections_of(self.store.documents("train"), self._cut, decided_by(self.store))

    def _planned(self, plan: dict[str, Any]) -> dict[str, Any]:
        host = urlsplit(self.settings.helper.url).hostname or ""
        costs = plan["price_most"] > 0 or not is_loopback(host)
        return {**plan, "host": host, "consent": bool(plan["requests"]) and costs}


def _price(plan: dict[str, Any]) -> str:
    tokens = f"about {plan['tokens_in']:,} tokens in and {plan['tokens_out']:,} out"
    if not plan["price_most"]:
        return f"{tokens}, at no price that helper.price_in and helper.price_out name"
    return f"{tokens}, for about {plan['price']:.2f}, at most {plan['price_most']:.2f}"
