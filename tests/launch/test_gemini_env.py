"""The environment of a launched gemini-cli."""

from pathlib import Path

from bytespike_cli.launch.gemini_env import OFF, OFF_UNLESS_SET, GeminiHome, gemini_environment


def build(model: str | None = None, **variables: str) -> dict[str, str]:
    return gemini_environment(
        variables,
        base_url="http://127.0.0.1:4000",
        token="the-token",
        home=GeminiHome(Path("/overlay"), Path("/home/u/.gemini/trustedFolders.json")),
        model=model,
    )


def test_the_client_gets_the_token_and_the_loopback_origin() -> None:
    environment = build(GEMINI_API_KEY="AIza-real", GOOGLE_API_KEY="AIza-other")
    assert environment["GEMINI_API_KEY"] == "the-token"
    assert environment["GOOGLE_API_KEY"] == ""
    assert environment["GOOGLE_GEMINI_BASE_URL"] == "http://127.0.0.1:4000"
    assert environment["GEMINI_CLI_HOME"] == "/overlay"
    assert environment["GEMINI_CLI_TRUSTED_FOLDERS_PATH"] == "/home/u/.gemini/trustedFolders.json"


def test_what_could_lead_elsewhere_is_off_not_absent() -> None:
    """An absent variable can be supplied by a project's .env file (clients.md 2.3)."""
    environment = build(GOOGLE_GENAI_API_VERSION="v9", GOOGLE_GENAI_USE_VERTEXAI="true")
    assert {environment[name] for name in OFF} == {""}
    assert {environment[name] for name in OFF_UNLESS_SET} == {""}


def test_the_users_own_choices_stay() -> None:
    environment = build(GEMINI_CLI_CUSTOM_HEADERS="A: b")
    assert environment["GEMINI_CLI_CUSTOM_HEADERS"] == "A: b"


def test_the_configured_model_is_the_clients_default() -> None:
    assert build(model="gemini-3-flash")["GEMINI_MODEL"] == "gemini-3-flash"
    assert build()["GEMINI_MODEL"] == "", "a project's .env could supply one"
