#include "text/table_write.h"

#include <cmath>
#include <memory>
#include <set>

#include "base/error.h"
#include "data/dataset_io.h"
#include "data/head.h"

namespace mtlkit {
namespace {

constexpr std::size_t kBufferedValues = 1 << 16;
constexpr StoreOptions kPacked = {Compress::kAuto};

// Rows of one array, handed on in large pieces.
template <class T>
class BufferedRows {
 public:
  BufferedRows(FileWriter* file, const std::string& path,
               const Shape& row_shape, Index rows, const StoreOptions& options)
      : rows_(file->CreateRows<T>(path, row_shape, rows, options)) {
    buffer_.reserve(kBufferedValues);
  }

  void Put(T value) { buffer_.push_back(value); }
  // Called between rows.
  void EndRow() {
    if (buffer_.size() >= kBufferedValues) Flush();
  }
  void Flush() {
    rows_.Append(std::span<const T>(buffer_));
    buffer_.clear();
  }

 private:
  RowWriter<T> rows_;
  std::vector<T> buffer_;
};

// An array of the file that takes its part of each row.
class Part {
 public:
  virtual ~Part() = default;
  virtual void Add(const EncodedRow& row) = 0;
  virtual void Finish() = 0;
};

template <class T>
class NumericPart : public Part {
 public:
  NumericPart(FileWriter* file, const InputSpec& spec, Index rows)
      : array_(file, "inputs/" + EscapeName(spec.name), {spec.cols}, rows, {}) {
  }
  void Add(const EncodedRow& row) override {
    for (const double number : row.numbers) array_.Put(static_cast<T>(number));
    array_.EndRow();
  }
  void Finish() override { array_.Flush(); }

 private:
  BufferedRows<T> array_;
};

class CodePart : public Part {
 public:
  CodePart(FileWriter* file, const InputSpec& spec, Index rows)
      : array_(file, "inputs/" + EscapeName(spec.name), {spec.cols}, rows, {}) {
  }
  void Add(const EncodedRow& row) override {
    for (const std::int32_t code : row.codes) array_.Put(code);
    array_.EndRow();
  }
  void Finish() override { array_.Flush(); }

 private:
  BufferedRows<std::int32_t> array_;
};

class SparsePart : public Part {
 public:
  SparsePart(FileWriter* file, const InputSpec& spec, Index rows)
      : path_("inputs/" + EscapeName(spec.name)),
        values_(file, path_ + "/data", {}, -1, kPacked),
        indices_(file, path_ + "/indices", {}, -1, kPacked),
        starts_(file, path_ + "/indptr", {}, rows + 1, kPacked) {
    starts_.Put(0);
    file->SetAttribute(path_, "shape",
                       std::vector<std::int64_t>{rows, spec.cols});
  }
  void Add(const EncodedRow& row) override {
    for (const float value : row.values) values_.Put(value);
    for (const std::int32_t index : row.indices) indices_.Put(index);
    entries_ += static_cast<std::int64_t>(row.values.size());
    starts_.Put(entries_);
    values_.EndRow();
    indices_.EndRow();
    starts_.EndRow();
  }
  void Finish() override {
    values_.Flush();
    indices_.Flush();
    starts_.Flush();
  }

 private:
  std::string path_;
  BufferedRows<float> values_;
  BufferedRows<std::int32_t> indices_;
  BufferedRows<std::int64_t> starts_;
  std::int64_t entries_ = 0;
};

// The labels of one task: columns [first, first + cols) of a row's labels.
template <class T>
class LabelPart : public Part {
 public:
  LabelPart(FileWriter* file, const Task& task, Index first, Index rows)
      : first_(static_cast<std::size_t>(first)),
        cols_(static_cast<std::size_t>(task.target_cols())),
        array_(file, TaskPath(task) + "/y",
               IsListOfLabels(task) ? Shape{} : Shape{task.target_cols()}, rows,
               std::is_floating_point_v<T> ? StoreOptions{} : kPacked) {}
  void Add(const EncodedRow& row) override {
    for (std::size_t i = 0; i < cols_; ++i) {
      const float label = row.labels[first_ + i];
      if constexpr (std::is_floating_point_v<T>) {
        array_.Put(label);
      } else {
        array_.Put(std::isnan(label) ? T{-1} : static_cast<T>(label));
      }
    }
    array_.EndRow();
  }
  void Finish() override { array_.Flush(); }

 private:
  std::size_t first_;
  std::size_t cols_;
  BufferedRows<T> array_;
};

class GroupPart : public Part {
 public:
  GroupPart(FileWriter* file, Index rows)
      : array_(file, "groups", {}, rows, kPacked) {}
  void Add(const EncodedRow& row) override {
    array_.Put(row.group);
    array_.EndRow();
  }
  void Finish() override { array_.Flush(); }

 private:
  BufferedRows<std::int64_t> array_;
};

using Parts = std::vector<std::unique_ptr<Part>>;

void AddInputs(const TablePlan& plan, Index rows, Index* position,
               FileWriter* file, Parts* parts) {
  if (plan.numeric.cols > 0 && plan.is_wide) {
    parts->push_back(
        std::make_unique<NumericPart<double>>(file, plan.numeric, rows));
  } else if (plan.numeric.cols > 0) {
    parts->push_back(
        std::make_unique<NumericPart<float>>(file, plan.numeric, rows));
  }
  if (plan.categorical.cols > 0) {
    parts->push_back(std::make_unique<CodePart>(file, plan.categorical, rows));
  }
  if (plan.sparse.cols > 0) {
    parts->push_back(std::make_unique<SparsePart>(file, plan.sparse, rows));
  }
  for (const InputSpec* spec :
       {&plan.numeric, &plan.categorical, &plan.sparse}) {
    if (spec->cols > 0) WriteInputNames(*file, *spec, (*position)++);
  }
}

void AddTasks(const TablePlan& plan, Index rows, Index* position,
              std::set<std::string>* names, FileWriter* file, Parts* parts) {
  Index first = 0;
  for (const Task& task : plan.tasks) {
    Require(names->insert(task.name).second, ErrorKind::kBadInput,
            Str("two views have a task '", task.name, "'"),
            "give the labels of one of them only");
    switch (task.traits().storage) {
      case LabelStorage::kNumbers:
        parts->push_back(
            std::make_unique<LabelPart<float>>(file, task, first, rows));
        break;
      case LabelStorage::kCodes:
        parts->push_back(
            std::make_unique<LabelPart<std::int32_t>>(file, task, first, rows));
        break;
      case LabelStorage::kFlags:
        parts->push_back(
            std::make_unique<LabelPart<std::int8_t>>(file, task, first, rows));
        break;
      case LabelStorage::kBytes:
        break;  // no column of a table is a map
    }
    WriteTaskHead(*file, task, (*position)++);
    first += task.target_cols();
  }
}

}  // namespace

void WriteViews(const std::vector<TableView>& views, Index rows,
                FileWriter* file) {
  std::vector<Parts> parts(views.size());
  std::set<std::string> task_names;
  Index inputs = 0;
  Index tasks = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    AddInputs(*views[i].plan, rows, &inputs, file, &parts[i]);
    AddTasks(*views[i].plan, rows, &tasks, &task_names, file, &parts[i]);
    if (views[i].has_groups) {
      parts[i].push_back(std::make_unique<GroupPart>(file, rows));
    }
  }
  EncodedRow encoded;
  for (Index row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < views.size(); ++i) {
      views[i].next(&encoded);
      for (const auto& part : parts[i]) part->Add(encoded);
    }
  }
  // The last call notices files that have grown.
  for (std::size_t i = 0; i < views.size(); ++i) {
    views[i].next(&encoded);
    for (const auto& part : parts[i]) part->Finish();
  }
}

void WriteRowNames(const RowIds& ids,
                   const std::map<std::string, std::vector<Index>>& splits,
                   FileWriter* file) {
  WriteRowNames(*file, ids);
  for (const auto& [name, numbers] : splits) {
    const std::string path = "splits/" + EscapeName(name);
    file->WriteList(path, numbers, kPacked);
    if (EscapeName(name) != name) file->SetAttribute(path, "name", name);
  }
}

}  // namespace mtlkit
