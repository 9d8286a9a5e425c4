"""Where results go: names, and a file that appears whole, or not at all, and replaces nothing."""

from __future__ import annotations

import filecmp
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bytespike_cli.errors import OutputError, UsageError
from bytespike_cli.wire.media_type import extension

NAME_LENGTH = 40
"""Characters of a prompt that a name is made of."""
FALLBACK_NAME = "result"


@dataclass(frozen=True, slots=True)
class Target:
    """A folder and a name in it; without a name, one is made of the prompt."""

    folder: Path
    name: str = ""

    @classmethod
    def parse(cls, typed: str | None, cwd: Path) -> Target:
        """Return the target for `-o`: a file, or a folder (one that is there, or ends in `/`)."""
        if not typed:
            return cls(cwd)
        path = cwd / Path(typed).expanduser()
        if typed.endswith(("/", os.sep)) or path.is_dir():
            return cls(path)
        return cls(path.parent, path.name)

    @property
    def text(self) -> str:
        """The target as `parse` reads it."""
        return str(self.folder / self.name) if self.name else f"{self.folder}{os.sep}"

    def check(self, *, force: bool = False) -> None:
        """Raise UsageError for a place that cannot be written: before anything is paid."""
        if not self.folder.is_dir():
            raise UsageError(
                f"There is no folder {self.folder}.", fix=f"mkdir -p {self.folder}, or another -o"
            )
        path = self.folder / self.name
        if self.name and path.exists() and not force:
            raise UsageError(
                f"{path} is there already, and is not overwritten.", fix="another -o, or --force"
            )
        try:
            with tempfile.TemporaryFile(dir=self.folder) as probe:
                probe.write(b"\0" * 4096)
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as refused:
            raise UsageError(
                f"{self.folder} cannot be written: {reason(refused)}.",
                fix="choose another place: -o",
            ) from None

    def path(self, prompt: str, mime: str, *, number: int, count: int, beside: bool) -> Path:
        """Return the path for a result: the `number`th (from 1) of `count` of its kind.

        `beside`: it goes with a result of another kind (sound with a video), and keeps its own
        extension.
        """
        suffix = f".{extension(mime)}"
        if self.name:
            typed = Path(self.name)
            stem, suffix = typed.stem, suffix if beside else typed.suffix
        else:
            stem = name_of(prompt)
        if beside and mime == "video/mp4":
            suffix = ".m4a"
        return self.folder / (f"{stem}-{number}{suffix}" if count > 1 else f"{stem}{suffix}")


def name_of(prompt: str) -> str:
    """Return a name made of a prompt's words: `fog-over-a-lake`."""
    words = "".join(c if c.isalnum() else " " for c in prompt.lower()).split()
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word
        if len(longer) > NAME_LENGTH:
            break
        name = longer
    return name or (words[0][:NAME_LENGTH] if words else FALLBACK_NAME)


def publish(part: Path, path: Path, *, force: bool = False) -> Path:
    """Give a finished file its name, in one step; return the path that it got.

    Without `force` nothing is replaced: where another file has the name, the next free number is
    taken; where the very same file has it (somebody else fetched it), that one is the result.
    Raises OutputError.
    """
    try:
        if force:
            part.replace(path)
            return path
        for free in _candidates(path):
            if _put(part, free):
                return free
            if filecmp.cmp(part, free, shallow=False):
                part.unlink()
                return free
    except OSError as refused:
        raise OutputError(f"{path} cannot be written: {reason(refused)}.") from None
    raise OutputError(f"{path} and a thousand names like it are taken.", fix="choose another: -o")


def reason(refused: OSError) -> str:
    """Return the system's words for a failure."""
    return (refused.strerror or type(refused).__name__).lower()


def _candidates(path: Path) -> list[Path]:
    return [path, *(path.with_stem(f"{path.stem}-{number}") for number in range(1, 1000))]


def _put(part: Path, path: Path) -> bool:
    """Give a file its name if the name is free; return whether it was."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links.
        if path.exists():
            return False
        part.rename(path)
        return True
    with suppress(OSError):
        part.unlink()
    return True
