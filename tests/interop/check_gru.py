"""usage: check_gru.py FOLDER READY.h5 BLOCK SPLIT

Whether the recurrent layers of model.py are those of PyTorch: a torch.nn.GRU of
the same weights says the same of each text.
"""
import sys

import h5py
import numpy as np
import torch

from common import block, rows_of

folder, ready, name, split = sys.argv[1:]
sys.path.insert(0, folder)
from model import load  # noqa: E402

torch.set_num_threads(1)
prepared = h5py.File(ready)
texts = block(prepared["inputs/" + name], rows_of(prepared, split))
starts = torch.as_tensor(np.cumsum([0] + [len(text) for text in texts]))
found = [m for m in load().modules() if hasattr(m, "recurrent")]
assert found and all(hasattr(m, "bias") for m in found)
for ours in found:
    ways, units = ours.ways, ours.units
    gru = torch.nn.GRU(3 * units, units, bidirectional=len(ways) == 2)
    state = {}
    for way, theirs in zip(ways, ("l0", "l0_reverse")):
        kernel = getattr(ours, "recurrent" + way)
        bias = torch.zeros(3 * units)
        bias[2 * units:] = getattr(ours, "bias" + way)
        state |= {"weight_ih_" + theirs: torch.eye(3 * units),
                  "bias_ih_" + theirs: torch.zeros(3 * units),
                  "weight_hh_" + theirs: kernel.T, "bias_hh_" + theirs: bias}
    gru.load_state_dict(state)
    # What goes in is a product already; that of each way stands by itself.
    x = torch.randn(int(starts[-1]), len(ways) * 3 * units)
    worst = 0.0
    with torch.no_grad():
        y = ours(x, starts).chunk(len(ways), 1)
        for first, last in zip(starts[:-1], starts[1:]):
            if first == last:
                continue
            for i, part in enumerate(x[first:last].chunk(len(ways), 1)):
                way = gru(part)[0].chunk(len(ways), 1)[i]
                worst = max(worst, float((way - y[i][first:last]).abs().max()))
    print(f"torch.nn.GRU: {len(texts)} texts, off by {worst:.1e}")
    if not worst < 1e-6:
        raise SystemExit("that is too much")
