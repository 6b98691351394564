#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/id_index.h"
#include "eval/prediction_source.h"

namespace mtlkit {

// The rows of all models, and where those of each are among them. Ids are held
// only where files differ in them.
class JoinedRows {
 public:
  explicit JoinedRows(const std::vector<NamedSource>& models);

  Index count() const { return count_; }
  // Where row `row` of a model's file is.
  Index Of(std::size_t model, Index row) const {
    return is_same(model) ? row : places_[model][At(row)];
  }
  // Whether a model's rows are at their own numbers.
  bool is_same(std::size_t model) const { return places_[model].empty(); }
  std::string Text(Index row) const;
  // Where each row of a dataset is, -1 for nowhere; empty: at its number.
  std::vector<std::int32_t> Find(const RowIds& ids);

 private:
  // Whether ids are those of the rows, in their order.
  bool AreAll(const RowIds& ids) const;
  bool AreAll(const PredictionSource& source) const;
  RowIds Some(Index first, Index count) const;
  const IdIndex& index();
  // As Find, with rows that are new added.
  std::vector<std::int32_t> Place(const NamedSource& model);

  const PredictionSource& first_;
  Index count_;
  std::optional<RowIds> ids_;  // nothing: those of the first model
  std::optional<IdIndex> index_;
  std::vector<std::vector<std::int32_t>> places_;  // one a model
};

}  // namespace mtlkit
