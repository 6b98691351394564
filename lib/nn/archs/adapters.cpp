#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct AdaptersOptions {
  Index rank = 4;
  void Describe(Fields& fields) {
    fields("rank", rank, "of what a task adds to the kernel of a layer",
           Between(1, 65536));
  }
};

// x D U, with U at 0 in the beginning.
Value AddAdapter(const std::string& name, const NetworkParts::Source& source,
                 Index rank, Index units, NetworkParts* parts) {
  const Value down = parts->AddDense(name + ".down", source, rank,
                                     {InitKind::kTorchLinear, 0}, false);
  return parts->AddDense(name + ".up", NetworkParts::From(down), units,
                         {InitKind::kConstant, 0}, false);
}

// Hu et al., "LoRA: low-rank adaptation of large language models", 2022,
// equation 3, for tasks in place of fine-tuning: one trunk, to whose kernels
// each task adds the product of two thin ones. It begins as hard sharing.
Network BuildAdapters(const ArchArgs& args, const AdaptersOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("adapters", "to adapt");
  const NetworkParts::Source inputs = parts.Inputs("");
  const std::vector<Index>& widths = parts.layers();
  // All tasks have the product of the first layer in common.
  const Value first = parts.AddKernel("trunk.0", inputs, widths[0]);
  for (Index i = 0; i < parts.tasks(); ++i) {
    const std::string& task = parts.task(i).name;
    NetworkParts::Source x = inputs;
    for (std::size_t layer = 0; layer < widths.size(); ++layer) {
      const std::string owner = Str("trunk.", layer);
      const std::string name = Str(owner, ".", task);
      const std::string adapter = Str("adapter.", task, ".", layer);
      Value kernel = first;
      if (layer > 0 && i == 0)
        kernel = parts.AddKernel(owner, x, widths[layer]);
      if (layer > 0 && i > 0) {
        kernel = parts.AddKernel(name, x, widths[layer], owner);
      }
      const Value added =
          AddAdapter(adapter, x, options.rank, widths[layer], &parts);
      const Value sum =
          parts.builder().Add(adapter, MakeSum(), {kernel, added});
      x = NetworkParts::From(
          parts.AddActivation(adapter, parts.AddNorm(adapter, sum)));
    }
    parts.AddHead(i, x);
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kAdaptersArch;
const ArchEntry kAdaptersArch = MakeEntry<BuildAdapters, AdaptersOptions>(
    "adapters",
    "one trunk, to whose kernels each task adds a low-rank one (Hu et al. "
    "2022)");

}  // namespace mtlkit
