"""Small tokenizers of every kind that is in use, texts that are hard for them, and what must hold for any tokens."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import regex
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from jacobian_widget.tokens import GRANULARITIES, Tokens

FAMILY = "👨‍👩‍👧"
FRANCE, GERMANY = "🇫🇷", "🇩🇪"
CORPUS = [
    "The capital of France is Paris. The capital of Germany is Berlin.",
    "Paris is in France, and Berlin is in Germany; the trees and the rivers are not.",
    "12 and 34 and 1234",
]
TEXTS = [
    "The capital of France is Paris.",
    f"A family {FAMILY} in {FRANCE}{GERMANY}!",
    "日本語とかな漢字 混じり",
    "cafe\u0301 n\u0303 각 각",
    "שלום עולם, مرحبا \u200fabc\u202edef",
    "<script>alert('x')</script> &lt;b&gt; &amp;",
    "a\n\n\tb\r\n  c \u00a0d\u200b",
    "  two leading, two trailing  ",
    "real \ufffd replacement",
    "🎉",
    " ",
    "🎉🎉a🎉",
]


def byte_level(*, template: bool = False, prefix_space: bool = False, trim: bool = True) -> PreTrainedTokenizerFast:
    """GPT-2's kind; `<|bos|>` has id 0. Only ASCII is merged, so everything else is split into bytes."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    core.decoder = decoders.ByteLevel()
    core.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=420,
            special_tokens=["<|bos|>", "<|eos|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    core.post_processor = processors.ByteLevel(trim_offsets=trim)
    if template:
        core.post_processor = processors.TemplateProcessing(
            single="<|bos|> <|bos|> $A <|eos|>", special_tokens=[("<|bos|>", 0), ("<|eos|>", 1)]
        )
    # transformers 4 would take the space away that it is not told of.
    options = {"add_prefix_space": True} if prefix_space else {}
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<|bos|>", eos_token="<|eos|>", **options)


def byte_fallback(*, lower: bool = False) -> PreTrainedTokenizerFast:
    """Llama's kind: "▁" for a space, one put before the text, `<0xF0>` for bytes of unknown characters."""
    spelled = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    spelled += ["▁", *"PariscofHetn.,", "▁P", "▁Pa", "▁Par", "▁Pari", "▁Paris", "▁o", "▁of", "é", "本", "is"]
    merges = [
        ("▁", "P"),
        ("▁P", "a"),
        ("▁Pa", "r"),
        ("▁Par", "i"),
        ("▁Pari", "s"),
        ("▁", "o"),
        ("▁o", "f"),
        ("i", "s"),
    ]
    vocabulary = {token: i for i, token in enumerate(spelled)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    steps = [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    core.normalizer = normalizers.Sequence([normalizers.Lowercase(), *steps] if lower else steps)
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def word_level() -> PreTrainedTokenizerFast:
    """Lower-cases, strips accents, drops spaces: nothing of the text can be read back from the ids."""
    spelled = ["[UNK]", "[CLS]", "[SEP]", "the", "capital", "of", "france", "is", "cafe", "paris", "."]
    core = Tokenizer(models.WordLevel({token: i for i, token in enumerate(spelled)}, unk_token="[UNK]"))
    core.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=core, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]")


def words_only(*words: str) -> PreTrainedTokenizerFast:
    """Whole words with ids in their order, and nothing else."""
    core = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token=words[0]))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=core)


class Slow:
    """No offsets, backend, hash or weak references; with `opaque` its spelling tells no bytes either."""

    __slots__ = ("inner", "opaque")
    __hash__ = None  # type: ignore[assignment]
    is_fast = False
    unk_token_id = None

    def __init__(self, inner: PreTrainedTokenizerFast, *, opaque: bool = False) -> None:
        self.inner = inner
        self.opaque = opaque

    def __eq__(self, other: object) -> bool:
        return self is other

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        return {"input_ids": self.inner(text, add_special_tokens=add_special_tokens)["input_ids"]}

    def __len__(self) -> int:
        return len(self.inner)

    @property
    def bos_token_id(self) -> int | None:
        return self.inner.bos_token_id

    @property
    def added_tokens_decoder(self) -> dict[int, AddedToken]:
        return self.inner.added_tokens_decoder

    def get_vocab(self) -> dict[str, int]:
        return {self.convert_ids_to_tokens(i): i for i in self.inner.get_vocab().values()}

    def convert_ids_to_tokens(self, i: int) -> str:
        token = self.inner.convert_ids_to_tokens(i)
        if token is None:
            raise IndexError(i)
        return f"opaque{i}" if self.opaque else token

    def decode(self, ids: list[int], **options: Any) -> str:
        assert len(ids) <= 20, "decoding windows must stay bounded"
        return self.inner.decode(ids, **options)


BUILDERS = {
    "byte_level": byte_level,
    "byte_level_untrimmed": lambda: byte_level(trim=False),
    "byte_level_prefix_space": lambda: byte_level(prefix_space=True),
    "byte_fallback": byte_fallback,
    "metaspace_lower": lambda: byte_fallback(lower=True),
    "word_level": word_level,
    "slow_byte_fallback": lambda: Slow(byte_fallback()),
    "slow_opaque": lambda: Slow(byte_level(), opaque=True),
}
BUILT = {name: build() for name, build in BUILDERS.items()}
LOSSLESS = [name for name in BUILT if name not in ("word_level", "metaspace_lower")]
BYTES, LLAMA, WORDS = BUILT["byte_level"], BUILT["byte_fallback"], BUILT["word_level"]


def parts(tokens: Tokens, granularity: Any, pattern: str | None = None) -> list[str]:
    """The text of each group."""
    starts = [*tokens.groups(granularity, pattern), len(tokens)]
    return ["".join(tokens.pieces[a:b]) for a, b in pairwise(starts)]


def cut(*pieces: str) -> Tokens:
    """Tokens with these very pieces: groups depend on nothing else."""
    return Tokens("".join(pieces), tuple(range(len(pieces))), pieces, pieces)


def check(tokens: Tokens) -> None:
    """What holds for any tokens at all."""
    assert "".join(tokens.pieces) == tokens.text
    assert len(tokens) == len(tokens.ids) == len(tokens.pieces) == len(tokens.labels)
    assert all(tokens.labels)
    glyphs = {0, *(m.end() for m in regex.finditer(r"\X", tokens.text))}
    fine = set(tokens.groups("token"))
    for granularity in GRANULARITIES:
        pattern = r"\w\W?" if granularity == "regex" else None
        starts = tokens.groups(granularity, pattern)
        assert list(starts) == sorted(set(starts))
        assert set(starts) <= fine
        assert starts[:1] == ((0,) if tokens.ids else ())
        assert all(len("".join(tokens.pieces[:i])) in glyphs for i in starts)
        assert all(tokens.text == "" or part for part in parts(tokens, granularity, pattern))
