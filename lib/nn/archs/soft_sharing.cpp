#include "base/error.h"
#include "base/registry.h"
#include "data/head.h"
#include "nn/archs/map_head.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct SoftSharingOptions {
  double strength = 0.01;
  std::string distance = "mean";
  void Describe(Fields& fields) {
    fields("strength", strength,
           "factor of the squared distances between the tasks' parameters",
           MoreThan(0));
    fields("distance", distance,
           "from what: the mean of all tasks, or each other task",
           {"mean", "pairs"});
  }
};

// Networks of their own whose parameters are pulled together. To each other:
// Duong, Cohn, Bird and Cook, "Low resource dependency parsing: cross-lingual
// parameter sharing in a neural network parser", 2015, for pairs of tasks. To
// their mean: Evgeniou and Pontil, "Regularized multi-task learning", 2004,
// there for linear models. Heads stay their own.
Network BuildSoftSharing(const ArchArgs& args,
                         const SoftSharingOptions& options) {
  RequireNoMap("soft-sharing", args.schema.tasks);
  for (const Task& task : args.schema.tasks) {
    Require(!task.traits().puts_out_tokens(), ErrorKind::kUsage,
            Str("--arch soft-sharing: task '", task.name,
                "' reads tokens and has no hidden layers to be pulled"),
            "use --arch shared or single");
  }
  NetworkParts parts(args);
  parts.RequireLayers("soft-sharing", "to pull together", "single");
  std::vector<std::vector<std::string>> pulled;
  for (Index i = 0; i < parts.tasks(); ++i) {
    const auto first = std::ssize(parts.builder().ParamNames());
    const std::string name = "trunk." + parts.task(i).name;
    const NetworkParts::Source inputs = parts.Inputs(name + ".");
    const NetworkParts::Source end =
        parts.AddLayers(name, inputs, parts.layers());
    pulled.push_back(parts.builder().ParamNames(first));
    parts.AddHead(i, end);
  }
  if (parts.tasks() > 1) {
    parts.builder().Penalize(ParsePenaltyKind(options.distance),
                             options.strength, std::move(pulled));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kSoftSharingArch;
const ArchEntry kSoftSharingArch =
    MakeEntry<BuildSoftSharing, SoftSharingOptions>(
        "soft-sharing",
        "a network for every task, whose parameters are pulled together (Duong "
        "et al. 2015; Evgeniou and Pontil 2004)");

}  // namespace mtlkit
