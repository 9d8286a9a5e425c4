"""The error tree. Each class is a cause that a user can have, with its fix and its exit status.

BytespikeError                      1
 ├─ UsageError                      2   the command line does not make sense
 ├─ ConfigurationError              3   a file, setting, key or group that is missing or wrong
 │   └─ NoKeyError                  3   no key anywhere
 ├─ AuthenticationError             4   the gateway does not accept the key
 ├─ PermissionDeniedError           5   the key is good, but may not do this
 ├─ UnknownModelError               6   no such model for this key
 ├─ QuotaError                      7   balance or the key's own quota is used up
 ├─ RateLimitedError                8   a spend window or the concurrency limit is reached
 ├─ NetworkError                    9   DNS, TCP, TLS, proxy, timeout
 ├─ GatewayError                   10   the gateway answered 5xx
 ├─ ProtocolError                  11   an answer that is not what the contract promises
 │   └─ BrokenStreamError          11   a stream that ended before its end
 ├─ TaskError                      12   a task failed, was cancelled, or is there no more
 ├─ RequestError                    1   the gateway refused the request itself (400, 413, 422, 451)
 ├─ OutputError                     1   stdout takes nothing: a full disk, say
 ├─ LaunchError                   125   we could not start the client
 │   ├─ NotExecutableError        126
 │   └─ ClientNotFoundError       127
 └─ Interrupted                   130   Ctrl-C
"""

from bytespike_cli.status import ExitStatus


class BytespikeError(Exception):
    """A failure that a user can understand.

    `cause` is one sentence that says what went wrong; `fix` is a command to run or an exact
    instruction (empty when there is none); `detail` is what was seen (the gateway's own words).
    """

    status = ExitStatus.ERROR
    arrived = True
    """False where the request that failed surely never reached the gateway."""

    def __init__(self, cause: str, *, fix: str = "", detail: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.fix = fix
        self.detail = detail

    @property
    def kind(self) -> str:
        """Stable name for `--json` output: the class name, e.g. `UnknownModelError`."""
        return type(self).__name__


class UsageError(BytespikeError):
    status = ExitStatus.USAGE


class ConfigurationError(BytespikeError):
    status = ExitStatus.CONFIGURATION


class NoKeyError(ConfigurationError):
    """No key in the flags, the environment or the store."""


class AuthenticationError(BytespikeError):
    status = ExitStatus.AUTHENTICATION


class PermissionDeniedError(BytespikeError):
    status = ExitStatus.PERMISSION


class UnknownModelError(BytespikeError):
    status = ExitStatus.UNKNOWN_MODEL


class QuotaError(BytespikeError):
    status = ExitStatus.QUOTA


class RateLimitedError(BytespikeError):
    status = ExitStatus.RATE_LIMITED


class NetworkError(BytespikeError):
    status = ExitStatus.NETWORK


class GatewayError(BytespikeError):
    status = ExitStatus.GATEWAY


class ProtocolError(BytespikeError):
    status = ExitStatus.PROTOCOL


class BrokenStreamError(ProtocolError):
    """The stream ended without its end; what had arrived was shown."""


class TaskError(BytespikeError):
    status = ExitStatus.TASK


class RequestError(BytespikeError):
    """The gateway refused the request for what it asks: 400, 413, 422, 451."""


class OutputError(BytespikeError):
    """What there is to print cannot be written; a reader that leaves early is no error."""


class LaunchError(BytespikeError):
    status = ExitStatus.LAUNCH_FAILED


class NotExecutableError(LaunchError):
    status = ExitStatus.NOT_EXECUTABLE


class ClientNotFoundError(LaunchError):
    status = ExitStatus.NOT_FOUND


class Interrupted(BytespikeError):
    status = ExitStatus.INTERRUPTED

    def __init__(self) -> None:
        super().__init__("Interrupted.")
