"""What stands between a client and the gateway, side by side: what each costs.

    python -m benchmarks.relay [--rounds 5] [--only NAME ...] [--write]

No proxy, `bytespike shim serve`, a bare relay on the same HTTP library, nginx, LiteLLM's proxy and
Portkey's gateway relay the same calls of Gemini's protocol from one upstream, in one run. Upstream,
load and each proxy are processes of their own. Rounds alternate, and what is asked one at a time
does so in short turns, so that a busy machine is busy for all; figures are medians, what a proxy
adds is the median of its differences to no proxy in the same turn. Short streams are asked for
right after one another, as the answers are. In the others events come 5 ms apart, as a model's
words do: everything falls asleep in between, and wakes slowly, be there a proxy or not. The first
run fetches LiteLLM and Portkey into `benchmarks/`. `--write` puts the table into the README.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import servers, upstream
from benchmarks.load import BRIEF, Route, Sample, measure
from benchmarks.servers import Server

EVENTS = 20
SPACING_S = 0.005
PARALLEL = (1, 16, 64)
UNARY_COUNT = {1: 50, 16: 40, 64: 15}
BRIEF_COUNT = 50
TURNS = 4
"""How often in a round each is asked what is asked one at a time."""
STREAM_COUNT = {1: 20, 16: 2, 64: 1}
STARTS = 3
FLOOD_MB = 100
FLOOD_EVENTS = 2000
DIRECT = "no proxy"
PROXIES = {
    "bytespike": servers.shim,
    "bare aiohttp": servers.bare,
    "nginx": servers.nginx,
    "LiteLLM": servers.litellm,
    "Portkey": servers.portkey,
}
README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- benchmark: made by `make benchmark` -->\n"
END = "<!-- benchmark end -->\n"


@dataclass
class Figures:
    """All that was measured, by proxy and by number of parallel requests."""

    latency: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    rate: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    first: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    brief: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    delay: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    per_cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ready: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rss: dict[str, float] = field(default_factory=dict)

    def added(self, figures: dict[tuple[str, int], list[float]], name: str, parallel: int) -> float:
        """Return the median of a proxy's differences to no proxy, turn by turn."""
        pairs = zip(figures[name, parallel], figures[DIRECT, parallel], strict=True)
        return statistics.median(mine - direct for mine, direct in pairs)


def one_turn(figures: Figures, name: str, route: Route) -> None:
    """Measure one proxy with one request after the other."""
    answers = measure(route, route.unary, 1, UNARY_COUNT[1])
    figures.latency[name, 1].append(statistics.median(answers.latencies))
    figures.rate[name, 1].append(len(answers.latencies) / answers.seconds)
    brief = measure(route, route.stream, 1, BRIEF_COUNT, BRIEF)
    figures.brief[name, 1].append(statistics.median(brief.firsts))


def one_round(figures: Figures, name: str, route: Route, server: Server | None) -> None:
    """Measure one proxy once: parallel requests, and streams as models send them."""
    for parallel in PARALLEL:
        if parallel > 1:
            begin = server.cpu_s if server else 0.0
            sample = measure(route, route.unary, parallel, UNARY_COUNT[parallel])
            figures.latency[name, parallel].append(statistics.median(sample.latencies))
            figures.rate[name, parallel].append(len(sample.latencies) / sample.seconds)
            if server is not None:
                used = server.cpu_s - begin
                figures.per_cpu[name].append(len(sample.latencies) / max(used, 0.01))
        streams = measure(route, route.stream, parallel, STREAM_COUNT[parallel])
        _check(streams, name, parallel)
        figures.first[name, parallel].append(statistics.median(streams.firsts))
        figures.delay[name, parallel].append(statistics.median(streams.delays))


def _check(streams: Sample, name: str, parallel: int) -> None:
    expected = EVENTS * STREAM_COUNT[parallel] * parallel
    if len(streams.delays) != expected:
        raise RuntimeError(f"{name} lost events: {len(streams.delays)} of {expected} arrived")


def run(rounds: int, names: list[str]) -> tuple[Figures, dict[str, str]]:
    """Measure everything; return the figures, and why a proxy is not among them."""
    figures = Figures()
    absent: dict[str, str] = {}
    origin, _ = servers.start(upstream.serve, EVENTS, SPACING_S)
    direct = Route(origin, upstream.UNARY, upstream.STREAM, {})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running: dict[str, Server] = {}
        for name in names:
            try:
                for number in range(STARTS):
                    home = folder / f"{name}{number}"
                    home.mkdir()
                    proxy = PROXIES[name](origin, home)
                    if number < STARTS - 1:
                        with proxy as server:
                            figures.ready[name].append(server.ready_s)
                        continue
                    running[name] = stack.enter_context(proxy)
                    figures.ready[name].append(running[name].ready_s)
            except RuntimeError as error:
                absent[name] = str(error)
                figures.ready.pop(name, None)
        routes = {DIRECT: direct, **{name: server.route for name, server in running.items()}}
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", flush=True)
            for _ in range(TURNS):
                for name, route in routes.items():
                    one_turn(figures, name, route)
            for name, route in routes.items():
                one_round(figures, name, route, running.get(name))
        for name, server in running.items():
            figures.rss[name] = server.rss_mb
    return figures, absent


def flood() -> tuple[float, float]:
    """Return what a stream of 100 MB added to the shim's peak memory, in MB, and its seconds."""
    origin, _ = servers.start(upstream.serve, FLOOD_EVENTS, 0.0, FLOOD_MB * 10**6 // FLOOD_EVENTS)
    with tempfile.TemporaryDirectory() as folder, servers.shim(origin, Path(folder)) as server:
        before = server.peak_mb
        sample = measure(server.route, server.route.stream, 1, 1)
        return server.peak_mb - before, sample.seconds


def table(figures: Figures) -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    names = [DIRECT, *figures.rss]
    yield "| |" + "".join(f" {name} |" for name in names)
    yield "|---|" + "---:|" * len(names)

    def row(label: str, cell: Callable[[str], str]) -> str:
        return f"| {label} |" + "".join(f" {cell(name)} |" for name in names)

    def added(of: dict[tuple[str, int], list[float]], parallel: int) -> Callable[[str], str]:
        def cell(name: str) -> str:
            if name == DIRECT:
                return f"({statistics.median(of[name, parallel]):.2f})"
            return f"{figures.added(of, name, parallel):+.2f}"

        return cell

    for parallel in PARALLEL:
        yield row(f"answer, {parallel} at a time: ms added", added(figures.latency, parallel))
    yield row("first event, short streams in a row: ms added", added(figures.brief, 1))
    for parallel in PARALLEL:
        yield row(f"first event, {parallel} streams: ms added", added(figures.first, parallel))
    for parallel in PARALLEL:
        yield row(f"each event, {parallel} streams: ms added", added(figures.delay, parallel))
    for parallel in PARALLEL:
        yield row(
            f"answers a second, {parallel} at a time",
            lambda name, p=parallel: f"{statistics.median(figures.rate[name, p]):,.0f}",
        )
    yield row(
        "answers a second of processor time",
        lambda name: f"{statistics.median(figures.per_cpu[name]):,.0f}" if name != DIRECT else "",
    )
    yield row("memory after it, MB", lambda n: f"{figures.rss[n]:.0f}" if n != DIRECT else "")
    yield row(
        "start to first answer, s",
        lambda n: f"{statistics.median(figures.ready[n]):.2f}" if n != DIRECT else "",
    )


def targets(figures: Figures) -> Iterator[str]:
    """Yield what the project asks of its shim, each with what was measured."""
    mine = "bytespike"
    measured = {
        "answer": figures.latency,
        "first event": figures.brief,
        "first event after pauses": figures.first,
    }
    for what, of in measured.items():
        added = figures.added(of, mine, 1)
        if of is not figures.first:
            yield from _target(f"{what}: ms added", added, 0.6)
        if "LiteLLM" in figures.rss:
            share = added / figures.added(of, "LiteLLM", 1)
            yield from _target(f"{what}: share of what LiteLLM adds", share, 0.1)
    rate = statistics.median(figures.per_cpu[mine])
    yield from _target("answers a second on one core", rate, 1500, least=True)
    yield from _target("memory, MB", figures.rss[mine], 60)
    yield from _target("start to first answer, s", statistics.median(figures.ready[mine]), 0.35)


def _target(name: str, measured: float, bound: float, *, least: bool = False) -> Iterator[str]:
    met = measured >= bound if least else measured <= bound
    words = "at least" if least else "at most"
    yield f"{name:52}{measured:10.2f}   {words} {bound:g}: {'met' if met else 'missed'}"


def write(lines: list[str]) -> None:
    """Put the table into the README, between its markers."""
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    content = "\n" + "\n".join(lines) + "\n\n"
    README.write_text(head + BEGIN + content + END + tail, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=PROXIES)
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    figures, absent = run(given.rounds, given.only or list(PROXIES))
    machine = f"{os.cpu_count()} cores (load {load:.0f} before), Python {platform.python_version()}"
    lines = [*table(figures), "", f"Medians of {given.rounds} alternating rounds; {machine}."]
    print("\n" + "\n".join(lines) + "\n")
    for name, reason in absent.items():
        print(f"{name} is not among them: {reason}\n")
    if "bytespike" in figures.rss:
        print("\n".join(targets(figures)))
        grown, seconds = flood()
        print(f"a stream of {FLOOD_MB} MB took {seconds:.1f} s, memory grew by {grown:.1f} MB")
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
