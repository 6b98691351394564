// What must hold of input blocks before anything indexes into them.
#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/presence.h"

namespace mtlkit::internal {

[[noreturn]] void Bad(const std::string& message) {
  Fail(ErrorKind::kBadInput, message);
}

namespace {

// Whether rows x cols is a size that memory can have.
bool IsProduct(Index size, Index rows, Index cols) {
  if (rows < 0 || cols < 0) return false;
  if (rows == 0 || cols == 0) return size == 0;
  return size % cols == 0 && size / cols == rows;
}

// What says which rows have another block says nothing else.
void CheckPresence(const Dataset& dataset, const InputBlock& block) {
  const std::string view = ViewMarkedBy(block.name);
  const bool is_beside =
      !view.empty() &&
      std::ranges::any_of(dataset.inputs, [&](const InputBlock& other) {
        return ViewOf(other.name) == view;
      });
  if (!is_beside) return;
  if (block.kind != InputKind::kDense || block.cols != 1) {
    Bad(Str("input block '", block.name, "' says which rows have '", view,
            "', and is not one column of numbers"));
  }
  for (Index row = 0; row < dataset.rows; ++row) {
    const double says = block.wide.empty()
                            ? static_cast<double>(block.dense[row])
                            : block.wide[row];
    if (says == 0 || says == 1) continue;
    Bad(Str("input block '", block.name, "', row '", IdText(dataset.ids, row),
            "': ", says, " is neither 1, which says that the row has '", view,
            "', nor 0"));
  }
}

}  // namespace

void CheckSize(Index size, Index rows, Index cols, const std::string& what) {
  if (!IsProduct(size, rows, cols)) {
    Bad(Str(what, " has ", size, " cells; ", rows, " rows of ", cols,
            " were expected"));
  }
}

void CheckUniqueNames(const std::vector<std::string>& names,
                      const std::string& what) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) Bad(Str(what, " '", name, "' occurs twice"));
  }
}

void CheckInputs(const Dataset& dataset) {
  const std::vector<std::string> names = NamesOf(dataset.inputs);
  CheckUniqueNames(names, "the input block");
  for (const InputBlock& block : dataset.inputs) {
    const std::string what = Str("input block '", block.name, "'");
    if (block.cols < 0 || block.cols > std::numeric_limits<int>::max()) {
      Bad(Str(what, " has ", block.cols, " columns"));
    }
    if (!TraitsOf(block.kind).has_columns && !block.columns.empty()) {
      Bad(Str(what, " has names of columns; ", EntryOf(block.kind).contents,
              " have none"));
    }
    if (!block.columns.empty()) {
      if (static_cast<Index>(block.columns.size()) != block.cols) {
        Bad(Str(what, " has names for ", block.columns.size(), " of its ",
                block.cols, " columns"));
      }
      CheckUniqueNames(block.columns, Str(what, ": column"));
    }
    EntryOf(block.kind).type.Check(block, dataset.rows, what);
  }
  for (const InputBlock& block : dataset.inputs) CheckPresence(dataset, block);
}

}  // namespace mtlkit::internal
