"""``engagewatch schema``."""

from __future__ import annotations

import json
from argparse import Namespace


def run(options: Namespace) -> int:  # noqa: ARG001 - every handler takes them
    """Print the JSON schema of engagement files."""
    from engagewatch.config.json_schema import engagement_schema

    print(json.dumps(engagement_schema(), indent=2, ensure_ascii=False))
    return 0
