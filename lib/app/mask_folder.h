#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eval/prediction_sink.h"

namespace mtlkit {

// Hands predictions on and writes those of tasks that are maps as PNG files
// into a folder, whole or not at all: ID.png, with several such tasks
// TASK/ID.png; parts of an id between '/' are folders. A pixel has the number
// of its predicted class, of two classes 0 and 255.
class MaskFolder : public PredictionSink {
 public:
  // kCannotCreate as of AtomicFolder.
  MaskFolder(const std::string& folder, PredictionSink* next);
  ~MaskFolder() override;

  // kUsage where no task is a map; kBadInput for ids that name no file.
  void Begin(Predictions head, std::span<const TaskArrays> arrays) override;
  void Add(std::size_t task, const PredictionBlock& block) override;
  void Commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
