// What every registered layer and head must do elsewhere: be what it is here,
// or say why it cannot go there.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/registry.h"
#include "contract/layer_run.h"
#include "data/head.h"
#include "interop/activation_export.h"
#include "interop/export_samples.h"
#include "interop/head_export.h"
#include "interop/keras_eval.h"
#include "interop/layer_export.h"
#include "interop/onnx_eval.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 7;

// A sample of a layer with numbers, as exports see it.
ExportNode SampleNode(const LayerSample& sample,
                      const contract::LayerRun& run) {
  ExportNode node;
  node.name = "layer";
  node.kind = std::string(sample.layer->kind());
  node.params_of = "layer";
  node.options = OptionsOf(*sample.layer);
  node.input_cols = sample.input_cols;
  node.input_spaces = sample.spaces;
  node.input_spaces.resize(sample.input_cols.size());
  node.input_kind = sample.kind;
  node.cols = run.output_cols();
  const auto add = [](const std::vector<ParamSpec>& specs,
                      const std::vector<AlignedVector>& values,
                      std::vector<ExportArray>* arrays) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      arrays->push_back({"layer/" + specs[i].name,
                         specs[i].name,
                         {values[i].data(), specs[i].rows, specs[i].cols}});
    }
  };
  add(run.params(), run.w, &node.params);
  add(sample.layer->Buffers(sample.input_cols), run.buffers, &node.buffers);
  return node;
}

// What a run reads as an array.
OnnxArray OperandArray(const contract::LayerRun& run, const LayerSample& sample,
                       std::size_t i) {
  const Operand& operand = run.operands()[i];
  if (sample.kind == InputKind::kSparse) return FullMatrix(*operand.block);
  if (operand.block != nullptr) {
    const auto codes = operand.block->codes;
    OnnxArray array{7, {codes.rows, codes.cols}, {}, {}};
    if (sample.kind == InputKind::kTokens) array.shape = {codes.rows};
    array.numbers.assign(codes.flat().begin(), codes.flat().end());
    return array;
  }
  const ConstMatView x = operand.values;
  return {1, {x.rows, x.cols}, {x.flat().begin(), x.flat().end()}, {}};
}

void CheckOnnx(const LayerSample& sample, const LayerWay<OnnxLayer>& way) {
  contract::LayerRun run(sample, kRows, Mode::kInference, 3);
  run.Forward();
  const ExportNode node = SampleNode(sample, run);
  OnnxGraph graph;
  std::vector<std::string> x;
  std::map<std::string, OnnxArray> inputs;
  for (std::size_t i = 0; i < run.operands().size(); ++i) {
    const OnnxArray array = OperandArray(run, sample, i);
    const std::string name = Str("x", i);
    std::vector<OnnxAxis> axes;
    for (const Index length : array.shape) axes.push_back(length);
    x.push_back(graph.Input(name, static_cast<OnnxType>(array.type), axes));
    inputs[name] = array;
  }
  std::string starts;
  if (node.input_spaces[0].is_ragged()) {
    starts = graph.Input("starts", OnnxType::kInt64, {"N + 1"});
    const auto offsets = run.operands()[0].extent.offsets;
    inputs["starts"] = {
        7, {std::ssize(offsets)}, {offsets.begin(), offsets.end()}, {}};
  }
  const std::string y =
      AddLayer(way, OnnxLayer{node, std::move(x), starts, graph});
  graph.Output("y", OnnxType::kFloat, {"N", node.cols}, y);
  std::string bytes;
  std::move(graph).Finish({}).WriteTo([&](auto piece) { bytes += piece; });
  const OnnxArray said = EvaluateOnnx(ReadOnnx(bytes), inputs).at("y");
  REQUIRE(said.shape ==
          std::vector<Index>{run.output_rows(), run.output_cols()});
  double worst = 0;
  double largest = 1;
  for (std::size_t i = 0; i < said.numbers.size(); ++i) {
    largest = std::max(largest, std::abs(said.numbers[i]));
    worst = std::max(worst,
                     std::abs(said.numbers[i] - static_cast<double>(run.y[i])));
  }
  CHECK(worst < 2e-6 * largest);
}

// That it makes Python, and that all numbers go along; what the Python makes of
// them, tests/interop/check_torch.py compares.
void CheckTorch(const LayerSample& sample, const LayerWay<TorchLayer>& way) {
  const contract::LayerRun run(sample, kRows, Mode::kInference, 3);
  const ExportNode node = SampleNode(sample, run);
  TorchModule module;
  std::vector<std::string> x;
  for (std::size_t i = 0; i < sample.input_cols.size(); ++i) {
    x.push_back(Str("x", i));
  }
  const TorchLayer layer = {node, "layer", true, x, "starts", module};
  const std::string said = AddLayer(way, layer);
  for (const std::string& variable : x) {
    CHECK_MESSAGE(said.find(variable) != std::string::npos, said);
  }
  std::set<std::string> names;
  for (const TorchTensor& tensor : module.tensors()) {
    CHECK(names.insert(tensor.name).second);
    Index count = 1;
    for (const Index length : tensor.shape) count *= length;
    CHECK(count == std::ssize(tensor.values));
  }
  for (const auto* arrays : {&node.params, &node.buffers}) {
    for (const ExportArray& array : *arrays) {
      CHECK(names.count("layer." + TorchParameterName(array.param)) == 1);
    }
  }
}

void CheckKeras(const LayerSample& sample, const LayerWay<KerasLayer>& way) {
  contract::LayerRun run(sample, kRows, Mode::kInference, 3);
  run.Forward();
  const ExportNode node = SampleNode(sample, run);
  if (node.input_spaces[0].is_ragged()) return;  // refused with the input
  KerasGraph graph;
  std::vector<std::string> x;
  std::vector<std::string> codes;
  std::map<std::string, OnnxArray> inputs;
  for (std::size_t i = 0; i < sample.input_cols.size(); ++i) {
    OnnxArray array = OperandArray(run, sample, i);
    if (!sample.codes.empty()) continue;
    const Space& space = node.input_spaces[i];
    if (space != Space{}) {
      array.shape = {kRows, space.per_row(), array.shape[1]};
    }
    x.push_back(graph.Input(
        Str("x", i), {array.shape.begin() + 1, array.shape.end()}, "float32"));
    inputs[x.back()] = array;
  }
  for (std::size_t i = 0; i < sample.codes.size(); ++i) {
    codes.push_back(graph.Input(Str("codes", i), {}, "int32"));
    OnnxArray& column = inputs[codes.back()];
    column.shape = {kRows};
    for (Index row = 0; row < kRows; ++row) {
      column.numbers.push_back(static_cast<double>(
          run.operands()[0].block->codes(row, static_cast<Index>(i))));
    }
  }
  if (x.empty()) x.emplace_back();
  graph.Output("y", AddLayer(way, KerasLayer{node, x, codes, graph}));
  const OnnxArray said = EvaluateKeras(graph, inputs).at("y");
  REQUIRE(said.numbers.size() == run.y.size());
  double worst = 0;
  double largest = 1;
  for (std::size_t i = 0; i < said.numbers.size(); ++i) {
    largest = std::max(largest, std::abs(said.numbers[i]));
    worst = std::max(worst,
                     std::abs(said.numbers[i] - static_cast<double>(run.y[i])));
  }
  CHECK(worst < 2e-6 * largest);
}

// Whether a target has the sample; one that cannot hold its options says so.
template <class Layer>
bool Holds(void (*check)(const LayerSample&, const LayerWay<Layer>&),
           const LayerSample& sample, const LayerWay<Layer>& way) {
  if (way.add == nullptr) return false;
  try {
    check(sample, way);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("cannot go in") != std::string::npos);
    return false;
  }
  return true;
}

TEST_CASE("every layer goes into every target as it is, or says why not") {
  for (const LayerEntry* entry : LayerEntries()) {
    INFO("layer ", entry->name);
    const LayerExport& way =
        FindEntry(LayerExports(), "export of the layer", entry->name);
    CHECK((way.onnx.add != nullptr || !way.onnx.reason.empty()));
    CHECK((way.torch.add != nullptr || !way.torch.reason.empty()));
    CHECK((way.keras.add != nullptr || !way.keras.reason.empty()));
    bool keras = way.keras.add == nullptr;
    for (const LayerSample& sample : entry->samples()) {
      INFO("sample ", sample.name);
      // Keras has some forms of a layer only, ONNX no texts for some.
      keras = Holds(CheckKeras, sample, way.keras) || keras;
      const bool is_text =
          !sample.spaces.empty() && sample.spaces[0].is_ragged();
      const bool onnx = Holds(CheckOnnx, sample, way.onnx);
      CHECK((onnx || is_text || way.onnx.add == nullptr));
      const bool torch = Holds(CheckTorch, sample, way.torch);
      CHECK((torch || way.torch.add == nullptr));
    }
    CHECK(keras);
  }
  CHECK(LayerExports().size() == LayerEntries().size());
}

TEST_CASE(
    "activations of the kernels that no layer names, or with another shape") {
  const std::vector<Real> x = {-3, -0.5, 0, 0.7, 2};
  for (const Activation activation :
       {Activation::kElu, Activation::kGeluTanh}) {
    std::vector<Real> expected(x.size());
    ActiveKernels().activate(activation, 0.5, x.data(), expected.data(),
                             std::ssize(x));
    OnnxGraph graph;
    const std::string in = graph.Input("x", OnnxType::kFloat, {"N"});
    graph.Output("y", OnnxType::kFloat, {"N"},
                 OnnxActivation(activation, 0.5, in, &graph));
    std::string bytes;
    std::move(graph).Finish({}).WriteTo([&](auto piece) { bytes += piece; });
    const auto said = EvaluateOnnx(ReadOnnx(bytes),
                                   {{"x", {1, {5}, {x.begin(), x.end()}, {}}}});
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(said.at("y").numbers[i] ==
            doctest::Approx(static_cast<double>(expected[i])).epsilon(1e-6));
    }
  }
}

TEST_CASE("a layer that a target cannot hold is refused with the reason") {
  ExportNode node;
  node.name = "trunk.0";
  node.kind = "odd";
  OnnxGraph graph;
  const OnnxLayer layer = {node, {}, "", graph};
  try {
    AddLayer(LayerWay<OnnxLayer>{.reason = "ONNX has no such thing"}, layer);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message() ==
          "layer 'trunk.0' (odd) cannot go in: ONNX has no such thing");
  }
}

Task TaskOf(const HeadEntry& entry) {
  Task task;
  task.name = "task";
  if (entry.traits.is_type) {
    task.type = TaskType(&entry);
  } else {
    task.form = TaskType(&entry);
  }
  if (entry.traits.has_classes) {
    task.classes = {"a", "b", "c", "d"};
    if (entry.traits.has_positive) task.classes.resize(2);
    if (entry.traits.is_map) {
      task.map_height = 2;
      task.map_width = 3;
    }
  } else {
    task.width = 2;
    task.mean = {1000, -2};
    // What has a log has nothing taken off.
    if (entry.traits.least_label == 0) task.mean = {0, 0};
    task.deviation = {3, 0.5};
    // Scores and risks are no numbers in units of labels.
    if (entry.traits.is_ranking) task.width = 1;
    if (entry.traits.is_ranking || entry.traits.is_censored) {
      task.mean.clear();
      task.deviation.clear();
    }
  }
  if (entry.traits.has_levels) task.levels = {0.1, 0.5, 0.9};
  return task;
}

void CheckKerasHead(const Task& task, const HeadExport& way,
                    const std::vector<Real>& z,
                    const std::vector<Real>& expected) {
  KerasGraph graph;
  const std::string x = graph.Input("z", {task.output_cols()}, "float32");
  graph.Output("y", way.keras(task, x, &graph));
  const OnnxArray said =
      EvaluateKeras(
          graph,
          {{x, {1, {kRows, task.output_cols()}, {z.begin(), z.end()}, {}}}})
          .at("y");
  REQUIRE(said.numbers.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(said.numbers[i] ==
          doctest::Approx(static_cast<double>(expected[i])).epsilon(1e-6));
  }
}

void CheckHead(const HeadEntry& entry) {
  const Task task = TaskOf(entry);
  const Rng random(4, RandomPurpose::kTest);
  std::vector<Real> z;
  for (Index i = 0; i < kRows * task.output_cols(); ++i) {
    z.push_back(static_cast<Real>(3 * random.Normal(0, i)));
  }
  std::vector<Real> expected(At(kRows * task.prediction_cols()));
  task.head().Link(task, {z.data(), kRows, task.output_cols()},
                   {expected.data(), kRows, task.prediction_cols()});
  const HeadExport& way = HeadExportOf(task);
  OnnxGraph graph;
  const std::string x =
      graph.Input("z", OnnxType::kFloat, {"N", task.output_cols()});
  const std::string y = way.onnx_link(task, x, &graph);
  graph.Output("y", OnnxType::kFloat, {"N", task.prediction_cols()}, y);
  CHECK((way.onnx_class != nullptr) == entry.traits.one_class);
  if (way.onnx_class != nullptr) {
    graph.Output("class", OnnxType::kInt64, {"N"}, way.onnx_class(y, &graph));
  }
  std::string bytes;
  std::move(graph).Finish({}).WriteTo([&](auto piece) { bytes += piece; });
  const auto said = EvaluateOnnx(
      ReadOnnx(bytes),
      {{"z", {1, {kRows, task.output_cols()}, {z.begin(), z.end()}, {}}}});
  REQUIRE(said.at("y").numbers.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(said.at("y").numbers[i] ==
          doctest::Approx(static_cast<double>(expected[i])).epsilon(1e-6));
  }
  for (Index row = 0; row < kRows && way.onnx_class != nullptr; ++row) {
    const std::vector<float> p(
        expected.begin() + row * task.prediction_cols(),
        expected.begin() + (row + 1) * task.prediction_cols());
    CHECK(said.at("class").numbers[At(row)] ==
          static_cast<double>(
              task.head().PredictedClass(std::span<const float>(p))));
  }
  CHECK((way.keras != nullptr) == way.keras_reason.empty());
  if (way.keras != nullptr) CheckKerasHead(task, way, z, expected);
  std::string name(entry.name);
  std::replace(name.begin(), name.end(), '-', '_');
  const std::string function = Str("def link_", name, "(z, task):");
  CHECK(way.torch.find(function) != std::string_view::npos);
  const std::string classes = Str("def class_", name, "(p):");
  CHECK((way.torch.find(classes) != std::string_view::npos) ==
        entry.traits.one_class);
}

TEST_CASE("every head says elsewhere what it says here") {
  std::size_t written = 0;
  for (const HeadEntry* entry : HeadEntries()) {
    INFO("head ", entry->name);
    // Texts need a search, which no format has: ExportModel says so.
    if (entry->traits.is_written) {
      ++written;
    } else {
      CheckHead(*entry);
    }
  }
  CHECK(HeadExports().size() + written == HeadEntries().size());
}

}  // namespace
}  // namespace mtlkit
