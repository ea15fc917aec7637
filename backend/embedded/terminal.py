"""What the supervisor says: a line for each part, and a moving one for those still starting."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text


class Terminal:
    """Prints to a console; without a real terminal there is no moving line."""

    def __init__(self, console: Console) -> None:
        self.console = console
        # No refreshing thread: the supervisor forks, and that goes ill with threads.
        self._moving = Live("", console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._moving.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._moving.stop()

    def busy(self, what: str, names: Sequence[str], seconds: float) -> None:
        """Show what is going on; nothing where names is empty."""
        if self._moving.is_started:
            text = f"  … {what} {', '.join(names)} ({seconds:.0f} s)" if names else ""
            self._moving.update(Text(text, style="dim"), refresh=True)

    def note(self, text: str) -> None:
        self.console.print(f"  [yellow]![/] {text}", highlight=False)

    def ready(self, name: str, seconds: float, address: str = "") -> None:
        self.console.print(
            f"  [green]✓[/] {name:<12}[dim]{seconds:5.1f} s[/]  {escape(address)}", highlight=False
        )

    def in_background(self, name: str, log: Path) -> None:
        self.console.print(Text(f"  → {name:<12}in the background; its log: {log}"), soft_wrap=True)

    def died(self, name: str, how: str, pause: float) -> None:
        self.note(f"[bold]{name}[/] {how}; starting it again in {pause:g} s")

    def failed(self, name: str, how: str, last_lines: Sequence[str], log: Path) -> None:
        self.console.print(f"  [red]✗[/] [bold]{name}[/] {how}. Its last words:", highlight=False)
        for line in last_lines or ["(nothing)"]:
            self.console.print(Text(f"      {line}", style="dim"), soft_wrap=True)
        self.console.print(Text(f"    Its log: {log}"), soft_wrap=True)
