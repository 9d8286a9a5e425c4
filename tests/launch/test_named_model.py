"""The model that somebody named for a launch, and where."""

from pathlib import Path

import pytest

from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.launch.conflicts import Layers
from bytespike_cli.launch.named_model import NamedModel, named_model, variable_model
from tests.conftest import MakeEnv

VARIABLE = NamedModel("flash", "$GEMINI_MODEL")


@pytest.mark.parametrize(
    ("flag", "variables", "named"),
    [
        (None, {}, None),
        (None, {"GEMINI_MODEL": "flash"}, VARIABLE),
        (None, {"BYTESPIKE_MODEL": "pro"}, NamedModel("pro", "$BYTESPIKE_MODEL")),
        (None, {"BYTESPIKE_MODEL": "pro", "GEMINI_MODEL": "flash"}, VARIABLE),
        ("pro", {"GEMINI_MODEL": "flash"}, NamedModel("pro")),
    ],
)
def test_our_flag_then_the_users_variable_then_what_is_configured(
    make_env: MakeEnv,
    flag: str | None,
    variables: dict[str, str],
    named: NamedModel | None,
) -> None:
    env = make_env(**variables)
    assert variable_model(env, resolve_settings(env, model=flag)) == named


def test_the_command_line_then_the_variable_then_the_clients_settings(tmp_path: Path) -> None:
    user = tmp_path / "user.json"
    layers = Layers(system=tmp_path / "no", user=user, project=tmp_path / "no")
    assert named_model(None, None, layers) is None
    user.write_text('{"model": {"name": "mine"}}')
    assert named_model(None, None, layers) == NamedModel("mine", f"{user} (model.name)")
    assert named_model(None, VARIABLE, layers) == VARIABLE
    assert named_model("pro", VARIABLE, layers) == NamedModel("pro")
