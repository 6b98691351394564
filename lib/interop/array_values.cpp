#include "interop/array_values.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr Index kValuesPiece = 1 << 16;

// Where the elements of a row that lie by columns are in the row: `shape`
// without its first length says how.
std::vector<Index> PlacesInRow(const std::vector<Index>& shape) {
  Index cells = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) cells *= shape[d];
  std::vector<Index> places(At(cells));
  std::vector<Index> at(shape.size(), 0);
  for (Index& place : places) {
    for (std::size_t d = 1; d < shape.size(); ++d) {
      place = place * shape[d] + at[d];
    }
    for (std::size_t d = 1; d < shape.size(); ++d) {
      if (++at[d] < shape[d]) break;
      at[d] = 0;
    }
  }
  return places;
}

// So many rows at once that reading each column's part of them is worth it.
template <class T>
Array<T> NumbersByRows(const Array<T>& by_columns,
                       const std::vector<Index>& shape) {
  const std::span<const T> from = by_columns.span();
  const Index rows = shape[0];
  const std::vector<Index> places = PlacesInRow(shape);
  const auto cells = std::ssize(places);
  SpilledArray<T> ordered;
  const Index most =
      std::max<Index>(1, kValuesPiece * 16 / std::max<Index>(1, cells));
  std::vector<T> piece;
  for (Index first = 0; first < rows; first += most) {
    const Index count = std::min(most, rows - first);
    piece.resize(At(count * cells));
    for (Index cell = 0; cell < cells; ++cell) {
      const auto column = from.subspan(At(cell * rows + first), At(count));
      for (Index row = 0; row < count; ++row) {
        piece[At(row * cells + places[At(cell)])] = column[At(row)];
      }
    }
    ordered.Append(piece);
  }
  return ordered.Finish();
}

}  // namespace

std::int32_t TextNumbering::CodeOf(std::string_view text) {
  const auto [at, is_new] = codes_.try_emplace(
      std::string(text), static_cast<std::int32_t>(words_.size()));
  if (is_new) {
    Require(words_.size() < std::numeric_limits<std::int32_t>::max(),
            ErrorKind::kBadInput, "there are more than 2^31 different texts",
            "write fewer rows a file");
    words_.emplace_back(text);
  }
  return at->second;
}

void TextNumbering::AddCode(std::int32_t code) {
  piece_.push_back(code);
  if (std::ssize(piece_) < kValuesPiece) return;
  all_.Append(piece_);
  piece_.clear();
}

void TextNumbering::Append(const CodedTexts& more) {
  std::vector<std::int32_t> codes;
  for (const std::string& word : more.words) codes.push_back(CodeOf(word));
  for (const std::int32_t code : more.codes) {
    AddCode(codes[static_cast<std::size_t>(code)]);
  }
}

CodedTexts TextNumbering::Finish() {
  all_.Append(piece_);
  piece_.clear();
  codes_.clear();
  return {all_.Finish(), std::move(words_)};
}

ArrayValues::ArrayValues(const std::vector<std::string>& texts) {
  TextNumbering coder;
  for (const std::string& text : texts) coder.Add(text);
  kept_ = coder.Finish();
}

Index ArrayValues::size() const {
  return std::visit([](const auto& values) { return values.size(); }, kept_);
}

bool operator==(const ArrayValues& a, const ArrayValues& b) {
  if (!a.IsOfTypeOf(b) || a.size() != b.size()) return false;
  return std::visit(
      [&](const auto& values) {
        const auto& others = std::get<std::decay_t<decltype(values)>>(b.kept_);
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>,
                                     CodedTexts>) {
          // Words come in the order of elements.
          return values.words == others.words &&
                 std::ranges::equal(values.codes.span(), others.codes.span());
        } else {
          return std::ranges::equal(values.span(), others.span());
        }
      },
      a.kept_);
}

GrowingValues::GrowingValues(const ArrayValues& first) {
  switch (first.kept().index()) {
    case 0:
      all_.emplace<0>();
      break;
    case 1:
      all_.emplace<1>();
      break;
    case 2:
      all_.emplace<2>();
      break;
    case 3:
      all_.emplace<3>();
      break;
    default:
      all_.emplace<4>();
  }
  Append(first);
}

void GrowingValues::Append(const ArrayValues& more) {
  std::visit(
      [&](auto& all) {
        if constexpr (std::is_same_v<std::decay_t<decltype(all)>,
                                     TextNumbering>) {
          all.Append(*more.texts());
        } else {
          using Values = decltype(all.Finish());
          all.Append(std::get<Values>(more.kept()).span());
        }
      },
      all_);
}

ArrayValues GrowingValues::Finish() {
  return std::visit([](auto& all) { return ArrayValues(all.Finish()); }, all_);
}

ArrayValues ByRows(const ArrayValues& by_columns,
                   const std::vector<Index>& shape) {
  if (by_columns.size() == 0 || shape.size() < 2) return by_columns;
  if (const CodedTexts* texts = by_columns.texts()) {
    // Words are in the order of elements, which is another one then.
    const Array<std::int32_t> codes = NumbersByRows(texts->codes, shape);
    std::vector<std::int32_t> renamed(texts->words.size(), -1);
    TextNumbering ordered;
    for (const std::int32_t code : codes) {
      std::int32_t& name = renamed[static_cast<std::size_t>(code)];
      if (name < 0) {
        name = ordered.CodeOf(texts->words[static_cast<std::size_t>(code)]);
      }
      ordered.AddCode(name);
    }
    return ordered.Finish();
  }
  return std::visit(
      [&](const auto& values) -> ArrayValues {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>,
                                     CodedTexts>) {
          return values;
        } else {
          return NumbersByRows(values, shape);
        }
      },
      by_columns.kept());
}

}  // namespace mtlkit
