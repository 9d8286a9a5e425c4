"""Which client wrote a text, told by words that no other one prints."""

from __future__ import annotations

import re
from collections.abc import Mapping

CLIENTS: Mapping[str, str] = {
    "gemini-cli": (
        r"@google/gemini-cli|gemini-cli-\w+/bundle|Gemini CLI|gemini-client-error"
        r"|Error when talking to Gemini API|\[API Error:|Invalid auth method selected"
    ),
    "litellm": r"\blitellm\b",
    "langchain": r"\blangchain_google_genai\b|ChatGoogleGenerativeAIError",
    "ai-sdk": r"AI_APICallError|@ai-sdk/google",
    "generative-ai-js": r"GoogleGenerativeAI(?:Fetch)?Error|@google/generative-ai",
    "google-genai-js": r"@google/genai\b",
    "google-genai-go": (
        r"google\.golang\.org/genai\b|google-genai-sdk/\S+ gl-go|\biterateResponseStream: "
        r"|\bError \d{3}, Message: .*, Status: \w*, Details: "
    ),
    "google-generativeai": r"google[./]generativeai|google[./]api_core",
    "google-genai": r"google[./]genai\b",
    "curl": r"^\$? ?curl |curl: \(\d+\)|^[*] (?:Connected to|Trying) |^> (?:GET|POST) ",
    "npm": r"^npm (?:error|ERR!)",
}
"""Names of the registry of clients (and two tools that are none), the most telling first."""

_PATTERNS = {name: re.compile(pattern, re.MULTILINE) for name, pattern in CLIENTS.items()}


def recognise(text: str) -> str:
    """Return the name of the client that printed a text, or an empty string."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(text)), "")
