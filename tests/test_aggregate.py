"""Aggregates of many texts against the same sums over `Attribution.shares`, one text at a time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from chat_templates import CHATML
from stored_runs import CHAT, SCOPES, TEXTS, failed, record, results, tiny_pair, write

from jacobian_widget import Attribution, attribute
from jacobian_widget.aggregate import by_distance, by_part, by_token, compare_runs
from jacobian_widget.blocks import blocks
from jacobian_widget.rows import Rows

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = [record(k, a, topic="even" if k % 2 == 0 else "odd") for k, a in enumerate(results())]
    bad = failed(len(records), "too long", "ValueError: the text is longer than the model's context")
    return write(tmp_path_factory.mktemp("run") / "scores.parquet", [*records, bad])


def shares_of(a: Attribution, scope: str) -> tuple[np.ndarray, float]:
    shares, bos = a.shares(scope)
    return shares[: a.end].astype(float), bos


def agrees(frame: pd.DataFrame, title: str, expected: dict[str, list[float]]) -> None:
    assert dict(zip(frame[title], frame["n"], strict=True)) == {key: len(found) for key, found in expected.items()}
    for line in frame.itertuples():
        found = np.array(expected[getattr(line, title)])
        assert line.mean_share == pytest.approx(found.mean(), rel=1e-4, abs=1e-6)
        if len(found) > 1:
            assert line.standard_error == pytest.approx(found.std(ddof=1) / len(found) ** 0.5, rel=1e-3, abs=1e-6)
        else:
            assert math.isnan(line.standard_error)


def summed(keys: Iterable[str], shares: np.ndarray) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for key, share in zip(keys, shares, strict=True):
        found[key] += float(share)
    return found


@pytest.mark.parametrize("scope", SCOPES)
def test_by_distance_is_the_mean_of_the_shares_at_each_distance(run: Path, scope: str) -> None:
    limit, expected = 10, defaultdict(list)
    for a in results():
        shares, bos = shares_of(a, scope)
        names = [str(a.end - t) if a.end - t <= limit else f"{limit + 1} or more" for t in range(a.end)]
        for name, share in summed(names, shares).items():
            expected[name].append(share)
        if a.source.bos:
            expected["BOS"].append(bos)
    frame = by_distance(run, scope, limit=limit)
    agrees(frame, "distance", expected)
    order = [*map(str, range(1, limit + 1)), f"{limit + 1} or more", "BOS"]
    assert list(frame["distance"]) == [name for name in order if name in expected]


def test_shares_of_every_text_add_to_one(run: Path) -> None:
    for scope in SCOPES:
        for block in blocks(Rows(run), scope, []):
            whole = np.bincount(block.of, block.shares, minlength=len(block.ends)) + block.bos
            np.testing.assert_allclose(whole, 1, rtol=1e-6)


@pytest.mark.parametrize("scope", SCOPES)
def test_by_token_is_the_mean_over_the_texts_that_have_it(run: Path, scope: str) -> None:
    share, lift, occurrences = defaultdict(list), defaultdict(list), defaultdict(int)
    for a in results():
        shares, bos = shares_of(a, scope)
        ids = a.source.ids[: a.end]
        for k in set(ids):
            at = [t for t in range(a.end) if ids[t] == k]
            share[k].append(shares[at].sum())
            lift[k].append(shares[at].mean() / ((1 - bos) / a.end))
            occurrences[k] += len(at)
    frame = by_token(run, scope)
    agrees(frame, "id", share)
    assert dict(zip(frame["id"], frame["occurrences"], strict=True)) == occurrences
    for line in frame.itertuples():
        assert line.lift == pytest.approx(np.mean(lift[line.id]), rel=1e-3)
    assert list(frame["lift"]) == sorted(frame["lift"], reverse=True)
    tokenizer = tiny_pair()[1]
    first = frame.iloc[0]
    assert first["token"] in "".join(TEXTS)
    assert tokenizer.decode([first["id"]]) == first["token"]
    many = by_token(run, scope, least=4)
    assert set(many["id"]) == {k for k, found in share.items() if len(found) >= 4}
    assert len(many)


def test_by_part_of_a_chat_is_the_mean_of_its_role_shares(tmp_path: Path) -> None:
    model, tokenizer = tiny_pair()
    tokenizer = deepcopy(tokenizer)
    tokenizer.chat_template = CHATML
    chat = [
        attribute(model, tokenizer, messages=CHAT),
        attribute(model, tokenizer, messages=CHAT[1:], n_bos=1),
        attribute(model, tokenizer, "plain"),
    ]
    path = write(tmp_path / "run", [record(k, a) for k, a in enumerate(chat)])
    expected = defaultdict(list)
    for a in chat:
        for role, share in a.role_shares("semantic").items():
            expected[role].append(share)
    frame = by_part(path)
    agrees(frame, "part", expected)
    assert {"system", "user", "template", "text", "BOS"} == set(frame["part"])
    assert sum(frame["tokens"]) == sum(a.end for a in chat)


def test_by_part_of_patterns_takes_the_first_that_touches(run: Path) -> None:
    patterns = {"number": r"\d[\d,]*", "letter": r"\p{L}"}
    frame = by_part(run, pattern=patterns)
    expected, tokens = defaultdict(list), defaultdict(int)
    for a in results():
        shares, bos = a.shares("semantic")
        starts = [sum(map(len, a.tokens[:t])) for t in range(len(a.tokens) + 1)]
        names = []
        for t in range(a.end):
            inside = a.source.text[starts[t] : starts[t + 1]]
            number = any(c.isdigit() for c in inside) or (
                inside == "," and a.source.text[starts[t] - 1 : starts[t] + 2] == "1,2"
            )
            names.append("number" if number else "letter" if any(c.isalpha() for c in inside) else "rest")
            tokens[names[-1]] += 1
        for name, share in summed(names, shares[: a.end]).items():
            expected[name].append(share)
        if a.source.bos:
            expected["BOS"].append(bos)
    agrees(frame, "part", expected)
    assert dict(zip(frame["part"], frame["tokens"], strict=True)) == {**tokens, "BOS": 0}
    one = by_part(run, pattern=r"\d[\d,]*")
    assert list(one["part"]) == ["matches", "rest", "BOS"]
    assert one["mean_share"][0] == pytest.approx(frame["mean_share"][0])


def test_a_filter_leaves_other_texts_out_and_progress_counts_rows(run: Path) -> None:
    calls = []
    frame = by_distance(run, where="topic = 'even'", search="the", progress=lambda *now: calls.append(now))
    assert frame["n"].max() == 2
    assert calls[-1][0] == 2


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda p: by_distance(p, "loudness"), "'loudness' was not stored; choose one of semantic"),
        (lambda p: by_distance(p, limit=0), "limit is the furthest"),
        (lambda p: by_distance(p, where="colour = 'red'"), "colour"),
        (lambda p: by_part(p, pattern="("), "is no regular expression"),
        (lambda p: by_part(p, pattern={}), "pattern is empty"),
        (lambda p: by_part(p, pattern={"BOS": "x"}), "BOS is the name of another part"),
        (lambda p: by_token(p.parent / "nothing"), "is not there"),
    ],
)
def test_what_is_wrong_is_said(run: Path, ask: object, said: str) -> None:
    with pytest.raises((ValueError, FileNotFoundError), match=said.replace("(", r"\(")):
        ask(run)


def test_two_runs_are_compared_row_by_row(tmp_path: Path) -> None:
    """Other shard sizes, a row missing on either side, and one text of which another position is explained."""
    ours, theirs = results(), results(seed=1, positions=(None, 9, None, 12, None, 1))
    a = write(tmp_path / "a", [record(k, r) for k, r in enumerate(ours) if k != 1], size=2)
    bad = failed(4, TEXTS[4], "ValueError")
    b = write(tmp_path / "b", [bad if k == 4 else record(k, r) for k, r in enumerate(theirs)], size=3)
    frame = compare_runs(a, b)
    assert list(frame["row"]) == [0, 2, 3, 5]
    for line in frame.itertuples():
        one, two = ours[line.row], theirs[line.row]
        assert line.p_a == pytest.approx(next(p.p for p in one.predictions if p.id == one.default_target))
        assert line.entropy_b == pytest.approx(two.entropy)
        if one.position != two.position:
            assert math.isnan(line.overlap)
            continue
        (mine, bos), (other, also) = one.shares(), two.shares()
        assert line.overlap == pytest.approx(np.minimum(mine, other).sum() + min(bos, also), rel=1e-4)
        assert 0 < line.overlap < 1
    same = compare_runs(a, a)
    np.testing.assert_allclose(same["overlap"], 1, rtol=1e-6)
    assert len(compare_runs(a, b, where="row > 100")) == 0


def test_an_overlap_is_never_more_than_the_whole(run: Path) -> None:
    """Shares of one text may add to 1 and a rounding error; 1.0000000000000002 is no share."""
    block = next(blocks(Rows(run), "semantic", ["row"]))
    more = replace(block, shares=block.shares * (1 + 1e-12), bos=block.bos * (1 + 1e-12))
    at = np.arange(len(block.ends))
    assert more.overlap(at, more, at).max() == 1


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """No block is larger than a shard, so that a run of any length is read in the memory of one."""
    records = [record(k, a) for k, a in enumerate(results() * 20)]
    path = write(tmp_path / "run", records, size=10)
    assert max(len(block.ends) for block in blocks(Rows(path), "semantic", [])) <= 10
