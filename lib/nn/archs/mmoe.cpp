#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct MmoeOptions {
  Index experts = 4;
  double balance = 0;
  void Describe(Fields& fields) {
    fields("experts", experts, "networks that all tasks choose from",
           Between(1, 1024));
    fields("balance", balance,
           "penalty for uneven use of the experts by a task (Shazeer et al. "
           "2017)",
           AtLeast(0));
  }
};

// Ma, Zhao, Yi, Chen, Hong and Chi, "Modeling task relationships in multi-task
// learning with multi-gate mixture-of-experts", 2018: experts of --layers; each
// task weighs them by a softmax gate on the inputs, then come its own layers
// (--head-layers) and its output. `balance` adds to each task's loss what
// Shazeer et al., "Outrageously large neural networks", 2017, call the loss of
// importance: the squared coefficient of variation of the experts' total gates.
Network BuildMmoe(const ArchArgs& args, const MmoeOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("mmoe", "for its experts");
  const NetworkParts::Source inputs = parts.Inputs("");
  std::vector<Value> experts;
  parts.AddExperts("expert", options.experts, inputs, parts.layers(), &experts);
  for (Index i = 0; i < parts.tasks(); ++i) {
    const std::string& name = parts.task(i).name;
    parts.AddHead(i, parts.AddMixture("gate." + name, "mixture." + name, inputs,
                                      experts, options.balance));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kMmoeArch;
const ArchEntry kMmoeArch = MakeEntry<BuildMmoe, MmoeOptions>(
    "mmoe",
    "experts that all tasks share, weighted by a gate of each task (Ma et al. "
    "2018)");

}  // namespace mtlkit
