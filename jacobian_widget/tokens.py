"""Turns a text or token ids into `Tokens`, which say what a person reads in each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import regex

from jacobian_widget.chat import ANSWER, Message, render, roles
from jacobian_widget.glyphs import decoded_pieces, written_pieces
from jacobian_widget.groups import GRANULARITIES, Granularity, group_starts
from jacobian_widget.ids import id_list, integer
from jacobian_widget.labels import visible
from jacobian_widget.spelling import Tokenizer, encode, is_broken, token_bytes, token_label, token_piece
from jacobian_widget.vocabulary import one_token_id, search_vocabulary

__all__ = [
    "GRANULARITIES",
    "Granularity",
    "Tokens",
    "continued",
    "from_ids",
    "from_messages",
    "one_token_id",
    "search_vocabulary",
    "token_label",
    "token_piece",
    "tokenize",
    "visible",
]

_DELIMITERS = regex.compile(r"[\p{P}\p{Z}\s]+")


@dataclass(frozen=True)
class Tokens:
    """A text and its tokens, `T` of them.

    Attributes:
        text: the text shown; `"".join(pieces) == text`.
        ids: `[T]` vocabulary ids, without the BOS tokens put in front.
        pieces: `[T]` the characters each token stands for. `""` for a token that only continues the glyph
            of the piece before it (or that stands for no character of the text).
        labels: `[T]` the same with whitespace made visible; for a part of a glyph its bytes, `"<0xF0>"`.
        bos: ids of the tokens put before the text: context only, they get no score.
        bos_labels: their labels.
        roles: `[T]` whose words each token holds: the role of a chat message, or `"template"` for what the chat
            template wrote. Empty for a text that is no chat.
        generated_from: index of the first token that the model wrote; it wrote all that follow too.

    Raises:
        ValueError: the lengths disagree, or the pieces do not join to the text.
    """

    text: str
    ids: tuple[int, ...]
    pieces: tuple[str, ...]
    labels: tuple[str, ...]
    bos: tuple[int, ...] = ()
    bos_labels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    generated_from: int | None = None

    def __post_init__(self) -> None:
        """Check the lengths and the join."""
        if not len(self.ids) == len(self.pieces) == len(self.labels):
            raise ValueError(
                f"Tokens needs one piece and one label per id; got {len(self.ids)} ids, "
                f"{len(self.pieces)} pieces and {len(self.labels)} labels."
            )
        if len(self.bos) != len(self.bos_labels):
            raise ValueError(f"Tokens needs one label per BOS id; got {self.bos} and {self.bos_labels}.")
        if "".join(self.pieces) != self.text:
            raise ValueError("Tokens needs pieces that join to the text; these do not.")
        if len(self.roles) not in (0, len(self.ids)):
            raise ValueError(
                f"Tokens needs one role per id, or none; got {len(self.ids)} ids, {len(self.roles)} roles."
            )
        if self.generated_from is not None and not 0 <= self.generated_from <= len(self.ids):
            raise ValueError(f"generated_from is {self.generated_from}; pass 0 to {len(self.ids)}, or None.")

    def __len__(self) -> int:
        """The number of tokens `T`, without BOS."""
        return len(self.ids)

    @cached_property
    def delimiters(self) -> tuple[bool, ...]:
        """`[T]` whether a token only parts others: punctuation, separators and white space.

        The signs and points inside a number are none, nor are symbols such as `€`, `+` or an emoji.
        """
        bounds = [*self.groups("number"), len(self)]
        pieces = ["".join(self.pieces[start:stop]) for start, stop in pairwise(bounds)]
        return tuple(
            bool(_DELIMITERS.fullmatch(piece))
            for piece, (start, stop) in zip(pieces, pairwise(bounds), strict=True)
            for _ in range(start, stop)
        )

    def groups(self, granularity: Granularity, pattern: str | None = None) -> tuple[int, ...]:
        """Start indices of contiguous groups of tokens; the first is 0. Empty for no tokens.

        A token, and a glyph (grapheme cluster) that several tokens share, is never split, so every group of
        every granularity is a union of `"token"` groups.

        - `"token"`: one token, or the tokens that share one glyph.
        - `"word"`: tokens that touch one word, with the spaces before it. Punctuation runs, line breaks,
          numbers and ideographs are words of their own.
        - `"number"`: tokens that touch one number; the rest as in `"token"`. A comma joins digits only where
          it cannot be a series: `1,234.5` or `$1,234` is one number, `100,200,300` is three.
        - `"sentence"`: ends by Unicode's rules (UAX 29) where a stop and its closing marks end, and at a line
          break. A decimal point does not end it, nor the dot of a common abbreviation ("Dr.", "e.g.") or initial.
        - `"line"`: ends after the token that holds a line break.
        - `"regex"`: tokens that touch one match of `pattern`, a regular expression of the `regex` package (its
          syntax is that of `re` and more); the rest as in `"token"`.

        Raises:
            ValueError: unknown granularity; a pattern with another one than `"regex"`; or one that is none, that
                matches the empty text, or that takes seconds on this text.
        """
        return group_starts(self.pieces, granularity, pattern)


def tokenize(tokenizer: Tokenizer, text: str, *, n_bos: int | None = None) -> Tokens:
    """Tokenize a text, without special tokens of the tokenizer's own, and find what each token shows.

    Args:
        tokenizer: a `transformers` tokenizer.
        text: any text. `Tokens.text` is this text, also when the tokenizer normalises it (only a text that
            gives no token at all becomes `""`). Special tokens written in it (a chat template, a BOS) are
            tokens of the text like any other.
        n_bos: how many BOS tokens to put before it. `None`: the tokens that the tokenizer itself puts there.

    Raises:
        TypeError: no tokenizer, `text` is no `str`, or `n_bos` no `int`.
        ValueError: `n_bos` is negative, or positive for a tokenizer without a BOS token; the text holds a
            lone surrogate.
    """
    if tokenizer is None:
        raise TypeError("tokenize needs a tokenizer and got None; without one, pass token ids instead of a text.")
    if not isinstance(text, str):
        raise TypeError(f"text must be a str; got {type(text).__name__}. For token ids use from_ids.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        at = error.start
        raise ValueError(
            f"text holds U+{ord(text[at]):04X}, half of a surrogate pair, at character {at}; "
            "it is no valid Unicode: remove it."
        ) from None
    bos = _own_prefix(tokenizer) if n_bos is None else _bos(n_bos, getattr(tokenizer, "bos_token_id", None))
    ids = encode(tokenizer, text)
    return _tokens(tokenizer, ids, written_pieces(tokenizer, ids, text), bos)


def from_ids(
    input_ids: Sequence[int],
    tokenizer: Tokenizer | None = None,
    *,
    n_bos: int | None = None,
    bos_id: int | None = None,
) -> Tokens:
    """Find what each token of a given sequence shows. The ids are kept as they are, special ones too.

    Args:
        input_ids: `[T]` or `[1, T]`: ints, a NumPy array or a torch tensor.
        tokenizer: without one, token 17 is shown as `#17`.
        n_bos: how many BOS tokens to put before them; `None` is 0, since the ids may hold their own.
        bos_id: the BOS token; by default the tokenizer's.

    `Tokens.text` is the decoded text; bytes that are no UTF-8 show as `<0xF0>`. No ids give empty `Tokens`.

    Raises:
        TypeError: an id or `n_bos` is no `int` (a `bool` is none).
        ValueError: more than one sequence, a negative id or `n_bos`, or BOS tokens wanted without a BOS id.
    """
    ids = id_list(input_ids)
    if bos_id is None:
        bos_id = getattr(tokenizer, "bos_token_id", None)
    bos = _bos(0 if n_bos is None else n_bos, bos_id)
    return _tokens(tokenizer, ids, decoded_pieces(tokenizer, ids), bos)


def from_messages(tokenizer: Tokenizer, messages: Sequence[Message], *, n_bos: int | None = None) -> Tokens:
    """Put messages through the tokenizer's chat template, once, and tokenize what comes out.

    Args:
        tokenizer: a `transformers` tokenizer with a chat template.
        messages: see `chat.render`, which also says where the text ends.
        n_bos: how many BOS tokens to put before it. `None` is 0: a chat template writes BOS itself where the model
            wants one, and it is then the text's first token.

    Raises:
        TypeError, ValueError: see `chat.render` and `tokenize`; or BOS would be doubled.
    """
    text, spans = render(tokenizer, messages)
    source = tokenize(tokenizer, text, n_bos=0 if n_bos is None else n_bos)
    if source.bos and source.ids[:1] == source.bos[:1]:
        raise ValueError(f"n_bos is {n_bos}, but the chat template begins with BOS already; leave n_bos out.")
    return replace(source, roles=roles(source.pieces, spans))


def continued(tokenizer: Tokenizer | None, source: Tokens, ids: Sequence[int]) -> Tokens:
    """`source` with the model's own tokens `ids` at its end: the very ids, which its text may not tokenize to.

    In a chat they have the role `"assistant"`.
    """
    begin = len(source) if source.generated_from is None else source.generated_from
    whole = (*source.ids, *ids)
    # All that was generated is decoded anew: the last glyph may have been cut off in the middle.
    pieces = (*source.pieces[:begin], *decoded_pieces(tokenizer, whole)[begin:])
    return replace(
        _tokens(tokenizer, whole, pieces, source.bos),
        roles=(*source.roles, *[ANSWER] * len(ids)) if source.roles else (),
        generated_from=begin,
    )


def _tokens(tokenizer: Tokenizer | None, ids: Sequence[int], pieces: Sequence[str], bos: tuple[int, ...]) -> Tokens:
    labels = (_label_in_text(tokenizer, i, piece) for i, piece in zip(ids, pieces, strict=True))
    bos_labels = tuple(token_label(tokenizer, i) for i in bos)
    return Tokens("".join(pieces), tuple(ids), tuple(pieces), tuple(labels), bos, bos_labels)


def _label_in_text(tokenizer: Tokenizer | None, token_id: int, piece: str) -> str:
    own = tokenizer is None or not piece or is_broken(token_bytes(tokenizer, token_id))
    return token_label(tokenizer, token_id) if own else visible(piece)


def _bos(n_bos: int, bos_id: int | None) -> tuple[int, ...]:
    count = integer(n_bos, "n_bos", "an int, 0 or more, or None for what the tokenizer adds itself")
    if count < 0:
        raise ValueError(f"n_bos is {count}; pass 0 or more, or None for what the tokenizer adds itself.")
    if count == 0:
        return ()
    if bos_id is None:
        raise ValueError(f"n_bos is {count}, but there is no BOS token (bos_token_id is None); pass n_bos=0.")
    return (integer(bos_id, "bos_id", "a token id (int)"),) * count


def _own_prefix(tokenizer: Tokenizer) -> tuple[int, ...]:
    """The special tokens the tokenizer puts before a text, read off a text without special tokens."""
    for probe in ("a", "0"):
        plain = encode(tokenizer, probe)
        whole = encode(tokenizer, probe, special=True)
        for k in range(len(whole) - len(plain) + 1):
            if plain and whole[k : k + len(plain)] == plain:
                return tuple(whole[:k])
    return ()
