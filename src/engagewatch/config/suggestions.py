"""Did-you-mean: the likeliest word a person meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "..."?`` for the known word closest to ``word``, or an empty string."""
    # Only needed once something is wrong, so kept off the start-up path.
    from difflib import get_close_matches

    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f'did you mean "{by_folded[close[0]]}"?' if close else ""


def one_of(known: Iterable[str]) -> str:
    """Return the known words as a list for a sentence: ``"a", "b" or "c"``."""
    words = [f'"{word}"' for word in known]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"
