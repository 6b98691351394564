#include "eval/joined_rows.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace mtlkit {
namespace {

// Positions are kept as 32 bits, in metrics as 30.
constexpr Index kMostRows = (Index{1} << 30) - 1;

}  // namespace

JoinedRows::JoinedRows(std::vector<NamedPredictions>& models)
    : ids_(std::move(models.front().predictions.ids)) {
  places_.emplace_back();
  file_rows_.push_back(count());
  for (std::size_t i = 1; i < models.size(); ++i) {
    const RowIds ids = std::move(models[i].predictions.ids);
    file_rows_.push_back(IdCount(ids));
    places_.push_back(Place(ids, models[i].name));
  }
  Require(count() <= kMostRows, ErrorKind::kBadInput,
          Str(models.front().name, ": more than ", kMostRows, " rows"),
          "evaluate a part of them");
}

std::vector<std::int32_t> JoinedRows::Find(const RowIds& ids) {
  std::vector<std::int32_t> places;
  if (ids == ids_) return places;
  const Index rows = IdCount(ids);
  places.reserve(At(rows));
  for (Index row = 0; row < rows; ++row) {
    places.push_back(static_cast<std::int32_t>(index().Find(ids, row)));
  }
  return places;
}

const IdIndex& JoinedRows::index() {
  if (!index_) index_.emplace(ids_);
  return *index_;
}

std::vector<std::int32_t> JoinedRows::Place(const RowIds& ids,
                                            const std::string& name) {
  if (ids.index() != ids_.index()) {
    Fail(ErrorKind::kBadInput,
         Str(name, ": one file has numbers as ids, another has texts"),
         "compare predictions of the same dataset");
  }
  std::vector<std::int32_t> places = Find(ids);
  bool grown = false;
  for (std::size_t row = 0; row < places.size(); ++row) {
    if (places[row] >= 0) continue;
    places[row] = static_cast<std::int32_t>(count());
    std::visit(
        [&](auto& own) {
          using Ids = std::remove_cvref_t<decltype(own)>;
          own.push_back(std::get<Ids>(ids)[row]);
        },
        ids_);
    grown = true;
  }
  if (grown) {
    index_.reset();
    // The models before stay where they are: rows are added behind theirs.
  }
  return places;
}

}  // namespace mtlkit
