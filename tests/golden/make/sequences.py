"""Writes sequences.json: layers of sequences, their values and all gradients,
by plain numpy that goes through every sequence alone. Gradients are those of
the complex step, exact to rounding.

pip install numpy; python3 make/sequences.py
"""

import json
import pathlib
import sys

import numpy as np

LENGTHS = [2, 0, 1, 7]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sequences(x):
    ends = np.cumsum(LENGTHS)
    return [x[end - n:end] for end, n in zip(ends, LENGTHS)]


def lstm_way(x, kernel, forget_bias):
    units = kernel.shape[0]
    h = np.zeros(units, x.dtype)
    c = np.zeros(units, x.dtype)
    rows = []
    for row in x:
        i, f, o, g = np.split(row + h @ kernel, 4)
        c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        rows.append(h)
    return np.array(rows).reshape(len(x), units)


def gru_way(x, kernel, bias):
    units = kernel.shape[0]
    h = np.zeros(units, x.dtype)
    rows = []
    for row in x:
        z = h @ kernel
        r = sigmoid(row[:units] + z[:units])
        u = sigmoid(row[units:2 * units] + z[units:2 * units])
        n = np.tanh(row[2 * units:] + r * (z[2 * units:] + bias[0]))
        h = (1 - u) * n + u * h
        rows.append(h)
    return np.array(rows).reshape(len(x), units)


def both(x, there, back):
    rows = []
    for part in sequences(x):
        a, b = np.split(part, 2, axis=1)
        rows.append(np.concatenate([there(a), back(b[::-1])[::-1]], axis=1))
    return np.concatenate(rows)


def lstm(x, recurrent, recurrent_back):
    return both(x, lambda a: lstm_way(a, recurrent, 1.0),
                lambda a: lstm_way(a, recurrent_back, 1.0))


def gru(x, recurrent, bias, recurrent_back, bias_back):
    return both(x, lambda a: gru_way(a, recurrent, bias),
                lambda a: gru_way(a, recurrent_back, bias_back))


def attention_of(heads, causal):
    def attention(x):
        rows = []
        for part in sequences(x):
            q, k, v = np.split(part, 3, axis=1)
            width = q.shape[1] // heads
            y = np.zeros_like(q)
            for head in range(heads):
                at = slice(head * width, (head + 1) * width)
                for t in range(len(part)):
                    last = t + 1 if causal else len(part)
                    p = np.exp(k[:last, at] @ q[t, at] / np.sqrt(width))
                    y[t, at] = (p / p.sum()) @ v[:last, at]
            rows.append(y)
        return np.concatenate(rows)
    return attention


def positions(x):
    rows = []
    cols = x.shape[1]
    for part in sequences(x):
        y = 1.5 * part
        for t in range(len(part)):
            for col in range(cols):
                angle = t * 10000.0 ** (-2 * (col // 2) / cols)
                y[t, col] += np.sin(angle) if col % 2 == 0 else np.cos(angle)
        rows.append(y)
    return np.concatenate(rows)


def gradients(layer, arrays, dy):
    """Of sum(y dy), by each number of each array."""
    step = 1e-30
    all_of = []
    for number, array in enumerate(arrays):
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            moved = [a.astype(complex) for a in arrays]
            moved[number][index] += 1j * step
            gradient[index] = (layer(*moved).imag * dy).sum() / step
        all_of.append(gradient)
    return all_of


def rounded(array):
    return [[float(f"{v:.12g}") for v in row] for row in array]


def main():
    draws = np.random.default_rng(7)
    tokens = sum(LENGTHS)

    def numbers(rows, cols):
        return np.round(draws.normal(size=(rows, cols)), 3)

    kernel = [("recurrent", 3, 12), ("recurrent_back", 3, 12)]
    gated = [("recurrent", 2, 6), ("bias", 1, 2), ("recurrent_back", 2, 6),
             ("bias_back", 1, 2)]
    cases = []
    for name, layer, cols, params in [
            ("lstm", lstm, 24, kernel), ("gru", gru, 12, gated),
            ("attention", attention_of(2, False), 12, []),
            ("causal-attention", attention_of(2, True), 12, []),
            ("positions", positions, 5, [])]:
        arrays = [numbers(tokens, cols)]
        arrays += [numbers(rows, width) for _, rows, width in params]
        y = layer(*arrays)
        dy = numbers(*y.shape)
        found = gradients(layer, arrays, dy)
        cases.append({
            "id": name, "x": rounded(arrays[0]), "y": rounded(y),
            "dy": rounded(dy), "dx": rounded(found[0]),
            "params": {p[0]: rounded(a) for p, a in zip(params, arrays[1:])},
            "dparams": {p[0]: rounded(a) for p, a in zip(params, found[1:])},
        })
    golden = {"source": "numpy " + np.__version__, "lengths": LENGTHS,
              "cases": cases}
    path = pathlib.Path(__file__).parent.parent / "sequences.json"
    if len(sys.argv) == 3 and sys.argv[1] == "--out":
        path = pathlib.Path(sys.argv[2]) / "sequences.json"
    path.write_text(json.dumps(golden) + "\n")


main()
