// Layouts of Keras, imitated, and what may be wrong with them.
#include "interop/keras_weights.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "h5/foreign_sample.h"
#include "interop/keras_config.h"
#include "interop/read_bytes.h"
#include "interop/sample_files.h"
#include "interop/starting_point.h"
#include "temp_folder.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

using internal::Handle;

std::string NamesIn(const ForeignWeights& weights) {
  std::vector<std::string> names;
  for (const ForeignArray& array : weights.arrays) names.push_back(array.name);
  return Join(names, " ");
}

// A layer of Keras 3, its weights of two numbers each.
void PutLayer(hid_t file, const std::string& group, const std::string& name,
              int weights) {
  const std::string vars = group + "/vars";
  PutGroup(file, vars);
  if (!name.empty()) PutText(file, vars, "name", name);
  for (int i = 0; i < weights; ++i) {
    PutArray(file, Str(vars, "/", i), {2}, {i + 0.5, i + 0.25});
  }
}

std::string KerasOf(const std::string& config, const std::string& weights) {
  return ZipOf({{"metadata.json", "{}"},
                {"config.json", config},
                {"model.weights.h5", weights}});
}

TEST_CASE("weights are numbered, not sorted as texts") {
  const std::string bytes = ForeignBytes(
      [](hid_t file) { PutLayer(file, "layers/own_layer", "mine", 12); });
  const ForeignWeights weights = ReadWeightBytes(bytes);
  CHECK(weights.arrays.size() == 12);
  CHECK(weights.Find("mine/vars/10")->values ==
        std::vector<Real>{static_cast<Real>(10.5), static_cast<Real>(10.25)});
}

TEST_CASE("state of optimisers and random numbers is passed over") {
  CHECK(NamesIn(ReadWeightBytes(ForeignBytes([](hid_t file) {
          PutLayer(file, "layers/dense", "out", 2);
          PutLayer(file, "layers/dropout", "drop", 0);
          PutLayer(file, "layers/dropout/seed_generator", "", 1);
          PutLayer(file, "optimizer", "adam", 5);
        }))) == "out/bias out/kernel");
}

TEST_CASE("two layers of one name are told apart by their groups") {
  CHECK(NamesIn(ReadWeightBytes(ForeignBytes([](hid_t file) {
          PutLayer(file, "layers/dense", "same", 1);
          PutLayer(file, "layers/dense_1", "same", 1);
        }))) == "layers/dense_1/kernel same/kernel");
}

TEST_CASE("without names in the weights, the config counts layers by class") {
  const std::string layer =
      R"({"module": "keras.layers", "registered_name": null, )";
  const std::string config =
      R"({"module": "keras", "class_name": "Functional", "config": {"layers": [)" +
      layer + R"("class_name": "Dense", "config": {"name": "zebra"}},)" +
      R"({"module": "keras.src.ops.numpy", "class_name": "Dense",)" +
      R"("config": {"name": "not a layer"}},)" + layer +
      R"("class_name": "LayerNormalization", "config": {"name": "norm",)" +
      R"("center": true, "scale": false}},)" + layer +
      R"("class_name": "Dense", "config": {"name": "apple"}}]}})";
  const std::string weights = ForeignBytes([](hid_t file) {
    PutLayer(file, "layers/dense", "", 2);
    PutLayer(file, "layers/dense_1", "", 1);
    PutLayer(file, "layers/layer_normalization", "", 1);
  });
  const ForeignWeights read = ReadWeightBytes(KerasOf(config, weights));
  CHECK(NamesIn(read) == "apple/kernel norm/beta zebra/bias zebra/kernel");
  CHECK(read.note.empty());
}

TEST_CASE("classes of the user's own are named, their arrays are read") {
  const std::string config =
      R"({"module": "keras", "class_name": "Sequential", "config": {"layers": [
        {"module": "mine", "class_name": "Gate", "registered_name": "mine>Gate",
         "config": {"name": "gate"}}]}})";
  const ForeignWeights read =
      ReadWeightBytes(KerasOf(config, ForeignBytes([](hid_t file) {
                                PutLayer(file, "layers/gate", "gate", 1);
                              })));
  CHECK(NamesIn(read) == "gate/vars/0");
  CHECK(read.note ==
        "code was not run, only arrays are read; it has 'gate' (Gate)");
  CHECK(ReadKerasConfig(R"({"module": null, "class_name": "Mine",
                            "registered_name": "Mine", "config": {}})")
            .code == std::vector<std::string>{"Mine"});
}

// As Keras 2 with TensorFlow names weights; `root` is "" for weights alone.
std::string LegacyBytes(const std::string& root) {
  return ForeignBytes([&](hid_t file) {
    const std::string prefix = root.empty() ? "" : root + "/";
    for (const std::string layer : {"first", "inner", "pool"}) {
      PutGroup(file, prefix + layer);
    }
    PutTexts(file, root.empty() ? "/" : root, "layer_names0",
             {"first", "inner"});
    PutTexts(file, root.empty() ? "/" : root, "layer_names1", {"pool"});
    PutTexts(file, prefix + "first", "weight_names",
             {"model/first/kernel:0", "model/first/bias:0"});
    PutTexts(file, prefix + "inner", "weight_names", {"dense_9/kernel:0"});
    PutTexts(file, prefix + "pool", "weight_names", {});
    PutArray(file, prefix + "first/model/first/kernel:0", {1, 2}, {1, 2});
    PutArray(file, prefix + "first/model/first/bias:0", {2}, {3, 4});
    PutArray(file, prefix + "inner/dense_9/kernel:0", {2, 1}, {5, 6});
  });
}

TEST_CASE("weights and models of Keras 2 give arrays by layer and name") {
  for (const std::string root : {"", "model_weights"}) {
    CAPTURE(root);
    const ForeignWeights read = ReadWeightBytes(LegacyBytes(root));
    CHECK(NamesIn(read) == "first/bias first/kernel inner/dense_9/kernel");
    CHECK(read.Find("first/bias")->values == std::vector<Real>{3, 4});
    CHECK(read.Find("inner/dense_9/kernel")->shape == std::vector<Index>{2, 1});
  }
}

TEST_CASE("a file of Keras 3.0 that lost layers in layers says so") {
  const auto with = [](const std::vector<std::string>& weights) {
    return RefusalOfBytes(ForeignBytes([&](hid_t file) {
      PutGroup(file, "model_weights/encoder");
      PutTexts(file, "model_weights", "layer_names", {"encoder"});
      PutTexts(file, "model_weights/encoder", "weight_names", weights);
      PutArray(file, "model_weights/encoder/kernel", {1}, {1});
    }));
  };
  CHECK(with({"kernel", "kernel"}) ==
        "the Keras file names two weights of layer 'encoder' 'kernel', and "
        "holds one");
  CHECK(with({"bias"}) ==
        "the Keras file names the weight 'bias' of layer 'encoder', and does "
        "not hold it");
  // No name at all.
  for (const char* name : {"", ":0"}) {
    CHECK(with({name}).ends_with("of layer 'encoder', and does not hold it"));
  }
}

TEST_CASE("what is no weights of Keras is refused by what it is") {
  CHECK(RefusalOfBytes(ForeignBytes([](hid_t file) {
          PutArray(file, "X", {2}, {1, 2});
        })) == "this HDF5 file has no weights as Keras keeps them");
  CHECK(RefusalOfBytes(ForeignBytes([](hid_t file) {
          const Handle opaque(H5Tcreate(H5T_OPAQUE, 2), H5Tclose);
          PutLayer(file, "layers/dense", "out", 0);
          PutArray(file, "layers/dense/vars/0", {2}, {}, {.type = opaque.id()});
          PutText(file, "layers/dense/vars/0", "dtype", "bfloat16");
        })) == "'out/kernel' is kept as bfloat16, for which HDF5 has no type");
  CHECK(RefusalOfBytes(LegacyBytes("").substr(0, 3000))
            .starts_with("truncated HDF5 file: it has 3000 bytes"));
  CHECK(RefusalOfBytes(ZipOf({{"metadata.json", "{}"},
                              {"bonfig.json", "{}"},
                              {"model.weights.h5", "HDF5"}})) ==
        "the Keras file has no config.json, which names its layers");
  CHECK(RefusalOfBytes(ZipOf({{"metadata.json", "{}"},
                              {"config.json", "{}"},
                              {"model.weights.json", "{}"}})) ==
        "the Keras file has no model.weights.h5: its weights are in several "
        "files");
  const std::string weights = ForeignBytes(
      [](hid_t file) { PutLayer(file, "layers/dense", "out", 2); });
  CHECK(RefusalOfBytes(KerasOf("no JSON", weights)) ==
        "damaged Keras file: its config is no JSON object");
  CHECK(RefusalOfBytes(KerasOf("{}", "no HDF5"))
            .starts_with("model.weights.h5: HDF5 cannot open it: "));
  CHECK(RefusalOfBytes(ForeignBytes([](hid_t file) {
          PutLayer(file, "layers/dense", "out", 1);
          H5Lcreate_external("/etc/passwd", "/", file, "layers/dense/vars/1",
                             H5P_DEFAULT, H5P_DEFAULT);
        })) == "'/layers/dense/vars/1' is a link to another file");
}

TEST_CASE("a config of models in models without an end is refused") {
  std::string config = R"({"module": "keras", "class_name": "Dense"})";
  for (int i = 0; i < 40; ++i) {
    config = R"({"module": "keras", "config": {"layers": [)" + config + "]}}";
  }
  CHECK_THROWS_WITH(
      ReadKerasConfig(config),
      doctest::Contains("its config has models in models without an end"));
}

TEST_CASE("arrays of Keras are taken by layer, and shapes name both sides") {
  ArchOptions arch;
  arch.layers = {"3"};
  const TempFolder folder;
  Model model = BuildModel(SampleData(40), arch, 1, {});
  const auto begin = [&](const std::vector<hsize_t>& shape) {
    PutFile(folder / "w.h5", ForeignBytes([&](hid_t file) {
              PutGroup(file, "layers/dense/vars");
              PutText(file, "layers/dense/vars", "name", "trunk_0");
              PutArray(file, "layers/dense/vars/1", {3}, {1, 2, 3});
              PutArray(file, "layers/dense/vars/0", shape,
                       std::vector<double>(shape[0] * shape[1], 0.5));
            }));
    return StartingPoint(folder / "w.h5").Begin(&model);
  };
  const Block& block = model.params.weights;
  const auto rows = static_cast<hsize_t>(
      block.At(block.layout().Find("trunk.0/kernel")).rows);
  const WarmStart start = begin({rows, 3});
  CHECK(start.taken ==
        std::vector<std::string>{"trunk.0/kernel", "trunk.0/bias"});
  CHECK(block.At(block.layout().Find("trunk.0/bias")).flat()[2] == 3);
  // Never turned by its shape.
  CHECK_THROWS_WITH(
      begin({3, rows}),
      doctest::Contains(Str("'trunk_0/kernel' is 3 x ", rows,
                            ", but trunk.0/kernel takes ", rows, " x 3")
                            .c_str()));
}

}  // namespace
}  // namespace mtlkit
