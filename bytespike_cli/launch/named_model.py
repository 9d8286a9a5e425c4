"""The model that somebody named for a launch of gemini-cli, and where."""

from __future__ import annotations

from dataclasses import dataclass

from bytespike_cli.config.settings import Level, Settings
from bytespike_cli.context import Environment
from bytespike_cli.launch.conflicts import Layers, chosen_model

VAR_GEMINI_MODEL = "GEMINI_MODEL"


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model, and where it was named: `$GEMINI_MODEL`, a file; "" for the command line."""

    model: str
    where: str = ""


def variable_model(env: Environment, settings: Settings) -> NamedModel | None:
    """Return the model that the client's GEMINI_MODEL is to name, or None.

    Our own flag goes before the user's variable, and that before what is configured.
    """
    source = settings.origin_of("model")
    if settings.model and source.level is Level.FLAG:
        return NamedModel(settings.model)
    own = env.variables.get(VAR_GEMINI_MODEL)
    if own:
        return NamedModel(own, f"${VAR_GEMINI_MODEL}")
    return NamedModel(settings.model, source.where) if settings.model else None


def named_model(
    given: str | None, variable: NamedModel | None, layers: Layers
) -> NamedModel | None:
    """Return the model of the whole launch: -m, then the variable, then gemini-cli's settings."""
    if given:
        return NamedModel(given)
    if variable:
        return variable
    chosen = chosen_model(layers)
    return NamedModel(chosen[0], f"{chosen[1]} (model.name)") if chosen else None
