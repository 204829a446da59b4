"""Prints the numbers that the tests of cutaway.interp.statistics expect, by scipy, statsmodels and enumeration.

    pip install numpy==2.4.6 scipy==1.16.3 statsmodels==0.15.0
    python scripts/golden/statistics_numbers.py       (under a minute)
"""
import itertools

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

SKEWED = np.array([0.02, 0.05, 0.07, 0.11, 0.13, 0.19, 0.22, 0.31, 0.38, 0.47, 0.61, 0.83, 1.17, 1.9, 3.4])
EFFECTS = np.array([0.9, -0.2, 0.4, 1.3, 0.0, 0.7, -0.5, 1.1, 0.3, 0.6])
P = np.array([0.01, 0.04, 0.03, 0.005, 0.55, 0.02, 0.04, 0.9])
REFERENCE = np.array([0.5, -1.2, 3.1, 0.0, 0.0, 2.2, -0.4, 0.9, 0.5, -2.0, 1.4, 0.1])
APPROXIMATION = np.array([0.4, -0.9, 1.9, 0.1, 0.0, 2.0, 0.3, 0.4, 0.6, -1.1, 1.4, 0.1])
FAMILY = np.array([
    [1.1, 0.8, 1.4, 0.9, 1.2, 0.7, 1.3, 1.0],
    [0.6, 0.9, -0.1, 0.8, 0.5, 0.7, 0.9, 0.2],
    [3.0, -1.0, 4.0, 2.0, -2.0, 1.0, 5.0, 0.5],
    [0.01, -0.02, 0.03, -0.01, 0.02, -0.03, 0.01, 0.02],
])


def bootstrap_intervals():
    for method in ("percentile", "BCa"):
        got = stats.bootstrap((SKEWED,), np.mean, n_resamples=1_000_000, method=method, batch=10_000,
                              rng=np.random.default_rng(1)).confidence_interval
        print(f"mean of SKEWED, {method}: {got.low:.4f} {got.high:.4f}")


def spearman(x, y, axis=-1):
    a, b = stats.rankdata(x, axis=axis), stats.rankdata(y, axis=axis)
    a, b = a - a.mean(axis=axis, keepdims=True), b - b.mean(axis=axis, keepdims=True)
    return (a * b).sum(axis) / np.sqrt((a * a).sum(axis) * (b * b).sum(axis))


def agreement():
    assert abs(spearman(REFERENCE, APPROXIMATION) - stats.spearmanr(REFERENCE, APPROXIMATION).statistic) < 1e-12
    line = stats.linregress(REFERENCE, APPROXIMATION)
    print(f"spearman {spearman(REFERENCE, APPROXIMATION):.12f} pearson {line.rvalue:.12f} slope {line.slope:.12f}")
    got = stats.bootstrap((REFERENCE, APPROXIMATION), spearman, paired=True, n_resamples=400_000, batch=10_000, method="BCa",
                          rng=np.random.default_rng(2)).confidence_interval
    print(f"spearman, BCa: {got.low:.4f} {got.high:.4f}")


def sign_flip():
    got = stats.permutation_test((EFFECTS,), lambda x, axis: x.sum(axis), permutation_type="samples", vectorized=True,
                                 n_resamples=np.inf)
    print(f"sign flip of EFFECTS: {got.pvalue:.12f} = {got.pvalue * 1024:.3f} / 1024")


def max_statistic():
    """Step-down maxT (Westfall and Young) of Student's |t|, by its definition over all 2^8 signs."""
    def t(x):
        return abs(x.mean(1) / (x.std(1, ddof=1) / np.sqrt(x.shape[1])))

    observed = t(FAMILY)
    order = np.argsort(-observed)
    flipped = np.array([t(FAMILY * np.array(signs)) for signs in itertools.product((1, -1), repeat=FAMILY.shape[1])])
    alone = (flipped >= observed - 1e-9).mean(0)
    raw = np.array([(flipped[:, order[i:]].max(1) >= observed[order[i]] - 1e-9).mean() for i in range(len(order))])
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(raw)
    print("FAMILY, alone * 256:", alone * 256, "step down * 256:", adjusted * 256)


if __name__ == "__main__":
    bootstrap_intervals()
    agreement()
    sign_flip()
    for method in ("holm", "fdr_bh", "fdr_by"):
        print(method, multipletests(P, method=method)[1].round(12).tolist())
    max_statistic()
