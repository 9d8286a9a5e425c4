from bytespike_cli.status import ExitStatus


def test_the_promised_numbers() -> None:
    assert {status.name: int(status) for status in ExitStatus} == {
        "OK": 0, "ERROR": 1, "USAGE": 2, "CONFIGURATION": 3, "AUTHENTICATION": 4,
        "PERMISSION": 5, "UNKNOWN_MODEL": 6, "QUOTA": 7, "RATE_LIMITED": 8, "NETWORK": 9,
        "GATEWAY": 10, "PROTOCOL": 11, "TASK": 12, "LAUNCH_FAILED": 125, "NOT_EXECUTABLE": 126,
        "NOT_FOUND": 127, "INTERRUPTED": 130, "TERMINATED": 143,
    }  # fmt: skip
