#include "eval/joined_rows.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace mtlkit {
namespace {

// Positions are kept as 32 bits, in metrics as 30.
constexpr Index kMostRows = (Index{1} << 30) - 1;
constexpr Index kRowsAtOnce = 65536;

// Ids [first, first + count) of several.
RowIds PartOf(const RowIds& ids, Index first, Index count) {
  return std::visit(
      [&](const auto& all) -> RowIds {
        const auto begin = all.begin() + first;
        return std::vector(begin, begin + count);
      },
      ids);
}

}  // namespace

JoinedRows::JoinedRows(const std::vector<NamedSource>& models)
    : first_(*models.front().source), count_(first_.rows()) {
  places_.emplace_back();
  for (std::size_t i = 1; i < models.size(); ++i) {
    if (models[i].source->has_text_ids() != first_.has_text_ids()) {
      Fail(ErrorKind::kBadInput,
           Str(models[i].Label(),
               ": one file has numbers as ids, another has texts"),
           "compare predictions of the same dataset");
    }
    places_.push_back(AreAll(*models[i].source) ? std::vector<std::int32_t>{}
                                                : Place(models[i]));
  }
  Require(count() <= kMostRows, ErrorKind::kBadInput,
          Str(models.front().Label(), ": more than ", kMostRows, " rows"),
          "evaluate a part of them");
}

std::string JoinedRows::Text(Index row) const {
  return IdText(Some(row, 1), 0);
}

RowIds JoinedRows::Some(Index first, Index count) const {
  return ids_ ? PartOf(*ids_, first, count) : first_.Ids(first, count);
}

bool JoinedRows::AreAll(const PredictionSource& source) const {
  // Rows of the first model are at their own numbers, whatever was added.
  if (source.rows() != first_.rows()) return false;
  for (Index row = 0; row < source.rows(); row += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, source.rows() - row);
    if (source.Ids(row, count) != Some(row, count)) return false;
  }
  return true;
}

bool JoinedRows::AreAll(const RowIds& ids) const {
  const bool is_text = std::holds_alternative<TextIds>(ids);
  if (IdCount(ids) != count_ || is_text != first_.has_text_ids()) return false;
  for (Index row = 0; row < count_; row += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, count_ - row);
    if (PartOf(ids, row, count) != Some(row, count)) return false;
  }
  return true;
}

std::vector<std::int32_t> JoinedRows::Find(const RowIds& ids) {
  std::vector<std::int32_t> places;
  if (AreAll(ids)) return places;
  const Index rows = IdCount(ids);
  places.reserve(At(rows));
  for (Index row = 0; row < rows; ++row) {
    places.push_back(static_cast<std::int32_t>(index().Find(ids, row)));
  }
  return places;
}

const IdIndex& JoinedRows::index() {
  if (!ids_) ids_ = first_.Ids(0, first_.rows());
  if (!index_) index_.emplace(*ids_);
  return *index_;
}

std::vector<std::int32_t> JoinedRows::Place(const NamedSource& model) {
  const RowIds ids = model.source->Ids(0, model.source->rows());
  std::vector<std::int32_t> places;
  places.reserve(At(IdCount(ids)));
  for (Index row = 0; row < IdCount(ids); ++row) {
    places.push_back(static_cast<std::int32_t>(index().Find(ids, row)));
  }
  bool grown = false;
  for (std::size_t row = 0; row < places.size(); ++row) {
    if (places[row] >= 0) continue;
    places[row] = static_cast<std::int32_t>(count_++);
    std::visit(
        [&](auto& own) {
          using Ids = std::remove_cvref_t<decltype(own)>;
          own.push_back(std::get<Ids>(ids)[row]);
        },
        *ids_);
    grown = true;
  }
  // The models before stay where they are: rows are added behind theirs.
  if (grown) index_.reset();
  return places;
}

}  // namespace mtlkit
