"""What is seen while a task runs: a bar on a terminal, a line for each new state elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bytespike_cli.cli.render import DIM
from bytespike_cli.context import is_terminal
from bytespike_cli.wire.quota import duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from bytespike_cli.cli.app import App
    from bytespike_cli.journal.record import Record


class TaskScreen:
    """Use it in `with`; words between are to be said with `warn`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._bar: Progress | None = None
        self._row: TaskID | None = None
        self._state = ""
        self._silent = app.flags.json
        self._drawn = (
            not self._silent
            and is_terminal(app.env.stderr)
            and app.env.variables.get("TERM") != "dumb"
        )

    def __enter__(self) -> TaskScreen:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._row = None

    def state(self, record: Record) -> None:
        """Show where a task stands."""
        if self._drawn:
            self._update_waiting(record)
        elif record.state != self._state and not self._silent:
            self._app.render.say(f"{record.short_id} {record.state}", style=DIM)
        self._state = record.state

    def download(self, done: int, total: int | None) -> None:
        """Show how much of a file has come."""
        if self._drawn:
            bar = self._started()
            if self._row is None:
                self._row = bar.add_task("downloading", total=total, words="")
            share = f"{done / total:.0%}" if total else f"{done / 1e6:.1f} MB"
            bar.update(
                self._row, completed=done, total=total, description="downloading", words=share
            )

    def warn(self, text: str) -> None:
        """Say a warning without disturbing the bar."""
        if self._bar is not None:
            self._bar.stop()
        self._app.render.warn(text)
        if self._bar is not None:
            self._bar.start()

    def _update_waiting(self, record: Record) -> None:
        bar = self._started()
        estimate_s = record.estimate_s
        words = f"of about {duration(estimate_s)}" if estimate_s else ""
        if self._row is None:
            since_s = self._app.env.now() - (record.sent_at or record.created_at)
            self._row = bar.add_task(record.state, total=estimate_s, words=words)
            started = bar.tasks[0].get_time() - max(0.0, since_s)
            bar.tasks[0].start_time = started
        bar.update(self._row, description=record.state, total=estimate_s, words=words)

    def _started(self) -> Progress:
        if self._bar is None:
            self._bar = _bar(self._app)
            self._bar.start()
        return self._bar


def _bar(app: App) -> Progress:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    class Elapsing(BarColumn):
        """A bar that fills with the estimate, and waits before its end for the task's."""

        def render(self, task: Any) -> Any:
            if task.total and task.description != "downloading":
                task.completed = min(task.elapsed or 0.0, 0.98 * task.total)
            return super().render(task)

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<11}"),
        Elapsing(bar_width=28),
        TimeElapsedColumn(),
        TextColumn("{task.fields[words]}"),
        console=app.render.console(stderr=True),
        transient=True,
        refresh_per_second=8,
    )
