"""What is made of finished reports: a blind test for readers and what they answered; one report against another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin.core.errors import BadRequest, NotFound
from twin.pipeline.parts import Parts

PAGE, KEY = "blind.html", "blind_key.json"


class Judging(Parts):
    """A blind test lies in `blind/` of the home; a new one takes the place of the old."""

    def blind(self) -> dict[str, Any]:
        """`{page key pairs skipped report}`: a page to give to readers, and the key to keep. Raises: NotFound."""
        from twin.core.paths import write_whole
        from twin.evaluation.blind import blind_test
        from twin.evaluation.blind_page import blind_page

        path = self._newest_report()
        test = blind_test(json.loads(path.read_text("utf-8")))
        folder = self.home / "blind"
        write_whole(folder / KEY, json.dumps(test.key(), ensure_ascii=False, indent=1))
        write_whole(folder / PAGE, blind_page(test))
        return {
            "page": str(folder / PAGE),
            "key": str(folder / KEY),
            "pairs": len(test.pairs),
            "skipped": test.skipped,
            "report": str(path.with_suffix(".html")),
        }

    def blind_results(self, files: Sequence[Path]) -> dict[str, Any]:
        """`{readers together sentences}` from the files that readers saved. Raises: BadRequest, NotFound."""
        from twin.evaluation.blind_answers import read_answers, results

        try:
            key = json.loads((self.home / "blind" / KEY).read_text("utf-8"))
        except FileNotFoundError:
            raise NotFound("there is no blind test yet", "make one: twin evaluate --blind") from None
        except (OSError, ValueError) as bad:
            raise BadRequest(
                f"the key of the blind test cannot be read: {bad}", "make it anew: twin evaluate --blind"
            ) from bad
        return results(key, [read_answers(path, key) for path in files])

    def against(self, other: Path) -> dict[str, Any]:
        """The newest report against another, a folder or one of its files. Raises: BadRequest, NotFound."""
        from twin.evaluation.against import against

        newest = self._newest_report()
        folder = other if other.is_dir() else other.parent
        try:
            old = json.loads((folder / "report.json").read_text("utf-8"))
            found = against(json.loads(newest.read_text("utf-8")), old)
        except OSError:
            raise NotFound(f"there is no report at {str(other)!r}", f"reports lie in {self.home / 'reports'}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as bad:
            raise BadRequest(
                f"{str(folder / 'report.json')!r} is no report: {bad!r}", "measure: twin evaluate"
            ) from bad
        return {"report": str(newest), "against": str(folder / "report.json"), **found}

    def _newest_report(self) -> Path:
        """The newest full report, else the newest short one: a full one pairs more texts."""
        found = sorted((self.home / "reports").glob("*/report.json"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise NotFound("nothing has been measured yet", "measure first: twin evaluate")
        full = [path for path in found if b'"twin+retrieval"' in path.read_bytes()]
        return (full or found)[-1]
