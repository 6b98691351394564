// What must hold of input blocks before anything indexes into them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "data/check_tools.h"
#include "data/schema.h"

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

namespace {

// Numbers of one image, and words of a vocabulary.
constexpr Index kMostPixels = Index{1} << 26;
constexpr Index kMostWords = Index{1} << 24;

void CheckDense(const InputBlock& block, Index rows, const std::string& what) {
  if (!block.dense.empty() && !block.wide.empty()) {
    Bad(Str(what, " is stored twice"));
  }
  CheckSize(block.wide.empty() ? block.dense.size() : block.wide.size(), rows,
            block.cols, what);
}

// Row starts of `entries` entries: from 0 to their number, never falling. The
// bound is checked for each row before its entries are read.
void CheckStarts(const InputBlock& block, Index rows, Index entries,
                 const std::string& what) {
  const auto starts = block.row_starts.span();
  if (block.row_starts.size() != rows + 1) {
    Bad(Str(what, " has ", block.row_starts.size(), " row starts; ", rows + 1,
            " were expected"));
  }
  if (starts.front() != 0 || starts.back() != entries) {
    Bad(Str(what, ": its row starts run from ", starts.front(), " to ",
            starts.back(), "; 0 to ", entries, " was expected"));
  }
  for (Index row = 0; row < rows; ++row) {
    const std::int64_t begin = block.row_starts[row];
    const std::int64_t end = block.row_starts[row + 1];
    if (end < begin || end > entries) {
      Bad(Str(what, ": row ", row, " starts at ", begin, " and ends at ", end));
    }
  }
}

void CheckSparse(const InputBlock& block, Index rows, const std::string& what) {
  if (block.indices.size() != block.values.size()) {
    Bad(Str(what, " has ", block.indices.size(), " column numbers for ",
            block.values.size(), " values"));
  }
  CheckStarts(block, rows, block.values.size(), what);
  for (Index row = 0; row < rows; ++row) {
    std::int64_t last = -1;
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      const std::int64_t column = block.indices[at];
      if (column < 0 || column >= block.cols) {
        Bad(Str(what, ": row ", row, " names column ", column,
                ", which is outside 0 .. ", block.cols - 1));
      }
      if (column <= last) {
        Bad(Str(what, ": row ", row, " names column ", column, " after column ",
                last, "; columns are ascending and unique within a row"));
      }
      last = column;
    }
  }
}

void CheckCodes(const InputBlock& block, Index rows, const std::string& what) {
  CheckSize(block.codes.size(), rows, block.cols, what);
  if (static_cast<Index>(block.categories.size()) != block.cols) {
    Bad(Str(what, " has categories for ", block.categories.size(), " of its ",
            block.cols, " columns"));
  }
  for (Index col = 0; col < block.cols; ++col) {
    CheckUniqueNames(
        block.categories[static_cast<std::size_t>(col)],
        Str(what, ": column '", ColumnName(block, col), "': category"));
  }
  const auto codes = block.codes.AsRows(block.cols);
  for (Index row = 0; row < codes.rows; ++row) {
    for (Index col = 0; col < codes.cols; ++col) {
      const auto known = static_cast<Index>(
          block.categories[static_cast<std::size_t>(col)].size());
      const std::int32_t code = codes(row, col);
      if (code < -1 || code > known) {
        Bad(Str(what, ": column '", ColumnName(block, col), "', row ", row,
                ": code ", code, " is outside -1 .. ", known));
      }
    }
  }
}

void CheckTokens(const InputBlock& block, Index rows, const std::string& what) {
  if (block.cols != 1 || block.categories.size() != 1) {
    Bad(Str(what, " has ", block.categories.size(),
            " vocabularies; tokens have one"));
  }
  const auto known = static_cast<Index>(block.categories[0].size());
  if (known < 1 || known > kMostWords) {
    Bad(Str(what, " has a vocabulary of ", known, " words; 1 .. ", kMostWords,
            " were expected"));
  }
  CheckUniqueNames(block.categories[0], Str(what, ": word"));
  CheckStarts(block, rows, block.codes.size(), what);
  for (Index at = 0; at < block.codes.size(); ++at) {
    const std::int32_t code = block.codes[at];
    if (code < -1 || code > known) {
      Bad(Str(what, ": token ", at, ": code ", code, " is outside -1 .. ",
              known));
    }
  }
}

void CheckImage(const InputBlock& block, Index rows, const std::string& what) {
  const Index sides[] = {block.height, block.width, block.cols};
  Index cells = 1;
  for (const Index side : sides) {
    if (side < 1 || side > kMostPixels / cells) {
      Bad(Str(what, " has images of ", block.height, " x ", block.width, " x ",
              block.cols, "; 1 .. ", kMostPixels, " numbers were expected"));
    }
    cells *= side;
  }
  CheckSize(block.pixels.size(), rows, cells, what);
  if (block.mean.size() != block.deviation.size() ||
      (!block.mean.empty() &&
       static_cast<Index>(block.mean.size()) != block.cols)) {
    Bad(Str(what, " has ", block.mean.size(), " means and ",
            block.deviation.size(), " deviations for ", block.cols,
            " channels"));
  }
  for (std::size_t i = 0; i < block.mean.size(); ++i) {
    if (!std::isfinite(block.mean[i]) || !std::isfinite(block.deviation[i]) ||
        block.deviation[i] <= 0) {
      Bad(Str(what, ": mean ", block.mean[i], " and deviation ",
              block.deviation[i], " cannot normalise channel ", i));
    }
  }
}

}  // namespace

void CheckInputs(const Dataset& dataset) {
  const std::vector<std::string> names = NamesOf(dataset.inputs);
  CheckUniqueNames(names, "the input block");
  for (const InputBlock& block : dataset.inputs) {
    const std::string what = Str("input block '", block.name, "'");
    if (block.cols < 0 || block.cols > std::numeric_limits<int>::max()) {
      Bad(Str(what, " has ", block.cols, " columns"));
    }
    if (!HasColumns(block.kind) && !block.columns.empty()) {
      Bad(Str(what, " has names of columns; pixels and tokens have none"));
    }
    if (!block.columns.empty()) {
      if (static_cast<Index>(block.columns.size()) != block.cols) {
        Bad(Str(what, " has names for ", block.columns.size(), " of its ",
                block.cols, " columns"));
      }
      CheckUniqueNames(block.columns, Str(what, ": column"));
    }
    switch (block.kind) {
      case InputKind::kDense:
        CheckDense(block, dataset.rows, what);
        break;
      case InputKind::kSparse:
        CheckSparse(block, dataset.rows, what);
        break;
      case InputKind::kCategorical:
        CheckCodes(block, dataset.rows, what);
        break;
      case InputKind::kImage:
        CheckImage(block, dataset.rows, what);
        break;
      case InputKind::kTokens:
        CheckTokens(block, dataset.rows, what);
        break;
    }
  }
}

}  // namespace mtlkit::internal
