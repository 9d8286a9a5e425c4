"""A shim's settings from the user's configuration."""

from bytespike_cli.config import catalogue, seen_form
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import config_path, resolve_settings
from bytespike_cli.shim.configured import configured, shared
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeEnv


def test_what_the_configuration_says(make_env: MakeEnv) -> None:
    env = make_env(HTTPS_PROXY="http://proxy:3128")
    config_path(env).parent.mkdir(parents=True)
    config_path(env).write_text(
        'model_fallback = "off"\nauth_form = "bearer"\n[aliases]\nfast = "gemini-3-flash"\n'
    )
    credential = Credential("work", "gemini-default", "a-secret", "https://llm.bytespike.ai")
    catalogue.save(env, credential, ["gemini-3-flash"])
    settings = configured(env, resolve_settings(env), credential, token="token")
    assert (settings.origin, settings.secret) == ("https://llm.bytespike.ai", "a-secret")
    assert (settings.key_name, settings.group) == ("work", "gemini-default")
    assert settings.token == "token"
    assert settings.open_journal is not None
    assert settings.open_journal().path.is_relative_to(env.paths.state)
    assert settings.models == ("gemini-3-flash",)
    assert settings.aliases == {"fast": "gemini-3-flash"}
    assert settings.proxy == "http://proxy:3128"
    assert not settings.fallback
    assert settings.auth_form is AuthForm.BEARER
    assert settings.seen_form is None
    assert settings.save_form is not None
    settings.save_form(AuthForm.QUERY)
    assert seen_form.load(env, credential.origin) is AuthForm.QUERY
    again = configured(env, resolve_settings(env), credential, token="token")
    assert again.seen_form is AuthForm.QUERY
    assert "a-secret" not in repr(settings)
    assert not settings.shared
    assert (shared(settings).shared, shared(settings).chosen_by) == (True, Chooser.CLIENT)
