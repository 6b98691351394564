#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nn/arch.h"
#include "nn/layers/layers.h"

namespace mtlkit {

// Adds the parts that architectures have in common to a network that is being
// built, as the options say. Layers get names by their place: "trunk.0" is the
// dense layer, then "trunk.0.norm", "trunk.0.activation", "trunk.0.dropout"
// where there are such.
class NetworkParts {
 public:
  explicit NetworkParts(const ArchArgs& args);

  NetworkBuilder& builder() { return builder_; }
  Index tasks() const { return static_cast<Index>(schema_.tasks.size()); }
  const Task& task(Index i) const { return schema_.tasks[At(i)]; }
  const std::vector<Index>& layers() const { return layers_; }
  std::vector<Index> AllTasks() const;
  // Refuses --layers none (kUsage) for an architecture that needs them.
  // `purpose`: "for its experts".
  void RequireLayers(std::string_view arch, std::string_view purpose,
                     std::string_view other = "shared") const;

  // Where a chain of layers reads: a value, or all inputs of the network. The
  // inputs of several kinds are joined by the first layer that reads them.
  struct Source {
    Value value;                // dense
    std::vector<Value> sparse;  // input blocks
    bool has_value = false;
    bool is_input = false;  // the inputs of the network
    // What decoders of images say of each pixel, for tasks that are maps.
    std::vector<Value> pixels = {};
  };
  static Source From(Value value) { return {value, {}, true}; }

  // All inputs; dense ones as the options say (--numbers), by "PREFIXpieces" or
  // "PREFIXperiodic", and "PREFIXprojection" (beside other columns of the
  // block, "PREFIXnumbers"); categorical ones through tables called
  // "PREFIXembedding", which nobody else uses; images through "PREFIXflatten"
  // or, by --images, "PREFIXcnn" or "PREFIXunet"; tokens through a table
  // "PREFIXtokens" and their mean, "PREFIXpool", or, by --texts, "PREFIXtext".
  // Of an ensemble each member has the numbers times factors of its own,
  // "PREFIXmembers"; those of sparse blocks stand behind the products that
  // read them.
  Source Inputs(const std::string& prefix);
  // The same of some of them, by their numbers.
  Source Inputs(const std::string& prefix, const std::vector<Index>& blocks);
  // What the last Inputs made of each token of a text, by its name (else
  // kUsage): what a task reads that has a label for each.
  Value Tokens(const std::string& input) const;
  const std::vector<InputSpec>& inputs() const { return schema_.inputs; }

  // y = x W + b, or x W without `bias`, with x all of the source.
  Value AddDense(const std::string& name, const Source& source, Index units,
                 Initializer init = {InitKind::kTorchLinear, 0},
                 bool bias = true);
  // The same with the options' norm, activation and dropout after it.
  Value AddHidden(const std::string& name, const Source& source, Index units);
  // AddHidden in steps. With `params_of`, the name that an earlier layer was
  // given here, both use that layer's parameters.
  Value AddKernel(const std::string& name, const Source& source, Index units,
                  const std::string& params_of = "");
  Value AddNorm(const std::string& name, Value value,
                const std::string& params_of = "");
  Value AddActivation(const std::string& name, Value value);
  // Hidden layers PREFIX.0, PREFIX.1, ...; the source itself without any. With
  // residual=plain a layer as wide as what it reads is added to that (He,
  // Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016).
  // With resnet the first width is that of a layer without activation, each
  // further one that inside a block x + dense(dropout(act(dense(norm(x))))),
  // and norm and activation end the chain (Gorishniy, Rubachev, Khrulkov and
  // Babenko, "Revisiting deep learning models for tabular data", 2021). Layer l
  // of n is left out for a share of drop_path l / n of the rows (MakeDropPath).
  Source AddLayers(const std::string& prefix, const Source& source,
                   const std::vector<Index>& widths);

  // Adds `count` experts PREFIX.0, PREFIX.1, ..., each of hidden layers of
  // these widths, to the end of `experts`.
  void AddExperts(const std::string& prefix, Index count, const Source& source,
                  const std::vector<Index>& widths,
                  std::vector<Value>* experts);
  // The experts weighted by the softmax of a layer `gate` on the source
  // (MakeMixture).
  Source AddMixture(const std::string& gate, const std::string& mixture,
                    const Source& source, const std::vector<Value>& experts,
                    double balance);

  // The outputs of tasks that read one source: with layers of their own
  // (head.TASK.0 ...), or as one matrix that serves all of them
  // (heads.GROUP; head.TASK for one task), which is one product instead of
  // many thin ones. Those with thresholds have a score of their own. Tasks of
  // tokens read what the last Inputs made of each token, whatever the source.
  void AddHeads(const std::string& group, const Source& source,
                const std::vector<Index>& tasks);
  // One task's output.
  void AddHead(Index task, const Source& source) {
    AddHeads("", source, {task});
  }
  // The same without saying that it is the output.
  Value AddLogits(Index task, const Source& source);
  // One output that all `tasks` share.
  void AddPooledHead(const Source& source, const std::vector<Index>& tasks);

  // Without the layers that lead to no output.
  Network Build() &&;

 private:
  // What a task of tokens reads.
  Source TokensOf(const Task& task) const;
  // Whether the block holds texts that a task writes, which are no inputs.
  bool IsWritten(const InputSpec& input) const;
  // The decoder of a text: NAME.tokens is the table of what it writes, and what
  // its outputs are made of, too (Press and Wolf, "Using the output embedding
  // to improve language models", 2017).
  Value AddWriter(const std::string& name, const Task& task);
  Value JoinDense(const std::string& name, const std::vector<Value>& values);
  Value AddProduct(const std::string& name, const Source& source,
                   DenseOptions dense, const std::string& params_of = "");
  Value AddSum(const std::string& name, const std::vector<Value>& terms);
  // Of an ensemble.
  void CheckEnsemble() const;
  Value AddScale(const std::string& name, Value value, InitKind init, bool bias,
                 const std::string& params_of = "");
  // With factors of each member in front of the kernel, and others and a bias
  // behind it.
  Value AddFullProduct(const std::string& name, const Source& source,
                       DenseOptions dense, const std::string& params_of);
  // What a task puts out: of a score with thresholds, the score less each.
  Value AddTaskOutput(const std::string& name, const Source& source,
                      const Task& task);
  // Of a map: a linear layer of the pixels that decoders of its size put out,
  // those of the source or, where all tasks read the same, those; the pixels
  // then side by side, by NAME.pixels.
  Value AddMap(const std::string& name, const Source& source, const Task& task);
  // What one task or several put out: each member by a kernel of its own.
  Value AddOutput(const std::string& name, const Source& source, Index units);
  Value AddDropout(const std::string& name, Value value);
  Source AddBlocks(const std::string& prefix, const Source& source,
                   const std::vector<Index>& widths);
  // x + branch, left out for `share` of drop_path.
  Value AddBranch(const std::string& name, Value x, Value branch, double share);
  bool has_norm() const { return options_.norm != "none"; }
  bool has_members() const { return ensemble_.members > 1; }

  const Schema& schema_;
  const ArchOptions& options_;
  Activation activation_;
  std::vector<Index> layers_;
  std::vector<Index> head_layers_;
  Ensemble ensemble_;
  // Pixels of each call of Inputs that had some.
  std::vector<std::vector<Value>> decoded_;
  NetworkBuilder builder_;
  std::map<std::string, Value> tokens_;  // by input block
};

}  // namespace mtlkit
