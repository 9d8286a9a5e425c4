"""gemini-cli itself: its settings, its sign-in, whom it trusts, and (`--client`) a real run of it.

What other clients read is variables alone: the family `environment` tells of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import tilde
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.client_run import ClientRun, run_client
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.errors import LaunchError
from bytespike_cli.explain.explain import explain
from bytespike_cli.launch import conflicts, jsonc, overlay
from bytespike_cli.launch.gemini import UNTRUSTED

if TYPE_CHECKING:
    from pathlib import Path

    from bytespike_cli.doctor.case import Case

GEMINI_CLI = "gemini-cli"
RUN_S = 60.0
VAR_SANDBOX = "GEMINI_SANDBOX"
_CONTAINER = (("tools", "sandbox"), ("sandbox",))
_LOGIN_FILE = "oauth_creds.json"
_OFF = ("", "false", "0", "no", "sandbox-exec")
"""Values with which there is no container; sandbox-exec (macOS) shares the network."""


def settings(case: Case) -> Iterator[Finding]:
    """Look whether gemini-cli's settings files can be read."""
    layers = conflicts.Layers.of(case.env)
    wrong = False
    for file in dict.fromkeys((layers.system, layers.user, layers.project)):
        why = _broken(file)
        if why:
            wrong = True
            name = tilde(file, case.env.home)
            yield error(
                "client.settings-broken",
                f"gemini-cli cannot read its settings in {name}, and neither can a launch.",
                evidence=why,
                fix=f"mend {file}, or move it away",
                explains=("client.run",),
            )
    left = layers.user.with_name(overlay.UNREADABLE)
    if left.exists():
        wrong = True
        yield warning(
            "client.settings-left",
            "A gemini-cli that was killed left settings that cannot be read.",
            evidence=tilde(left, case.env.home),
            fix=f"take what you need from it, then: rm {left}",
        )
    if not wrong:
        yield ok("client.settings", "gemini-cli's settings can be read.")


def signin(case: Case) -> Iterator[Finding]:
    """Look how gemini-cli would sign in, and whether a launch may choose the key instead."""
    layers = conflicts.Layers.of(case.env)
    try:
        conflicts.check_enforced(layers)
    except LaunchError as forbidden:
        made = error if case.client == GEMINI_CLI else warning
        yield made(
            "client.enforced-signin",
            forbidden.cause,
            evidence="security.auth in gemini-cli's settings",
            fix=forbidden.fix,
            explains=("client.run",),
        )
        return
    project = conflicts.project_auth(layers)
    chosen = overlay.lookup(_read(layers.user), overlay.AUTH_CHOICE)
    choice = project or (chosen if isinstance(chosen, str) else "")
    if choice and choice != overlay.API_KEY_AUTH:
        file = tilde(layers.project if project else layers.user, case.env.home)
        login = (layers.user.parent / _LOGIN_FILE).exists()
        yield info(
            "client.signin",
            f"gemini-cli signs in with '{choice}' when it is started by hand, and looks at no key "
            "and no base URL then; bytespike gemini pins the key for its own launches.",
            f"security.auth.selectedType in {file}"
            + ("; a Google login is kept beside it" if login else ""),
        )
    else:
        yield ok("client.signin", "Nothing stands against signing in with the key.")


def trust(case: Case) -> Iterator[Finding]:
    """Look whether gemini-cli will run in this folder without a terminal (clients.md 2.3)."""
    env = case.env
    if conflicts.folder_is_trusted(env, conflicts.Layers.of(env)):
        yield ok("client.trust", "gemini-cli trusts this folder.")
    elif env.stdin_is_terminal and not env.flag("CI"):
        yield info("client.trust", "gemini-cli does not trust this folder; it asks at its start.")
    else:
        first, _, fix = UNTRUSTED.partition(". ")
        yield warning(
            "client.untrusted",
            f"{first}.",
            evidence=f"{env.cwd} is in no list of trusted folders, and there is no terminal",
            fix=fix,
        )


def container(case: Case) -> Iterator[Finding]:
    """Look for gemini-cli's own container, from which the shim cannot be reached."""
    layers = conflicts.Layers.of(case.env)
    places: list[tuple[str, Any]] = [(VAR_SANDBOX, case.env.variables.get(VAR_SANDBOX, ""))]
    for file in (layers.system, layers.project, layers.user):
        content = _read(file)
        places += [
            (f"{'.'.join(path)} in {tilde(file, case.env.home)}", overlay.lookup(content, path))
            for path in _CONTAINER
        ]
    for where, value in places:
        if value not in (None, False) and str(value).strip().lower() not in _OFF:
            if case.env.platform == "darwin" and value is True:
                continue  # sandbox-exec there, which shares the network
            yield warning(
                "client.container",
                "gemini-cli is set to run in a container, where 127.0.0.1 is the container itself: "
                "the shim cannot be reached from there.",
                evidence=f"{where} is {value!r}",
                fix=f"{VAR_SANDBOX}=false bytespike gemini …, or take the setting out",
                explains=("client.run",),
            )
            return
    yield ok("client.container", "gemini-cli runs outside of a container.")


def run(case: Case) -> Iterator[Finding]:
    """Run gemini-cli through the shim once, without a terminal, as `bytespike gemini` does."""
    done = run_client(case, case.within(RUN_S))
    if done.status == 0 and done.out.strip():
        yield ok(
            "client.run",
            f"gemini-cli answers through the shim ({done.elapsed_s:.1f} s).",
            done.out.strip()[:80],
        )
        return
    yield _failed(done)


def _failed(done: ClientRun) -> Finding:
    if done.status is None:
        return error(
            "client.slow",
            f"gemini-cli did not end within {done.elapsed_s:.0f} s.",
            evidence=done.last_line or "it printed nothing",
            fix="give it more: bytespike doctor client --client gemini-cli --timeout 120",
        )
    known = explain(f"{done.out}{done.err}\nexit status {done.status}")
    evidence = f"status {done.status}: {known[0].evidence if known else done.last_line}"
    if known:
        return error(
            f"client.{known[0].name}", known[0].sentence, evidence=evidence, fix=known[0].fix
        )
    return error(
        "client.failed",
        "gemini-cli fails through the shim, and does not say why in words that bytespike knows.",
        evidence=evidence,
        fix='see all it says: bytespike gemini -p "say hi"; report it: bytespike doctor --report',
    )


def _read(file: Path) -> Any:
    try:
        return jsonc.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _broken(file: Path) -> str:
    """Return why a settings file cannot be read; "" where it can, or is not there."""
    try:
        content = jsonc.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as broken:
        return f"{type(broken).__name__}: {broken}"
    return "" if isinstance(content, dict) else "it is not an object"


CHECKS = (
    Check("client.settings", "whether gemini-cli's settings can be read", settings),
    Check("client.signin", "how gemini-cli signs in", signin, needs=("client.settings",)),
    Check(
        "client.trust",
        "whether gemini-cli trusts this folder",
        trust,
        clients=(GEMINI_CLI,),
    ),
    Check(
        "client.container",
        "whether gemini-cli runs in a container",
        container,
        clients=(GEMINI_CLI,),
    ),
    Check(
        "client.run",
        "whether gemini-cli answers through the shim (its prompt of some 8,000 tokens is billed)",
        run,
        needs=("install.gemini", "client.signin", "key.alive", "request.generate"),
        network=True,
        billable=True,
        clients=(GEMINI_CLI,),
        timeout_s=RUN_S + 5,
    ),
)
