#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/layers/layers.h"
#include "nn/network.h"
#include "nn/plan.h"

namespace mtlkit::test {

// A small network of a shape that plans have to cope with.
struct NamedNetwork {
  std::string name;
  Network network;
};
// Dense input blocks of 5 and 4 columns, a sparse one of 12, a categorical one
// of 2 columns (3 and 4 codes), images of 3 x 2 pixels and 2 channels, texts of
// 0 to 4 tokens (6 codes); 3 tasks of 1, 2 and 3 output columns.
std::vector<NamedNetwork> Networks();
Network HardSharing();
Network TwoLevels();

// For PlanOptions::tokens.
std::vector<Index> MostTestTokens(Index rows);

// Rows for all of them; the content depends on the rows' numbers only.
class TestBatch {
 public:
  explicit TestBatch(Index rows);
  TestBatch(Index rows, Index (*tokens_of)(Index row));
  TestBatch(const TestBatch&) = delete;
  TestBatch& operator=(const TestBatch&) = delete;
  const Batch& batch() const { return batch_; }

 private:
  Batch batch_;
  std::vector<Real> first_;
  std::vector<Real> second_;
  std::vector<Index> row_starts_;
  std::vector<std::int32_t> indices_;
  std::vector<Real> values_;
  std::vector<std::int32_t> codes_;
  std::vector<Real> pixels_;
  std::vector<Index> offsets_ = {0};
  std::vector<std::int32_t> words_;
};

// Sets the output gradient of `task` to fixed numbers times `factor`, which
// also becomes that of its penalties.
void SetOutputGradient(Plan* plan, Index task, double factor);

// The sum over tasks of output times the numbers of SetOutputGradient, and of
// their penalties.
double ProjectOutputs(const Plan& plan);

}  // namespace mtlkit::test
