#pragma once

// What a registered transform (transforms.def) is made of.

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "data/dataset.h"
#include "prep/fit.h"
#include "prep/piece.h"
#include "prep/transform.h"

namespace mtlkit {

// What a transform is fitted to.
struct FitArgs {
  const TrainingRows& rows;
  // Columns to act upon, all of a kind that the entry takes. The others go
  // through as they are.
  const ColumnSet& columns;
};

// One line of the registry transforms.def. Fitting makes a transform of what
// it is fitted to and options: MakeEntry of a function.
struct TransformEntry
    : RegistryEntry<std::shared_ptr<const Transform>, const FitArgs&> {
  // The kinds of columns that it acts upon.
  bool (*takes)(InputKind kind);
  // Throws kBadInput for a record that it could not have written.
  std::shared_ptr<const Transform> (*restore)(const TransformRecord& record);
  // Whether --transform may name it. The first and the last step of every
  // preparation are nobody's choice.
  bool is_chosen = true;
  // Its columns hold texts: they go in as they are, whatever texts there were
  // in training, and come before all other steps.
  bool of_texts = false;
};

inline bool TakesNumbers(InputKind kind) {
  return kind == InputKind::kDense;
}
inline bool TakesCategories(InputKind kind) {
  return kind == InputKind::kCategorical;
}

constexpr Index kMostPieces = 1000;  // of the range of a number

// How far beyond the range of the training rows numbers go before they are
// clipped, in parts of that range, as `where` is told: a number of at least 0,
// or nothing for "none". Anything else is kUsage.
std::optional<double> ParseMargin(const std::string& text,
                                  std::string_view where);

// The columns that a stored `select` wants, and those that it knows and leaves
// out; nothing of another record.
struct SelectedInputs {
  std::vector<InputSpec> blocks;
  ColumnSet left_out;
  // Columns of texts, of which no categories are known.
  ColumnSet texts = {};
};
std::optional<SelectedInputs> ReadSelection(const TransformRecord& record);

// Fitted numbers by name; blocks have theirs under their own names.
using TransformArrays = std::map<std::string, std::vector<double>>;

// Replaces every number of a dense block by change(column, number).
template <class Change>
void ChangeNumbers(Index rows, Change change, InputBlock* block) {
  const auto changed = [&](const auto& cells) {
    auto result = std::vector(cells.begin(), cells.end());
    auto at = result.begin();
    for (Index row = 0; row < rows; ++row) {
      for (std::size_t col = 0; col < At(block->cols); ++col, ++at) {
        using T = std::remove_reference_t<decltype(*at)>;
        *at = static_cast<T>(change(col, static_cast<double>(*at)));
      }
    }
    return Array(std::move(result));
  };
  if (block->wide.empty()) {
    block->dense = changed(block->dense);
  } else {
    block->wide = changed(block->wide);
  }
}

// For each column of a block whether a fit is to act upon it.
std::vector<bool> ChosenColumns(const FitArgs& args, const InputSpec& spec);
// The same as arrays of a record, of all blocks of kinds that `takes` knows: 1
// for a chosen column, else 0.
TransformArrays ChosenMarks(const FitArgs& args, bool (*takes)(InputKind));

// The known values of each chosen column of a dense block; for those not
// chosen none. Of more than kQuantileRows training rows a sample of that many,
// always the same one, so that memory does not grow with rows: for quantiles.
constexpr Index kQuantileRows = 200000;
std::vector<std::vector<double>> KnownValues(const FitArgs& args,
                                             const InputSpec& spec);

// The value below which a part `share` of ascending `values` lies, linear in
// between (type 7 of Hyndman and Fan, 1996). Needs a value.
double Quantile(const std::vector<double>& values, double share);

// The spec of a record; throws kBadInput where it is not JSON.
nlohmann::json ParseSpec(const TransformRecord& record);

// Refuses a stored transform that does not make sense. Anything from a file
// may be wrong, and these numbers index memory.
[[noreturn]] void FailDamagedTransform(const std::string& name,
                                       const std::string& why);

// The array of a record with one number a column of `block`; all finite.
const std::vector<double>& ColumnArray(const TransformRecord& record,
                                       const std::string& array,
                                       const InputSpec& block);
// The same of numbers that are 0 or 1.
const std::vector<double>& MarkArray(const TransformRecord& record,
                                     const std::string& array,
                                     const InputSpec& block);

}  // namespace mtlkit
