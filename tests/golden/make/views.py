"""Views in one space, and COREG's rule: scikit-learn and scipy against numpy by other routes than ours."""
import argparse
import json
import os
import warnings

import numpy as np
import scipy
import scipy.linalg as sl
import sklearn
from sklearn.cross_decomposition import CCA
from sklearn.neighbors import KNeighborsRegressor

warnings.filterwarnings("ignore")
ap = argparse.ArgumentParser()
ap.add_argument("--out", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
OUT = ap.parse_args().out
CASES = []


def views(seed, rows, widths):
    """Views that share two latent numbers, with few decimals."""
    r = np.random.default_rng(seed)
    z = r.normal(size=(rows, 2))
    return [np.round(z @ r.normal(size=(2, d)) + 0.7 * r.normal(size=(rows, d)) + r.normal(size=d), 2) for d in widths]


def centred(x):
    return x - x.mean(0)


def ridged(x, ridge):
    c = np.cov(x.T)
    return c + ridge * np.trace(c) / len(c) * np.eye(len(c))


def signed(maps):
    for k in range(maps[0].shape[1]):
        if maps[0][np.argmax(np.abs(maps[0][:, k])), k] < 0:
            for m in maps:
                m[:, k] *= -1
    return maps


def add(id, method, params, inputs, maps, source):
    CASES.append({"id": id, "method": method, "params": params, "inputs": {"views": [v.tolist() for v in inputs]},
                  "expected": {"maps": [np.round(m, 12).tolist() for m in maps]}, "source": source, "tolerance": {"float64": 1e-8}})


def cca(x, y, ridge, dims):
    """By the generalised eigenproblem of both views together."""
    a, b = ridged(x, ridge), ridged(y, ridge)
    p, q = len(a), len(b)
    s = np.cov(x.T, y.T)[:p, p:]
    left = np.block([[np.zeros((p, p)), s], [s.T, np.zeros((q, q))]])
    w, v = sl.eigh(left, sl.block_diag(a, b))
    v = v[:, ::-1][:, :dims] * np.sqrt(2)
    return signed([v[:p], v[p:]]), w[::-1][:dims]


def gcca(xs, ridge, dims):
    """By the rows x rows matrix of Kettenring's MAX-VAR."""
    n = len(xs[0])
    cs = [centred(x) for x in xs]
    inv = [np.linalg.inv(ridged(x, ridge) * (n - 1)) for x in xs]
    m = sum(c @ i @ c.T for c, i in zip(cs, inv))
    w, g = np.linalg.eigh(m)
    g = g[:, ::-1][:, :dims] * np.sqrt(n - 1)
    return signed([i @ c.T @ g for c, i in zip(cs, inv)])


def gower(xs):
    """Generalised Procrustes by turning rows onto their mean."""
    cs = [centred(x) for x in xs]
    q = [np.eye(cs[0].shape[1])] + [sl.orthogonal_procrustes(c, cs[0])[0] for c in cs[1:]]
    for _ in range(5000):
        mean = sum(c @ r for c, r in zip(cs, q)) / len(cs)
        q = [sl.orthogonal_procrustes(c, mean)[0] for c in cs]
    return [r @ q[0].T for r in q]


x, y = views(1, 60, (4, 3))
maps, rho = cca(x, y, 0, 3)
own = CCA(n_components=3, scale=False, max_iter=20000, tol=1e-14).fit(x, y)
s, t = own.transform(x, y)
theirs = [abs(np.corrcoef(s[:, k], t[:, k])[0, 1]) for k in range(3)]
assert np.allclose(theirs, rho, atol=1e-5), (theirs, rho)
add("cca", "cca", {"ridge": 0, "dims": 3}, [x, y], maps, "scipy.linalg.eigh; correlations as sklearn.cross_decomposition.CCA, within 1e-5")
x, y = views(2, 30, (3, 5))
add("cca-ridge", "cca", {"ridge": 0.1, "dims": 2}, [x, y], cca(x, y, 0.1, 2)[0], "scipy.linalg.eigh")
xs = views(3, 40, (4, 3, 5))
add("gcca", "gcca", {"ridge": 0, "dims": 2}, xs, gcca(xs, 0, 2), "numpy, rows x rows")
add("gcca-ridge", "gcca", {"ridge": 0.05, "dims": 3}, xs, gcca(xs, 0.05, 3), "numpy, rows x rows")
xs = views(4, 25, (3, 3))
add("procrustes", "procrustes", {"ridge": 0, "dims": 0}, xs, [np.eye(3), sl.orthogonal_procrustes(centred(xs[1]), centred(xs[0]))[0]], "scipy.linalg.orthogonal_procrustes")
xs = views(5, 25, (3, 3, 3, 3))
add("procrustes-gower", "procrustes", {"ridge": 0, "dims": 0}, xs, gower(xs), "scipy.linalg.orthogonal_procrustes, turn by turn")

r = np.random.default_rng(6)
x = np.round(r.normal(size=(40, 3)), 2)
y = np.round(x[:, 0] + x[:, 1] ** 2 + 0.1 * r.normal(size=40), 2)
known, pool = list(range(25)), list(range(25, 40))
for k, p in ((3, 2), (3, 5), (1, 1), (4, 2)):
    drops = []
    for u in pool:
        label = float(np.round(y[u] + (0.5 if u % 2 else 0), 2))
        before = KNeighborsRegressor(k, p=p, algorithm="brute").fit(x[known], y[known])
        after = KNeighborsRegressor(k, p=p, algorithm="brute").fit(x[known + [u]], np.append(y[known], label))
        near = before.kneighbors(x[[u]], return_distance=False)[0]
        drops.append(float(np.sum((y[near] - before.predict(x[near])) ** 2 - (y[near] - after.predict(x[near])) ** 2)))
    CASES.append({"id": f"coreg-{k}-{p}", "method": "coreg", "params": {"neighbours": k, "order": p},
                  "inputs": {"x": x.tolist(), "y": y.tolist(), "known": known, "pool": pool, "labels": [float(np.round(y[u] + (0.5 if u % 2 else 0), 2)) for u in pool]},
                  "expected": {"drops": np.round(drops, 12).tolist()}, "source": "sklearn.neighbors.KNeighborsRegressor", "tolerance": {"float64": 1e-9}})

with open(os.path.join(OUT, "views.json"), "w") as f:
    json.dump({"about": "maps of views into one space (columns x dims), and by how much learning a row lowers the squared error near it",
               "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__}, "cases": CASES}, f)
    f.write("\n")
