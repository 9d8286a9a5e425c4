"""The built-in chat: `bytespike gemini chat --builtin`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.cli.chat_input import Terminal, pipe_reader, quiet, read_message
from bytespike_cli.cli.chat_screen import Screen, screen_factory
from bytespike_cli.cli.render import DIM
from bytespike_cli.context import is_terminal
from bytespike_cli.direct.attachments import load
from bytespike_cli.direct.chat import Conversation
from bytespike_cli.direct.connect import Connection, connect
from bytespike_cli.direct.history import ConversationStore, LineStore
from bytespike_cli.direct.outcome import Outcome
from bytespike_cli.errors import BytespikeError, ConfigurationError, UnknownModelError, UsageError
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App

GREETING = (
    '/help lists the commands. Several lines: end with \\, or between """ and """.\n'
    "Ctrl-C stops an answer, Ctrl-D leaves."
)


def run_chat(app: App) -> int:
    """Talk until the user leaves; return the exit status.

    On a terminal that is 0: the errors were shown and answered. From a pipe it is the status of
    the last message that failed, so that a script can tell. Raises NoKeyError, UnknownModelError
    and the like only for what makes any conversation impossible.
    """
    interactive = is_terminal(app.env.stdin) and is_terminal(app.env.stdout)
    with connect(app.env, app.settings) as connection:
        return Chat(app, connection, interactive=interactive).run()


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command of the chat."""

    argument: str
    help: str
    run: Callable[[Chat, str], None]


class Leave(Exception):
    """The user wants to leave."""


@dataclass
class Chat:
    """One session."""

    app: App
    connection: Connection
    interactive: bool
    status: int = ExitStatus.OK
    conversation: Conversation = field(init=False)
    store: ConversationStore | None = field(init=False)
    screen: Callable[[], Screen] = field(init=False)
    saved_to: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.connection.choose().slug)
        self.store = ConversationStore(self.app.env)
        markdown = self.interactive and self.app.render.wants_color(self.app.env.stdout)
        talkative = self.interactive or bool(self.app.flags.verbose)
        self.screen = screen_factory(self.app.render, markdown=markdown, talkative=talkative)

    def run(self) -> int:
        """Read and answer until the end."""
        if not self.interactive:
            self._loop(lambda: read_message(pipe_reader(self.app.env)), lambda _: None)
            return self.status
        terminal = self._terminal()
        self._say(f"{self.conversation.model} at {self.connection.credential.origin}")
        self._say(GREETING)
        self._loop(lambda: read_message(terminal.read), terminal.remember)
        return ExitStatus.OK

    def _loop(self, read: Callable[[], str], remember: Callable[[str], None]) -> None:
        while True:
            try:
                message = read()
            except EOFError:
                if self.interactive:
                    self.app.render.write("\n")
                return
            except KeyboardInterrupt:
                if not self.interactive:
                    raise
                self._say("\n(Ctrl-D or /quit leaves)")
                continue
            if not message.strip():
                continue
            remember(message)
            try:
                self._handle(message)
            except Leave:
                return
            except BytespikeError as error:
                self.status = error.status
                self.app.render.failure(error)

    def _handle(self, message: str) -> None:
        name, _, argument = message.strip().partition(" ")
        if name.startswith("/") and "/" not in name[1:] and "\n" not in message:
            command = COMMANDS.get(name)
            if command is None:
                raise UsageError(f"There is no command {name}.", fix="/help lists them")
            command.run(self, argument.strip())
        else:
            self._ask(message)

    def _ask(self, message: str) -> None:
        """Send a message and show its answer; Ctrl-C stops the answer, not the session."""
        conversation = self.conversation
        outcome = Outcome()
        complete = False
        try:
            with quiet(self.app.env.stdin), self.screen() as screen:
                self.connection.notify = screen.status
                body = conversation.body(message)
                with self.connection.gateway.stream(conversation.model, body) as stream:
                    for chunk in stream:
                        text = outcome.add(chunk.document)
                        if text:
                            screen.write(text)
            complete = True
        except KeyboardInterrupt:
            if not self.interactive:
                raise
            self._say("(stopped)")
        except UnknownModelError:
            raise self.connection.unknown(conversation.model) from None
        finally:
            conversation.keep(message, outcome.text, complete=complete)
            self._store()
        if complete:
            outcome.check()
            if outcome.note:
                self.app.render.warn(outcome.note)
            if self.interactive:
                self.app.render.write("\n")

    def _store(self) -> None:
        """Keep the conversation; where that cannot be done, say so once and go on."""
        if self.store is None or not self.conversation.turns:
            return
        try:
            self.store.save(self.conversation)
        except ConfigurationError as error:
            self.store = None
            self.app.render.warn(f"This conversation is not kept: {error.cause}")

    def _terminal(self) -> Terminal:
        render = self.app.render
        utf8 = (self.app.env.stdout.encoding or "").lower().replace("-", "") == "utf8"
        mark, more = ("› ", "… ") if utf8 else ("> ", ". ")
        if render.wants_color(self.app.env.stdout):
            # \x01 and \x02 tell readline what takes no room.
            mark, more = (f"\x01\x1b[1;36m\x02{text}\x01\x1b[0m\x02" for text in (mark, more))
        return Terminal(LineStore(self.app.env), self._candidates, prompt=mark, continuation=more)

    def _candidates(self, line: str) -> list[str]:
        """Return what Tab makes of a line: a command, a model, a path."""
        name, blank, argument = line.partition(" ")
        if not blank:
            return [f"{command} " for command in COMMANDS if line and command.startswith(line)]
        if name == "/model":
            models = self.connection.models() or ()
            return [f"{name} {slug}" for slug in models if slug.startswith(argument)]
        if name in ("/file", "/save"):
            folder, _, start = argument.rpartition("/")
            base = self.path(f"{folder}/" if folder or argument.startswith("/") else "")
            return [
                f"{name} {argument.removesuffix(start)}{found.name}{'/' if found.is_dir() else ''}"
                for found in sorted(base.glob("*"))
                if found.name.startswith(start)
            ]
        return []

    def path(self, text: str) -> Path:
        """Return a path as the user means it: `~` is home, the rest is below the folder."""
        if text.startswith("~/"):
            return self.app.env.home / text[2:]
        return self.app.env.cwd / text

    def _say(self, text: str) -> None:
        self.app.render.say(text, style=DIM)

    def help(self, _argument: str) -> None:
        """List the commands."""
        width = max(len(f"{name} {c.argument}") for name, c in COMMANDS.items())
        for name, command in COMMANDS.items():
            self.app.render.say(f"{name} {command.argument}".ljust(width) + f"  {command.help}")

    def model(self, asked: str) -> None:
        """Show or change the model."""
        if asked:
            self.conversation.model = self.connection.choose(asked).slug
            self._say(f"Now talking with {self.conversation.model}.")
            return
        for slug in self.connection.models() or (self.conversation.model,):
            mark = "*" if slug == self.conversation.model else " "
            self.app.render.say(f"{mark} {slug}")

    def file(self, text: str) -> None:
        """Attach a file to the next message."""
        if not text:
            raise UsageError("Which file?", fix="/file PATH")
        attachment = load(self.path(text), text)
        self.conversation.attach(attachment)
        self._say(f"{attachment.name} ({attachment.mime}) goes with your next message.")

    def save(self, text: str) -> None:
        """Write the conversation as Markdown."""
        if not text:
            raise UsageError("To which file?", fix="/save FILE")
        path = self.path(text)
        try:
            mode = "w" if path in self.saved_to else "x"
            with path.open(mode, encoding="utf-8") as stream:
                stream.write(self.conversation.transcript())
        except FileExistsError:
            raise UsageError(f"{text} exists.", fix="name a new file") from None
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise UsageError(f"Cannot write {text}: {reason}.", fix="/save FILE") from None
        self.saved_to.add(path)
        self._say(f"Saved to {text}.")

    def resume(self, _argument: str) -> None:
        """Go on with the last conversation."""
        found = self.store.latest() if self.store is not None else None
        if found is None:
            raise UsageError("There is no earlier conversation.")
        self.conversation = found
        count = len(found.turns) // 2
        self._say(f"Resumed: {count} message{'s' if count > 1 else ''} with {found.model}.")

    def clear(self, _argument: str) -> None:
        """Forget the conversation and begin anew."""
        self.conversation.clear()
        if self.store is not None:
            self.store.begin()
        self._say("A new conversation.")

    def quit(self, _argument: str) -> None:
        """Leave."""
        raise Leave


COMMANDS: dict[str, SlashCommand] = {
    "/help": SlashCommand("", "this list", Chat.help),
    "/model": SlashCommand("[ID]", "list the models, or talk with another", Chat.model),
    "/file": SlashCommand("PATH", "send a file with the next message", Chat.file),
    "/save": SlashCommand("FILE", "write the conversation as Markdown", Chat.save),
    "/resume": SlashCommand("", "go on with the last conversation", Chat.resume),
    "/clear": SlashCommand("", "begin a new conversation", Chat.clear),
    "/quit": SlashCommand("", "leave (or Ctrl-D)", Chat.quit),
}
