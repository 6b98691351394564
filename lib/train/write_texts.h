#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "data/dataset.h"
#include "eval/predictions.h"
#include "nn/decode.h"
#include "train/model_rows.h"
#include "train/predict_options.h"

namespace mtlkit {

// Writes the texts of one task (HeadTraits::is_written) for rows, by beam
// search, on several threads. The same texts for any number of them. Several
// models write together, each token by the mean of their probabilities,
// weighted.
class TextWriter {
 public:
  // All of it must outlive it; `pool` may be null. kBadInput where models have
  // different tokens for the texts.
  TextWriter(std::span<const EnsembleMember> members, Index task,
             const DecodeOptions& options, ThreadPool* pool);
  ~TextWriter();

  // Of rows as each model reads them: what is written, and what is true where
  // the rows say it. Appends the log of the probability of each text. Of an
  // empty text an empty one is made, for certain.
  WrittenTexts Write(std::span<const ModelRows::Block> blocks,
                     std::vector<double>* log_probabilities);

 private:
  struct Worker;

  void RequireSameTokens() const;
  // What is true of rows as the first model reads them.
  template <class TextOf>
  void ReadTruth(const ModelRows::Block& block, TextOf text_of,
                 std::vector<std::string>* truth) const;

  std::span<const EnsembleMember> members_;
  Index number_;
  const Task& task_;
  const DecodeOptions& options_;
  ThreadPool* pool_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one a thread
};

}  // namespace mtlkit
