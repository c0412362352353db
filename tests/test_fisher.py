"""Estimates of the Fisher trace on matrices whose trace is known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from jacobian_widget.fisher import FisherBlock, estimate, top_eigenpairs


@dataclass
class Problem:
    """`F = S Sᵀ` `[d, d]` and Jacobians `J` `[n, d, d_in]`."""

    root: Tensor
    jacobians: Tensor
    seed: int = 0
    vjps: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.generator = torch.Generator().manual_seed(self.seed)

    @property
    def exact(self) -> Tensor:
        return (self.root.double().T @ self.jacobians.double()).square().sum((1, 2))

    def product(self, w: Tensor) -> Tensor:
        return self.root @ (self.root.T @ w)

    def sample(self, k: int) -> Tensor:
        return torch.randn(k, self.root.shape[1], generator=self.generator) @ self.root.T

    def squares(self, v: Tensor) -> Tensor:
        self.vjps.append(v @ self.jacobians)  # [n, k, d_in]
        return self.vjps[-1].square().sum(-1)

    def respond(self, weights: Tensor, k: int) -> Tensor:
        assert len(self.vjps) == 1
        return torch.einsum("t,tki,tdi->kd", weights, self.vjps[0][:, :k], self.jacobians)

    def blocks(self, *, steered: bool = True, **options: object) -> list[FisherBlock]:
        d, n = len(self.root), len(self.jacobians)
        respond = self.respond if steered else None
        return list(estimate(self.product, self.sample, self.squares, d, n, respond=respond, **options))  # type: ignore[arg-type]


def problem(d: int = 300, n: int = 6, *, rank: int | None = None, decay: float = 0.7, seed: int = 0) -> Problem:
    """A spectrum that falls as a power, and tokens that share a few strong directions, as language models have."""
    generator = torch.Generator().manual_seed(12)
    scale = torch.arange(1, (rank or d) + 1) ** -decay
    root = torch.linalg.qr(torch.randn(d, rank or d, generator=generator)).Q * scale
    shared = torch.randn(d, 5, generator=generator)
    jacobians = 0.2 * torch.randn(n, d, 20, generator=generator)
    jacobians += torch.einsum("dk,nki->ndi", shared, torch.randn(n, 5, 20, generator=generator)) * 0.3
    return Problem(root, jacobians * torch.logspace(-2, 1, n)[:, None, None], seed)


def score(block: FisherBlock) -> Tensor:
    return block.spectrum.sum(-1) + block.remainder


@pytest.mark.parametrize("steered", [False, True])
def test_unbiased_with_an_honest_error(steered: bool) -> None:  # noqa: FBT001
    seeds = 60
    exact = problem().exact
    last = [problem(seed=seed).blocks(steered=steered, n_eigen=8, n_probes=24, seed=seed)[-1] for seed in range(seeds)]
    got = torch.stack([score(block) for block in last]).double()
    spread = got.std(0) / seeds**0.5
    assert ((got.mean(0) - exact).abs() < 4 * spread).all()
    within = (got - exact).abs() <= 2 * torch.stack([block.standard_error for block in last])
    assert within.double().mean() > 0.9
    assert np.mean([block.trace for block in last]) == pytest.approx(float(problem().root.square().sum()), rel=0.01)
    tokens = 6  # fewer than the steered directions that there may be
    assert {(block.n_probes, block.n_steered, block.exact) for block in last} == {(24, tokens * steered, False)}


def test_steering_is_worth_many_probes() -> None:
    """Where tokens share strong directions outside the top of `F`."""
    plain, steered = (problem().blocks(steered=flag, n_eigen=8, n_probes=24)[-1] for flag in (False, True))
    assert steered.rtol < 0.5 * plain.rtol


@pytest.mark.parametrize("answer", ["noise", "zeros", "nan", "the eigenvectors"])
def test_no_response_makes_the_estimate_wrong(answer: str) -> None:
    def respond(_: Tensor, k: int) -> Tensor:
        if answer == "noise":
            return torch.randn(k, 300, generator=torch.Generator().manual_seed(1))
        if answer == "the eigenvectors":
            return top_eigenpairs(problem().product, 300, k, torch.Generator().manual_seed(0), "cpu")[1].T
        return torch.full((k, 300), float("nan") if answer == "nan" else 0.0)

    exact, got = problem().exact, []
    for seed in range(40):
        p = problem(seed=seed)
        *_, block = estimate(p.product, p.sample, p.squares, 300, 6, respond=respond, n_eigen=8, n_probes=16, seed=seed)
        got.append(score(block).double())
    mean, spread = torch.stack(got).mean(0), torch.stack(got).std(0) / 40**0.5
    assert ((mean - exact).abs() < 4 * spread).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    d=st.integers(1, 160),
    n=st.integers(1, 4),
    rank=st.integers(1, 160),
    n_eigen=st.integers(1, 20),
    n_probes=st.integers(2, 20),
    size=st.sampled_from([1e-6, 1.0, 1e3]),
    seed=st.integers(0, 5),
)
def test_any_size_and_rank(d: int, n: int, rank: int, n_eigen: int, n_probes: int, size: float, seed: int) -> None:
    p = problem(d, n, rank=min(d, rank), seed=seed)
    p.root *= size
    rank, exact = p.root.shape[1], p.exact
    block = p.blocks(n_eigen=n_eigen, n_probes=n_probes)[-1]
    assert block.spectrum.shape == (n, d if block.exact else n_eigen)
    assert len(block.eigenvalues) == block.spectrum.shape[1]
    assert block.eigenvalues.diff().le(0).all()
    assert all(torch.isfinite(t).all() and (t >= 0).all() for t in (block.spectrum, block.remainder, block.eigenvalues))
    assert block.exact == (n_eigen + 2 * min(8, n_eigen) + n_probes >= d)
    if block.exact or n_eigen >= rank:
        torch.testing.assert_close(score(block).double(), exact, rtol=1e-4, atol=0)
        assert (block.standard_error <= 1e-6 * exact).all()
        assert block.trace == pytest.approx(float(p.root.square().sum()), rel=1e-4)
        assert block.rtol < 1e-6
    elif n_probes >= 6:  # the spread of two or three may be small by chance
        assert ((score(block) - exact).abs() <= 20 * block.standard_error + 1e-4 * exact).all()


def test_grows_until_the_tolerance_is_met() -> None:
    blocks = problem(600).blocks(n_eigen=8, n_probes=8, rtol=0.002, max_probes=400)
    counts = [block.n_probes for block in blocks]
    assert len(counts) > 2
    assert counts == sorted(set(counts))
    assert all(block.rtol > 0.002 for block in blocks[:-1])
    last, exact = blocks[-1], problem(600).exact
    assert last.rtol <= 0.002
    top = score(last) >= score(last).median()
    assert float((last.standard_error / score(last))[top].max()) == pytest.approx(last.rtol)
    assert ((score(last) - exact).abs()[top] < 0.008 * exact[top]).all()
    assert sum(v.shape[1] for v in problem_vjps(blocks, 8)) == 8 + last.n_steered + last.n_probes


def problem_vjps(blocks: list[FisherBlock], n_eigen: int) -> list[Tensor]:
    """The VJPs of a run that is the same as that of `blocks`."""
    p = problem(600)
    again = p.blocks(n_eigen=n_eigen, n_probes=8, rtol=0.002, max_probes=400)
    for one, other in zip(blocks, again, strict=True):
        assert torch.equal(score(one), score(other))
    return p.vjps


def test_stops_at_the_most_probes_and_says_what_was_reached() -> None:
    blocks = problem(600).blocks(n_eigen=4, n_probes=8, rtol=1e-4, max_probes=20)
    assert [block.n_probes for block in blocks] == [8, 16, 20]
    assert 1e-4 < blocks[-1].rtol < 1
    assert not blocks[-1].exact


def test_exact_once_fewer_directions_are_left_than_probes_wanted() -> None:
    p = problem(60)
    blocks = p.blocks(n_eigen=4, n_probes=20, rtol=1e-4, max_probes=400)
    assert [block.exact for block in blocks] == [*[False] * (len(blocks) - 1), True]
    assert len(blocks) > 1
    torch.testing.assert_close(score(blocks[-1]).double(), p.exact, rtol=1e-5, atol=0)
    assert not blocks[-1].standard_error.any()
    assert blocks[-1].trace == pytest.approx(float(p.root.square().sum()), rel=1e-5)
    assert blocks[-1].n_probes == 60 - 4 - 4


def test_skip_chooses_whom_the_tolerance_is_about() -> None:
    p = problem()
    p.jacobians[0, :, :] = 0
    p.jacobians[1] *= 1e3
    block = p.blocks(n_eigen=8, n_probes=12, skip=2)[-1]
    part, error = score(block)[2:], block.standard_error[2:]
    top = part >= part.median()
    assert block.rtol == pytest.approx(float((error / part)[top].max()))
    assert score(block)[0] == 0


def test_eigenvalues_in_clusters_and_ranks_below_the_block() -> None:
    """Against a dense solve, on a matrix large enough for the iteration."""
    d = 400
    q = torch.linalg.qr(torch.randn(d, d, generator=torch.Generator().manual_seed(0))).Q
    for values in (
        torch.ones(d),
        torch.cat([torch.full((12,), 3.0), torch.full((d - 12,), 0.5)]),
        torch.cat([torch.arange(5, 0, -1.0), torch.zeros(d - 5)]),
        torch.zeros(d),
    ):
        pairs = top_eigenpairs(
            lambda w, s=values: q @ (s[:, None] * (q.T @ w)), d, 8, torch.Generator().manual_seed(0), "cpu"
        )
        got, u = (part.float() for part in pairs)
        torch.testing.assert_close(got, values[:8], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(u.T @ u, torch.eye(8), rtol=0, atol=1e-4)
        torch.testing.assert_close(q @ (values[:, None] * (q.T @ u)), u * got, rtol=0, atol=1e-4)


def test_eigenpairs_take_far_fewer_products_than_a_dense_solve() -> None:
    columns: list[int] = []
    p = problem(600)

    def product(w: Tensor) -> Tensor:
        columns.append(w.shape[1])
        return p.product(w)

    values, _ = top_eigenpairs(product, 600, 16, torch.Generator().manual_seed(0), "cpu")
    torch.testing.assert_close(values.float(), torch.arange(1, 17) ** -1.4, rtol=1e-4, atol=0)
    assert sum(columns) < 200


def test_the_search_misses_nothing_that_its_start_cannot_reach() -> None:
    """Directions near the eigenvectors end it sooner; those within a part that `F` keeps to itself do no harm."""
    p = problem(600)
    want = torch.arange(1, 9) ** -1.4
    products: list[int] = []
    near = p.root[:, :16] + 1e-3 * torch.randn(600, 16, generator=torch.Generator().manual_seed(1))
    closed = p.root[:, 100:116]  # eigenvectors far down
    for start in (None, near, closed, torch.zeros(600, 16), near[:, :1]):
        calls = 0

        def product(w: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            return p.product(w)

        generator = torch.Generator().manual_seed(0)
        values, u = top_eigenpairs(product, 600, 8, generator, "cpu", start)
        products.append(calls)
        torch.testing.assert_close(values.float(), want, rtol=1e-4, atol=0)
        torch.testing.assert_close(p.product(u.float()), u.float() * want, rtol=0, atol=1e-3)
    assert products[1] < products[0]


def test_a_check_or_a_vjp_that_raises_ends_it() -> None:
    class StopError(Exception):
        pass

    def run(stop_at: int) -> int:
        calls = 0

        def check() -> None:
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise StopError

        def squares(v: Tensor) -> Tensor:
            check()
            return p.squares(v)

        p = problem()
        for _ in estimate(p.product, p.sample, squares, 300, 6, respond=p.respond, n_eigen=8, n_probes=8, check=check):
            pass
        return calls

    total = run(0)
    assert total > 5
    for stop_at in range(1, total + 1):
        with pytest.raises(StopError):
            run(stop_at)


def test_eigen_directions_alone() -> None:
    p = problem()
    (block,) = p.blocks(n_eigen=8, n_probes=0)
    assert not block.remainder.any()
    assert not block.exact
    assert block.rtol == float("inf")
    assert len(p.vjps) == 1
