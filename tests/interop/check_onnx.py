"""usage: check_onnx.py MODEL.onnx TABLE.h5 READY.h5 SPLIT PREDICTIONS.h5

What ONNX Runtime says beside what mtl-predict says: from the columns of a raw
table, or, with "-" for it, from prepared blocks.
"""
import json
import sys

import h5py
import numpy as np
import onnx
import onnxruntime

from common import block, compare, raw_columns, rows_of

model, raw, ready, split, predictions = sys.argv[1:]
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(model,
                                       providers=["CPUExecutionProvider"])
tasks = json.loads(session.get_modelmeta().custom_metadata_map["mtlkit.tasks"])
prepared = h5py.File(ready)
rows = rows_of(prepared, split)
table = None if raw == "-" else raw_columns(h5py.File(raw), rows)
TYPES = {"tensor(float)": "f4", "tensor(double)": "f8", "tensor(int64)": "i8",
         "tensor(string)": object, "tensor(uint8)": "u1"}
inputs = {}
for place in session.get_inputs():
    name, _, starts = place.name.rpartition(".")
    if starts == "starts" and "inputs/" + name in prepared:
        lengths = [len(x) for x in block(prepared["inputs/" + name], rows)]
        inputs[place.name] = np.cumsum([0] + lengths).astype("i8")
        continue
    x = (block(prepared["inputs/" + place.name], rows) if table is None
         else table[place.name])
    if isinstance(x, list):  # texts
        inputs[place.name] = np.concatenate(x).astype("i8")
        continue
    x = np.asarray(x).astype(TYPES[place.type])
    inputs[place.name] = x if x.ndim > 1 else x.reshape(-1, 1)
names = [output.name for output in session.get_outputs()]
said = dict(zip(names, session.run(names, inputs)))
compare("onnx from blocks" if table is None else "onnx from columns",
        predictions,
        {t["task"]: said[t["predictions"]] for t in tasks},
        {t["task"]: said[t["class"]] for t in tasks if "class" in t})
