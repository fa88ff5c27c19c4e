"""Several processes on one training (`accelerate launch`): one of them writes, and all of them know the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twin.core.errors import BadSettings
from twin.models.hf import written_whole


class Together:
    """The processes of a run; alone, everything here is at once and does nothing."""

    def __init__(self, device: str) -> None:
        from accelerate import PartialState

        self.state: Any = PartialState(cpu=device == "cpu")

    @property
    def main(self) -> bool:
        return bool(self.state.is_main_process)

    @property
    def count(self) -> int:
        return int(self.state.num_processes)

    @property
    def device(self) -> str:
        return str(self.state.device)

    def wait(self) -> None:
        self.state.wait_for_everyone()

    def sum(self, value: float) -> float:
        """A number of each process in, their sum, the same everywhere, out."""
        if self.count == 1:
            return value
        import torch
        from accelerate.utils import reduce

        return float(reduce(torch.tensor([value], dtype=torch.float32, device=self.state.device), "sum"))

    def mine(self, items: list[Any]) -> list[Any]:
        """This process's share of a list."""
        return items[self.state.process_index :: self.count]

    def own(self, rows: list[Any], *, step: int, of: int) -> list[Any]:
        """What this process read for a step of a run over `of` examples in, those that no other process counts out.

        accelerate fills the last step of a pass up with examples of its first ones, so that all processes have as many.
        """
        if self.count == 1:
            return rows
        batch = len(rows) * self.count
        begin = step % -(-of // batch) * batch + len(rows) * self.state.process_index
        return rows[: max(0, of - begin)]

    def share_of(self, batch: int) -> int:
        """Examples of a step that this process reads. Raises: BadSettings where they cannot be shared out evenly."""
        if batch % self.count:
            more = self.count * (batch // self.count + 1)
            raise BadSettings(
                f"train.batch = {batch} cannot be shared out among {self.count} processes",
                f"take a multiple of {self.count}: twin config train.batch {more}",
            )
        return batch // self.count

    @contextmanager
    def written_whole(self, folder: Path) -> Iterator[Path | None]:
        """The folder to fill in the one process that writes, None in the others; they leave when it is there."""
        if self.main:
            with written_whole(folder) as part:
                yield part
        else:
            yield None
        self.wait()
