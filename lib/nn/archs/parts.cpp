#include "nn/archs/parts.h"

#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "nn/archs/map_head.h"
#include "nn/archs/stem.h"

namespace mtlkit {
namespace {

// He's rule for functions that are 0 on one side, Glorot's for the others.
Initializer KernelInit(Activation activation) {
  switch (activation) {
    case Activation::kIdentity:
    case Activation::kTanh:
    case Activation::kSigmoid:
      return {InitKind::kGlorotUniform, 0};
    default:
      return {InitKind::kHeUniform, 0};
  }
}

}  // namespace

NetworkParts::NetworkParts(const ArchArgs& args)
    : schema_(args.schema),
      options_(args.options),
      activation_(ParseActivation(args.options.activation)),
      layers_(ParseLayers(args.options.layers, "--layers")),
      head_layers_(ParseLayers(args.options.head_layers, "--head-layers")),
      ensemble_(ParseMembers(args.options.members, "--members")),
      builder_(args.schema.inputs,
               static_cast<Index>(args.schema.tasks.size())) {
  if (has_members()) CheckEnsemble();
}

std::vector<Index> NetworkParts::AllTasks() const {
  std::vector<Index> all(At(tasks()));
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

void NetworkParts::RequireLayers(std::string_view arch,
                                 std::string_view purpose,
                                 std::string_view other) const {
  Require(!layers_.empty(), ErrorKind::kUsage,
          Str("--arch ", arch, " needs hidden layers ", purpose,
              ", and --layers is none"),
          Str("give widths, as --layers 64, or use --arch ", other));
}

NetworkParts::Source NetworkParts::Inputs(const std::string& prefix) {
  return Inputs(prefix, SelectInputs(schema_.inputs, {}));
}

NetworkParts::Source NetworkParts::Inputs(const std::string& prefix,
                                          const std::vector<Index>& blocks) {
  Source source;
  std::vector<Value> dense;
  std::map<InputKind, Index> seen;
  for (const Index block : blocks) {
    const InputSpec& input = schema_.inputs[At(block)];
    if (IsWritten(input)) continue;
    const Value value = builder_.Input(block);
    if (TraitsOf(input.kind).is_compressed) {
      source.sparse.push_back(value);
      continue;
    }
    const Index before = seen[input.kind]++;
    const std::string number = before == 0 ? "" : Str("-", before);
    Value tokens;
    dense.push_back(AddStem({schema_, options_, prefix, number, &source.pixels},
                            input, value, &builder_, &tokens));
    if (tokens.id >= 0) tokens_[input.name] = tokens;
  }
  source.has_value = !dense.empty();
  source.is_input = true;
  if (!source.pixels.empty()) decoded_.push_back(source.pixels);
  if (!source.has_value) return source;
  source.value = JoinDense(prefix + "inputs", dense);
  if (has_members()) {
    source.value =
        AddScale(prefix + "members", source.value, InitKind::kSigns, false);
  }
  return source;
}

Value NetworkParts::Tokens(const std::string& input) const {
  const auto found = tokens_.find(input);
  Require(found != tokens_.end(), ErrorKind::kUsage,
          Str("there are no tokens of '", input, "' that the network reads"));
  return found->second;
}

Value NetworkParts::JoinDense(const std::string& name,
                              const std::vector<Value>& values) {
  if (values.size() == 1) return values.front();
  return builder_.Add(name, MakeConcat(), values);
}

// One product for each kind of input; their sum where there are several. What
// members see of sparse blocks has the factors behind the product, which costs
// nothing for each entry.
Value NetworkParts::AddProduct(const std::string& name, const Source& source,
                               DenseOptions dense,
                               const std::string& params_of) {
  const std::size_t terms = source.sparse.size() + (source.has_value ? 1 : 0);
  const bool scales = has_members() && !source.sparse.empty();
  const Activation activation = dense.activation;
  const bool is_one = terms == 1 && !scales;
  if (!is_one) dense.activation = Activation::kIdentity;
  std::vector<Value> sum;
  const auto add = [&](const std::string& suffix, Value x) {
    const std::string owner = params_of.empty() ? "" : params_of + suffix;
    sum.push_back(builder_.Add(name + suffix, MakeDense(dense), {x}, owner));
    dense.bias = false;
  };
  std::vector<Value> scaled;
  if (source.has_value) add("", source.value);
  if (scales) scaled.swap(sum);
  const bool bias = scales && dense.bias;
  if (scales) dense.bias = false;
  for (std::size_t i = 0; i < source.sparse.size(); ++i) {
    add(i == 0 && !source.has_value ? "" : Str(".sparse", i), source.sparse[i]);
  }
  if (scales) {
    const Value sparse = AddSum(name + ".sparse", sum);
    scaled.push_back(AddScale(name + ".members", sparse, InitKind::kSigns, bias,
                              params_of.empty() ? "" : params_of + ".members"));
    scaled.swap(sum);
  }
  const Value value = AddSum(name + ".sum", sum);
  if (is_one || activation == Activation::kIdentity) return value;
  return builder_.Add(name + ".activation", MakeActivation(activation),
                      {value});
}

Value NetworkParts::AddSum(const std::string& name,
                           const std::vector<Value>& terms) {
  if (terms.size() == 1) return terms.front();
  return builder_.Add(name, MakeSum(), terms);
}

Value NetworkParts::AddDense(const std::string& name, const Source& source,
                             Index units, Initializer init, bool bias) {
  DenseOptions dense;
  dense.units = units;
  dense.bias = bias;
  dense.kernel_init = init;
  return AddProduct(name, source, dense);
}

Value NetworkParts::AddHidden(const std::string& name, const Source& source,
                              Index units) {
  if (has_norm() || ensemble_.is_full) {
    return AddActivation(name, AddNorm(name, AddKernel(name, source, units)));
  }
  DenseOptions dense;
  dense.units = units;
  dense.kernel_init = KernelInit(activation_);
  dense.activation = activation_;
  return AddDropout(name, AddProduct(name, source, dense));
}

Value NetworkParts::AddKernel(const std::string& name, const Source& source,
                              Index units, const std::string& params_of) {
  DenseOptions dense;
  dense.units = units;
  dense.kernel_init = KernelInit(activation_);
  if (!ensemble_.is_full) return AddProduct(name, source, dense, params_of);
  return AddFullProduct(name, source, dense, params_of);
}

Value NetworkParts::AddNorm(const std::string& name, Value value,
                            const std::string& params_of) {
  if (!has_norm()) return value;
  const std::string owner = params_of.empty() ? "" : params_of + ".norm";
  return builder_.Add(name + ".norm",
                      options_.norm == "batch" ? MakeBatchNorm()
                      : options_.norm == "rms" ? MakeRmsNorm()
                                               : MakeLayerNorm(),
                      {value}, owner);
}

Value NetworkParts::AddActivation(const std::string& name, Value value) {
  if (activation_ != Activation::kIdentity) {
    value = builder_.Add(name + ".activation", MakeActivation(activation_),
                         {value});
  }
  return AddDropout(name, value);
}

Value NetworkParts::AddDropout(const std::string& name, Value value) {
  if (options_.dropout == 0) return value;
  return builder_.Add(name + ".dropout", MakeDropout(options_.dropout),
                      {value});
}

NetworkParts::Source NetworkParts::AddLayers(const std::string& prefix,
                                             const Source& source,
                                             const std::vector<Index>& widths) {
  if (options_.residual == "resnet" && !widths.empty()) {
    return AddBlocks(prefix, source, widths);
  }
  Source last = source;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string name = Str(prefix, ".", i);
    Value value = AddHidden(name, last, widths[i]);
    const bool is_added = options_.residual == "plain" && last.has_value &&
                          last.sparse.empty() &&
                          builder_.Cols(last.value) == widths[i];
    if (is_added) {
      const double share =
          static_cast<double>(i + 1) / static_cast<double>(widths.size());
      value = AddBranch(name, last.value, value, share);
    }
    last = From(value);
    last.pixels = source.pixels;
  }
  return last;
}

NetworkParts::Source NetworkParts::AddBlocks(const std::string& prefix,
                                             const Source& source,
                                             const std::vector<Index>& widths) {
  Value x = AddKernel(prefix + ".0", source, widths[0]);
  const std::size_t blocks = widths.size() - 1;
  for (std::size_t i = 1; i <= blocks; ++i) {
    const std::string name = Str(prefix, ".", i);
    Value branch = AddNorm(name, x);
    branch = AddActivation(name, AddKernel(name, From(branch), widths[i]));
    branch = AddKernel(name + ".back", From(branch), widths[0]);
    const double share = static_cast<double>(i) / static_cast<double>(blocks);
    x = AddBranch(name, x, branch, share);
  }
  const std::string end = Str(prefix, ".", widths.size());
  Source last = From(AddActivation(end, AddNorm(end, x)));
  last.pixels = source.pixels;
  return last;
}

Value NetworkParts::AddBranch(const std::string& name, Value x, Value branch,
                              double share) {
  if (options_.drop_path > 0) {
    branch = builder_.Add(name + ".path",
                          MakeDropPath(share * options_.drop_path), {branch});
  }
  return builder_.Add(name + ".residual", MakeSum(), {x, branch});
}

void NetworkParts::AddExperts(const std::string& prefix, Index count,
                              const Source& source,
                              const std::vector<Index>& widths,
                              std::vector<Value>* experts) {
  for (Index e = 0; e < count; ++e) {
    experts->push_back(AddLayers(Str(prefix, ".", e), source, widths).value);
  }
}

NetworkParts::Source NetworkParts::AddMixture(const std::string& gate,
                                              const std::string& mixture,
                                              const Source& source,
                                              const std::vector<Value>& experts,
                                              double balance) {
  std::vector<Value> mixed = {AddDense(gate, source, std::ssize(experts))};
  mixed.insert(mixed.end(), experts.begin(), experts.end());
  return From(builder_.Add(mixture, MakeMixture(balance), mixed));
}

void NetworkParts::AddHeads(const std::string& group, const Source& source,
                            const std::vector<Index>& tasks) {
  std::vector<Index> together;
  for (const Index i : tasks) {
    const HeadTraits& traits = task(i).traits();
    const bool is_plain = traits.thresholds == Thresholds::kNone &&
                          !traits.is_map && !traits.puts_out_tokens();
    if (head_layers_.empty() && tasks.size() > 1 && is_plain) {
      together.push_back(i);
    } else {
      builder_.Output(i, AddLogits(i, source));
    }
  }
  if (together.empty()) return;
  if (together.size() == 1) return AddHeads(group, source, together);
  Index units = 0;
  for (const Index i : together) units += task(i).output_cols();
  const Value value = AddOutput("heads." + group, source, units);
  Index first = 0;
  for (const Index i : together) {
    builder_.Output(i, value, first, task(i).output_cols());
    first += task(i).output_cols();
  }
}

Value NetworkParts::AddLogits(Index i, const Source& source) {
  const std::string name = "head." + task(i).name;
  if (task(i).traits().is_map) return AddMap(name, source, task(i));
  if (task(i).traits().is_written) return AddWriter(name, task(i));
  const Source top =
      AddLayers(name, task(i).traits().of_tokens ? TokensOf(task(i)) : source,
                head_layers_);
  const std::string last =
      head_layers_.empty() ? name : Str(name, ".", head_layers_.size());
  return AddTaskOutput(last, top, task(i));
}

void NetworkParts::AddPooledHead(const Source& source,
                                 const std::vector<Index>& tasks) {
  const Source top = AddLayers("head", source, head_layers_);
  const std::string name =
      head_layers_.empty() ? "head" : Str("head.", head_layers_.size());
  const Value value = AddTaskOutput(name, top, task(tasks.front()));
  for (const Index i : tasks) builder_.Output(i, value);
}

Value NetworkParts::AddTaskOutput(const std::string& name, const Source& source,
                                  const Task& task) {
  if (task.traits().is_map) return AddMap(name, source, task);
  const Index cols = task.output_cols();
  const Thresholds kind = task.traits().thresholds;
  if (kind == Thresholds::kNone) return AddOutput(name, source, cols);
  // Thresholds are all the bias that a score needs; members have theirs.
  const Initializer init = {InitKind::kTorchLinear, 0};
  const Value score = has_members() ? AddOutput(name, source, 1)
                                    : AddDense(name, source, 1, init, false);
  const LayerPtr layer = MakeThresholds(cols, kind == Thresholds::kOrdered);
  return builder_.Add(name + ".thresholds", layer, {score});
}

Value NetworkParts::AddMap(const std::string& name, const Source& source,
                           const Task& task) {
  const std::vector<Value> pixels =
      PixelsFor(task, source.pixels, decoded_, builder_);
  const Value value = AddDense(name, From(JoinDense(name + ".inputs", pixels)),
                               task.output_cols() / task.target_cols());
  return builder_.Add(name + ".pixels",
                      MakeFlatten(task.map_height, task.map_width), {value});
}

// Ensembles inside a network: Wen, Tran and Ba, "BatchEnsemble: an alternative
// approach to efficient ensemble and lifelong learning", 2020, equation 5: a
// layer of member m is y = ((x * r_m) W) * s_m + b_m, with W of all members.
// Gorishniy, Kotelnikov and Babenko, "TabM: advancing tabular deep learning
// with parameter-efficient ensembling", 2024, section 3.3: outputs have kernels
// of each member's own; the first r_m begins as random signs, what tells
// members apart, and all other factors as 1 (TabM), or are left out
// (TabM-mini).
void NetworkParts::CheckEnsemble() const {
  Require(!layers_.empty() || !head_layers_.empty(), ErrorKind::kUsage,
          "--members: the network has no hidden layer, and linear members are "
          "as good as one",
          "give --layers, or leave --members out");
  for (const Task& task : schema_.tasks) {
    Require(task.head().merges(), ErrorKind::kUsage,
            Str("--members: task '", task.name,
                "': there is no mean of what several networks say of it"),
            "leave --members out");
  }
}

Value NetworkParts::AddScale(const std::string& name, Value value,
                             InitKind init, bool bias,
                             const std::string& params_of) {
  return builder_.Add(
      name,
      MakeMemberScale(
          {.members = ensemble_.members, .bias = bias, .init = {init, 1}}),
      {value}, params_of);
}

Value NetworkParts::AddFullProduct(const std::string& name,
                                   const Source& source, DenseOptions dense,
                                   const std::string& params_of) {
  const auto owner = [&](const char* part) {
    return params_of.empty() ? "" : params_of + part;
  };
  Source read = source;
  if (!source.is_input) {
    read.value = AddScale(name + ".in", source.value, InitKind::kConstant,
                          false, owner(".in"));
  }
  dense.bias = false;
  return AddScale(name + ".out", AddProduct(name, read, dense, params_of),
                  InitKind::kConstant, true, owner(".out"));
}

}  // namespace mtlkit
