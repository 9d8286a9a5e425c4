"""The models of the sandbox, and the shapes in which the gateway lists them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bytespike_cli.sandbox.media_models import MEDIA, VEO_SPELLINGS
from bytespike_cli.sandbox.seed import GEMINI_MEDIA, GROUPS, USD, SeededKey

CREATED = 1_761_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """One slug. Prices in USD per million tokens; 0 context is an image or video model."""

    slug: str
    owner: str
    family: str
    context: int
    max_output: int
    price_in: float = 0.5
    price_out: float = 3.0

    @property
    def is_text(self) -> bool:
        return self.context > 0

    @property
    def capabilities(self) -> list[str]:
        return ["text", "vision", "tool_use", "streaming"] if self.is_text else []


_FAMILIES = (
    ("claude", "anthropic", "claude"),
    ("gpt-image", "openai", "gpt"),
    ("gpt", "openai", "gpt"),
    ("sora", "openai", "gpt"),
    ("deepseek", "deepseek", "deepseek"),
    ("seed", "bytedance", "doubao"),
    ("", "google", "gemini"),
)
_MEDIA_PREFIXES = ("nano-banana", "veo", "sora", "seed", "gpt-image")

_GEMINI = {
    "gemini-3-1-pro": (1_000_000, 32_768, 2.0, 12.0),
    "gemini-3-5-flash": (1_000_000, 65_536, 1.5, 9.0),
    "gemini-3-flash": (200_000, 8_192, 0.5, 3.0),
    "gemini-2-5-flash": (1_000_000, 65_536, 0.5, 3.0),
}
"""Contract.md 6.2; where it has a question mark, Google's usual 65,536 stands."""


def _model(slug: str) -> Model:
    owner, family = next((o, f) for prefix, o, f in _FAMILIES if slug.startswith(prefix))
    if slug in _GEMINI:
        return Model(slug, owner, family, *_GEMINI[slug])
    if slug.startswith(_MEDIA_PREFIXES):
        return Model(slug, owner, family, 0, 0)
    return Model(slug, owner, family, 200_000, 32_768)


MODELS: Mapping[str, Model] = {slug: _model(slug) for slug in GROUPS["default"]}


def reach(key: SeededKey, catalogue: str, veo: str = "all") -> tuple[str, ...]:
    """Return the slugs of a key's group, by the dialects `catalogue` and `veo-slugs`."""
    slugs = GROUPS[key.group]
    if (key.group, catalogue) == ("gemini-default", "media"):
        slugs = (*slugs, *GEMINI_MEDIA)
    return spelled(slugs, veo)


def spelled(slugs: Iterable[str], veo: str) -> tuple[str, ...]:
    """Return the slugs without those that spell Veo in another way than `veo-slugs` says (C2)."""
    kept = VEO_SPELLINGS.get(veo)
    return tuple(
        slug for slug in slugs if kept is None or slug in kept or not slug.startswith("veo")
    )


def openai_list(
    slugs: Iterable[str], *, family: str = "", capabilities: Sequence[str] = (), form: str = "full"
) -> dict[str, Any]:
    """Return GET /v1/models (contract.md 3.4).

    `family` is one of the filter's names, which are owners (`google`), unlike the field's
    (`gemini`): C29. Several capabilities must all be there. `form`: the dialect `models`.
    """
    models = (MODELS[slug] for slug in slugs)
    wanted = [
        model
        for model in models
        if family in ("", model.owner) and set(capabilities) <= set(model.capabilities)
    ]
    if form == "minimal":
        return {"object": "list", "data": [{"id": model.slug} for model in wanted]}
    return {"object": "list", "data": [_openai_entry(model) for model in wanted]}


def _openai_entry(model: Model) -> dict[str, Any]:
    return {
        "id": model.slug,
        "object": "model",
        "owned_by": model.owner,
        "family": model.family,
        "capabilities": model.capabilities,
        "context_window": model.context,
        "max_output_tokens": model.max_output,
        "input_modalities": ["text", "image"],
        "output_modalities": ["text" if model.is_text else MEDIA[model.slug].kind],
        "pricing_url": f"https://bytespike.ai/pricing#{model.slug}",
        "created": CREATED,
    }


_ENTRIES: Mapping[str, Callable[[str, list[str]], Any]] = {
    "id": lambda slug, protocols: {"id": slug, "protocols_aggregate": protocols},
    "model": lambda slug, protocols: {"model": slug, "protocols_aggregate": ",".join(protocols)},
    "slug": lambda slug, _protocols: {"slug": slug},
    "name": lambda slug, _protocols: {"name": slug},
    "string": lambda slug, _protocols: slug,
}


def available_models(
    slugs: Iterable[str], shape: str, entries: str, images: str = "endpoint"
) -> Any:
    """Return GET /api/v1/me/available-models in one of the shapes of contract.md 3.5.

    `images` is the value of the dialect `image-models`.
    """
    rows = [_ENTRIES[entries](slug, _protocols(slug, images)) for slug in slugs]
    if shape == "array":
        return rows
    if shape == "envelope":
        return {"code": 0, "message": "success", "data": rows}
    return {shape: rows}


def _protocols(slug: str, images: str) -> list[str]:
    media = MEDIA.get(slug)
    if media is None:
        return ["gemini", "anthropic:translated"]
    return ["gemini"] if media.kind == "image" and images == "inline" else ["openai"]


def account(
    key: SeededKey, slugs: Iterable[str], *, spent_usd: float, left_usd: float
) -> dict[str, Any]:
    """Return GET /api/v1/me/account (contract.md 3.6)."""
    org = {"id": 3, "name": "Sandbox", "role": "member"} if key.org_usd is not None else None
    return {
        "user": {
            "id": 7,
            "username": "kim",
            "email": "kim@example.com",
            "created_at": "2026-02-02T09:00:00Z",
            "tier": "enterprise" if org else "individual",
        },
        "balance": {
            "available_usd": left_usd,
            "lifetime_topup_usd": round(left_usd + spent_usd, 6),
            "lifetime_spent_usd": spent_usd,
            "low_balance_threshold_usd": 2.0,
            "low_balance_flagged": left_usd < 2.0,
        },
        "allowed_models": [
            {"id": slug, "quota_used_usd": 0.0, "quota_cap_usd": None} for slug in slugs
        ],
        "org": org,
    }


def google_model(slug: str) -> dict[str, Any]:
    """Return one model in Google's shape, for the dialect `models-list=served`."""
    model = MODELS[slug]
    return {
        "name": f"models/{slug}",
        "displayName": slug,
        "inputTokenLimit": model.context,
        "outputTokenLimit": model.max_output,
        "supportedGenerationMethods": ["generateContent"],
    }


def price_credits(slug: str, tokens_in: int, tokens_out: int) -> int:
    """Return the price of a call in credits (millionths of a dollar); a picture has a fixed one."""
    model = MODELS[slug]
    if not model.is_text:
        return round(MEDIA[slug].price_usd * USD)
    return round((tokens_in * model.price_in + tokens_out * model.price_out) * USD / 1_000_000)
