#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/expert_level.h"

namespace mtlkit {
namespace {

struct PleOptions : OwnAndShared {
  Index depth = 1;
  void Describe(Fields& fields) {
    OwnAndShared::Describe(fields);
    fields("depth", depth,
           "how many of --layers make up a level; the last one has the rest",
           Between(1, 64));
  }
};

// Progressive layered extraction: Tang, Liu, Zhao and Gong, "Progressive
// layered extraction (PLE): a novel multi-task learning model for personalized
// recommendations", 2020, section 4.2, equations 5 and 6: levels of shared
// experts and of each task's own. Up to the last one, which is CGC, a gate over
// all experts makes what the shared experts of the next level read.
Network BuildPle(const ArchArgs& args, const PleOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("ple", "for its experts");
  const NetworkParts::Source inputs = parts.Inputs("");
  ExpertStreams streams = {
      inputs, std::vector<NetworkParts::Source>(At(parts.tasks()), inputs)};
  const std::vector<Index>& widths = parts.layers();
  const std::vector<Index> own = options.OwnOf("ple", parts.tasks());
  Index number = 0;
  for (Index first = 0; first < std::ssize(widths); first += options.depth) {
    const Index last = std::min(first + options.depth, std::ssize(widths));
    streams = AddExpertLevel({Str("level.", number++, "."),
                              own,
                              {widths.begin() + first, widths.begin() + last},
                              last == std::ssize(widths)},
                             options, streams, &parts);
  }
  for (Index i = 0; i < parts.tasks(); ++i) {
    parts.AddHead(i, streams.tasks[At(i)]);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kPleArch;
const ArchEntry kPleArch = MakeEntry<BuildPle, PleOptions>(
    "ple",
    "levels of each task's own experts and shared ones, each with gates (Tang "
    "et al. 2020)");

}  // namespace mtlkit
