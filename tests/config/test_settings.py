import pytest

from bytespike_cli.config.settings import (
    SETTINGS,
    Level,
    Settings,
    Source,
    clean_fallback,
    clean_name,
    looks_like_secret,
)
from bytespike_cli.constants import DEFAULT_ORIGIN, OUR_VARIABLES
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.auth import AuthForm


def test_every_setting_says_what_it_means_and_its_default_is_clean() -> None:
    for setting in SETTINGS.values():
        assert setting.description
        assert setting.variable is None or setting.variable in OUR_VARIABLES
        if setting.default is not None:
            assert setting.clean(setting.default) == setting.default


def test_where_a_key_goes_and_how_is_kept_from_projects() -> None:
    kept = [name for name, s in SETTINGS.items() if not s.project_may_set]
    assert kept == ["base_url", "auth_form"]


def test_levels_in_order() -> None:
    order = [Level.FLAG, Level.ENVIRONMENT, Level.PROJECT, Level.USER, Level.DEFAULT]
    for index, level in enumerate(order):
        assert [level.outranks(other) for other in order] == [index < i for i in range(len(order))]


def test_values_by_name() -> None:
    source = Source(Level.USER, "~/config.toml")
    settings = Settings(
        base_url=DEFAULT_ORIGIN,
        key=None,
        group=None,
        model="m",
        model_fallback="off",
        key_routing="auto",
        auth_form="query",
        aliases={"pro": "p"},
        sources={"model": source, "aliases.pro": source},
    )
    assert [settings.value_of(n) for n in ("model", "key", "aliases.pro", "aliases.x")] == [
        "m", None, "p", None,
    ]  # fmt: skip
    assert settings.sent_as is AuthForm.QUERY
    assert settings.origin_of("aliases.pro") == source
    assert settings.origin_of("key").level is Level.DEFAULT


@pytest.mark.parametrize("text", ["sk-byts-abc", ' "sk-byts-abc"', "AIzaSyExample"])
def test_a_secret_is_no_name_and_is_not_repeated(text: str) -> None:
    assert looks_like_secret(text)
    with pytest.raises(ConfigurationError) as refused:
        clean_name(text)
    assert text.strip(' "') not in refused.value.cause + refused.value.fix


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x1b[31m"])
def test_names_that_are_none(text: str) -> None:
    with pytest.raises(ConfigurationError):
        clean_name(text)


def test_fallback_is_one_of_two_words() -> None:
    assert clean_fallback("off") == "off"
    with pytest.raises(ConfigurationError, match="nearest or off"):
        clean_fallback("on")
