"""The clients of the matrix: how each is run, and what is its own about it."""

from __future__ import annotations

from collections.abc import Mapping

from tests.clients.matrix import ANY, BREAKS, Row

_NO_LIST = "it has no call that lists models"
_NO_COUNT = "it has no call that counts tokens"

_GOOGLE_GENAI = Row(
    "google-genai", "google_genai.py", raises={ANY: "ClientError", "503": "ServerError"}
)
_GOOGLE_GENAI_JS = Row("google-genai-js", "google_genai.mjs", raises={ANY: "ApiError"})

ROWS: Mapping[str, Row] = {
    "google-genai 3": _GOOGLE_GENAI,
    "google-genai 2": Row(
        _GOOGLE_GENAI.client, _GOOGLE_GENAI.program, _GOOGLE_GENAI.raises, package="genai-2"
    ),
    "google-generativeai": Row(
        "google-generativeai",
        "google_generativeai.py",
        raises={
            "401": "Unauthorized",
            "403": "Forbidden",
            "404": "NotFound",
            "429": "TooManyRequests",
            "spend cap": "GoogleAPICallError",
            "503": "ServiceUnavailable",
            **dict.fromkeys(BREAKS, "ParseError"),
        },
        apart={"thoughts": "it joins parts with line breaks: an empty last part adds one"},
        untold=BREAKS,
    ),
    "litellm": Row(
        "litellm",
        "litellm_sdk.py",
        raises={
            "401": "AuthenticationError",
            "403": "BadRequestError",
            "404": "NotFoundError",
            "429": "RateLimitError",
            "spend cap": "PaymentRequiredError",
            "503": "ServiceUnavailableError",
            **dict.fromkeys(BREAKS, "PermissionDeniedError"),
        },
    ),
    "@google/genai 3": _GOOGLE_GENAI_JS,
    "@google/genai 2": Row(
        _GOOGLE_GENAI_JS.client,
        _GOOGLE_GENAI_JS.program,
        _GOOGLE_GENAI_JS.raises,
        package="google-genai-2",
    ),
    "@google/generative-ai": Row(
        "generative-ai-js",
        "generative_ai.mjs",
        raises={
            ANY: "GoogleGenerativeAIFetchError",
            **dict.fromkeys(BREAKS, "GoogleGenerativeAIError"),
        },
        cannot={"list": _NO_LIST},
        apart={"thoughts": "its chats forget an answer that has an empty part"},
        silent=BREAKS,
    ),
    "@ai-sdk/google 3": Row(
        "ai-sdk",
        "ai_sdk.mjs",
        raises={ANY: "AI_APICallError"},
        cannot={"list": _NO_LIST, "count": _NO_COUNT},
    ),
}
"""Every SDK, by its name in the table. gemini-cli has a table of its own: `gemini_rows.py`."""
