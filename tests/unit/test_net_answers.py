"""How long a server asks to be left alone, in every form that servers use."""

from __future__ import annotations

import pytest

from engagewatch.model.freshness import Failure
from engagewatch.net.answers import problem_with

DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
EPOCH = 1_772_442_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "Mon, 02 Mar 2026 09:02:00 GMT"}, 120),
        ({"retry-after": "Mon, 02 Mar 2026 08:00:00 GMT"}, 1),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "999999999999999999999999"}, 3600),
        ({"ratelimit-reset": "40"}, 40),
        ({"x-ratelimit-reset": str(EPOCH + 90)}, 90),
        ({"x-ratelimit-reset": str((EPOCH + 90) * 1000)}, 90),
        ({"x-ratelimit-reset": "2026-03-02T09:05:00Z"}, 300),
        ({"x-ratelimit-reset": "2026-03-02T09:05:00.123+0000"}, 300),
        ({"x-rate-limit-reset": "Mon, 02 Mar 2026 09:01:00 GMT"}, 60),
        ({"x-ratelimit-reset": "0"}, 1),
        ({"x-ratelimit-reset": "9" * 400}, 3600),
        ({"x-ratelimit-reset": "9999-12-31T23:59:59-12:00"}, 3600),
        ({"x-ratelimit-reset": "2026-03-02T09:05:00"}, None),
        ({"retry-after": "5", "x-ratelimit-reset": "50"}, 5),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 403])
def test_the_wait_is_taken_from_wherever_it_is_said(
    status: int, headers: dict[str, str], seconds: int | None
) -> None:
    told = {"date": DATE, "x-ratelimit-remaining": "0", **headers}
    problem = problem_with(status, told, b"", "desk.example", has_secret=True)
    assert problem is not None
    assert problem.failure is Failure.RATE_LIMITED
    assert problem.retry_after == seconds


def test_an_instant_means_nothing_without_the_server_s_own_clock() -> None:
    problem = problem_with(
        429, {"x-ratelimit-reset": str(EPOCH + 90)}, b"", "desk.example", has_secret=True
    )
    assert problem is not None
    assert problem.retry_after is None
