import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bytespike_cli.wire.paths import Kind, parse

CALL = "/v1beta/models/gemini-3-1-pro:generateContent"


@pytest.mark.parametrize(
    ("prefix", "repaired"),
    [
        ("/v1beta", False),
        ("/v1", True),
        ("/v1alpha", True),
        ("", True),
        ("/v1beta/v1beta", True),
        ("/v1beta/v1", True),
        ("/v1beta/v1alpha", True),
        ("/v1beta/.", True),
        ("/v1beta1/publishers/google", True),
        ("/v1beta1/projects/p-1/locations/us-central1/publishers/google", True),
        ("/v1/projects/p/locations/global/publishers/google", True),
        ("/v1beta/v1beta1/publishers/google", True),
        ("/v1beta/publishers/google", True),
    ],
)
def test_every_prefix_leads_to_the_gateways_models(prefix: str, repaired: bool) -> None:
    call = parse(f"{prefix}/models/gemini-3-1-pro:generateContent")
    assert call is not None
    assert call.upstream == CALL
    assert (call.kind, call.model, call.method) == (
        Kind.METHOD,
        "gemini-3-1-pro",
        "generateContent",
    )
    assert call.repaired is repaired
    listing = parse(f"{prefix}/models")
    assert listing is not None
    assert (listing.kind, listing.upstream) == (Kind.MODELS_LIST, "/v1beta/models")
    model = parse(f"{prefix}/models/gemini-3-1-pro")
    assert model is not None
    assert (model.kind, model.model) == (Kind.MODELS_GET, "gemini-3-1-pro")


@pytest.mark.parametrize(
    ("path", "model", "method"),
    [
        ("/v1beta/models/models/x:countTokens", "x", "countTokens"),
        ("/v1beta/models/a%3Ab:generateContent", "a:b", "generateContent"),
        ("/v1beta/models/x%3AgenerateContent", "x", "generateContent"),
        ("/v1beta/models/my%20model:generateContent", "my model", "generateContent"),
        ("/v1beta/models/gemini-3.1-pro:streamGenerateContent", "gemini-3.1-pro", None),
    ],
)
def test_models_in_calls(path: str, model: str, method: str | None) -> None:
    call = parse(path)
    assert call is not None
    assert call.kind is Kind.METHOD
    assert call.model == model
    assert call.method == (method or "streamGenerateContent")


def test_with_model_puts_the_slug_into_the_path() -> None:
    call = parse("/v1/models/gemini-3.1-pro:generateContent")
    assert call is not None
    assert call.with_model("gemini-3-1-pro") == CALL
    assert call.with_model("a/b?c") == "/v1beta/models/a%2Fb%3Fc:generateContent"
    model = parse("/models/gemini-3.1-pro")
    assert model is not None
    assert model.with_model("gemini-3-1-pro") == "/v1beta/models/gemini-3-1-pro"
    other = parse("/v1/tasks/submit")
    assert other is not None
    assert other.with_model("x") == "/v1/tasks/submit"


@pytest.mark.parametrize(
    "path",
    [
        "/upload/v1beta/files",
        "/v1beta/files",
        "/v1beta/files/abc:download",
        "/v1beta/v1beta/files",
        "/v1beta/cachedContents",
        "/v1beta/interactions",
        "/v1/interactions",
        "/v1beta/operations/x",
        "/v1beta/models/veo-3.1/operations/abc",
        "/v1beta/batches/1",
        "/v1beta/fileSearchStores",
        "/v1beta/tunedModels/x:generateContent",
        "/v1alpha/auth_tokens",
        "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    ],
)
def test_what_google_has_and_the_gateway_has_not(path: str) -> None:
    parsed = parse(path)
    assert parsed is not None
    assert parsed.kind is Kind.ABSENT


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/tasks/submit",
        "/v1/images/generations",
        "/v1/files",
        "/api/v1/me/account",
        "/api/v1/me/available-models",
        "/v1beta/v1beta/v1beta/models/x:generateContent",
        "/v1beta/modelsx",
        "/v1beta/filesystem",
        "/v1beta/models/:generateContent",
        "/v1beta/models/x/y",
    ],
)
def test_everything_else_is_passed_on_unchanged(path: str) -> None:
    parsed = parse(path)
    assert parsed is not None
    assert (parsed.kind, parsed.upstream, parsed.repaired) == (Kind.OTHER, path, False)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "v1beta/models",
        "http://evil/v1beta/models",
        "//evil/v1beta/models",
        "/v1beta//models",
        "/v1beta/models/../files",
        "/v1beta/models/..",
        "/v1beta/models/.",
        "/models/models/.",
        "/v1beta/models/%2e%2e/x",
        "/v1beta/models/a%2Fb:generateContent",
        "/v1beta/models/a%5cb",
        "/v1beta/models/a%252fb",
        "/v1beta/models/a\\b",
        "/v1beta/models/a\nb",
        "/v1beta/models/a%0d%0ab",
        "/v1beta/models/a b",
        "/v1beta/models/ä",
        "/v1beta/models/a#b",
        "/v1beta/models/a%23b",
        "/v1beta/..;/keys",
        "/v1beta/models/.;x",
        "/v1/x/..%3b/keys",
        "/v1/%c0%ae%c0%ae/keys",
        "/v1beta/models/%ff",
        "/./v1beta/models",
        "/v1beta/./files",
        "/v1beta/./models/./x",
        "/v1beta/./models/x/y",
    ],
)
def test_what_is_refused(path: str) -> None:
    assert parse(path) is None


PIECES = st.sampled_from(
    [
        "v1beta",
        "v1",
        "models",
        "m",
        "m:generateContent",
        "files",
        "..",
        ".",
        "%2e",
        "",
        "%2f",
        "?a=/",
    ]
)


@given(st.lists(PIECES, max_size=6))
def test_what_is_accepted_has_no_dots_and_no_double_slashes(pieces: list[str]) -> None:
    parsed = parse("/" + "/".join(pieces))
    # Hypothesis fails where nothing is ever accepted.
    assume(parsed is not None)
    assert parsed is not None
    path = parsed.upstream.partition("?")[0]
    assert path.startswith("/")
    assert "//" not in path
    assert not {".", ".."}.intersection(path.split("/"))
    assert "%2" not in path
