#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct SluiceOptions {
  Index subspaces = 2;
  double same = 0.9;
  std::string output = "mix";
  double last = 0.9;
  double orthogonal = 0.01;
  void Describe(Fields& fields) {
    fields("subspaces", subspaces, "parts of each layer, of equal width",
           Between(1, 64));
    fields("same", same,
           "what each mix of subspaces starts with of its own; the others "
           "share the rest",
           Between(0, 1));
    fields("output", output,
           "what heads read: a learned mix of all layers (of one width), all "
           "of them side by side, or the last",
           {"mix", "concat", "last"});
    fields("last", last, "what the mix of layers starts with of the last",
           Between(0, 1));
    fields("orthogonal", orthogonal,
           "factor of the penalty that keeps subspaces of a layer apart",
           AtLeast(0));
  }
};

// Of the parameters from number `first` on.
std::vector<std::string> KernelNames(const NetworkBuilder& builder,
                                     Index first) {
  std::vector<std::string> names = builder.ParamNames(first);
  std::erase_if(names, [](const std::string& name) {
    return !name.ends_with("/kernel");
  });
  return names;
}

// A layer of one task: its subspaces, one dense layer each.
std::vector<Value> AddSubspaces(const std::string& name, Index width,
                                const SluiceOptions& options,
                                const NetworkParts::Source& source,
                                NetworkParts* parts) {
  Require(width % options.subspaces == 0, ErrorKind::kUsage,
          Str("--arch sluice: a layer ", width, " wide has no ",
              options.subspaces, " subspaces of equal width"),
          "give --layers that subspaces= divides");
  std::vector<Value> spaces;
  std::vector<std::vector<std::string>> kernels;
  for (Index k = 0; k < options.subspaces; ++k) {
    const auto first = std::ssize(parts->builder().ParamNames());
    spaces.push_back(
        parts->AddHidden(Str(name, ".", k), source, width / options.subspaces));
    kernels.push_back(KernelNames(parts->builder(), first));
  }
  if (options.orthogonal > 0 && options.subspaces > 1) {
    parts->builder().Penalize(PenaltyKind::kOrthogonal, options.orthogonal,
                              std::move(kernels));
  }
  return spaces;
}

// What goes on for a task: each subspace a mix of all subspaces of all tasks.
Value AddMixedSpaces(const std::string& name, Index task,
                     const SluiceOptions& options,
                     const std::vector<Value>& all, NetworkBuilder* builder) {
  std::vector<Value> mixed;
  for (Index k = 0; k < options.subspaces; ++k) {
    const Index own = task * options.subspaces + k;
    mixed.push_back(all.size() == 1
                        ? all[0]
                        : builder->Add(Str("alpha.", name, ".", k),
                                       MakeCrossStitch(own, options.same),
                                       all));
  }
  if (mixed.size() == 1) return mixed[0];
  return builder->Add("mixed." + name, MakeConcat(), mixed);
}

Value AddOutputOfLayers(const std::string& task, const SluiceOptions& options,
                        const std::vector<Value>& layers,
                        NetworkBuilder* builder) {
  if (options.output == "last" || layers.size() == 1) return layers.back();
  if (options.output == "concat") {
    return builder->Add("beta." + task, MakeConcat(), layers);
  }
  for (const Value layer : layers) {
    Require(
        builder->Cols(layer) == builder->Cols(layers[0]), ErrorKind::kUsage,
        Str("--arch sluice mixes the outputs of layers, which are ",
            builder->Cols(layers[0]), " and ", builder->Cols(layer), " wide"),
        "give layers of one width, as --layers 64,64, or output=concat or "
        "output=last");
  }
  return builder->Add("beta." + task,
                      MakeCrossStitch(std::ssize(layers) - 1, options.last),
                      layers);
}

// Ruder, Bingel, Augenstein and Sogaard, "Latent multi-task architecture
// learning", 2019 (sluice networks): layers of each task fall into subspaces;
// alpha, one number a pair of them, mixes all subspaces of all tasks (equation
// 1), beta the layers of a task (equation 2), and a penalty asks that the
// kernels of subspaces of a layer are orthogonal (equation 3).
Network BuildSluice(const ArchArgs& args, const SluiceOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("sluice", "to divide into subspaces", "single");
  NetworkBuilder& builder = parts.builder();
  const auto tasks = At(parts.tasks());
  std::vector<NetworkParts::Source> ends;
  for (Index i = 0; i < parts.tasks(); ++i) {
    ends.push_back(parts.Inputs("trunk." + parts.task(i).name + "."));
  }
  std::vector<std::vector<Value>> layers(tasks);
  for (std::size_t layer = 0; layer < parts.layers().size(); ++layer) {
    std::vector<Value> all;
    for (std::size_t i = 0; i < tasks; ++i) {
      const std::string& task = parts.task(static_cast<Index>(i)).name;
      const std::vector<Value> own =
          AddSubspaces(Str("trunk.", task, ".", layer), parts.layers()[layer],
                       options, ends[i], &parts);
      all.insert(all.end(), own.begin(), own.end());
    }
    for (std::size_t i = 0; i < tasks; ++i) {
      const std::string& task = parts.task(static_cast<Index>(i)).name;
      layers[i].push_back(AddMixedSpaces(Str(task, ".", layer),
                                         static_cast<Index>(i), options, all,
                                         &builder));
      ends[i] = NetworkParts::From(layers[i].back());
    }
  }
  for (std::size_t i = 0; i < tasks; ++i) {
    const auto task = static_cast<Index>(i);
    parts.AddHead(task,
                  NetworkParts::From(AddOutputOfLayers(
                      parts.task(task).name, options, layers[i], &builder)));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kSluiceArch;
const ArchEntry kSluiceArch = MakeEntry<BuildSluice, SluiceOptions>(
    "sluice",
    "a network for every task, whose layers and parts of layers are mixed with "
    "learned weights (Ruder et al. 2019)");

}  // namespace mtlkit
