"""``python -m engagewatch``."""

from engagewatch.cli.main import main

if __name__ == "__main__":
    main()
