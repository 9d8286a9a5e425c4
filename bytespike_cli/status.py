"""Exit statuses: what a script can rely on."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit status of every command (documented in the README).

    A launched client's own status is passed on unchanged; 125 to 127 are what `env` and `nohup`
    use for a failure before the client has started.
    """

    OK = 0
    ERROR = 1
    USAGE = 2
    CONFIGURATION = 3
    AUTHENTICATION = 4
    PERMISSION = 5
    UNKNOWN_MODEL = 6
    QUOTA = 7
    RATE_LIMITED = 8
    NETWORK = 9
    GATEWAY = 10
    PROTOCOL = 11
    TASK = 12
    LAUNCH_FAILED = 125
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127
    INTERRUPTED = 130
    TERMINATED = 143
