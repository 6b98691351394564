#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct LtbOptions : BranchOptions {
  std::vector<Index> nodes = {0};
  void Describe(Fields& fields) {
    fields(
        "nodes", nodes,
        "layers to choose from at each depth: one number, or one for each of "
        "--layers; 0: as many as tasks",
        Between(0, 1024));
    BranchOptions::Describe(fields);
  }
  Index NodesOf(std::size_t layer, const NetworkParts& parts) const {
    Require(nodes.size() == 1 || nodes.size() == parts.layers().size(),
            ErrorKind::kUsage,
            Str("--arch ltb: nodes= has ", nodes.size(),
                " numbers, but there "
                "are ",
                parts.layers().size(), " layers"),
            "give one for all of --layers, or one for each");
    const Index number = nodes.size() == 1 ? nodes[0] : nodes[layer];
    return number > 0 ? number : parts.tasks();
  }
};

// What a layer or a head reads: the one parent that it chooses.
NetworkParts::Source AddBranchOf(const std::string& name,
                                 const std::vector<Value>& parents,
                                 const LtbOptions& options,
                                 NetworkParts* parts) {
  if (parents.size() == 1) return NetworkParts::From(parents[0]);
  return NetworkParts::From(
      parts->builder().Add("branch." + name, MakeBranch(options), parents));
}

// Guo, Lee and Ulbricht, "Learning to branch for multi-task learning", 2020: at
// each depth some layers, each of which reads one of those above it; which one
// is drawn from a distribution that is learned with the weights, by the
// Gumbel-softmax estimator, and so is the last layer that each task reads. In
// predictions each takes its most probable parent, so that what is left is a
// tree.
Network BuildLtb(const ArchArgs& args, const LtbOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("ltb", "to choose from");
  const NetworkParts::Source inputs = parts.Inputs("");
  std::vector<Value> above;
  for (std::size_t layer = 0; layer < parts.layers().size(); ++layer) {
    std::vector<Value> nodes;
    for (Index n = 0; n < options.NodesOf(layer, parts); ++n) {
      const std::string name = Str(layer, ".", n);
      const NetworkParts::Source source =
          layer == 0 ? inputs : AddBranchOf(name, above, options, &parts);
      nodes.push_back(
          parts.AddHidden("node." + name, source, parts.layers()[layer]));
    }
    above = std::move(nodes);
  }
  for (Index i = 0; i < parts.tasks(); ++i) {
    parts.AddHead(i, AddBranchOf(parts.task(i).name, above, options, &parts));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kLtbArch;
const ArchEntry kLtbArch = MakeEntry<BuildLtb, LtbOptions>(
    "ltb",
    "layers that learn which layer above they read, and tasks likewise (Guo et "
    "al. 2020)");

}  // namespace mtlkit
