"""ESRI with SciPy sparse matrices, one company at a time: the equations as they stand, to compare speed with.

    go test ./queries/internal/esri -run xxx -bench Scores/2000 -benchtime 1x -esri.write /tmp/net
    python3 scripts/esri_scipy.py /tmp/net2000 [EVERY]

Needs numpy and scipy. Reads a network that the benchmark wrote, scores every EVERY-th company with replacement, linear
production and the authors' eps of 0.01, and prints the time a company and the sum of the scores.
"""

import sys
import time

import numpy as np
import scipy
from scipy.sparse import csr_matrix


def read(path):
    with open(path, "rb") as f:
        n, m = np.fromfile(f, np.int32, 2)
        sector = np.fromfile(f, np.int32, n)
        source = np.fromfile(f, np.int32, m)
        target = np.fromfile(f, np.int32, m)
        value = np.fromfile(f, np.float64, m)
    return n, sector, source, target, value


def main():
    n, sector, source, target, value = read(sys.argv[1])
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    s = np.bincount(source, value, n)
    m = np.bincount(target, value, n)
    up = csr_matrix((value / s[source], (source, target)), (n, n))
    down = csr_matrix((value / m[target], (target, source)), (n, n))
    sectors = sector.max() + 1
    weight = s / s.sum()

    def score(f, eps=0.01):
        hd, hu = np.ones(n), np.ones(n)
        hd[f] = hu[f] = 0
        while True:
            left = np.bincount(sector, s * hd, sectors)[sector]
            sigma = np.ones(n)
            np.divide(s, left, out=sigma, where=left > 0)
            np.minimum(sigma, 1, out=sigma)
            nd = np.maximum(0, 1 - down @ (sigma * (1 - hd)))
            nu = np.maximum(0, 1 - up @ (1 - hu))
            nd[f] = nu[f] = 0
            drop = max((hd - nd).max(), (hu - nu).max())
            hd, hu = nd, nu
            if drop <= eps:
                return weight @ (1 - np.minimum(hd, hu))

    companies = range(0, n, every)
    began = time.perf_counter()
    scores = [score(f) for f in companies]
    took = time.perf_counter() - began
    print(f"scipy {scipy.__version__}: {len(scores)} of {n} companies, {1000 * took / len(scores):.3f} ms each, sum {sum(scores):.9f}")


if __name__ == "__main__":
    main()
