#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/id_index.h"
#include "eval/joined_task.h"

namespace mtlkit {

// The rows of all models, and where those of each are among them.
class JoinedRows {
 public:
  // Takes the ids of the models away.
  explicit JoinedRows(std::vector<NamedPredictions>& models);

  Index count() const { return IdCount(ids_); }
  Index file_rows(std::size_t model) const { return file_rows_[model]; }
  const RowIds& ids() const { return ids_; }
  // Where row `row` of a model's file is.
  Index Of(std::size_t model, Index row) const {
    return places_[model].empty() ? row : places_[model][At(row)];
  }
  // Where each row of a dataset is, -1 for nowhere; empty: at its number.
  std::vector<std::int32_t> Find(const RowIds& ids);

 private:
  const IdIndex& index();
  // As Find, with rows that are new added.
  std::vector<std::int32_t> Place(const RowIds& ids, const std::string& name);

  RowIds ids_;
  std::vector<Index> file_rows_;  // one a model
  std::optional<IdIndex> index_;
  std::vector<std::vector<std::int32_t>> places_;  // one a model
};

}  // namespace mtlkit
