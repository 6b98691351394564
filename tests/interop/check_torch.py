"""usage: check_torch.py FOLDER RAW.h5 READY.h5 SPLIT PREDICTIONS.h5 TUNED

What PyTorch says from raw columns, or, with "-" for RAW.h5, from prepared
blocks, beside what mtl-predict says; whether prepare.py makes the blocks of
mtl-prep, to the bit. Then trains on a little and writes TUNED.safetensors,
TUNED.pt and what the tuned model says, TUNED.npz.
"""
import sys

import h5py
import numpy as np
import torch

from common import block, compare, raw_columns, rows_of, same_blocks

folder, raw, ready, split, predictions, tuned = sys.argv[1:]
sys.path.insert(0, folder)
from model import load  # noqa: E402
from prepare import prepare  # noqa: E402

torch.set_num_threads(1)
prepared = h5py.File(ready)
rows = rows_of(prepared, split)
if raw == "-":
    table = {name: block(group, rows)
             for name, group in prepared["inputs"].items()}
else:
    table = raw_columns(h5py.File(raw), rows)
blocks = prepare(table)
if raw != "-":
    same_blocks(blocks, prepared, rows)
model = load()
inputs = model.tensors(blocks)
said = model.predict(**inputs)
compare("torch", predictions, {k: x.numpy() for k, x in said.items()},
        model.classes(said))

model.train()
optimiser = torch.optim.Adam(model.parameters(), 1e-3)
for _ in range(3):
    optimiser.zero_grad()
    sum((z ** 2).mean() for z in model(**inputs).values()).backward()
    optimiser.step()
model.eval()
model.save(tuned + ".safetensors")
torch.save(model.state_dict(), tuned + ".pt")
after = model.predict(**inputs)
assert any(not torch.equal(said[k], after[k]) for k in said)
np.savez(tuned, **{name: x.numpy() for name, x in after.items()})
