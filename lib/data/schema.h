#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "data/dataset.h"

namespace mtlkit {

// How the blocks of a table are called before preparation. A table without
// views has `numeric`, `categorical` and `sparse`; a view VIEW of a table made
// with `mtl-convert --beside` has `VIEW.numeric` and so on. A block of any
// other name (a feature file's `trunk`, a prepared `features`) is a view of
// its own.
std::string TableBlockName(std::string_view view, InputKind kind);

// The view that a block belongs to; "" in a table without views.
std::string ViewOf(std::string_view block);

// "dense", "sparse", "categorical", "image", "tokens".
std::string_view InputKindName(InputKind kind);
// The kind of that name; throws kBadInput for any other.
InputKind ParseInputKind(std::string_view name);

// The name of a column; blocks without column names have theirs made of the
// block's name and the column's number: "trunk.17".
std::string ColumnName(const InputSpec& block, Index column);

// " numbered from 1 (guessed: there is no 0)", of features without names; "" of
// others.
std::string NumberedFrom(const InputSpec& spec);

// The position of a column by its name, or -1.
Index FindColumn(const InputSpec& block, std::string_view name);

// The same for many columns of one block, which must outlive it; a null block
// has none.
class ColumnFinder {
 public:
  explicit ColumnFinder(const InputSpec* block);
  Index Find(std::string_view name) const;

 private:
  const InputSpec* block_;
  std::map<std::string_view, Index> numbers_;
};

// Whether a split's name is that of a fold: "fold" and a number. Folds divide
// rows a second time, so they may overlap `train` but not each other.
bool IsFoldName(std::string_view split);

// Demands that `inputs` hold what a network was built for: the same blocks,
// kinds, columns and categories, in any order of blocks. Throws kBadInput
// naming the first difference.
void RequireInputs(const std::vector<InputSpec>& expected,
                   const std::vector<InputBlock>& inputs);

}  // namespace mtlkit
