"""An event loop's helper threads, which nobody waits for at the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


class _PatientWithNobody(ThreadPoolExecutor):
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Take no more work; leave what is under way to itself."""
        super().shutdown(wait=False, cancel_futures=True)


def patient_with_nobody() -> ThreadPoolExecutor:
    """Return threads for a loop's blocking calls, such as looking up a name.

    A loop waits for its threads before it closes, and a name server may not answer for half a
    minute. Nothing these threads do needs to be finished.
    """
    return _PatientWithNobody(max_workers=16, thread_name_prefix="engagewatch-blocking")
