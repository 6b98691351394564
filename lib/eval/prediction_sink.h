#pragma once

#include <memory>
#include <span>
#include <string>

#include "eval/predictions.h"

namespace mtlkit {

// Places of a task, of tokens those of whole texts, that follow those that were
// added before: predictions, then what may be missing (empty): logits, labels,
// weights. All are row-major.
struct PredictionBlock {
  Index places = 0;
  std::span<const float> predictions;
  std::span<const float> logits = {};
  std::span<const float> y = {};
  std::span<const float> weight = {};
  const WrittenTexts* texts = nullptr;  // of such tasks
};

// Which arrays the blocks of a task have.
struct TaskArrays {
  bool predictions = true;
  bool logits = false;
  bool weight = false;
};

// Takes predictions as they are made, so that nobody has to hold them all.
class PredictionSink {
 public:
  virtual ~PredictionSink() = default;
  // Comes first. Of tasks there are no arrays yet but `rows` and `unknown`.
  virtual void Begin(Predictions head, std::span<const TaskArrays> arrays) = 0;
  virtual void Add(std::size_t task, const PredictionBlock& block) = 0;
};

// Puts them into memory.
class PredictionCollector : public PredictionSink {
 public:
  void Begin(Predictions head, std::span<const TaskArrays> arrays) override;
  void Add(std::size_t task, const PredictionBlock& block) override;
  Predictions Take() { return std::move(predictions_); }

 private:
  Predictions predictions_;
};

// Puts them into a file of predictions; `path` may be "-".
class PredictionWriter : public PredictionSink {
 public:
  // `provenance` is a JSON array as text, or "".
  PredictionWriter(std::string path, std::string provenance);
  ~PredictionWriter() override;

  void Begin(Predictions head, std::span<const TaskArrays> arrays) override;
  void Add(std::size_t task, const PredictionBlock& block) override;
  // All places of all tasks have come: the file appears.
  void Commit();

 private:
  struct State;
  std::string path_;
  std::string provenance_;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
