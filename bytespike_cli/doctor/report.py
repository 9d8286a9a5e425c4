"""The report: what a support ticket needs, as Markdown, with nothing in it that is secret.

The caller scrubs it on its way out, as everything that leaves; the home folder is shortened here.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from bytespike_cli import __version__
from bytespike_cli.constants import MODELS_PATH, VAR_API_KEY
from bytespike_cli.direct import curl
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Family
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.errors import BytespikeError

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.doctor.verdict import Diagnosis

_ON_THE_WAY = (Family.NETWORK, Family.KEY, Family.CATALOGUE)
_ASKING = (Family.REQUEST, Family.STREAM)


def report(diagnosis: Diagnosis, case: Case) -> str:
    """Return the report of a run that is over."""
    parts = ["# bytespike doctor", "", *_versions(case), ""]
    if diagnosis.first is None:
        parts += ["Nothing is wrong.", ""]
    else:
        parts += [f"**{_line(diagnosis.first.sentence)}** (`{diagnosis.first.id}`)", ""]
    parts += _findings(diagnosis)
    command = _reproduction(diagnosis.first, case)
    if command:
        parts += ["## To reproduce", "", "```sh", command, "```", ""]
    return _without_home("\n".join(parts), case).rstrip()


def _versions(case: Case) -> list[str]:
    rows = [
        ("bytespike", __version__),
        ("Python", platform.python_version()),
        ("system", platform.platform(terse=True)),
        ("gateway", _gateway(case)),
    ]
    if case.client:
        rows.append(("client", case.client))
    return [f"- {name}: {value}" for name, value in rows]


def _gateway(case: Case) -> str:
    try:
        return case.origin
    except BytespikeError as unknown:
        return f"not known ({unknown.cause})"


def _findings(diagnosis: Diagnosis) -> list[str]:
    told = [f for f in diagnosis.findings if not f.because]
    parts = ["## Findings", ""]
    for finding in told:
        parts.append(f"- `{finding.id}` {finding.verdict}: {_line(finding.sentence)}")
        if finding.verdict is not Verdict.OK:
            parts += [f"  - seen: `{_line(finding.evidence)}`"] if finding.evidence else []
            parts += [f"  - fix: {_line(finding.fix)}"] if finding.fix else []
    follow: dict[str, list[str]] = {}
    for finding in diagnosis.findings:
        if finding.because:
            follow.setdefault(finding.because, []).append(f"`{finding.check}`")
    parts += [f"- because of `{id_}`: {', '.join(checks)}" for id_, checks in follow.items()]
    return [*parts, ""]


def _reproduction(first: Finding | None, case: Case) -> str:
    """Return a command that shows the same without bytespike; "" where none would."""
    if first is None:
        return ""
    family = first.check.partition(".")[0]
    try:
        if family in _ASKING and (model := asked.slug(case)):
            return curl.command(
                case.origin, model, asked.TRIAL_BODY, stream=True, key_variable=VAR_API_KEY
            ).replace("curl -sSN", "curl -isSN", 1)
        if family in (*_ON_THE_WAY, *_ASKING):
            url = case.origin + MODELS_PATH
            return f"curl -isS '{url}' \\\n  -H \"Authorization: Bearer ${VAR_API_KEY}\""
    except BytespikeError:
        return ""
    return ""


def _line(text: str) -> str:
    return " ".join(text.replace("`", "'").split())


def _without_home(text: str, case: Case) -> str:
    home = str(case.env.home)
    return text.replace(home, "~") if len(home) > 1 else text
