"""Files of PyTorch, safetensors and NumPy with the same arrays, in the folder
given: python weights.py ../weights (torch 2.15, safetensors 0.8, numpy 2.4)."""
import os
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

os.chdir(sys.argv[1])
model = nn.Sequential()
model.add_module("trunk_0", nn.Linear(3, 4))
model.add_module("norm", nn.BatchNorm1d(4))
model.add_module("turned", nn.Linear(4, 4, bias=False))
with torch.no_grad():
    for i, p in enumerate(model.parameters()):
        p.copy_(torch.arange(p.numel()).reshape(p.shape) / 8 + i)
# A view with strides of its own.
model.turned.weight = nn.Parameter(model.turned.weight.t())

state = model.state_dict()
torch.save(state, "state.pt")
torch.save({"epoch": 3, "model": state,
            "half": torch.tensor([1.5, -2]).half(),
            "brain": torch.tensor([1.5]).bfloat16()}, "checkpoint.pt")
torch.save(model, "module.pt")
torch.save(state, "old.pt", _use_new_zipfile_serialization=False)
save_file({k: v.contiguous() for k, v in state.items()}, "state.safetensors")
np.savez_compressed("state.npz", **{k: v.numpy() for k, v in state.items()})
