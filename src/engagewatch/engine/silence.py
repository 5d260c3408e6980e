"""Silence rules: how much evidence each display needs before it may speak.

A figure drawn from too little reads as knowledge and is none. Below these numbers screens show the
count (or a short list) and say why. They are kept in one place so that they can be read, argued
about and changed together.
"""

from __future__ import annotations

PERCENT_NEEDS = 10
"""Judged tickets (or answers) before a percentage is shown; below: "4 of 5 met"."""

MEDIAN_INTERVAL_NEEDS = 6
"""Values before a median carries a 95 % interval; with five or fewer none exists."""

P90_NEEDS = 29
"""Finished tickets before a 90th percentile is shown: 1 - 0.9**29 is the first above 95 %."""

P95_NEEDS = 59
"""The same for a 95th percentile: 1 - 0.95**59 is the first above 95 %."""

TREND_NEEDS = 8
"""Periods before a trend may be stated."""

PROCESS_CHART_NEEDS = 8
"""Baseline points before a process chart may call a signal."""

COMPARISON_NEEDS = 20
"""Values per side before two sets of durations are compared with a verdict."""

BURN_NEEDS = 15
"""Tickets expected in a period before burn alerts are raised; below, misses are listed."""

GROUP_NEEDS = 5
"""People, and tickets, before a breakdown shows a group by itself."""

COVERAGE_NEEDS = 0.95
"""Share of the time that must have been seen before a figure goes without a PARTIAL stamp."""
