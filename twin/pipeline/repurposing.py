"""A stored draft in, the same text for another place out: a version of its own beside the first."""

from __future__ import annotations

from typing import Any

from twin.core.records import digest
from twin.core.text import words
from twin.pipeline.parts import Parts


class Repurposing(Parts):
    """Turns what was written for one place into what another takes."""

    def repurpose(self, draft: str, place: str) -> dict[str, Any]:
        """A draft's id and a place's name in, `{draft changes}` out; the new draft names the first in `from`.

        What was found of the first is kept: its sources, its voice, and every claim whose words still stand in it,
        whatever marks stand around them. Raises: NotFound, BadRequest for a place that there is not.
        """
        from twin.inference import places
        from twin.inference.angles import made as made_of
        from twin.inference.changing.refine import wishes_of
        from twin.inference.changing.repurpose import repurpose
        from twin.inference.drafted import in_place, now, shown

        target = places.load(place)
        first, documents = self.store.draft(draft)
        origin = places.load(first.get("place", places.DEFAULT))
        text, changes = repurpose(first["text"], origin, target)
        spoken = " ".join(words(text))
        claims = [one for one in first.get("claims", []) if " ".join(words(one["sentence"])) in spoken]
        made = {
            **first,
            "id": digest("repurposed", first["id"], target.name, text),
            "text": text,
            **in_place(text, target, wishes_of(first.get("made", {}))),
            "claims": claims,
            "from": {"draft": first["id"], "place": origin.name},
            "created": now(),
        }
        if "angle" in first and not first.get("language"):
            stand = [one["sentence"] for one in claims if one["status"] == "supported"]
            made["angle"] = made_of(first["angle"], stand)
        detail = {key: value for key, value in made.items() if key not in ("id", "request", "text")}
        self.store.add_draft(made["id"], made["request"], text, detail, documents)
        return {"draft": shown(made), "changes": [places.findings_json(one) for one in changes]}
