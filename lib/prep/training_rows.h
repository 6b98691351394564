#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "prep/transform.h"

namespace mtlkit {

// The training rows of a table after the transforms so far, in pieces. The
// blocks and row numbers must outlive it.
class TrainingRows {
 public:
  TrainingRows(const std::vector<InputBlock>& inputs, Transforms done,
               std::span<const Index> rows);

  // What the pieces look like.
  const std::vector<InputSpec>& specs() const { return specs_; }
  Index rows() const { return static_cast<Index>(rows_.size()); }
  // Calls `visit` with consecutive pieces of a block, in the order of rows.
  void ForEach(const std::string& block,
               const std::function<void(const InputBlock& piece, Index rows)>&
                   visit) const;
  // At most `most` of the rows, drawn; all if they are not more.
  TrainingRows Sample(Index most) const;

 private:
  const std::vector<InputBlock>& inputs_;
  Transforms done_;
  std::shared_ptr<const std::vector<Index>> drawn_;  // of a sample
  std::span<const Index> rows_;
  std::vector<InputSpec> specs_;
};

}  // namespace mtlkit
