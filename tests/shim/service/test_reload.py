"""What the configuration is, and when it may have changed."""

from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.config.precedence import config_path, resolve_settings
from bytespike_cli.shim.service.reload import Configuration
from tests.conftest import MakeEnv
from tests.shim.service.conftest import store_key


def test_every_file_of_it_counts(make_env: MakeEnv) -> None:
    env = make_env()
    configuration = Configuration(env, lambda: resolve_settings(env), "token")
    seen = [configuration.signature()]
    store_key(env, "work", "https://llm.bytespike.ai")
    seen.append(configuration.signature())
    config_path(env).write_text('model = "gemini-3-flash"\n')
    seen.append(configuration.signature())
    (env.cwd / ".bytespike.toml").write_text('model = "gemini-3-flash"\n')
    seen.append(configuration.signature())
    KeyStore(env).remove("work")
    seen.append(configuration.signature())
    assert len(set(seen)) == len(seen)
    assert configuration.signature() == seen[-1]


def test_it_is_read_anew(make_env: MakeEnv) -> None:
    env = make_env()
    configuration = Configuration(env, lambda: resolve_settings(env), "token")
    store_key(env, "one", "https://one.example")
    assert configuration.load().origin == "https://one.example"
    store_key(env, "two", "https://two.example")
    settings = configuration.load()
    assert (settings.origin, settings.key_name, settings.token) == (
        "https://two.example",
        "two",
        "token",
    )
