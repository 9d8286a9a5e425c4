"""Names that appear in more than one place: variables, headers, hosts, paths."""

DEFAULT_ORIGIN = "https://llm.bytespike.ai"
CONSOLE_KEYS_URL = "https://console.bytespike.ai/keys"
CONSOLE_BILLING_URL = "https://console.bytespike.ai/billing"

KEY_PREFIX = "sk-byts-"
"""Prefix of generated keys; custom keys may have any form (contract.md 2.1)."""
GOOGLE_KEY_PREFIX = "AIza"

API_PREFIX = "/v1beta"
MODELS_PATH = "/v1/models"
AVAILABLE_MODELS_PATH = "/api/v1/me/available-models"
ACCOUNT_PATH = "/api/v1/me/account"

TASKS_SUBMIT_PATH = "/v1/tasks/submit"
TASKS_QUERY_PATH = "/v1/tasks/query"
TASKS_CANCEL_PATH = "/v1/tasks/cancel"
TASKS_STREAM_PATH = "/v1/tasks/stream"
VIDEOS_SUBMIT_PATH = "/v1/videos/generations"
VIDEOS_TASKS_PATH = "/v1/videos/tasks"
IMAGES_GENERATE_PATH = "/v1/images/generations"
IMAGES_EDIT_PATH = "/v1/images/edits"

VAR_API_KEY = "BYTESPIKE_API_KEY"
VAR_BASE_URL = "BYTESPIKE_BASE_URL"
VAR_KEY = "BYTESPIKE_KEY"
VAR_GROUP = "BYTESPIKE_GROUP"
VAR_MODEL = "BYTESPIKE_MODEL"
VAR_CONFIG_DIR = "BYTESPIKE_CONFIG_DIR"
VAR_GEMINI_BIN = "BYTESPIKE_GEMINI_BIN"
VAR_NO_INPUT = "BYTESPIKE_NO_INPUT"
VAR_SHIM_TOKEN = "BYTESPIKE_SHIM_TOKEN"  # noqa: S105
VAR_SHIM_HOSTS = "BYTESPIKE_SHIM_HOSTS"

OUR_VARIABLES: dict[str, str] = {
    VAR_API_KEY: "a key; used instead of the stored ones",
    VAR_BASE_URL: "the gateway's origin, e.g. " + DEFAULT_ORIGIN,
    VAR_KEY: "name of the stored key to use",
    VAR_GROUP: "name of the group whose key to use",
    VAR_MODEL: "model to use when none is named",
    VAR_CONFIG_DIR: "one folder for configuration, state and cache",
    VAR_GEMINI_BIN: "path of the gemini executable to launch",
    VAR_NO_INPUT: "set to 1: never ask anything",
    VAR_SHIM_TOKEN: "for a team's shim: what clients present as their key (docs/team.md)",
    VAR_SHIM_HOSTS: "for a team's shim: names under which clients reach it",
}
"""Every variable that this tool reads, with its meaning (the README's table is made from it)."""

HEADER_GOOG_API_KEY = "x-goog-api-key"
HEADER_API_KEY = "x-api-key"
HEADER_RATE_LIMIT = "x-ratelimit-limit"
HEADER_RATE_REMAINING = "x-ratelimit-remaining"
HEADER_RATE_RESET = "x-ratelimit-reset"
HEADER_QUOTA_REMAINING = "x-quota-remaining-credits"
HEADER_ORG_QUOTA_REMAINING = "x-org-quota-remaining-credits"
HEADER_SERVED_MODEL = "x-bytespike-model"
"""Set by the shim on its answers: `asked -> served`."""
HEADER_SERVED_KEY = "x-bytespike-key"
"""Set by the shim on its answers: the name of the key that the gateway was asked with."""

REQUEST_ID_HEADERS = (
    "x-request-id",
    "x-client-request-id",
    "request-id",
    "x-goog-request-id",
    "cf-ray",
)
"""Print whichever is present (contract.md 5)."""

LOOPBACK = "127.0.0.1"
SHIM_PORT = 8788
"""Where `bytespike shim serve` listens unless it is told otherwise; the sandbox has 8787."""
PROJECT_FILE = ".bytespike.toml"
