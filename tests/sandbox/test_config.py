"""Where a sandbox may listen."""

import pytest

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.config import SandboxConfig


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_allowed(host: str) -> None:
    assert SandboxConfig(now=float, host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "", "192.168.1.5", "example.com"])
def test_nothing_else_is(host: str) -> None:
    with pytest.raises(UsageError, match="loopback only"):
        SandboxConfig(now=float, host=host)
