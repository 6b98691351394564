#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct CrossStitchOptions {
  double same = 0.9;
  void Describe(Fields& fields) {
    fields("same", same,
           "what each unit starts with of its own task's layer; the others "
           "share the rest",
           Between(0, 1));
  }
};

// Misra, Shrivastava, Gupta and Hebert, "Cross-stitch networks for multi-task
// learning", 2016: after every hidden layer, what goes on for a task is a
// learned combination of all tasks' layers.
Network BuildCrossStitch(const ArchArgs& args,
                         const CrossStitchOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("cross-stitch", "to stitch", "single");
  std::vector<NetworkParts::Source> ends;
  for (Index i = 0; i < parts.tasks(); ++i) {
    ends.push_back(parts.Inputs("trunk." + parts.task(i).name + "."));
  }
  for (std::size_t layer = 0; layer < parts.layers().size(); ++layer) {
    std::vector<Value> hidden;
    for (Index i = 0; i < parts.tasks(); ++i) {
      hidden.push_back(
          parts.AddHidden(Str("trunk.", parts.task(i).name, ".", layer),
                          ends[At(i)], parts.layers()[layer]));
    }
    for (Index i = 0; i < parts.tasks() && parts.tasks() > 1; ++i) {
      ends[At(i)] = NetworkParts::From(
          parts.builder().Add(Str("stitch.", parts.task(i).name, ".", layer),
                              MakeCrossStitch(i, options.same), hidden));
    }
    if (parts.tasks() == 1) ends[0] = NetworkParts::From(hidden[0]);
  }
  for (Index i = 0; i < parts.tasks(); ++i) {
    parts.AddHead(i, ends[At(i)]);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kCrossStitchArch;
const ArchEntry kCrossStitchArch =
    MakeEntry<BuildCrossStitch, CrossStitchOptions>(
        "cross-stitch",
        "a network for every task, mixed after each hidden layer with learned "
        "weights (Misra et al. 2016)");

}  // namespace mtlkit
