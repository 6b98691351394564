#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

Network BuildSingle(const ArchArgs& args) {
  NetworkParts parts(args);
  for (Index i = 0; i < parts.tasks(); ++i) {
    const std::string name = "trunk." + parts.task(i).name;
    const NetworkParts::Source inputs = parts.Inputs(name + ".");
    parts.AddHead(i, parts.AddLayers(name, inputs, parts.layers()));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kSingleArch;
const ArchEntry kSingleArch = MakeEntry<BuildSingle>(
    "single",
    "a network of its own for every task, in one model: the baseline");

}  // namespace mtlkit
