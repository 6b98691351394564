#include "base/registry.h"
#include "nn/archs/expert_level.h"

namespace mtlkit {
namespace {

// Customized gate control: Tang, Liu, Zhao and Gong, "Progressive layered
// extraction (PLE): a novel multi-task learning model for personalized
// recommendations", 2020, section 4.1: experts of each task's own and shared
// ones; a task's gate weighs its own and the shared ones.
Network BuildCgc(const ArchArgs& args, const OwnAndShared& options) {
  NetworkParts parts(args);
  parts.RequireLayers("cgc", "for its experts");
  const NetworkParts::Source inputs = parts.Inputs("");
  const ExpertStreams start = {
      inputs, std::vector<NetworkParts::Source>(At(parts.tasks()), inputs)};
  const ExpertStreams end =
      AddExpertLevel({"", options.OwnOf("cgc", parts.tasks()), parts.layers()},
                     options, start, &parts);
  for (Index i = 0; i < parts.tasks(); ++i) {
    parts.AddHead(i, end.tasks[At(i)]);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kCgcArch;
const ArchEntry kCgcArch = MakeEntry<BuildCgc, OwnAndShared>(
    "cgc",
    "experts of each task's own and shared ones, weighted by a gate of each "
    "task (Tang et al. 2020)");

}  // namespace mtlkit
