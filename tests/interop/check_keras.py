"""usage: check_keras.py MODEL.keras READY.h5 SPLIT PREDICTIONS.h5 TUNED

What Keras says from prepared blocks, beside what mtl-predict says, and on
TensorFlow a SavedModel, too; that it can be trained on and saved, and says the
same when it is loaded again. The backend is that of KERAS_BACKEND. Writes
weights as TUNED.weights.npz, TUNED.keras, TUNED.weights.h5 and TUNED.h5, and
what the tuned model says as TUNED.npz. With "-" for TUNED it is only compared.
"""
import json
import os
import sys
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

from common import block, compare, rows_of  # noqa: E402

model, ready, split, predictions, tuned = sys.argv[1:]
with zipfile.ZipFile(model) as archive:
    meta = json.loads(archive.read("metadata.json"))["mtlkit"]
file = h5py.File(ready)
rows = rows_of(file, split)
feed = {}
for place in meta["inputs"]:
    x = block(file["inputs/" + place["block"]], rows)
    if "column" in place:
        names = list(file["names/" + place["block"]].asstr()[:])
        x = x[:, names.index(place["column"])]
    feed[place["name"]] = x
net = keras.models.load_model(model)
said = net.predict(feed, batch_size=4096, verbose=0)
said = {k: np.asarray(v) for k, v in said.items()}
classes = {}
for task in meta["tasks"]:
    p = said[task["task"]]
    if task["type"] == "binary":
        best = (p[:, 0] > 0.5).astype(int)
    elif task["type"] == "multiclass":
        best = p.argmax(1)
    elif task["type"] == "ordinal":
        best = (p[:, ::-1].cumsum(1)[:, ::-1][:, 1:] > 0.5).sum(1)
    else:
        continue
    classes[task["task"]] = np.array(task["classes"], object)[best]
compare("keras " + keras.__version__ + " on " + keras.backend.backend(),
        predictions, said, classes)

if tuned == "-":
    sys.exit(0)

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    net.export(tuned + ".savedmodel")
    saved = tf.saved_model.load(tuned + ".savedmodel")
    served = saved.serve({k: tf.constant(v) for k, v in feed.items()})
    compare("TensorFlow's SavedModel", predictions,
            {k: np.asarray(v) for k, v in served.items()}, classes)

few = {k: v[:512] for k, v in feed.items()}
# Keras 3.0 knows losses by layers, and trains layers that are said to be fixed.
losses = {k: k for k in said}
old = keras.__version__.startswith("3.0.")
if old:
    losses = {k: "".join(c if c.isalnum() else "_" for c in k) for k in said}
    for task in meta["tasks"]:
        if task["type"] == "ordinal":
            for layer in losses[task["task"]], losses[task["task"]] + "_logs":
                net.get_layer(layer).trainable = False
net.compile("adam", loss={name: "mse" for name in losses.values()})
net.fit(few, {losses[k]: v[:512] + 1 for k, v in said.items()}, epochs=1,
        batch_size=128, verbose=0)
after = net.predict(few, verbose=0)
assert any(np.abs(np.asarray(after[k]) - said[k][:512]).max() > 1e-6
           for k in said), "training changes nothing"
net.save(tuned + ".keras")
net.save(tuned + ".h5")
net.save_weights(tuned + ".weights.h5")
# Keras 3.0 cannot load a layer Dot that it saved itself.
if not (old and any(layer.__class__.__name__ == "Dot" for layer in net.layers)):
    again = keras.models.load_model(tuned + ".keras").predict(few, verbose=0)
    for name in said:
        assert np.array_equal(np.asarray(again[name]), np.asarray(after[name]))

np.savez(tuned + ".weights", **{
    p["name"]: net.get_layer(p["layer"]).get_weights()[p["weight"]]
    .reshape(p["shape"]) for p in meta["parameters"]})
after = net.predict(feed, batch_size=4096, verbose=0)
np.savez(tuned, **{k: np.asarray(v) for k, v in after.items()})
