#include <algorithm>

#include "base/error.h"
#include "base/registry.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

struct PepnetOptions {
  std::vector<std::string> domain;
  std::vector<std::string> prior;
  double factor = 2;
  Index gate = 0;
  void Describe(Fields& fields) {
    fields("domain", domain,
           "input blocks that say where a row comes from, by name or pattern: "
           "they gate the other inputs; none unless given");
    fields("prior", prior,
           "input blocks that say whom a row is of: they gate the layers of "
           "tasks; the other inputs do unless given");
    fields("factor", factor, "the most that a gate lets through", MoreThan(0));
    fields("gate", gate,
           "width of the hidden layer of a gate; 0: that of what it gates",
           Between(0, 65536));
  }
};

using Source = NetworkParts::Source;

// The input blocks in three parts.
struct PepnetBlocks {
  std::vector<Index> domain;
  std::vector<Index> prior;
  std::vector<Index> rest;
};

PepnetBlocks DivideInputs(const PepnetOptions& options,
                          const NetworkParts& parts) {
  const auto find = [&](const std::vector<std::string>& patterns,
                        const char* option) {
    if (patterns.empty()) return std::vector<Index>();
    return InContext(Str("--arch pepnet: ", option),
                     [&] { return SelectInputs(parts.inputs(), patterns); });
  };
  PepnetBlocks blocks = {
      find(options.domain, "domain="), find(options.prior, "prior="), {}};
  for (Index i = 0; i < std::ssize(parts.inputs()); ++i) {
    const bool gates = std::ranges::count(blocks.domain, i) > 0 ||
                       std::ranges::count(blocks.prior, i) > 0;
    if (!gates) blocks.rest.push_back(i);
  }
  Require(!blocks.rest.empty(), ErrorKind::kUsage,
          "--arch pepnet: all inputs are of domain= or prior=, and none is "
          "left to be gated",
          "name fewer of them");
  return blocks;
}

// Both side by side; `constant` learns nothing from what reads it.
Source JoinPrior(const std::string& name, const Source& prior,
                 const Source& constant, NetworkParts* parts) {
  Source joined = prior;
  joined.sparse.insert(joined.sparse.end(), constant.sparse.begin(),
                       constant.sparse.end());
  if (!constant.has_value) return joined;
  NetworkBuilder& builder = parts->builder();
  const Value held =
      builder.Add(name + ".held", MakeStopGradient(), {constant.value});
  joined.value = prior.has_value ? builder.Add(name + ".inputs", MakeConcat(),
                                               {prior.value, held})
                                 : held;
  joined.has_value = true;
  joined.is_input = false;
  return joined;
}

// factor sigmoid(unit W + b) times x.
Value AddGated(const std::string& name, const std::string& gated, Value unit,
               Value x, double factor, NetworkBuilder* builder) {
  const Value gate =
      builder->Add(name,
                   MakeDense({.units = builder->Cols(x),
                              .activation = Activation::kSigmoid,
                              .kernel_init = {InitKind::kGlorotUniform, 0}}),
                   {unit});
  const Value delta = builder->Add(name + ".scaled", MakeScale(factor), {gate});
  return builder->Add(gated, MakeProduct(), {delta, x});
}

// Chang, Zhang, Hui, Leng, Niu, Song and Gai, "PEPNet: parameter and embedding
// personalized network for infusing with personalized prior information", 2023:
// gates factor sigmoid(relu(x W + b) W' + b') of prior information and of what
// is held constant, over the embeddings (EPNet, domain=) and over each hidden
// layer of each task's own network (PPNet, prior=). The hidden layer of a gate
// has the activation of all others.
Network BuildPepnet(const ArchArgs& args, const PepnetOptions& options) {
  NetworkParts parts(args);
  parts.RequireLayers("pepnet", "to gate", "single");
  NetworkBuilder& builder = parts.builder();
  const PepnetBlocks blocks = DivideInputs(options, parts);
  Source x = parts.Inputs("", blocks.rest);
  const auto width = [&](Index of) {
    return options.gate > 0 ? options.gate : of;
  };
  if (!blocks.domain.empty()) {
    Require(x.sparse.empty() && x.has_value, ErrorKind::kUsage,
            "--arch pepnet: domain= gates the values of inputs, and sparse "
            "blocks have none but in products",
            "leave them out with --inputs, or name them in prior=");
    const Source read = JoinPrior(
        "domain-gate", parts.Inputs("domain.", blocks.domain), x, &parts);
    const Value unit =
        parts.AddHidden("domain-gate.0", read, width(builder.Cols(x.value)));
    x = NetworkParts::From(AddGated("domain-gate.1", "gated", unit, x.value,
                                    options.factor, &builder));
  }
  const Source read =
      blocks.prior.empty()
          ? x
          : JoinPrior("gate", parts.Inputs("prior.", blocks.prior), x, &parts);
  std::vector<Source> ends(At(parts.tasks()), x);
  for (std::size_t layer = 0; layer < parts.layers().size(); ++layer) {
    const Value unit = parts.AddHidden(Str("unit.", layer), read,
                                       width(parts.layers()[layer]));
    for (Index i = 0; i < parts.tasks(); ++i) {
      const std::string name = Str(parts.task(i).name, ".", layer);
      const Value hidden =
          parts.AddHidden("trunk." + name, ends[At(i)], parts.layers()[layer]);
      ends[At(i)] =
          NetworkParts::From(AddGated("gate." + name, "gated." + name, unit,
                                      hidden, options.factor, &builder));
    }
  }
  for (Index i = 0; i < parts.tasks(); ++i) parts.AddHead(i, ends[At(i)]);
  return std::move(parts).Build();
}

}  // namespace

extern const ArchEntry kPepnetArch;
const ArchEntry kPepnetArch = MakeEntry<BuildPepnet, PepnetOptions>(
    "pepnet",
    "a network for every task, whose inputs and layers are gated by what is "
    "known of a row's source (Chang et al. 2023)");

}  // namespace mtlkit
