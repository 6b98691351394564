#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/tag_scheme.h"
#include "eval/metric.h"

namespace mtlkit {

// Calls visit(first, count) for each text of rows that are tokens.
void ForTexts(std::span<const Index> texts, Index rows,
              const std::function<void(Index first, Index count)>& visit);

// The tags that are predicted of tokens: of each text the most likely legal
// ones (TagScheme::Decode). `output`: tokens x names, probabilities.
std::vector<std::int32_t> DecodeTexts(const std::vector<std::string>& names,
                                      std::span<const Index> texts,
                                      std::span<const double> output);

// The rows of a metric as what is predicted and true of each text.
class TagRows {
 public:
  // `rows` must outlive it.
  explicit TagRows(const MetricRows& rows);

  const TagScheme& scheme() const { return scheme_; }
  // One a token; -1 for a label that is missing.
  std::span<const std::int32_t> predicted() const { return predicted_; }
  std::span<const std::int32_t> truth() const { return truth_; }
  void ForEach(
      const std::function<void(Index first, Index count)>& visit) const;

 private:
  const MetricRows& rows_;
  TagScheme scheme_;
  std::vector<std::int32_t> predicted_;
  std::vector<std::int32_t> truth_;
};

}  // namespace mtlkit
