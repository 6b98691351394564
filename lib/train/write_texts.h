#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "eval/predictions.h"
#include "nn/decode.h"
#include "nn/model.h"

namespace mtlkit {

// Writes the texts of one task (HeadTraits::is_written) for rows, by beam
// search, on several threads. The same texts for any number of them.
class TextWriter {
 public:
  // `model` and `options` must outlive it; `pool` may be null.
  TextWriter(const Model& model, Index task, const DecodeOptions& options,
             ThreadPool* pool);
  ~TextWriter();

  // Of rows of a dataset that DatasetFor made: what is written, and what is
  // true where the rows say it. Appends the log of the probability of each
  // text. Of an empty text nothing is made.
  WrittenTexts Write(const Dataset& data, std::span<const Index> rows,
                     std::vector<double>* log_probabilities);

 private:
  struct Worker;

  const Model& model_;
  const Task& task_;
  const DecodeOptions& options_;
  ThreadPool* pool_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one a thread
};

}  // namespace mtlkit
