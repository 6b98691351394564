#include "prep/prepare_checks.h"

#include <map>
#include <set>

#include "base/error.h"
#include "base/size_budget.h"
#include "base/text.h"
#include "data/schema.h"

namespace mtlkit {

void RequireRefit(const Dataset& data, bool has_new_splits) {
  Require(data.transforms.empty() || !has_new_splits, ErrorKind::kUsage,
          "the inputs were prepared before: their scaling was fitted to rows "
          "that new splits would hold out",
          "give --split to the preparation of the raw table; --folds and "
          "--rows can be used here");
}

void WarnOfCutGroups(const Dataset& data, Reporter* reporter) {
  if (data.groups.empty()) return;
  std::map<std::int64_t, std::set<std::string>> splits_of;
  for (const auto& [name, rows] : data.splits) {
    if (IsFoldName(name)) continue;
    for (const Index row : rows) splits_of[data.groups[At(row)]].insert(name);
  }
  Index cut = 0;
  std::string example;
  for (const auto& [group, names] : splits_of) {
    if (names.size() < 2) continue;
    if (cut++ == 0) {
      example = Str("'", *names.begin(), "' and '", *names.rbegin(), "'");
    }
  }
  if (cut == 0) return;
  reporter->Warn(Str("the splits that are there cut ",
                     Counted(cut, "group", "groups"), " of ", splits_of.size(),
                     ": one is in ", example,
                     ", so rows of a group are on both sides"));
}

void RequireWithin(const std::vector<InputSpec>& inputs, Index rows,
                   const std::string& max_size) {
  const SizeBudget budget(max_size);
  for (const InputSpec& spec : inputs) {
    if (spec.kind != InputKind::kDense &&
        spec.kind != InputKind::kCategorical) {
      continue;
    }
    budget.Require(
        4.0 * static_cast<double>(spec.cols) * static_cast<double>(rows),
        Str("input '", spec.name, "', ", rows, " rows of ",
            Counted(spec.cols, "column", "columns"),
            TraitsOf(spec.kind).contents, ","),
        "--ignore columns of many categories, --encode index, --pieces 0");
  }
}

}  // namespace mtlkit
