"""The private home of a launch: the user's own home seen through one changed file.

gemini-cli takes `$GEMINI_CLI_HOME/.gemini` for `~/.gemini`. In the overlay every entry of both is
a link to the user's own, but `settings.json`, which is a copy with the auth choice pinned. What
the client changes in that copy is carried back to the user's file, the pins are not; files that
the client makes or replaces in the overlay (an atomic write replaces the link) are moved to where
they belong.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bytespike_cli.config.files import locked, make_folder, write_atomic
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.launch import jsonc
from bytespike_cli.launch.owner import has_ended, owner_of

GEMINI_FOLDER = ".gemini"
SETTINGS_FILE = "settings.json"

AUTH_CHOICE = ("security", "auth", "selectedType")
API_KEY_AUTH = "gemini-api-key"

UNLESS_SET: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("privacy", "usageStatisticsEnabled"), False),
    # The shim has tried again already, as often as the contract allows (contract.md 4.4); the
    # client's own ten attempts over four minutes would multiply that (clients.md 2.5).
    (("general", "maxAttempts"), 1),
)
"""Settings that a launch has unless the user chose otherwise."""

_ALWAYS_THERE = ("tmp", "history")
"""Folders that gemini-cli makes in every home; made beforehand so that two launches share them."""
UNREADABLE = "settings.json.bytespike-unreadable"
"""What a client that was killed while writing left of its settings, in the user's ~/.gemini."""
_CREDENTIALS = ("oauth", "cred", "account", "token", "secret")
_SMALL_BYTES = 256 * 1024
_MENTIONS_HOME = "extensions/extension-enablement.json"
"""A file in which gemini-cli notes the home folder's path, which in a launch is the overlay's."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay on disk. `text` is what its settings said when it was made.

    `files` are the user's other JSON files as they were then, by name: what tells a change of the
    client's from one that somebody else made meanwhile.
    """

    root: Path
    home: Path
    text: str
    files: Mapping[str, str] = field(default_factory=dict)

    def carry_back(self) -> None:
        """Bring what the client changed to the user's own home, and remove the overlay.

        Raises OSError or ConfigurationError when the user's home cannot be written; the overlay is
        then left where it is, so that nothing is lost.
        """
        user = self.home / GEMINI_FOLDER
        make_folder(user)
        with locked(self.root.parent / "carry-back"):
            self._carry_settings(user)
            self._carry_files(user)
            _move_new(self.root / GEMINI_FOLDER, user, leave=SETTINGS_FILE)
            _move_new(self.root, self.home, leave=GEMINI_FOLDER)
            self._name_home(user / _MENTIONS_HOME)
        shutil.rmtree(self.root, ignore_errors=True)
        _note_of(self.root).unlink(missing_ok=True)

    def _carry_settings(self, user: Path) -> None:
        theirs = self.root / GEMINI_FOLDER / SETTINGS_FILE
        try:
            _merge(self.text, theirs.read_text(encoding="utf-8"), user / SETTINGS_FILE)
        except FileNotFoundError:
            return
        except (jsonc.JsoncError, UnicodeDecodeError):
            # The client was killed in the middle of a word: the user decides what it is worth.
            theirs.replace(user / UNREADABLE)

    def _carry_files(self, user: Path) -> None:
        """Merge the JSON files that the client replaced and somebody else has changed as well."""
        for entry in sorted((self.root / GEMINI_FOLDER).glob("*.json")):
            target = user / entry.name
            if entry.is_symlink() or entry.name == SETTINGS_FILE or not target.is_file():
                continue
            before = self.files.get(entry.name, "{}")
            with contextlib.suppress(jsonc.JsoncError, UnicodeDecodeError):
                if target.read_text(encoding="utf-8") != before:
                    _merge(before, entry.read_text(encoding="utf-8"), target)
                    entry.unlink()

    def _name_home(self, file: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            text = file.read_text(encoding="utf-8")
            if str(self.root) in text:
                changed = text.replace(str(self.root), str(self.home))
                write_atomic(file, changed.encode(), file.stat().st_mode & 0o777)


def build_overlay(home: Path, folder: Path, *, client: int) -> Overlay:
    """Make an overlay of `home` in a fresh folder below `folder`, for the process `client`.

    Raises ConfigurationError when the user's settings are not what gemini-cli can read, or a folder
    cannot be made.
    """
    user = home / GEMINI_FOLDER
    text = pinned_settings(user / SETTINGS_FILE)
    try:
        return _build(home, folder, text, client)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot make a private home for gemini-cli: {error.strerror}: {error.filename}.",
            fix=f"check the folders: ls -ld {user} {folder}",
        ) from None


def _build(home: Path, folder: Path, text: str, client: int) -> Overlay:
    user = home / GEMINI_FOLDER
    make_folder(folder)
    root = Path(tempfile.mkdtemp(prefix="home-", dir=folder))
    files = _json_files(user)
    note = _note_of(root)
    note.touch(mode=0o600)
    noted = {"owner": owner_of(client), "home": str(home), "text": text, "files": files}
    note.write_text(json.dumps(noted), encoding="utf-8")
    overlay = root / GEMINI_FOLDER
    overlay.mkdir()
    for name in _ALWAYS_THERE:
        with contextlib.suppress(OSError):
            make_folder(user / name)
    _link_entries(user, overlay, but=SETTINGS_FILE)
    _link_entries(home, root, but=GEMINI_FOLDER)
    settings = overlay / SETTINGS_FILE
    settings.write_text(text, encoding="utf-8")
    settings.chmod(0o600)
    return Overlay(root=root, home=home, text=text, files=files)


def recover(folder: Path, is_running: Callable[[int], bool]) -> None:
    """Carry back the overlays whose client has ended while nobody was there to do it (a power cut).

    Raises nothing: an overlay that cannot be carried back now is left for the next time.
    """
    for note in folder.glob("home-*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, ConfigurationError):
            noted = json.loads(note.read_text(encoding="utf-8"))
            if has_ended(noted["owner"], is_running):
                home = Path(noted["home"])
                Overlay(note.with_suffix(""), home, noted["text"], noted["files"]).carry_back()


def _note_of(root: Path) -> Path:
    """Return the file beside an overlay that says what it was made from, and for whom."""
    return root.with_name(root.name + ".json")


def _json_files(user: Path) -> dict[str, str]:
    """Return the user's small JSON files, but those with credentials: they are not copied."""
    files = {}
    for path in sorted(user.glob("*.json")):
        private = any(word in path.name.lower() for word in _CREDENTIALS)
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if not private and path.name != SETTINGS_FILE and path.stat().st_size <= _SMALL_BYTES:
                files[path.name] = path.read_text(encoding="utf-8")
    return files


def _merge(before: str, after: str, user_file: Path) -> None:
    """Make the changes from one JSON text to another in the user's file. Raises JsoncError."""
    if before == after:
        return
    current = user_file.read_text(encoding="utf-8") if user_file.exists() else "{}"
    changed = current
    for path, value in _changes(jsonc.parse(before), jsonc.parse(after)):
        if value is _GONE:
            changed = jsonc.delete(changed, path)
        else:
            changed = jsonc.set_value(changed, path, value)
    if changed != current:
        mode = user_file.stat().st_mode & 0o777 if user_file.exists() else 0o600
        write_atomic(user_file, changed.encode(), mode)


def pinned_settings(user_file: Path) -> str:
    """Return the user's settings with our pins. Raises ConfigurationError naming file and line."""
    try:
        text = user_file.read_text(encoding="utf-8") if user_file.exists() else "{}"
        settings = jsonc.parse(text)
        if not isinstance(settings, dict):
            raise jsonc.JsoncError("settings are not an object", 1)
        text = jsonc.set_value(text, AUTH_CHOICE, API_KEY_AUTH)
        for path, value in UNLESS_SET:
            if lookup(settings, path) is None:
                text = jsonc.set_value(text, path, value)
    except jsonc.JsoncError as error:
        raise ConfigurationError(
            f"gemini-cli cannot read {user_file}, line {error.line}: {error}.",
            fix="correct that line; gemini-cli itself would stop there too",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"Cannot read {user_file}: {error}.") from None
    return text


def lookup(settings: Any, path: tuple[str, ...]) -> Any:
    """Return the value at a path of nested objects, or None."""
    for key in path:
        if not isinstance(settings, dict):
            return None
        settings = settings.get(key)
    return settings


def _link_entries(source: Path, target: Path, *, but: str) -> None:
    try:
        entries = list(os.scandir(source))
    except OSError:
        return
    for entry in entries:
        if entry.name != but:
            (target / entry.name).symlink_to(entry.path)


def _move_new(overlay: Path, user: Path, *, leave: str) -> None:
    for entry in sorted(overlay.iterdir()):
        if entry.is_symlink() or entry.name == leave:
            continue
        _move(entry, user / entry.name)


def _move(source: Path, target: Path) -> None:
    """Move a file over, or a folder into, what the user has; what is not named in it stays."""
    if source.is_dir():
        if target.is_dir():
            for child in sorted(source.iterdir()):
                _move(child, target / child.name)
            return
        if target.exists():
            return
    real = Path(os.path.realpath(target))
    try:
        source.replace(real)
    except OSError:
        shutil.move(source, real)


_GONE = object()


def _changes(before: Any, after: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every path at which two settings differ, with the new value or `_GONE`."""
    old: Mapping[str, Any] = before if isinstance(before, dict) else {}
    for key in [*old, *(key for key in after if key not in old)]:
        if key not in after:
            yield (key,), _GONE
        elif key not in old:
            yield (key,), after[key]
        elif isinstance(old[key], dict) and isinstance(after[key], dict):
            for path, value in _changes(old[key], after[key]):
                yield (key, *path), value
        elif old[key] != after[key]:
            yield (key,), after[key]
