#include <string>
#include <vector>

#include "base/error.h"
#include "base/registry.h"
#include "data/head.h"
#include "nn/archs/parts.h"
#include "nn/layers/stack.h"

namespace mtlkit {
namespace {

struct BranchesOptions {
  Index count = 3;
  void Describe(Fields& fields) {
    fields("count", count, "branches over what they share", Between(2, 64));
  }
};

void RequireBranches(const ArchArgs& args, const NetworkParts& parts) {
  parts.RequireLayers("branches",
                      "the last of which each branch has of its own");
  Require(ParseMembers(args.options.members, "--members").members == 1,
          ErrorKind::kUsage,
          "--arch branches with --members: branches are that",
          "leave one of them out");
  for (const Task& task : args.schema.tasks) {
    Require(
        task.head().merges() && task.traits().thresholds == Thresholds::kNone,
        ErrorKind::kUsage,
        Str("--arch branches: task '", task.name,
            "': there is no mean of what several branches say of it"),
        "take another architecture");
  }
}

// Several networks with the layers of one but for the last, which each branch
// has of its own, as the members of an ensemble; the last member weighs the
// branches' outputs by a gate on what they share. Lan, Zhu and Gong, "Knowledge
// distillation by on-the-fly native ensemble" (2018), equations 3 to 5. The
// protocol `one` lets that member teach the branches. Each task has its own
// outputs and its own gate.
Network BuildBranches(const ArchArgs& args, const BranchesOptions& options) {
  NetworkParts parts(args);
  RequireBranches(args, parts);
  std::vector<Index> shared = parts.layers();
  const Index own = shared.back();
  shared.pop_back();
  const NetworkParts::Source trunk =
      parts.AddLayers("trunk", parts.Inputs(""), shared);
  const std::vector<Index> head_layers =
      ParseLayers(args.options.head_layers, "--head-layers");
  std::vector<Value> branches;
  parts.AddExperts("branch", options.count, trunk, {own}, &branches);
  for (const Index t : parts.AllTasks()) {
    const Task& task = parts.task(t);
    const std::string head = "head." + task.name;
    std::vector<Value> members;
    for (std::size_t b = 0; b < branches.size(); ++b) {
      const std::string name = Str(head, ".branch", b);
      const NetworkParts::Source top =
          parts.AddLayers(name, NetworkParts::From(branches[b]), head_layers);
      members.push_back(parts.AddDense(name, top, task.output_cols()));
    }
    members.push_back(parts
                          .AddMixture("gate." + task.name, head + ".mixture",
                                      trunk, members, 0)
                          .value);
    parts.builder().Output(
        t, parts.builder().Add(head + ".members", MakeStack(), members));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kBranchesArch;
const ArchEntry kBranchesArch = MakeEntry<BuildBranches, BranchesOptions>(
    "branches",
    "branches over shared layers, and their mixture by a gate, as one ensemble "
    "(Lan et al. 2018)");

}  // namespace mtlkit
