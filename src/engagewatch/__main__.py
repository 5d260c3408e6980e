"""``python -m engagewatch``."""

from engagewatch.cli.main import run

if __name__ == "__main__":
    raise SystemExit(run())
