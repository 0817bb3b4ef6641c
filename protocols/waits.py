"""One running span of time, for codecs whose `ask` has no clock."""


class Wait:
    """A span that starts either at a known time or when the clock is next seen.

    Until the clock is seen, `deadline` is 0.0, which every clock has passed: the caller comes with `expire`
    at once, and that starts the span.
    """

    def __init__(self) -> None:
        """Make a wait that is not running."""
        self._seconds: float | None = None
        self._due: float | None = None

    def start(self, seconds: float, now: float | None = None) -> None:
        """Run for `seconds` from `now`, or from when the clock is next seen."""
        self._seconds = seconds
        self._due = None if now is None else now + seconds

    def stop(self) -> None:
        """Await nothing any more."""
        self._seconds = self._due = None

    def see(self, now: float) -> None:
        """Start the span here if it waits for the clock."""
        if self._seconds is not None and self._due is None:
            self._due = now + self._seconds

    def lapsed(self, now: float) -> bool:
        """Say whether the span has run out by `now`."""
        self.see(now)
        return self._due is not None and now >= self._due

    @property
    def running(self) -> bool:
        """True while something is awaited."""
        return self._seconds is not None

    @property
    def deadline(self) -> float | None:
        """When the span runs out, or None when nothing is awaited."""
        return (0.0 if self._due is None else self._due) if self.running else None


def earliest(*deadlines: float | None) -> float | None:
    """The first of several deadlines, or None."""
    return min((one for one in deadlines if one is not None), default=None)
