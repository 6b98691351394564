#include "prep/numbered_views.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "prep/column_map.h"
#include "prep/piece.h"

namespace mtlkit {
namespace {

// A column of a block of numbers.
struct NumberedPlace {
  std::size_t block = 0;
  Index col = 0;
};
// By the number behind the name of the block that is wanted.
using NumberedPlaces = std::map<Index, NumberedPlace>;

// The number of NAME.17 as it is written.
std::optional<Index> NumberOf(std::string_view column, std::string_view name) {
  if (!column.starts_with(name)) return std::nullopt;
  column.remove_prefix(name.size());
  long long number = 0;
  if (column.size() < 2 || column[0] != '.' ||
      !ParseInteger(column.substr(1), &number) || number < 0 ||
      column.substr(1) != Str(number)) {
    return std::nullopt;
  }
  return static_cast<Index>(number);
}

// Whether columns are called by the block and their number alone.
bool IsNumbered(const InputSpec& spec) {
  if (spec.kind != InputKind::kDense && spec.kind != InputKind::kSparse) {
    return false;
  }
  return std::ranges::all_of(spec.columns, [&](const std::string& column) {
    return NumberOf(column, spec.name).has_value();
  });
}

bool KnowsByName(const std::vector<InputSpec>& wanted,
                 const std::string& column) {
  return std::ranges::any_of(wanted, [&](const InputSpec& spec) {
    return ViewOf(spec.name).empty() && !spec.columns.empty() &&
           FindColumn(spec, column) >= 0;
  });
}

NumberedPlaces PlacesOf(const std::string& name,
                        const std::vector<InputSpec>& wanted,
                        const std::vector<InputBlock>& inputs) {
  NumberedPlaces places;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputBlock& block = inputs[i];
    if (block.kind != InputKind::kDense || !ViewOf(block.name).empty()) {
      continue;
    }
    for (Index col = 0; col < std::ssize(block.columns); ++col) {
      const std::string& column = block.columns[At(col)];
      const auto number = NumberOf(column, name);
      if (number && !KnowsByName(wanted, column)) places[*number] = {i, col};
    }
  }
  return places;
}

InputBlock MakeDense(const std::vector<InputBlock>& inputs,
                     const NumberedPlaces& places, InputBlock block,
                     Index rows) {
  const bool is_wide = std::ranges::any_of(places, [&](const auto& place) {
    return !inputs[place.second.block].wide.empty();
  });
  block.cols = std::ssize(places);
  if (places.rbegin()->first != block.cols - 1) {
    for (const auto& [number, place] : places) {
      block.columns.push_back(Str(block.name, ".", number));
    }
  }
  std::vector<double> cells;
  cells.reserve(At(rows * block.cols));
  for (Index row = 0; row < rows; ++row) {
    for (const auto& [number, place] : places) {
      const InputBlock& from = inputs[place.block];
      cells.push_back(DenseCell(from, row * from.cols + place.col));
    }
  }
  if (is_wide) {
    block.wide = Array<double>(std::move(cells));
  } else {
    block.dense = Array<float>({cells.begin(), cells.end()});
  }
  return block;
}

// Columns that are not there are 0, as in SVMlight.
InputBlock MakeSparse(const std::vector<InputBlock>& inputs,
                      const NumberedPlaces& places, InputBlock block,
                      const RowIds& ids, Index rows) {
  std::vector<std::int64_t> starts = {0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  for (Index row = 0; row < rows; ++row) {
    for (const auto& [number, place] : places) {
      const InputBlock& from = inputs[place.block];
      const double cell = DenseCell(from, row * from.cols + place.col);
      Require(!std::isnan(cell), ErrorKind::kBadInput,
              Str("column '", from.columns[At(place.col)], "', row '",
                  IdText(ids, row), "' has no value, and features are sparse"),
              "write 0 where a feature is not there");
      if (cell == 0) continue;
      indices.push_back(static_cast<std::int32_t>(number));
      values.push_back(static_cast<float>(cell));
    }
    starts.push_back(std::ssize(indices));
  }
  block.cols = std::max(block.cols, places.rbegin()->first + 1);
  block.row_starts = Array<std::int64_t>(std::move(starts));
  block.indices = Array<std::int32_t>(std::move(indices));
  block.values = Array<float>(std::move(values));
  return block;
}

// Those that have become others are gone from the blocks they were in.
void DropColumns(const std::vector<std::vector<bool>>& gone, Index rows,
                 std::vector<InputBlock>* inputs) {
  std::vector<InputBlock> left;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    InputBlock& block = (*inputs)[i];
    InputSpec kept = block;
    kept.columns.clear();
    for (std::size_t col = 0; col < gone[i].size(); ++col) {
      if (!gone[i][col]) kept.columns.push_back(block.columns[col]);
    }
    kept.cols = std::ssize(kept.columns);
    if (gone[i].empty() || kept.cols == block.cols) {
      left.push_back(std::move(block));
    } else if (kept.cols > 0) {
      left.push_back(MapColumns(block, kept, rows));
    }
  }
  *inputs = std::move(left);
}

}  // namespace

std::vector<InputBlock> WithNumberedViews(const std::vector<InputSpec>& wanted,
                                          std::vector<InputBlock> inputs,
                                          const RowIds& ids, Index rows) {
  std::vector<InputBlock> made;
  std::vector<std::vector<bool>> gone(inputs.size());
  for (const InputSpec& spec : wanted) {
    const bool is_there =
        std::ranges::count(inputs, spec.name, &InputSpec::name) > 0;
    if (is_there || !IsNumbered(spec)) continue;
    const NumberedPlaces places = PlacesOf(spec.name, wanted, inputs);
    if (places.empty()) continue;
    for (const auto& [number, place] : places) {
      std::vector<bool>& marks = gone[place.block];
      marks.resize(inputs[place.block].columns.size());
      marks[At(place.col)] = true;
    }
    InputBlock block;
    block.name = spec.name;
    block.kind = spec.kind;
    if (spec.kind == InputKind::kDense) {
      made.push_back(MakeDense(inputs, places, std::move(block), rows));
      continue;
    }
    block.cols = spec.columns.empty() ? spec.cols : 0;
    block.index_base = spec.index_base;
    made.push_back(MakeSparse(inputs, places, std::move(block), ids, rows));
  }
  if (made.empty()) return inputs;
  DropColumns(gone, rows, &inputs);
  std::ranges::move(made, std::back_inserter(inputs));
  return inputs;
}

}  // namespace mtlkit
