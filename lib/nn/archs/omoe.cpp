#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct OmoeOptions {
  Index experts = 4;
  double balance = 0;
  void Describe(Fields& fields) {
    fields("experts", experts, "networks that the gate weighs",
           Between(1, 1024));
    fields("balance", balance,
           "penalty for uneven use of the experts (Shazeer et al. 2017)",
           AtLeast(0));
  }
};

// The one-gate mixture of experts of Ma et al., "Modeling task relationships in
// multi-task learning with multi-gate mixture-of-experts", 2018, section 4.1:
// what MMoE is compared with. All tasks read the same mixture.
Network BuildOmoe(const ArchArgs& args, const OmoeOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("omoe", "for its experts");
  const NetworkParts::Source inputs = parts.Inputs("");
  std::vector<Value> experts;
  parts.AddExperts("expert", options.experts, inputs, parts.layers(), &experts);
  parts.AddHeads(
      "trunk",
      parts.AddMixture("gate", "mixture", inputs, experts, options.balance),
      parts.AllTasks());
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kOmoeArch;
const ArchEntry kOmoeArch = MakeEntry<BuildOmoe, OmoeOptions>(
    "omoe", "experts weighted by one gate for all tasks (Ma et al. 2018)");

}  // namespace mtlkit
