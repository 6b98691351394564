#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct BypassOptions {
  std::vector<Index> widths = {32};
  void Describe(Fields& fields) {
    fields("widths", widths, "of the layers of each task's own path",
           Between(1, 65536));
  }
};

// Ramsundar, Liu, Wu, Verras, Tudor, Sheridan and Pande, "Is multitask deep
// learning practical for pharma?", 2017 (robust multitask networks): beside the
// trunk that all tasks share each has a small one of its own, from the inputs
// past the shared one, and its output reads both.
Network BuildBypass(const ArchArgs& args, const BypassOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("bypass", "for what tasks share", "single");
  Require(!options.widths.empty(), ErrorKind::kUsage,
          "--arch bypass: widths= is empty", "give widths, as widths=32");
  const NetworkParts::Source inputs = parts.Inputs("");
  const Value trunk = parts.AddLayers("trunk", inputs, parts.layers()).value;
  for (Index i = 0; i < parts.tasks(); ++i) {
    const std::string& task = parts.task(i).name;
    const Value own =
        parts.AddLayers("bypass." + task, inputs, options.widths).value;
    parts.AddHead(i, NetworkParts::From(parts.builder().Add(
                         "joined." + task, MakeConcat(), {trunk, own})));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kBypassArch;
const ArchEntry kBypassArch = MakeEntry<BuildBypass, BypassOptions>(
    "bypass",
    "a shared trunk, and a small network of each task's own past it (Ramsundar "
    "et al. 2017)");

}  // namespace mtlkit
