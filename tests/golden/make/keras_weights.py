"""Files of Keras with the same arrays, in the folder given, named after its
version: KERAS_BACKEND=jax python keras_weights.py ../weights (Keras 3.15.1 with
jax 0.10, and 3.0.5 with jax 0.4.30)."""
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
import numpy as np  # noqa: E402

os.chdir(sys.argv[1])
L = keras.layers
version = "keras-" + keras.__version__.rsplit(".", 1)[0]


def fill(model):
    for i, weight in enumerate(model.weights):
        shape = tuple(weight.shape)
        weight.assign(np.arange(np.prod(shape)).reshape(shape) / 8 + i)


x = keras.Input((3,), name="x")
code = keras.Input((), dtype="int32", name="code")
h = L.Dense(4, name="first", activation="relu")(x)
h = L.BatchNormalization(name="norm", scale=False)(h)
h = L.Concatenate()([h, L.Embedding(3, 2, name="table")(code)])
# Two heads alike, in the order that Keras does not number them by.
zebra = L.Dense(2, name="zebra")(h)
apple = L.Dense(2, name="apple", use_bias=False)(L.LeakyReLU()(h))
model = keras.Model([x, code], {"zebra": zebra, "apple": apple})
model.compile("adam", loss="mse")
feed = [np.ones((4, 3), "f4"), np.zeros(4, "i4")]
model.fit(feed, {k: np.zeros((4, 2)) for k in ("zebra", "apple")}, verbose=0)
for layer in sorted(model.layers, key=lambda layer: layer.name):
    fill(layer)
model.save(version + ".keras")
model.save_weights(version + ".weights.h5")
model.save(version + ".h5", include_optimizer=False)

inner = keras.Sequential([keras.Input((3,)), L.Dense(2, name="inside")],
                         name="encoder")
nested = keras.Sequential([keras.Input((3,)), inner,
                           L.Lambda(lambda t: t * 2, name="twice"),
                           L.Dense(1, name="last")])
fill(inner)
fill(nested.layers[-1])
nested.save(version + "-lambda.keras")
