#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reporter.h"
#include "data/dataset.h"
#include "data/label_view.h"

namespace mtlkit {

// The labels of one task as SVMlight writes them in front of a row: a number,
// of classes their names if all are numbers, else 0, 1, ...; or, of several
// labels, those that hold: "0,3". `dataset` must outlive it.
class SvmlightLabels {
 public:
  // A column of a table; of none the block is null.
  struct Column {
    const InputBlock* block = nullptr;
    Index column = 0;
  };

  // `task`: a task, or a column of a table (of a view VIEW.COLUMN); "": the
  // only task. Throws kUsage for others, and for tasks of several numbers.
  SvmlightLabels(const Dataset& dataset, const std::string& task);

  const std::string& name() const { return name_; }
  // The column that is no feature then.
  const Column& column() const { return column_; }

  // False, with nothing appended, where the row has no label.
  bool Append(Index row, std::string* text) const;
  // Says which numbers stand for which classes where that is not plain.
  void Note(Reporter* reporter) const;

 private:
  void TakeTask(const Dataset& dataset, Index task);
  bool TakeColumn(const Dataset& dataset, const std::string& name);
  void TakeClasses(const std::vector<std::string>& classes);
  bool AppendCell(double value, std::string* text) const;

  std::string name_;
  Column column_;
  std::vector<std::string> words_;  // of classes or labels
  bool is_numbered_ = false;        // words_ are not their names
  const std::vector<std::string>* classes_ = nullptr;
  std::optional<LabelView> labels_;
};

}  // namespace mtlkit
