import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.config.origin_url import normalise_origin
from bytespike_cli.errors import ConfigurationError

GATEWAY = "https://llm.bytespike.ai"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (GATEWAY, GATEWAY),
        (f"{GATEWAY}/", GATEWAY),
        (f"{GATEWAY}/v1beta", GATEWAY),
        (f"{GATEWAY}/v1beta/", GATEWAY),
        (f"{GATEWAY}/v1beta//", GATEWAY),
        (f"{GATEWAY}/v1", GATEWAY),
        (f"{GATEWAY}/V1Beta", GATEWAY),
        ("HTTPS://LLM.ByteSpike.AI", GATEWAY),
        ("llm.bytespike.ai", GATEWAY),
        ("//llm.bytespike.ai/", GATEWAY),
        ("llm.bytespike.ai/v1beta", GATEWAY),
        (f"  {GATEWAY}\n", GATEWAY),
        (f"{GATEWAY}:443", GATEWAY),
        (f"{GATEWAY}:", GATEWAY),
        (f"{GATEWAY}:8443", f"{GATEWAY}:8443"),
        ("https://llm.bytespike.ai:80", "https://llm.bytespike.ai:80"),
        ("localhost", "http://localhost"),
        ("localhost:8787/v1beta", "http://localhost:8787"),
        ("127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("https://127.0.0.1:8787", "https://127.0.0.1:8787"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://10.1.2.3:9000", "http://10.1.2.3:9000"),
        ("http://100.64.0.7", "http://100.64.0.7"),
        ("http://gateway:8080", "http://gateway:8080"),
        ("http://my_gateway:8080", "http://my_gateway:8080"),
        ("http://llm.internal", "http://llm.internal"),
        ("10.1.2.3", "https://10.1.2.3"),
        ("[::1]:8787", "http://[::1]:8787"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example/v1beta", "https://xn--bcher-kva.example"),
        ("https://faß.de", "https://xn--fa-hia.de"),
    ],
)
def test_understood(text: str, origin: str) -> None:
    assert normalise_origin(text) == origin
    assert normalise_origin(origin) == origin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("https://", "no host"),
        ("https:///v1beta", "no host"),
        ("ftp://llm.bytespike.ai", "scheme ftp://"),
        ("file:///etc/passwd", "scheme file://"),
        ("javascript:alert(1)", "host or port"),
        (f"{GATEWAY}/openai", "path"),
        (f"{GATEWAY}/v1beta/models", "path"),
        (f"{GATEWAY}/v1beta/v1beta", "path"),
        (f"{GATEWAY}/v1beta/../x", "path"),
        ("https:/llm.bytespike.ai", "path"),
        (f"{GATEWAY}?key=1", "query"),
        (f"{GATEWAY}/v1beta?", "query"),
        (f"{GATEWAY}#top", "fragment"),
        ("https://me:pw@llm.bytespike.ai", "user name"),
        ("https://llm.bytespike.ai@evil.example", "user name"),
        ("https://llm.bytespike.ai\\@evil.example", "backslash"),
        ("https://llm.byte spike.ai", "space"),
        ("https://llm.byte\tspike.ai", "space"),
        ("https://llm.byte\x00spike.ai", "control"),
        (f"{GATEWAY}:0", "port 0"),
        (f"{GATEWAY}:65536", "port"),
        (f"{GATEWAY}:x", "port"),
        ("https://-x.example", "valid name"),
        ("https://a..example", "valid name"),
        ("https://llm.bytespike.ai.", "valid name"),
        ("https://127.1", "IP address"),
        ("https://0x7f000001", "IP address"),
        ("https://2130706433", "IP address"),
        ("https://256.1.1.1", "IP address"),
        ("https://[::1", "host or port"),
        ("https://[fe80::1%25eth0]", "zone"),
        ("https://☃.example", "international"),
        ("http://llm.bytespike.ai", "TLS"),
        ("http://8.8.8.8:8080", "TLS"),
        ("http://[2606:4700::1111]", "TLS"),
        ("http://[::ffff:8.8.8.8]", "TLS"),
    ],
)
def test_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        normalise_origin(text)
    assert reason in refused.value.cause
    assert refused.value.fix


def test_a_key_in_the_url_is_not_repeated() -> None:
    for text in (f"{GATEWAY}/?key=sk-byts-hidden", "https://sk-byts-hidden@llm.bytespike.ai"):
        with pytest.raises(ConfigurationError) as refused:
            normalise_origin(text)
        assert "hidden" not in f"{refused.value.cause}{refused.value.fix}{refused.value.detail}"


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z0-9.:@/\[\]%?#-]{0,40}", fullmatch=True))
def test_an_origin_or_a_refusal_and_nothing_else(text: str) -> None:
    try:
        origin = normalise_origin(text)
    except ConfigurationError:
        return
    assert origin == normalise_origin(origin)
    assert origin.isascii()
    assert origin.count("/") == 2
