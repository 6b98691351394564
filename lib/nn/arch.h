#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "base/view.h"
#include "data/dataset.h"
#include "nn/network.h"

namespace mtlkit {

// How a network is built, whatever its architecture.
struct ArchOptions {
  // NAME[:option=value,...] of archs.def.
  std::string arch = "shared";
  // Widths of hidden layers; {"none"}: no hidden layer, a linear model.
  std::vector<std::string> layers = {"256", "256"};
  // Hidden layers of each task's own, between what it shares and its output.
  std::vector<std::string> head_layers = {"none"};
  std::string activation = "silu";
  std::string norm = "none";
  double dropout = 0.1;
  // Columns of the table of each categorical column; 0: by rule, half the
  // number of categories, at most 50.
  Index embedding = 0;
  // `shared` only: what tasks share, as a path or as JSON (hierarchy.h).
  std::string hierarchy;
  // Input blocks to use, by name or pattern; empty: all.
  std::vector<std::string> inputs;
  // What chains of hidden layers are added to (NetworkParts::AddLayers).
  std::string residual = "none";
  double drop_path = 0;  // share of rows without the last of its branches
  // NUMBER[:form=FORM]: an ensemble inside the network (Ensemble).
  std::string members = "1";
  // NAME[:option=value,...]: what numbers become first (NumberForm).
  std::string numbers = "plain";
  // NAME[:option=value,...]: what images become first (ImageForm).
  std::string images = "flatten";
  // NAME[:option=value,...]: what texts become first (TextForm).
  std::string texts = "bag";

  void Describe(Fields& fields);
};

// Replaces the path of a hierarchy by its content, so that the options hold
// all that a network is built from, and checks what can be checked without
// data. BuildModel does it; whoever stores options before does it too.
void ResolveArchOptions(ArchOptions* options);

// Networks that share their kernels and put out a row each for a row of the
// batch (BatchEnsemble, Wen et al. 2020; TabM, Gorishniy et al. 2024).
struct Ensemble {
  Index members = 1;
  // Whether each layer has factors and a bias of each member's own; else only
  // inputs and outputs do (TabM-mini).
  bool is_full = false;
};
// kUsage with `where` in front for a text that is none.
Ensemble ParseMembers(std::string_view text, const std::string& where);

// What becomes of the columns of dense blocks before anything else reads them
// (Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in
// tabular deep learning", 2022).
struct NumberForm {
  enum class Kind { kPlain, kPieces, kProjected, kPeriodic };
  Kind kind = Kind::kPlain;
  Index count = 0;   // pieces of a column, or frequencies
  Index size = 0;    // outputs of a column's own linear map, if there is one
  double scale = 0;  // deviation of the first frequencies
};
// kUsage with `where` in front for a text that is none.
NumberForm ParseNumbers(std::string_view text, const std::string& where);

// "128", "64" as numbers, {"none"} or {} as none. `where` is the flag. kUsage
// for anything else and for widths outside 1 .. 65536.
std::vector<Index> ParseLayers(const std::vector<std::string>& layers,
                               std::string_view where);

// Positions of the inputs that `patterns` name, and of those that say which
// rows have them (data/presence.h), ascending; all if it is empty. A pattern
// without a match is kUsage with the known names.
std::vector<Index> SelectInputs(const std::vector<InputSpec>& inputs,
                                const std::vector<std::string>& patterns);

// What an architecture is built from.
struct ArchArgs {
  const Schema& schema;        // only inputs to be used
  const ArchOptions& options;  // resolved
};

// A registered architecture (archs.def). Making it throws kUsage where tasks
// or options do not fit.
using ArchEntry = RegistryEntry<Network, const ArchArgs&>;

std::span<const ArchEntry* const> ArchEntries();
const ArchEntry& FindArch(std::string_view name);

// The network of resolved options for a schema whose inputs are all used.
Network BuildNetwork(const Schema& schema, const ArchOptions& options);

}  // namespace mtlkit
