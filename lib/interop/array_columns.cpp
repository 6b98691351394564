#include "interop/array_columns.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "h5/mapped_bytes.h"
#include "interop/array_numbers.h"

namespace mtlkit {
namespace {

constexpr Index kColumnPiece = 1 << 16;

// Calls visit(first, count) for all rows of `cols` elements, in pieces.
template <class Visit>
void VisitPieces(Index rows, Index cols, const Visit& visit) {
  const Index most = std::max<Index>(1, kColumnPiece / cols);
  for (Index first = 0; first < rows; first += most) {
    visit(first, std::min(most, rows - first));
  }
}

}  // namespace

void ArrayNumberColumns::Add(std::vector<std::string> names, Index rows,
                             bool are_dates, bool is_exact, Read read) {
  VisitPieces(rows, std::ssize(names), [&](Index first, Index count) {
    const std::vector<double> numbers = read(first, count);
    is_wide_ |= is_exact ? !AreSingle(numbers) : !FitSingle(numbers);
  });
  arrays_.push_back({std::ssize(names), std::move(read)});
  if (are_dates) dates_.insert(dates_.end(), names.begin(), names.end());
  std::ranges::move(names, std::back_inserter(names_));
}

template <class T>
Array<T> ArrayNumberColumns::Join(Index rows) const {
  const auto cols = std::ssize(names_);
  SpilledArray<T> joined;
  std::vector<T> piece;
  VisitPieces(rows, cols, [&](Index first, Index count) {
    piece.resize(At(count * cols));
    Index col = 0;
    for (const Columns& array : arrays_) {
      const std::vector<double> numbers = array.read(first, count);
      for (Index row = 0; row < count; ++row) {
        for (Index i = 0; i < array.count; ++i) {
          piece[At(row * cols + col + i)] =
              static_cast<T>(numbers[At(row * array.count + i)]);
        }
      }
      col += array.count;
    }
    joined.Append(piece);
  });
  return joined.Finish();
}

InputBlock ArrayNumberColumns::Block(std::string name, Index rows) {
  InputBlock block;
  block.name = std::move(name);
  block.cols = std::ssize(names_);
  if (is_wide_) {
    block.wide = Join<double>(rows);
  } else {
    block.dense = Join<float>(rows);
  }
  block.columns = std::move(names_);
  block.dates = std::move(dates_);
  return block;
}

void ArrayTextColumns::Add(std::string name, Array<std::int32_t> codes,
                           Index col, Index cols,
                           const std::vector<std::string>& words) {
  constexpr std::int32_t kMissing = -1;
  std::vector<std::string> names = words;
  std::ranges::sort(names, NaturalLess);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase(names, "");
  Column column{std::move(codes), col, cols, {}};
  for (const std::string& word : words) {
    const auto at =
        std::ranges::lower_bound(names, word, NaturalLess) - names.begin();
    const bool is_there =
        !word.empty() && at < std::ssize(names) && names[At(at)] == word;
    column.categories.push_back(is_there ? static_cast<std::int32_t>(at)
                                         : kMissing);
  }
  columns_.push_back(std::move(column));
  categories_.push_back(std::move(names));
  names_.push_back(std::move(name));
}

InputBlock ArrayTextColumns::Block(std::string name, Index rows) {
  const auto cols = std::ssize(columns_);
  SpilledArray<std::int32_t> joined;
  std::vector<std::int32_t> piece;
  VisitPieces(rows, cols, [&](Index first, Index count) {
    piece.clear();
    for (Index row = first; row < first + count; ++row) {
      for (const Column& column : columns_) {
        const std::int32_t word = column.codes[row * column.cols + column.col];
        piece.push_back(column.categories[static_cast<std::size_t>(word)]);
      }
    }
    joined.Append(piece);
  });
  InputBlock block;
  block.name = std::move(name);
  block.kind = InputKind::kCategorical;
  block.cols = cols;
  block.columns = std::move(names_);
  block.categories = std::move(categories_);
  block.codes = joined.Finish();
  return block;
}

}  // namespace mtlkit
