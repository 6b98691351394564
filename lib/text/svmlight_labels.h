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
  // `task`: a task, or a column of a table; "": the only task, or the column
  // `label` of a table that was SVMlight. Throws kUsage for others, and for
  // tasks of several numbers.
  SvmlightLabels(const Dataset& dataset, const std::string& task);

  const std::string& name() const { return name_; }
  // The column that is no feature then; "": none.
  const std::string& column() const { return column_; }

  // False, with nothing appended, where the row has no label.
  bool Append(Index row, std::string* text) const;
  // Says which numbers stand for which classes where that is not plain.
  void Note(Reporter* reporter) const;

 private:
  void TakeTask(const Dataset& dataset, Index task);
  bool TakeColumn(const Dataset& dataset, const std::string& column);
  void TakeClasses(const std::vector<std::string>& classes);
  bool AppendCell(double value, std::string* text) const;

  std::string name_;
  std::string column_;
  std::vector<std::string> words_;  // of classes or labels
  bool is_numbered_ = false;        // words_ are not their names
  const std::vector<std::string>* classes_ = nullptr;
  std::optional<LabelView> labels_;
  const InputBlock* block_ = nullptr;
  Index block_column_ = 0;
};

}  // namespace mtlkit
