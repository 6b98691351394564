#include "prep/column_map.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "data/schema.h"

namespace mtlkit {
namespace {

// Where the columns of one output block lie in the given one, and how its
// codes translate.
struct Mapping {
  std::vector<Index> from;  // for each output column
  // For each output column and given code: the code that was fitted.
  std::vector<std::vector<std::int32_t>> codes;
};

std::vector<std::int32_t> CodeMap(const std::vector<std::string>& given,
                                  const std::vector<std::string>& fitted) {
  std::map<std::string_view, std::int32_t> number;
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    number[fitted[i]] = static_cast<std::int32_t>(i);
  }
  const auto unknown = static_cast<std::int32_t>(fitted.size());
  std::vector<std::int32_t> map;
  map.reserve(given.size() + 1);
  for (const std::string& name : given) {
    const auto at = number.find(name);
    map.push_back(at == number.end() ? unknown : at->second);
  }
  map.push_back(unknown);
  return map;
}

InputBlock MapDense(const InputBlock& block, const Mapping& map, Index rows,
                    const InputSpec& spec) {
  InputBlock result;
  static_cast<InputSpec&>(result) = spec;
  const auto pick = [&](const auto& cells, auto* out) {
    out->reserve(static_cast<std::size_t>(rows * spec.cols));
    for (Index row = 0; row < rows; ++row) {
      for (const Index col : map.from) {
        out->push_back(cells[row * block.cols + col]);
      }
    }
  };
  if (block.wide.empty()) {
    std::vector<float> cells;
    pick(block.dense, &cells);
    result.dense = Array<float>(std::move(cells));
  } else {
    std::vector<double> cells;
    pick(block.wide, &cells);
    result.wide = Array<double>(std::move(cells));
  }
  return result;
}

InputBlock MapCodes(const InputBlock& block, const Mapping& map, Index rows,
                    const InputSpec& spec) {
  InputBlock result;
  static_cast<InputSpec&>(result) = spec;
  std::vector<std::int32_t> codes;
  codes.reserve(static_cast<std::size_t>(rows * spec.cols));
  for (Index row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < map.from.size(); ++i) {
      const std::int32_t code = block.codes[row * block.cols + map.from[i]];
      const std::vector<std::int32_t>& to = map.codes[i];
      codes.push_back(code < 0 || to.empty() ? code : to[At(code)]);
    }
  }
  result.codes = Array<std::int32_t>(std::move(codes));
  return result;
}

InputBlock MapSparse(const InputBlock& block, const Mapping& map, Index rows,
                     const InputSpec& spec) {
  std::vector<std::int32_t> to(static_cast<std::size_t>(block.cols), -1);
  for (std::size_t i = 0; i < map.from.size(); ++i) {
    to[static_cast<std::size_t>(map.from[i])] = static_cast<std::int32_t>(i);
  }
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  std::vector<std::pair<std::int32_t, float>> row_entries;
  for (Index row = 0; row < rows; ++row) {
    row_entries.clear();
    for (Index at = block.row_starts[row]; at < block.row_starts[row + 1];
         ++at) {
      const std::int32_t col = to[static_cast<std::size_t>(block.indices[at])];
      if (col >= 0) row_entries.emplace_back(col, block.values[at]);
    }
    std::sort(row_entries.begin(), row_entries.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [col, value] : row_entries) {
      indices.push_back(col);
      values.push_back(value);
    }
    starts.push_back(static_cast<std::int64_t>(values.size()));
  }
  InputBlock result;
  static_cast<InputSpec&>(result) = spec;
  result.row_starts = Array<std::int64_t>(std::move(starts));
  result.indices = Array<std::int32_t>(std::move(indices));
  result.values = Array<float>(std::move(values));
  return result;
}

Mapping MapOf(const InputSpec& wanted, const InputSpec& given) {
  std::map<std::string_view, Index> place;
  for (std::size_t i = 0; i < given.columns.size(); ++i) {
    place[given.columns[i]] = static_cast<Index>(i);
  }
  Mapping map;
  for (Index i = 0; i < wanted.cols; ++i) {
    Index from = -1;
    if (wanted.columns.empty() && given.columns.empty()) {
      from = i < given.cols ? i : -1;
    } else if (given.columns.empty()) {
      from = FindColumn(given, ColumnName(wanted, i));
    } else if (const auto at = place.find(ColumnName(wanted, i));
               at != place.end()) {
      from = at->second;
    }
    if (from < 0) continue;  // sparse columns past the last of this table
    map.from.push_back(from);
    if (wanted.kind == InputKind::kCategorical) {
      const auto& before = given.categories[At(from)];
      const auto& after = wanted.categories[At(i)];
      // Many texts need no map where all stay.
      map.codes.push_back(before == after ? std::vector<std::int32_t>()
                                          : CodeMap(before, after));
    }
  }
  return map;
}

}  // namespace

InputBlock MapColumns(const InputBlock& block, const InputSpec& wanted,
                      Index rows) {
  if (wanted.kind == InputKind::kSparse && wanted.columns.empty() &&
      block.columns.empty() && block.cols <= wanted.cols) {
    // Nothing may be made for each column: there can be very many.
    InputBlock same = block;
    static_cast<InputSpec&>(same) = wanted;
    return same;
  }
  const Mapping map = MapOf(wanted, block);
  switch (wanted.kind) {
    case InputKind::kDense:
      return MapDense(block, map, rows, wanted);
    case InputKind::kCategorical:
      return MapCodes(block, map, rows, wanted);
    case InputKind::kSparse:
      return MapSparse(block, map, rows, wanted);
    default:
      return {};  // no columns to be mapped
  }
}

}  // namespace mtlkit
