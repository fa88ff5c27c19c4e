"""Who the others are: those that come with the program, and those whose texts were added as not mine."""

from __future__ import annotations

from pathlib import Path

from twin.pipeline import Twin

LINE = "The doors of the house stood open, and nobody in the street would say who had left them so. "


def test_people_added_as_not_mine_join_the_background(twin: Twin, tmp_path: Path) -> None:
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    for folder, texts in ((theirs, 12), (mine, 12)):
        folder.mkdir()
        for i in range(texts):
            (folder / f"{i:02}.md").write_text(
                f"# Door {i} of {folder.name}\n\n{LINE * (6 + i % 3)} Number {i}.", "utf-8"
            )
    plain = {person.name for person in twin._background().people}
    twin.add(str(theirs), mine=False)
    twin.add(str(mine))
    twin.collect()
    assert {person.name for person in twin._background().people} - plain == {str(theirs)}
