#include <cmath>

#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"
#include "nn/archs/task_order.h"

namespace mtlkit {
namespace {

struct AitmOptions {
  std::vector<std::string> order;
  std::string info = "layer";
  double calibrator = 0;
  void Describe(Fields& fields) {
    fields("order", order,
           "the tasks, each of which is told of by the one before; as the data "
           "has them unless given");
    fields("info", info,
           "what a task is told goes through a layer with activation, or "
           "through a linear map",
           {"layer", "linear"});
    fields("calibrator", calibrator,
           "penalty for a probability above that of the task before (binary "
           "tasks)",
           AtLeast(0));
  }
};

// What the chain hands on.
struct AitmLink {
  Value transferred;
  Value logits;
};

// Both of them weighted by how well each fits itself: attention over two, with
// query, key and value maps that they have in common.
Value AddTransfer(const std::string& name, Value told, Value own,
                  NetworkParts* parts) {
  NetworkBuilder& builder = parts->builder();
  const Index width = builder.Cols(own);
  const double scale = 1 / std::sqrt(static_cast<double>(width));
  std::vector<Value> scores;
  std::vector<Value> values;
  for (const Value from : {told, own}) {
    const auto map = [&](const char* what) {
      const std::string layer = Str(name, ".", what);
      const bool is_first = from == told;
      return builder.Add(
          is_first ? layer : layer + ".own",
          MakeDense({.units = width,
                     .bias = false,
                     .kernel_init = {InitKind::kTorchLinear, 0}}),
          {from}, is_first ? "" : layer);
    };
    const Value key = map("key");
    const Value query = map("query");
    values.push_back(map("value"));
    scores.push_back(builder.Add(Str(name, ".score", scores.size()),
                                 MakeDot(scale), {key, query}));
  }
  std::vector<Value> mixed = {
      builder.Add(name + ".scores", MakeConcat(), scores)};
  mixed.insert(mixed.end(), values.begin(), values.end());
  return builder.Add(name, MakeMixture(), mixed);
}

// Xi, Chen, Yan, Zhang, Zhu, Zhuang and Chen, "Modeling the sequential
// dependence among audience multi-step conversions with multi-task learning in
// targeted display advertising", 2021 (AITM), equations 2 to 6: networks of
// --layers of each task's own; a task is told what was transferred to the one
// before, and attends to that and its own. Equation 8 is the calibrator.
Network BuildAitm(const ArchArgs& args, const AitmOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("aitm", "to transfer", "single");
  NetworkBuilder& builder = parts.builder();
  AitmLink before;
  Index previous = -1;
  Index calibrated = 0;
  for (const Index i : OrderOfTasks("aitm", options.order, parts)) {
    const std::string& task = parts.task(i).name;
    const std::string trunk = "trunk." + task;
    const NetworkParts::Source inputs = parts.Inputs(trunk + ".");
    Value z = parts.AddLayers(trunk, inputs, parts.layers()).value;
    if (previous >= 0) {
      const auto told = NetworkParts::From(before.transferred);
      const Index width = builder.Cols(z);
      const Value info = options.info == "layer"
                             ? parts.AddHidden("info." + task, told, width)
                             : parts.AddDense("info." + task, told, width);
      z = AddTransfer("transfer." + task, info, z, &parts);
    }
    const Value logits = parts.AddLogits(i, NetworkParts::From(z));
    Value output = logits;
    const bool calibrates = options.calibrator > 0 && previous >= 0 &&
                            parts.task(i).type == TaskType::kBinary &&
                            parts.task(previous).type == TaskType::kBinary;
    if (calibrates) {
      output =
          builder.Add("calibrator." + task, MakeCalibrator(options.calibrator),
                      {logits, before.logits});
      ++calibrated;
    }
    builder.Output(i, output);
    before = {z, logits};
    previous = i;
  }
  Require(options.calibrator == 0 || calibrated > 0 || parts.tasks() == 1,
          ErrorKind::kUsage,
          "--arch aitm: calibrator= has no effect: no binary task follows "
          "another in the order of tasks",
          "leave it out, or say the order of tasks with order=");
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kAitmArch;
const ArchEntry kAitmArch = MakeEntry<BuildAitm, AitmOptions>(
    "aitm",
    "a network for every task, each of which attends to what the one before "
    "knows (Xi et al. 2021)");

}  // namespace mtlkit
