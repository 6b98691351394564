#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct FilmOptions {
  Index embedding = 8;
  void Describe(Fields& fields) {
    fields("embedding", embedding, "numbers that say what a task is",
           Between(1, 4096));
  }
};

// Layers of one name for all tasks: the first task's have the parameters, the
// others use them.
class SharedNames {
 public:
  SharedNames(const NetworkParts& parts, Index task)
      : task_(task == 0 ? "" : parts.task(task).name) {}
  std::string Name(const std::string& layer) const {
    return task_.empty() ? layer : Str(layer, ".", task_);
  }
  std::string Owner(const std::string& layer) const {
    return task_.empty() ? "" : layer;
  }

 private:
  std::string task_;
};

// gamma x + beta, both of which follow from the task's embedding.
Value Modulate(const SharedNames& names, const std::string& film, Value task,
               Value x, NetworkBuilder* builder) {
  const auto factor = [&](const std::string& layer, double start) {
    return builder->Add(names.Name(layer),
                        MakeDense({.units = builder->Cols(x),
                                   .kernel_init = {InitKind::kTorchLinear, 0},
                                   .bias_init = {InitKind::kConstant, start}}),
                        {task}, names.Owner(layer));
  };
  const Value gamma = factor(film + ".gamma", 1);
  const Value beta = factor(film + ".beta", 0);
  const Value scaled =
      builder->Add(names.Name(film + ".scaled"), MakeProduct(), {gamma, x});
  return builder->Add(names.Name(film), MakeSum(), {scaled, beta});
}

// Perez, Strub, de Vries, Dumoulin and Courville, "FiLM: visual reasoning with
// a general conditioning layer", 2018, equations 1 and 2, with a learned
// embedding of the task as the condition: one trunk, each layer of which a task
// scales and shifts in front of the activation.
Network BuildFilm(const ArchArgs& args, const FilmOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("film", "to scale and shift");
  NetworkBuilder& builder = parts.builder();
  const NetworkParts::Source inputs = parts.Inputs("");
  // All tasks have the product of the first layer in common.
  const Value first = parts.AddNorm(
      "trunk.0", parts.AddKernel("trunk.0", inputs, parts.layers()[0]));
  for (Index i = 0; i < parts.tasks(); ++i) {
    const SharedNames names(parts, i);
    const Value task = builder.Add(
        "task." + parts.task(i).name,
        MakeLearned(options.embedding, {InitKind::kNormal, 1}), {first});
    Value x = first;
    for (std::size_t layer = 0; layer < parts.layers().size(); ++layer) {
      const std::string trunk = Str("trunk.", layer);
      if (layer > 0) {
        x = parts.AddKernel(names.Name(trunk), NetworkParts::From(x),
                            parts.layers()[layer], names.Owner(trunk));
        x = parts.AddNorm(names.Name(trunk), x, names.Owner(trunk));
      }
      const std::string film = Str("film.", layer);
      x = parts.AddActivation(names.Name(film),
                              Modulate(names, film, task, x, &builder));
    }
    parts.AddHead(i, NetworkParts::From(x));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kFilmArch;
const ArchEntry kFilmArch = MakeEntry<BuildFilm, FilmOptions>(
    "film",
    "one trunk, whose layers each task scales and shifts by its embedding "
    "(Perez et al. 2018)");

}  // namespace mtlkit
