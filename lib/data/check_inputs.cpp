// What must hold of input blocks before anything indexes into them.
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/check_tools.h"

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
}

}  // namespace mtlkit::internal
