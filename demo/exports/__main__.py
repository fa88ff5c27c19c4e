"""Texts in `demo/texts` in, the four export files of `demo/archives` out, the same on every run.

    python -m demo.exports           write the archives
    python -m demo.exports --check   build in a temporary folder, exit 1 where an archive differs

Nora Quill does not exist; a language model wrote the texts. The shapes are those of the real exports as seen up to
January 2026: LinkedIn's line-break quirk, Medium's graf classes, Substack's bare fragments, a git bundle.
"""

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path

from demo.exports.doorlog import git, write_bundle
from demo.exports.linkedin import linkedin_files
from demo.exports.medium import medium_files
from demo.exports.substack import substack_files
from demo.exports.texts import ARCHIVES

LINKEDIN = "Complete_LinkedInDataExport_01-12-2026.zip"
MEDIUM = "medium-export.zip"
SUBSTACK = "substack-export.zip"
BUNDLE = "doorlog.bundle"
EXPORTED = (2026, 1, 12, 9, 0, 0)


def write_zip(path: Path, files: dict[str, str]) -> None:
    """Files by name into one ZIP at `path`: sorted, one fixed time, deflated."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in sorted(files.items()):
            info = zipfile.ZipInfo(name, EXPORTED)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, text.encode())


def build(folder: Path) -> None:
    """All four archives into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_zip(folder / LINKEDIN, linkedin_files())
    write_zip(folder / MEDIUM, medium_files())
    write_zip(folder / SUBSTACK, substack_files())
    write_bundle(folder / BUNDLE)


def content(path: Path) -> object:
    """An archive in, what must be equal out: a ZIP's entries, a bundle's refs.

    Not the bytes: deflate and pack output depend on the versions of zlib and git.
    """
    if path.suffix == ".bundle":
        return git("bundle", "list-heads", str(path))
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


def differing(fresh: Path, shipped: Path) -> list[str]:
    """Two folders of archives in, the names that are missing or differ out."""
    names = (LINKEDIN, MEDIUM, SUBSTACK, BUNDLE)
    return [n for n in names if not (shipped / n).exists() or content(fresh / n) != content(shipped / n)]


def main() -> int:
    """Build, or with `--check` compare; the exit status out."""
    parser = argparse.ArgumentParser(description="Build the demo author's export files.")
    parser.add_argument("--check", action="store_true", help="compare with demo/archives and write nothing there")
    if not parser.parse_args().check:
        build(ARCHIVES)
        print(f"wrote {len(list(ARCHIVES.iterdir()))} archives to demo/archives")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        wrong = differing(Path(folder), ARCHIVES)
    for name in wrong:
        print(f"{name} differs from its texts; run: python -m demo.exports", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
