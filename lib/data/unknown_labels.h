#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "base/view.h"

namespace mtlkit {

struct Dataset;
struct Labels;
struct Task;

// What stands in data in place of a label and is none that the task knows:
// classes that training never saw, words for numbers.
struct UnknownLabels {
  std::vector<std::string> names;  // each once
  // Tasks of one class: for each place which of the names is true of it, -1
  // where none is; empty: of no place. Such a row is labelled, and nothing that
  // is predicted of it is right.
  std::vector<std::int32_t> places;
  Index cells = 0;  // that hold one of the names
  // Of the cells those that say something known, too: sets of labels.
  Index partly = 0;
};

// Notes unknown labels as they are met.
class UnknownLabelList {
 public:
  // One cell; the number of the name.
  std::int32_t Add(const std::string& name);
  // Another name in the cell before.
  std::int32_t AddToCell(const std::string& name);
  // The cell before says something known, too.
  void MarkPartly() { ++unknown_.partly; }
  UnknownLabels Take() { return std::move(unknown_); }

 private:
  UnknownLabels unknown_;
  std::map<std::string, std::int32_t> numbers_;
};

// Sets the class of a place, of `places`, to an unknown one.
void SetUnknown(Index place, Index places, std::int32_t name,
                std::vector<std::int32_t>* unknown);

// Throws kBadInput where no label is one that the task knows: they are written
// otherwise than in training, and nothing could be measured.
void RequireKnownLabels(const Task& task, const Labels& labels);

// What is to be said of the unknown labels of a task, or "": that rows of
// unknown classes count as errors where they are `measured`, else as not
// labelled; that of sets with known labels those count.
std::string UnknownLabelsText(const Task& task, const UnknownLabels& unknown,
                              bool measured);

// Makes unknown labels of a dataset missing ones, for a file that has no place
// for them, and says so, and where a task has no label at all.
void LeaveOutUnknown(Dataset* dataset, Reporter* reporter);

}  // namespace mtlkit
