"""A network of mtlkit, written by mtl-export: to be used, and trained on.

    from model import load
    model = load()                          # in evaluation mode
    said = model.predict(**model.tensors(blocks))
    names = model.classes(said)

`blocks` are arrays by name: what prepare.py makes of raw columns, or the inputs
of a file that mtl-prep wrote. After training on, model.save("tuned.safetensors")
writes weights that mtl-train --from takes. Needs torch and safetensors.
"""
import json
import os

import torch
import torch.nn.functional as F
from torch import nn

FOLDER = os.path.dirname(os.path.abspath(__file__))
# Names of tasks, classes and columns are data, and never part of this file.
with open(os.path.join(FOLDER, "model.json"), encoding="utf-8") as file:
    META = json.load(file)
TASKS = {task["name"]: task for task in META["tasks"]}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk_0 = nn.Linear(4, 6)
        self.trunk_0_norm = nn.BatchNorm1d(6, eps=1e-05, momentum=0.1)
        self.trunk_0_dropout = nn.Dropout(0.1)
        self.trunk_1 = nn.Linear(6, 4)
        self.trunk_1_norm = nn.BatchNorm1d(4, eps=1e-05, momentum=0.1)
        self.trunk_1_dropout = nn.Dropout(0.1)
        self.heads_trunk = nn.Linear(4, 7)

    def forward(self, in_features):
        """For each task logits of classes, or numbers in standard deviations
        from the mean of the labels (TASKS[name]["deviation"], ["mean"]). Of an
        ensemble (TASKS[name]["members"]) a row for each member of a row."""
        trunk_0 = self.trunk_0(in_features)
        trunk_0_norm = self.trunk_0_norm(trunk_0)
        trunk_0_activation = F.relu(trunk_0_norm)
        trunk_0_dropout = self.trunk_0_dropout(trunk_0_activation)
        trunk_1 = self.trunk_1(trunk_0_dropout)
        trunk_1_norm = self.trunk_1_norm(trunk_1)
        trunk_1_activation = F.relu(trunk_1_norm)
        trunk_1_dropout = self.trunk_1_dropout(trunk_1_activation)
        heads_trunk = self.heads_trunk(trunk_1_dropout)
        return dict(zip(TASKS, (
            heads_trunk[:, 0:1],
            heads_trunk[:, 1:2],
            heads_trunk[:, 2:5],
            heads_trunk[:, 5:7],
        )))

    @torch.no_grad()
    def predict(self, **inputs):
        """Probabilities of classes, and numbers in the units of the labels."""
        return {
            name: together(LINKS[TASKS[name]["head"]](z.cpu(), TASKS[name]),
                           TASKS[name].get("members", 1))
            for name, z in self(**inputs).items()
        }

    @staticmethod
    def classes(predictions):
        """Names of classes, for tasks with one class a row."""
        return {
            name: [TASKS[name]["classes"][i] for i in
                   CLASSES[TASKS[name]["head"]](p).tolist()]
            for name, p in predictions.items()
            if TASKS[name]["head"] in CLASSES
        }

    @staticmethod
    def tensors(blocks):
        """Arrays by the names of blocks, as arguments of forward."""
        arguments = {}
        for name, argument in META["arguments"].items():
            x = blocks[name]
            if hasattr(x, "toarray"):  # scipy.sparse
                x = x.toarray()
            x = torch.as_tensor(x)
            if not x.is_floating_point() and x.dtype != torch.uint8:
                x = x.long()
            arguments[argument] = x
        return arguments

    def save(self, path):
        """Weights for mtl-train --from."""
        from safetensors.torch import save_file
        state = {k: x.detach().cpu().contiguous()
                 for k, x in self.state_dict().items()}
        save_file(state, path, {"format": "pt"})


def together(said, members):
    """The mean of what the members of an ensemble say."""
    if members == 1:
        return said
    return said.reshape(-1, members, said.shape[1]).mean(1)


def link_regression(z, task):
    """In the units of the labels; in double, since means may be large."""
    curves = task.get("curves", [])
    if not task["mean"] and not curves:
        return z
    columns = z.double().reshape(len(z), task["width"], -1)
    if task["mean"]:
        mean = torch.tensor(task["mean"], dtype=torch.float64)
        deviation = torch.tensor(task["deviation"], dtype=torch.float64)
        columns = columns * deviation[:, None] + mean[:, None]
    if curves:
        columns = torch.stack([undo_curve(c, columns[:, i])
                               for i, c in enumerate(curves)], 1)
    return columns.reshape(z.shape).to(z.dtype)


def undo_curve(curve, z):
    """What became of labels before they were learned, undone."""
    z = z.clamp(curve["low"], curve["high"])
    if curve["name"] == "log":
        return z.exp()
    if curve["name"] == "log1p":
        return z.expm1()
    numbers = torch.tensor(curve["numbers"], dtype=z.dtype)
    if curve["name"] == "box-cox":
        power, unit = numbers
        log = z if power == 0 else (z * power).log1p() / power
        return (log + unit).exp()
    y, s = numbers.reshape(2, -1)
    if len(y) == 1:
        return y.expand(z.shape)
    at = torch.searchsorted(s[1:-1].contiguous(), z.contiguous(), right=True)
    return y[at] + (z - s[at]) / (s[at + 1] - s[at]) * (y[at + 1] - y[at])


def link_binary(z, task):
    """The probability of the second class."""
    return torch.sigmoid(z)


def class_binary(p):
    return (p[:, 0] > 0.5).long()


def link_multiclass(z, task):
    """The probability of each class."""
    return torch.softmax(z, 1)


def class_multiclass(p):
    return p.argmax(1)


def link_multilabel(z, task):
    """The probability of each label."""
    return torch.sigmoid(z)


LINKS = {
    "regression": link_regression,
    "binary": link_binary,
    "multiclass": link_multiclass,
    "multilabel": link_multilabel,
}
CLASSES = {
    "binary": class_binary,
    "multiclass": class_multiclass,
}


def load(path=os.path.join(FOLDER, "model.safetensors")):
    from safetensors.torch import load_file
    model = Model()
    model.load_state_dict(load_file(path))
    return model.eval()
