#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct MtanOptions {
  Index hidden = 0;
  void Describe(Fields& fields) {
    fields("hidden", hidden,
           "width of the hidden layer of a mask; 0: that of the layer masked",
           Between(0, 65536));
  }
};

// The mask of a task over the shared layer `number`, times that layer.
Value AddAttention(Index task, Index number, Value shared, const Value* before,
                   Index hidden, NetworkParts* parts) {
  NetworkBuilder& builder = parts->builder();
  const std::string& name = parts->task(task).name;
  const std::string mask = Str("mask.", name, ".", number);
  const Index width = builder.Cols(shared);
  const Value read =
      before == nullptr
          ? shared
          : builder.Add(mask + ".inputs", MakeConcat(), {shared, *before});
  const Value inner = parts->AddHidden(mask + ".0", NetworkParts::From(read),
                                       hidden > 0 ? hidden : width);
  const Value outer =
      builder.Add(mask + ".1",
                  MakeDense({.units = width,
                             .activation = Activation::kSigmoid,
                             .kernel_init = {InitKind::kGlorotUniform, 0}}),
                  {inner});
  return builder.Add(Str("attention.", name, ".", number), MakeProduct(),
                     {outer, shared});
}

// Liu, Johns and Davison, "End-to-end multi-task learning with attention", 2019
// (MTAN), equations 1 and 2, on dense layers: a task's mask between 0 and 1
// over each layer of a shared trunk, made of that layer and of what the task
// took from the one before.
Network BuildMtan(const ArchArgs& args, const MtanOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("mtan", "to attend to");
  std::vector<Value> trunk;
  NetworkParts::Source last = parts.Inputs("");
  for (const Index width : parts.layers()) {
    trunk.push_back(parts.AddHidden(Str("trunk.", trunk.size()), last, width));
    last = NetworkParts::From(trunk.back());
  }
  for (Index i = 0; i < parts.tasks(); ++i) {
    Value taken = AddAttention(i, 0, trunk[0], nullptr, options.hidden, &parts);
    for (Index layer = 1; layer < std::ssize(trunk); ++layer) {
      taken = AddAttention(i, layer, trunk[At(layer)], &taken, options.hidden,
                           &parts);
    }
    parts.AddHead(i, NetworkParts::From(taken));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kMtanArch;
const ArchEntry kMtanArch = MakeEntry<BuildMtan, MtanOptions>(
    "mtan",
    "a shared trunk, of which each task takes what its masks let through (Liu "
    "et al. 2019)");

}  // namespace mtlkit
