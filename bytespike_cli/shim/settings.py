"""What a shim is told before it starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bytespike_cli.config.reach import OtherKey
from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.shim.guard import LOOPBACK_NAMES
from bytespike_cli.shim.record import Record
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.models import Chooser

if TYPE_CHECKING:
    from bytespike_cli.journal.store import Journal

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one client from harming the others."""

    request_body_bytes: int = 64 * MIB
    """Google takes at most 20 MB of inline data in a request; the rest is headroom."""
    request_body_timeout_s: float = 300.0
    """How long a request's body may take to arrive, however steadily it comes."""
    linger_s: float = 2.0
    """How long the rest of a refused body is still read, so that its sender sees the refusal."""
    idle_timeout_s: float = 75.0
    """How long a connection may be open without a whole request. More than the 60 s of nginx's
    idle connections to a server behind it: the one who asks has to be the one who closes."""
    connections: int = 4096
    error_body_bytes: int = 256 * 1024
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 600.0
    """sub2api waits up to 600 s for a model's first byte (contract.md 1.1)."""


@dataclass(frozen=True, slots=True)
class ShimSettings:
    """Settings of one shim. `secret` is the real key; `token` is what clients present instead."""

    origin: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    now: Callable[[], float] = field(repr=False)
    """The clock, in seconds since the epoch."""
    key_name: str = ""
    group: str | None = None
    auth_form: AuthForm | None = None
    """The form in which the key travels upstream; None: find out (contract.md C3)."""
    seen_form: AuthForm | None = None
    """The form that this gateway was last seen to take, to begin with."""
    save_form: Callable[[AuthForm], object] | None = None
    """Called with the form that was found to work, when it is not `seen_form`."""
    models: tuple[str, ...] | None = None
    """The cached catalogue; None: ask the gateway."""
    models_fetched_at: float = 0.0
    aliases: Mapping[str, str] = field(default_factory=dict)
    fallback: bool = True
    """Serve an id that the client chose by itself with the nearest model (design section 7)."""
    chosen_by: Chooser = Chooser.USER
    """Who is taken to have chosen an id that is not in `typed_models`."""
    shared: bool = False
    """Any programs share this shim, in turns of any kind. Who chose an id cannot be known then: one
    of a Gemini family counts as `chosen_by`, any other as typed, and nothing is a step up."""
    repetitions: bool = True
    """The very same request soon after it failed is taken for its client's own repetition; not so
    where many people ask."""
    typed_models: frozenset[str] = frozenset()
    typed_where: str = ""
    """Where they were named (`$GEMINI_MODEL`, a file), when that was not the command line."""
    other_key: Callable[[str], str | None] | None = None
    """Called with a model id; returns the name of another key of the user's that reaches it."""
    other_keys: tuple[OtherKey, ...] = ()
    """Keys to which a request goes whose model this one does not reach (design section 7)."""
    ends_turns: bool = False
    """Answer a gateway that is down with a status that no client repeats: gemini-cli would ask ten
    times in four minutes, or without end (clients.md 2.4, 2.5), after the shim's own attempts."""
    proxy: str | None = None
    """URL of the proxy between us and the gateway, if there is one."""
    save_models: Callable[[Sequence[str]], object] | None = None
    """Called with a fresh catalogue, to cache it."""
    other_tokens: tuple[str, ...] = field(default=(), repr=False)
    """Tokens that are as good as `token`."""
    hosts: frozenset[str] = LOOPBACK_NAMES
    """Names, in lower case, that a request's Host may have."""
    note: Callable[[Record], object] | None = None
    """Called with the record of each request, once its answer is on its way."""
    open_journal: Callable[[], Journal] | None = None
    """Opens the user's journal of tasks, in which those of clients are kept too."""
    limits: Limits = field(default_factory=Limits)

    @property
    def key_words(self) -> str:
        """Name the key in a sentence: `the key 'work' (group gemini-default)`."""
        name = f"the key '{self.key_name}'"
        if self.key_name == VAR_API_KEY:
            name = f"the key in {VAR_API_KEY}"
        return f"{name} (group {self.group})" if self.group else name
