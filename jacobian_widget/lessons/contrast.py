"""The exercises of the lesson on contrast: what two tokens share drops out, and a minimal pair tests the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from jacobian_widget.attribution import Attribution
from jacobian_widget.labels import visible
from jacobian_widget.lessons import exercise, expect, expect_close, read_token

TARGET: Final = " liberal"
FOIL: Final = " conservative"
TOP: Final = 6
TOLD: Final = " South"
_MARKS: Final = ".,;:!?"


@exercise
def first(answer: object, a: Attribution) -> str:
    """A token among the strongest six for the target and none of those of the contrast, other than ` South`."""
    token = read_token(answer, a.tokens)
    semantic, contrast = a.scores("semantic", target=TARGET), a.scores("contrast", target=TARGET, foil=FOIL)
    before, after = ({int(t) for t in np.argsort(-scores)[:TOP]} for scores in (semantic, contrast))
    name = visible(a.tokens[token])
    expect(token in before, f"{name} is not among the strongest {TOP} for{TARGET}.")
    expect(token not in after, f"{name} is among the strongest {TOP} of both.")
    expect(a.tokens[token] != TOLD, f"{name} is one of the two. Which is the other?")
    return (
        f"{name} moves the logit of{TARGET} by {semantic[token]:.1f} per unit, but that of{FOIL} nearly alike: the "
        f"difference by {contrast[token]:.1f} only."
    )


@exercise
def second(answer: object, text: str, log_odds: Callable[[str], float], tried: Iterable[str]) -> str:
    """The text with one word replaced by one that was not `tried` yet, so that the model leans to ` liberal`."""
    expect(isinstance(answer, str), "give the whole text, with one word replaced, in quotes.")
    old, new = text.split(), str(answer).split()
    expect(len(old) == len(new), f"replace a word by one word: the text has {len(old)}, this one {len(new)}.")
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    expect(len(changed) == 1, f"in a minimal pair one word differs; here {len(changed)} do.")
    (was, now) = changed[0]
    known = now.strip(_MARKS).casefold() in {word.casefold() for word in tried}
    expect(not known, f"{now.strip(_MARKS)} is in the table already. Find a word of your own.")
    odds = log_odds(str(answer))
    hint = f"now the difference is {odds:+.2f}, so{FOIL} is still ahead. Try another word, or another place."
    expect(odds > 0, hint)
    return f"with {now} for {was} the difference goes from {log_odds(text):+.2f} to {odds:+.2f}."


@exercise
def third(answer: object, a: Attribution) -> str:
    """How many Contrast scores change when target and foil change places."""
    there, back = a.scores("contrast", target=TARGET, foil=FOIL), a.scores("contrast", target=FOIL, foil=TARGET)
    hint = "swapping them turns v into −v. What does that do to the length of Jᵀv? Try it in the picture."
    expect_close(answer, float((~np.isclose(there, back, rtol=1e-4)).sum()), hint)
    return "the direction turns round, its length stays: a score says that a word matters, not for which side."
