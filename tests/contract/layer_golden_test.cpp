// Layers against tests/golden/layers.json: torch and numpy.
#include <algorithm>
#include <string>

#include "base/error.h"
#include "contract/golden_grids.h"
#include "contract/layer_run.h"
#include "golden/golden.h"
#include "nn/layers/layers.h"

namespace mtlkit::contract {
namespace {

using golden::json;

void Set(const json& values, AlignedVector* to) {
  const std::vector<Real> numbers = golden::Reals(values);
  to->assign(numbers.begin(), numbers.end());
}
void SetInPlace(const json& values, AlignedVector* to) {
  const std::vector<Real> numbers = golden::Reals(values);
  REQUIRE(numbers.size() == to->size());
  std::ranges::copy(numbers, to->begin());
}

// Rows of a matrix, or of any array whose last dimension is features.
Index Rows(const json& values) {
  return static_cast<Index>(golden::Numbers(values).size()) /
         golden::Columns(values);
}

// A case that one layer covers: its name in the registry's options, and the
// names that the case gives to inputs and parameters.
struct Subject {
  LayerPtr layer;
  std::vector<std::string> inputs = {"x"};
  std::vector<std::string> params = {};
  std::vector<Space> spaces = {};
};

Subject SubjectOf(const json& item) {
  const std::string method = item.at("method");
  const json& params = item.at("params");
  if (method == "dense") {
    const json& kernel = item.at("inputs").at("parameters").at("kernel");
    const bool bias = params.value("bias", true);
    return {MakeDense({.units = golden::Columns(kernel), .bias = bias}),
            {"x"},
            bias ? std::vector<std::string>{"kernel", "bias"}
                 : std::vector<std::string>{"kernel"}};
  }
  if (method == "leaky-relu") {
    return {
        MakeActivation(Activation::kLeakyRelu, params.at("slope").get<Real>())};
  }
  if (method == "elu") {
    return {MakeActivation(Activation::kElu, params.at("alpha").get<Real>())};
  }
  if (method == "rms-norm") {
    return {MakeRmsNorm(params.at("eps")), {"x"}, {"scale"}};
  }
  if (method == "gelu") {
    const bool exact = params.at("form").get<std::string>()[0] == 'e';
    return {
        MakeActivation(exact ? Activation::kGelu : Activation::kGeluTanh, 0)};
  }
  if (method == "layer-norm") {
    return {MakeLayerNorm(params.at("eps")), {"x"}, {"scale", "shift"}};
  }
  if (method == "batch-norm") {
    BatchNormOptions options;
    options.momentum = params.at("momentum");
    options.epsilon = params.at("eps");
    options.unbiased =
        params.at("running_variance").get<std::string>() != "biased";
    return {MakeBatchNorm(options), {"x"}, {"scale", "shift"}};
  }
  if (method == "concatenate") return {MakeConcat(), {"a", "b", "c"}};
  for (const std::string& name : ActivationNames()) {
    if (method == name) return {MakeActivation(ParseActivation(name))};
  }
  if (const LayerPtr layer = GridLayerOf(item)) {
    const bool learns = item.at("inputs").contains("parameters");
    return {layer,
            {"x"},
            learns ? std::vector<std::string>{"kernel", "bias"}
                   : std::vector<std::string>{},
            {GridOf(item)}};
  }
  return {};
}

void SetBuffers(const json& inputs, const std::string& ending, LayerRun* run) {
  SetInPlace(inputs.at("running_mean" + ending), &run->buffers[0]);
  SetInPlace(inputs.at("running_variance" + ending), &run->buffers[1]);
}

AlignedVector Upstream(const json& item) {
  AlignedVector dy;
  Set(item.at("inputs").at("upstream").at("y"), &dy);
  return dy;
}

void CheckOneLayer(const json& item, const Subject& subject) {
  const json& inputs = item.at("inputs");
  const json& expected = item.at("expected");
  const double tolerance = golden::Tolerance(item);
  LayerSample sample{"", subject.layer, {}};
  for (const std::string& name : subject.inputs) {
    sample.input_cols.push_back(golden::Columns(inputs.at(name)));
  }
  sample.spaces = subject.spaces;
  const bool eval = item.at("params").value("mode", "train") == "eval";
  const json& x = inputs.at(subject.inputs[0]);
  LayerRun run(sample,
               subject.spaces.empty() ? Rows(x) : static_cast<Index>(x.size()),
               eval ? Mode::kInference : Mode::kTraining, 1);
  for (std::size_t i = 0; i < subject.inputs.size(); ++i) {
    SetInPlace(inputs.at(subject.inputs[i]), &run.x[i]);
  }
  const bool affine = inputs.contains("parameters");
  for (std::size_t i = 0; i < subject.params.size(); ++i) {
    if (affine) {
      SetInPlace(inputs.at("parameters").at(subject.params[i]), &run.w[i]);
    } else {
      std::ranges::fill(run.w[i], Real(i == 0 ? 1 : 0));
    }
  }
  if (!run.buffers.empty()) SetBuffers(inputs, eval ? "" : "_before", &run);
  run.Forward();
  golden::CheckClose(expected.at("y"), run.y, tolerance);
  if (!run.buffers.empty() && !eval) {
    golden::CheckClose(expected.at("running_mean"), run.buffers[0], tolerance);
    golden::CheckClose(expected.at("running_variance"), run.buffers[1],
                       tolerance);
  }
  const LayerRun::Gradients gradients = run.Backward(Upstream(item), 1);
  const json& gradient = expected.at("gradient");
  for (std::size_t i = 0; i < subject.inputs.size(); ++i) {
    golden::CheckClose(gradient.at(subject.inputs[i]), gradients.dx[i],
                       tolerance);
  }
  for (std::size_t i = 0; affine && i < subject.params.size(); ++i) {
    golden::CheckClose(gradient.at(subject.params[i]), gradients.dw[i],
                       tolerance);
  }
}

void CheckEmbedding(const json& item) {
  const json& inputs = item.at("inputs");
  const json& table = inputs.at("parameters").at("table");
  const std::vector<double> ids = golden::Numbers(inputs.at("ids"));
  const Index codes = Rows(table);
  LayerSample sample{"",
                     MakeEmbedding({codes}, {golden::Columns(table)}),
                     {1},
                     InputKind::kCategorical,
                     {codes}};
  LayerRun run(sample, std::ssize(ids), Mode::kTraining, 1);
  std::ranges::transform(ids, run.codes.begin(), [](double id) {
    return static_cast<std::int32_t>(id);
  });
  SetInPlace(table, &run.w[0]);
  run.Forward();
  const json& expected = item.at("expected");
  golden::CheckClose(expected.at("y"), run.y, golden::Tolerance(item));
  golden::CheckClose(expected.at("gradient").at("table"),
                     run.Backward(Upstream(item), 1).dw[0],
                     golden::Tolerance(item));
}

void AddTo(const AlignedVector& more, AlignedVector* sum) {
  for (std::size_t i = 0; i < more.size(); ++i) (*sum)[i] += more[i];
}

// One layer a task, which together are the unit of the case.
void CheckCrossStitch(const json& item) {
  const json& inputs = item.at("inputs");
  const json& x = inputs.at("x");
  const json& alpha = inputs.at("parameters").at("alpha");
  const json& expected = item.at("expected");
  const double tolerance = golden::Tolerance(item);
  const std::size_t tasks = x.size();
  const Index cols = golden::Columns(x);
  std::vector<AlignedVector> dx;
  for (std::size_t k = 0; k < tasks; ++k) {
    LayerSample sample{"", MakeCrossStitch(static_cast<Index>(k)),
                       std::vector<Index>(tasks, cols)};
    LayerRun run(sample, Rows(x[0]), Mode::kTraining, 1);
    for (std::size_t j = 0; j < tasks; ++j) SetInPlace(x[j], &run.x[j]);
    SetInPlace(alpha[k], &run.w[0]);
    run.Forward();
    golden::CheckClose(expected.at("y")[k], run.y, tolerance);
    AlignedVector dy;
    Set(inputs.at("upstream").at("y")[k], &dy);
    const LayerRun::Gradients gradients = run.Backward(dy, 1);
    golden::CheckClose(expected.at("gradient").at("alpha")[k], gradients.dw[0],
                       tolerance);
    if (k == 0) {
      dx = gradients.dx;
    } else {
      for (std::size_t j = 0; j < tasks; ++j) AddTo(gradients.dx[j], &dx[j]);
    }
  }
  for (std::size_t j = 0; j < tasks; ++j) {
    golden::CheckClose(expected.at("gradient").at("x")[j], dx[j], tolerance);
  }
}

// A gate (dense) and a mixture for each task.
void CheckMixture(const json& item) {
  const json& inputs = item.at("inputs");
  const json& experts = inputs.at("experts");
  const json& expected = item.at("expected");
  const json& gradient = expected.at("gradient");
  const double tolerance = golden::Tolerance(item);
  const Index count = static_cast<Index>(experts.size());
  const Index rows = Rows(inputs.at("x"));
  std::vector<AlignedVector> sums;  // gradients of x, then of the experts
  for (std::size_t k = 0; k < inputs.at("upstream").at("y").size(); ++k) {
    const std::string name = Str("gate.", k);
    LayerRun gate(
        {"", MakeDense({.units = count}), {golden::Columns(inputs.at("x"))}},
        rows, Mode::kTraining, 1);
    SetInPlace(inputs.at("x"), &gate.x[0]);
    const json& parameters = inputs.at("parameters");
    SetInPlace(parameters.at(name + "/kernel"), &gate.w[0]);
    SetInPlace(parameters.at(name + "/bias"), &gate.w[1]);
    gate.Forward();
    std::vector<Index> cols(static_cast<std::size_t>(count) + 1,
                            golden::Columns(experts[0]));
    cols[0] = count;
    LayerRun mix({"", MakeMixture(), cols}, rows, Mode::kTraining, 1);
    std::ranges::copy(gate.y, mix.x[0].begin());
    for (std::size_t e = 0; e < experts.size(); ++e) {
      SetInPlace(experts[e], &mix.x[e + 1]);
    }
    mix.Forward();
    golden::CheckClose(expected.at("y")[k], mix.y, tolerance);
    AlignedVector dy;
    Set(inputs.at("upstream").at("y")[k], &dy);
    LayerRun::Gradients through = mix.Backward(dy, 1);
    LayerRun::Gradients below = gate.Backward(through.dx[0], 1);
    golden::CheckClose(gradient.at(name + "/kernel"), below.dw[0], tolerance);
    golden::CheckClose(gradient.at(name + "/bias"), below.dw[1], tolerance);
    through.dx[0] = below.dx[0];
    if (k == 0) sums = through.dx;
    for (std::size_t i = 0; k > 0 && i < sums.size(); ++i) {
      AddTo(through.dx[i], &sums[i]);
    }
  }
  golden::CheckClose(gradient.at("x"), sums[0], tolerance);
  for (std::size_t e = 0; e < experts.size(); ++e) {
    golden::CheckClose(gradient.at("experts")[e], sums[e + 1], tolerance);
  }
}

// Sums each of the columns over rows, as of a parameter that all rows have.
AlignedVector ColumnSums(const AlignedVector& values, Index cols) {
  AlignedVector sums(static_cast<std::size_t>(cols), Real(0));
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[i % sums.size()] += values[i];
  }
  return sums;
}

// Sets the gates' inputs of `run`: the dense layers that make them, or none
// where they are the same in every row.
std::vector<LayerRun> SetGates(const json& inputs,
                               const std::vector<Index>& widths, Index rows,
                               LayerRun* run) {
  std::vector<LayerRun> gates;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string name = i == 0 ? "z" : "a";
    if (!inputs.contains("x")) {
      const std::vector<Real> value =
          golden::Reals(inputs.at("parameters").at(name));
      for (std::size_t at = 0; at < run->x[i].size(); ++at) {
        run->x[i][at] = value[at % value.size()];
      }
      continue;
    }
    gates.emplace_back(LayerSample{"",
                                   MakeDense({.units = widths[i]}),
                                   {golden::Columns(inputs.at("x"))}},
                       rows, Mode::kTraining, 1);
    SetInPlace(inputs.at("x"), &gates[i].x[0]);
    const json& parameters = inputs.at("parameters");
    SetInPlace(parameters.at(name + "/kernel"), &gates[i].w[0]);
    SetInPlace(parameters.at(name + "/bias"), &gates[i].w[1]);
    gates[i].Forward();
    std::ranges::copy(gates[i].y, run->x[i].begin());
  }
  return gates;
}

// The gates of DSelect-k, of a dense layer or the same in every row.
void CheckSelection(const json& item) {
  const json& inputs = item.at("inputs");
  const json& params = item.at("params");
  const json& expected = item.at("expected");
  const json& gradient = expected.at("gradient");
  const json& experts = inputs.at("experts");
  const double tolerance = golden::Tolerance(item);
  const Index rows = Rows(experts[0]);
  const Index k = params.at("k");
  const std::vector<Index> widths = {k * params.at("bits").get<Index>(), k};
  std::vector<Index> cols(experts.size() + 2, golden::Columns(experts[0]));
  std::ranges::copy(widths, cols.begin());
  const double entropy = inputs.at("upstream").value("entropy", 0.0);
  LayerRun run({"", MakeSelection(params.at("gamma"), entropy), cols}, rows,
               Mode::kTraining, 1);
  std::vector<LayerRun> gates = SetGates(inputs, widths, rows, &run);
  for (std::size_t e = 0; e < experts.size(); ++e) {
    SetInPlace(experts[e], &run.x[e + 2]);
  }
  run.Forward();
  golden::CheckClose(expected.at("y"), run.y, tolerance);
  const LayerRun::Gradients gradients = run.Backward(Upstream(item), 1);
  for (std::size_t e = 0; e < experts.size(); ++e) {
    golden::CheckClose(gradient.at("experts")[e], gradients.dx[e + 2],
                       tolerance);
  }
  AlignedVector dx(gates.empty() ? 0 : gates[0].x[0].size(), Real(0));
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string name = i == 0 ? "z" : "a";
    if (gates.empty()) {
      const AlignedVector sums = ColumnSums(gradients.dx[i], widths[i]);
      golden::CheckClose(gradient.at(name), sums, tolerance);
      continue;
    }
    const LayerRun::Gradients below = gates[i].Backward(gradients.dx[i], 1);
    golden::CheckClose(gradient.at(name + "/kernel"), below.dw[0], tolerance);
    golden::CheckClose(gradient.at(name + "/bias"), below.dw[1], tolerance);
    AddTo(below.dx[0], &dx);
  }
  if (!gates.empty()) golden::CheckClose(gradient.at("x"), dx, tolerance);
}

TEST_CASE("layers agree with reference values") {
  golden::ForEachCase("layers", [](const json& given) {
    const json item = AsOurs(given);
    const std::string id = item.at("id");
    const std::string method = item.at("method");
    if (id == "embedding") {
      CheckEmbedding(item);
    } else if (id == "cross_stitch") {
      CheckCrossStitch(item);
    } else if (method == "mmoe-mix") {
      CheckMixture(item);
    } else if (method == "dselect-k") {
      CheckSelection(item);
    } else if (IsOfSequences(item)) {
      CheckPoolOfSequences(item);
    } else if (const Subject subject = SubjectOf(item);
               subject.layer != nullptr) {
      CheckOneLayer(item, subject);
    } else {
      return false;
    }
    return true;
  });
}

}  // namespace
}  // namespace mtlkit::contract
