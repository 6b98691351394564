#pragma once

#include <memory>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "train/model_rows.h"
#include "train/model_runner.h"
#include "train/network_outputs.h"
#include "train/predict_options.h"
#include "train/token_starts.h"
#include "train/write_texts.h"

namespace mtlkit {

// The models that predict together, each with the rows as it reads them.
class MemberCrew {
 public:
  // All of it must outlive it. kBadInput where members have different tasks, or
  // would have to write with different tokens.
  MemberCrew(std::span<const EnsembleMember> members, const Dataset& dataset,
             const PredictOptions& options, ThreadPool* pool);

  const std::vector<Task>& tasks() const {
    return members_[0].model->schema.tasks;
  }
  const std::vector<Labels>& labels() const { return labels_; }
  const TokenStarts& starts() const { return starts_; }
  // Rows that any of them takes at a time.
  Index most() const;

  // What is said of rows, at most `most` a call: predictions, of one member the
  // outputs, too, and texts that are written, each one a task.
  struct Said {
    std::vector<std::vector<double>> predictions;
    NetworkOutputs logits;
    std::vector<WrittenTexts> texts;
  };
  Said Say(std::span<const Index> rows, Index most);

 private:
  void AddWriters(const PredictOptions& options);
  void Write(std::span<const Index> rows, Said* said);

  std::span<const EnsembleMember> members_;
  ThreadPool* pool_;
  double total_ = 0;
  std::vector<Labels> labels_;
  TokenStarts starts_;
  std::vector<ModelRows> rows_;
  std::unique_ptr<ModelRunner> runner_;
  std::vector<std::unique_ptr<TextWriter>> writers_;  // one a task; null: none
  bool only_writes_ = true;
};

}  // namespace mtlkit
