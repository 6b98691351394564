// Architectures against tests/golden/architectures.json: torch and numpy.
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "golden/golden.h"
#include "nn/arch.h"
#include "nn/loss.h"
#include "nn/plan.h"

namespace mtlkit {
namespace {

using golden::json;

Task BinaryTask(const std::string& name) {
  Task task;
  task.name = name;
  task.type = TaskType::kBinary;
  task.classes = {"0", "1"};
  return task;
}

Schema GoldenSchema(const std::string& batch) {
  Schema schema;
  InputSpec x;
  x.name = "x";
  x.cols = 8;
  schema.inputs = {x};
  if (batch == "chain") {
    schema.tasks = {BinaryTask("click"), BinaryTask("conversion")};
    return schema;
  }
  Task value;
  value.name = "value";
  const Task flag = BinaryTask("flag");
  Task kind;
  kind.name = "kind";
  kind.type = TaskType::kMulticlass;
  kind.classes = {"0", "1", "2"};
  schema.tasks = {value, flag, kind};
  return schema;
}

// The options of a case; an empty architecture if it is not ours.
ArchOptions OptionsOf(const json& item) {
  const std::string method = item.at("method").get<std::string>();
  const json& params = item.at("params");
  ArchOptions options;
  options.activation = "relu";
  options.dropout = 0;
  options.arch.clear();
  options.layers = {"6", "5"};
  options.activation = "tanh";
  if (params.contains("activation")) {
    options.activation = params.at("activation").get<std::string>();
  }
  if (method == "single-task") options.arch = "single";
  if (method == "hard-sharing") options.arch = "shared";
  if (item.at("id") == "hard_sharing/towers") options.head_layers = {"4"};
  if (method == "cross-stitch" && item.at("id") == "cross_stitch") {
    options.arch = "cross-stitch";
  }
  if (method == "mmoe") {
    options.arch = "mmoe:experts=4";
    options.layers = {"5"};
  }
  if (method == "omoe") {
    options.arch = "omoe:experts=4";
    options.layers = {"5"};
  }
  if (method == "cgc") {
    options.arch = "cgc:own=1/2/1,shared=2";
    options.layers = {"5"};
  }
  if (method == "ple") options.arch = "ple:own=1,shared=2";
  if (method == "dselect-k") {
    const bool rows = item.at("id") == "dselect_k/per_row";
    options.arch = Str("dselect-k:experts=4,k=2,gate=", rows ? "row" : "task");
    options.layers = {"5"};
  }
  if (method == "mtan") options.arch = "mtan:hidden=4";
  if (method == "film") options.arch = "film:embedding=4";
  if (method == "low-rank-adapters") options.arch = "adapters:rank=2";
  if (method == "soft-sharing") {
    options.arch = Str("soft-sharing:strength=0.05,distance=",
                       params.at("distance").get<std::string>());
  }
  if (method == "aitm") {
    const bool calibrates = item.at("id") == "aitm/calibrator";
    options.arch = calibrates ? "aitm:info=linear,calibrator=0.6" : "aitm";
  }
  if (method == "esmm") options.arch = "esmm:shared=1";
  if (method == "dbmtl") {
    options.arch = params.at("gradient_to_parents").get<bool>()
                       ? "dbmtl:width=4"
                       : "dbmtl:width=4,teaches=no";
  }
  return options;
}

// Where a parameter of a case lies in our network: calls `visit(slice, row,
// first column, columns)` for each of its rows, in order.
using PlaceVisitor = std::function<void(Index slice, Index row, Index first)>;
void VisitPlaces(const Layout& layout, const std::string& name,
                 const PlaceVisitor& visit) {
  const auto rows = [&](Index slice, Index first) {
    REQUIRE(slice >= 0);
    for (Index row = 0; row < layout.slice(slice).spec.rows; ++row) {
      visit(slice, row, first);
    }
  };
  const std::string param = name.substr(name.find('/'));
  const std::string layer = name.substr(0, name.find('/'));
  if (layout.Find(name) >= 0) {
    rows(layout.Find(name), 0);
  } else if (param == "/z") {  // of two selectors and two bits
    rows(layout.Find(layer + ".z/value"), 0);
    rows(layout.Find(layer + ".z/value"), 2);
  } else if (param == "/a") {
    rows(layout.Find(layer + ".a/value"), 0);
  } else if (param == "/down" || param == "/up") {
    rows(layout.Find(Str(layer, ".", param.substr(1), "/kernel")), 0);
  } else if (layer == "level.0.gate.shared") {
    rows(layout.Find("level.0.shared-gate" + param), 0);
  } else if (layer == "embedding") {
    for (const char* task : {"value", "flag", "kind"}) {
      rows(layout.Find(Str("task.", task, "/value")), 0);
    }
  } else if (layer.rfind("head.", 0) == 0) {
    const Index first = layer == "head.value"  ? 0
                        : layer == "head.flag" ? 1
                                               : 2;
    rows(layout.Find("heads.trunk" + param), first);
  } else if (layer.rfind("stitch.", 0) == 0) {
    for (const char* task : {"value", "flag", "kind"}) {
      rows(layout.Find(Str("stitch.", task, layer.substr(6), param)), 0);
    }
  } else {
    rows(layout.Find(layer + ".0" + param), 0);
  }
}

// Ours is `factor` times a parameter of a case, plus `shift`.
struct Change {
  double factor = 1;
  double shift = 0;
};
Change ChangeOf(const std::string& name) {
  if (name.ends_with("/up")) return {.factor = 2};  // alpha / rank
  // Of 1 + gamma the 1 is in the bias.
  if (name.ends_with("gamma/bias")) return {.shift = 1};
  return {};
}

// The numbers of a block in the order of a case's array.
std::vector<double> Gather(const Layout& layout, const Real* block,
                           const std::string& name, const json& like) {
  std::vector<double> values;
  const Index cols =
      like.at(0).is_array() ? golden::Columns(like) : golden::Sizes(like).at(0);
  VisitPlaces(layout, name, [&](Index slice, Index row, Index first) {
    const Slice& place = layout.slice(slice);
    const Real* begin = block + place.offset + row * place.spec.cols + first;
    values.insert(values.end(), begin, begin + cols);
  });
  for (double& value : values) value *= ChangeOf(name).factor;
  return values;
}

void Scatter(const std::string& name, const json& array, Block* block) {
  const std::vector<Real> values = golden::Reals(array);
  const Index cols = array.at(0).is_array() ? golden::Columns(array)
                                            : golden::Sizes(array).at(0);
  const Change change = ChangeOf(name);
  std::size_t next = 0;
  VisitPlaces(block->layout(), name, [&](Index slice, Index row, Index first) {
    for (Index col = 0; col < cols; ++col) {
      REQUIRE(next < values.size());
      block->At(slice)(row, first + col) =
          values[next++] * static_cast<Real>(change.factor) +
          static_cast<Real>(change.shift);
    }
  });
  REQUIRE(next == values.size());
}

// One forward and backward pass on a batch of the file.
class CaseRun {
 public:
  CaseRun(const json& root, const json& item)
      : item_(item),
        batch_json_(root.at("batches").at(item.at("inputs").at("batch"))),
        schema_(GoldenSchema(item.at("inputs").at("batch"))),
        network_(BuildNetwork(schema_, OptionsOf(item))),
        params_(network_.Initialized(1)) {
    for (const auto& [name, array] :
         item.at("inputs").at("parameters").items()) {
      Scatter(name, array, &params_.weights);
    }
    x_ = golden::Reals(batch_json_.at("x"));
    batch_.rows = static_cast<Index>(batch_json_.at("x").size());
    batch_.inputs.resize(1);
    batch_.inputs[0].dense = {x_.data(), batch_.rows, 8};
  }

  void Compare() {
    const double tolerance = golden::Tolerance(item_);
    const json& expected = item_.at("expected");
    PlanOptions options;
    options.capacity = batch_.rows;
    options.route = Route::kPlain;
    Plan plan(network_, options);
    Backward(&plan, &expected);
    ParamPenalties penalties(network_.penalties(), *network_.weights(), {});
    const double penalty = penalties.AddGradients(
        params_.weights, std::vector<std::uint8_t>(schema_.tasks.size(), 1),
        plan.gradient());
    if (!penalties.empty()) {
      CHECK(penalty == doctest::Approx(expected.at("penalty").get<double>()));
    }
    for (const auto& item : expected.at("gradient").items()) {
      const std::string& name = item.key();
      const auto& array = item.value();
      INFO("gradient of ", name);
      golden::CheckClose(
          array,
          Gather(*network_.weights(), plan.gradient().data(), name, array),
          tolerance);
    }
    if (!expected.contains("trunk_gramian")) return;
    options.route = Route::kGramian;
    Plan gramian(network_, options);
    Backward(&gramian, nullptr);
    golden::CheckClose(expected.at("trunk_gramian"), gramian.Gramian().flat(),
                       tolerance);
  }

 private:
  void CheckProbabilities(const json& expected, ConstMatView logits) const {
    std::vector<double> values;
    for (const Real logit : logits.flat()) {
      values.push_back(1 / (1 + std::exp(-static_cast<double>(logit))));
    }
    golden::CheckClose(expected, values, golden::Tolerance(item_));
  }

  // Sets the gradient of every task's mean loss; compares losses and outputs.
  void Backward(Plan* plan, const json* expected) {
    Pass pass;
    pass.weights = &params_.weights;
    pass.mode = Mode::kTraining;
    plan->Forward(pass, batch_);
    const auto losses = MakeLosses(schema_.tasks, {});
    for (Index i = 0; i < network_.task_count(); ++i) {
      const std::string& task = schema_.tasks[static_cast<std::size_t>(i)].name;
      const ConstMatView output = plan->Output(i);
      const std::vector<Real> target =
          golden::Reals(batch_json_.at("target").at(task));
      std::vector<Real> weight(target.size(), 1);
      if (batch_json_.contains("weight")) {
        weight = golden::Reals(batch_json_.at("weight"));
      }
      for (std::size_t k = 0; k < weight.size(); ++k) {
        if (std::isnan(target[k])) weight[k] = 0;
      }
      std::vector<Real> row_loss(weight.size());
      const MatView gradient = plan->OutputGradient(i);
      losses[static_cast<std::size_t>(i)]->Evaluate(
          {output, {target.data(), batch_.rows, 1}, weight}, row_loss,
          gradient);
      const double total = std::max(SumRows(weight), 1e-30);
      for (Real& value : gradient.flat()) value /= static_cast<Real>(total);
      if (expected == nullptr) continue;
      INFO("task ", task);
      const bool is_product = network_.Names().back() == "joint." + task;
      if (is_product) {
        CheckProbabilities(expected->at("output").at("probability_both"),
                           output);
      } else {
        golden::CheckClose(expected->at("output").at(task), output.flat(),
                           golden::Tolerance(item_));
      }
      golden::CheckClose(expected->at("loss").at(is_product ? "both" : task),
                         std::vector<double>{SumRows(row_loss) / total},
                         golden::Tolerance(item_));
    }
    plan->Backward(pass);
  }

  const json& item_;
  const json& batch_json_;
  Schema schema_;
  Network network_;
  Params params_;
  std::vector<Real> x_;
  Batch batch_;
};

TEST_CASE("architectures agree with the reference values") {
  const json root = golden::Load("architectures");
  golden::ForEachCase("architectures", [&](const json& item) {
    if (OptionsOf(item).arch.empty()) return false;
    CaseRun(root, item).Compare();
    return true;
  });
}

}  // namespace
}  // namespace mtlkit
