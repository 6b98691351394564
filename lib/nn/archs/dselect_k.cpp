#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct DselectKOptions {
  Index experts = 4;
  Index k = 2;
  std::string gate = "row";
  double gamma = 1;
  double entropy = 0;
  void Describe(Fields& fields) {
    fields("experts", experts,
           "networks that all tasks choose from; best a power of 2",
           Between(2, 1024));
    fields("k", k, "experts at most that a gate takes", Between(1, 64));
    fields("gate", gate,
           "what a gate follows from: the row's inputs, or the task alone",
           {"row", "task"});
    fields("gamma", gamma,
           "width of the smooth step: below, a selector decides sooner",
           MoreThan(0));
    fields("entropy", entropy,
           "penalty for selectors that take no single expert", AtLeast(0));
  }
};

// Hazimeh et al., "DSelect-k: differentiable selection in the mixture of
// experts with applications to multi-task learning", 2021: MMoE whose gates are
// sums of k selectors, each of which takes one expert by a binary code through
// smooth steps (section 3: the smooth step, the selector, the gate of k of
// them, static or per example; with `entropy` the regulariser, as its mean over
// rows). Codes begin near the middle of the step.
Network BuildDselectK(const ArchArgs& args, const DselectKOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("dselect-k", "for its experts");
  const NetworkParts::Source inputs = parts.Inputs("");
  std::vector<Value> experts;
  parts.AddExperts("expert", options.experts, inputs, parts.layers(), &experts);
  const Index codes = options.k * SelectionBits(options.experts);
  const Initializer near = {InitKind::kNormal, options.gamma / 100};
  NetworkBuilder& builder = parts.builder();
  for (Index i = 0; i < parts.tasks(); ++i) {
    const std::string& task = parts.task(i).name;
    const std::string z = Str("gate.", task, ".z");
    const std::string a = Str("gate.", task, ".a");
    std::vector<Value> selected;
    if (options.gate == "row") {
      selected = {parts.AddDense(z, inputs, codes, near),
                  parts.AddDense(a, inputs, options.k)};
    } else {
      selected = {builder.Add(z, MakeLearned(codes, near), {experts[0]}),
                  builder.Add(a, MakeLearned(options.k, {}), {experts[0]})};
    }
    selected.insert(selected.end(), experts.begin(), experts.end());
    parts.AddHead(
        i, NetworkParts::From(builder.Add(
               "mixture." + task, MakeSelection(options.gamma, options.entropy),
               selected)));
  }
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kDselectKArch;
const ArchEntry kDselectKArch = MakeEntry<BuildDselectK, DselectKOptions>(
    "dselect-k",
    "experts that all tasks share, of which a task's gate takes a few (Hazimeh "
    "et al. 2021)");

}  // namespace mtlkit
