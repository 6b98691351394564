#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/json_text.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/dataset_io.h"
#include "data/file_parts.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

using internal::kPacked;
using internal::NameObject;

void WriteInput(FileWriter& file, const InputBlock& block, Index rows,
                Index position) {
  const std::string path = "inputs/" + EscapeName(block.name);
  EntryOf(block.kind).type.Write(file, block, path, rows);
  WriteInputNames(file, block, position);
}

// An array whose rows `some(first, count)` makes: they are nowhere in memory as
// the file has them.
template <class T, class Some>
void WriteInPieces(FileWriter& file, const std::string& path,
                   const Shape& shape, const StoreOptions& options, Some some) {
  constexpr Index kNumbersAtOnce = 65536;
  auto rows = file.CreateRows<T>(path, Shape(shape.begin() + 1, shape.end()),
                                 shape[0], options);
  const Index at_once =
      std::max<Index>(1, kNumbersAtOnce / std::max<Index>(1, rows.row_size()));
  for (Index first = 0; first < shape[0]; first += at_once) {
    rows.Append(some(first, std::min(at_once, shape[0] - first)));
  }
  rows.Close();
}

template <class T>
void WriteCells(FileWriter& file, const std::string& path,
                const LabelCells& cells, const Shape& shape,
                const StoreOptions& options) {
  const Index cols = std::accumulate(shape.begin() + 1, shape.end(), Index{1},
                                     std::multiplies<>());
  WriteInPieces<T>(file, path, shape, options, [&](Index first, Index count) {
    return cells.As<T>(At(first * cols), At(count * cols));
  });
}

Shape LabelShape(const Task& task, Index places) {
  if (task.traits().is_map) return {places, task.map_height, task.map_width};
  return IsListOfLabels(task) ? Shape{places}
                              : Shape{places, task.target_cols()};
}

void WriteTask(FileWriter& file, const Task& task, const Labels& labels,
               Index position) {
  const std::string path = TaskPath(task);
  const std::string y = path + "/y";
  const Index places =
      static_cast<Index>(labels.values.size()) / task.target_cols();
  const Shape shape = LabelShape(task, places);
  switch (task.traits().storage) {
    case LabelStorage::kNumbers:
      WriteCells<float>(file, y, labels.values, shape, {});
      break;
    case LabelStorage::kCodes:
      WriteCells<std::int32_t>(file, y, labels.values, shape, kPacked);
      break;
    case LabelStorage::kFlags:
      WriteCells<std::int8_t>(file, y, labels.values, shape, kPacked);
      break;
    case LabelStorage::kBytes:
      WriteCells<std::uint8_t>(file, y, labels.values, shape, kPacked);
      break;
  }
  WriteTaskHead(file, task, position);
  if (!task.mean.empty()) {
    file.WriteList(path + "/norm_mean", task.mean);
    file.WriteList(path + "/norm_std", task.deviation);
  }
  if (!labels.on_all_rows) {
    file.WriteList<Index>(path + "/rows", labels.rows, kPacked);
  }
  if (!labels.weights.empty()) {
    file.WriteList(path + "/weight", labels.weights);
  }
}

void WriteSplits(FileWriter& file, const Dataset& dataset) {
  for (const auto& [name, rows] : dataset.splits) {
    const std::string path = "splits/" + EscapeName(name);
    file.WriteList<Index>(path, rows, kPacked);
    NameObject(file, path, name);
  }
}

std::string TransformFolder(std::size_t number, const std::string& name) {
  return (number < 10 ? "0" : "") + std::to_string(number) + "-" + name;
}

std::string WriteWith(const Dataset& dataset, const std::string& path,
                      FileKind kind, const TransformRecords& transforms,
                      const std::function<void(FileWriter&)>& write_inputs) {
  FileWriter file(path, kind);
  WriteRows(file, dataset);
  write_inputs(file);
  WriteSplits(file, dataset);
  if (!dataset.weights.empty()) file.WriteList("weights", dataset.weights);
  if (!dataset.groups.empty()) {
    file.WriteList("groups", dataset.groups, kPacked);
  }
  WriteTransforms(file, transforms);
  if (!dataset.provenance.empty()) file.SetProvenance(dataset.provenance);
  return file.Commit();
}

}  // namespace

void WriteInputNames(FileWriter& file, const InputSpec& spec, Index position) {
  const std::string path = "inputs/" + EscapeName(spec.name);
  file.SetAttribute(path, "position", position);
  NameObject(file, path, spec.name);
  const BlockKind& kind = EntryOf(spec.kind).type;
  kind.WriteEncoding(file, spec, path);
  if (spec.index_base >= 0) {
    file.SetAttribute(path, "index_base", spec.index_base);
    file.SetAttribute(path, "index_base_guessed", spec.base_is_guessed ? 1 : 0);
  }
  if (!spec.columns.empty()) {
    file.WriteTexts("names/" + EscapeName(spec.name), spec.columns);
  }
  kind.WriteNames(file, spec);
}

void WriteTaskHead(FileWriter& file, const Task& task, Index position) {
  const std::string path = TaskPath(task);
  file.SetAttribute(path, "type", TaskTypeName(task.type));
  file.SetAttribute(path, "position", position);
  NameObject(file, path, task.name);
  if (!task.tokens.empty()) file.SetAttribute(path, "tokens", task.tokens);
  if (task.traits().is_written) {
    file.SetAttribute(path, "from", task.from);
    file.SetAttribute(path, "codes", task.codes);
  }
  if (task.source != LabelSource{}) {
    file.WriteText(path + "/source", LabelSourceText(task.source));
  }
  if (task.is_classification()) {
    file.SetAttribute(path + "/y", "missing",
                      task.traits().storage == LabelStorage::kBytes ? 255 : -1);
    file.WriteTexts(path + "/classes", task.classes);
  } else {
    file.SetAttribute(path + "/y", "missing", "nan");
  }
  if (!task.curves.empty()) {
    file.WriteText(path + "/curves", TargetCurvesText(task.curves));
  }
  if (!task.form) return;
  file.SetAttribute(path, "form", task.form->name());
  if (!task.levels.empty()) file.WriteList(path + "/levels", task.levels);
}

void WriteTransforms(FileWriter& file, const TransformRecords& transforms,
                     const std::string& group) {
  if (transforms.empty()) return;
  nlohmann::json spec = nlohmann::json::array();
  for (std::size_t i = 0; i < transforms.size(); ++i) {
    const TransformRecord& record = transforms[i];
    spec.push_back({{"name", record.name}, {"spec", ParseJson(record.spec)}});
    const std::string folder = group + "/" + TransformFolder(i, record.name);
    file.MakeGroup(folder);
    for (const auto& [name, values] : record.arrays) {
      const std::string path = folder + "/" + EscapeName(name);
      file.WriteList(path, values);
      NameObject(file, path, name);
    }
  }
  file.WriteText(group + "/spec", DumpJson(spec));
}

std::string TaskPath(const Task& task) {
  return "tasks/" + EscapeName(task.name);
}

void WriteIds(FileWriter& file, const std::string& path, const RowIds& ids) {
  if (const auto* names = std::get_if<TextIds>(&ids)) {
    file.WriteTexts(path, *names);
  } else {
    const auto& numbers = std::get<NumberIds>(ids);
    WriteInPieces<std::int64_t>(
        file, path, {std::ssize(numbers)}, kPacked,
        [&](Index first, Index count) -> std::vector<std::int64_t> {
          const auto begin = numbers.begin() + first;
          return {begin, begin + count};
        });
  }
}

void WriteRowNames(FileWriter& file, const RowIds& ids) {
  file.SetAttribute("", "n_rows", IdCount(ids));
  WriteIds(file, "ids", ids);
}

void WriteRows(FileWriter& file, const Dataset& dataset) {
  WriteRowNames(file, dataset.ids);
  for (std::size_t i = 0; i < dataset.tasks.size(); ++i) {
    WriteTask(file, dataset.tasks[i], dataset.labels[i], static_cast<Index>(i));
  }
}

std::string WriteDataset(const Dataset& dataset, const std::string& path,
                         FileKind kind) {
  CheckDataset(dataset);
  return WriteWith(dataset, path, kind, dataset.transforms,
                   [&](FileWriter& file) {
                     for (std::size_t i = 0; i < dataset.inputs.size(); ++i) {
                       WriteInput(file, dataset.inputs[i], dataset.rows,
                                  static_cast<Index>(i));
                     }
                   });
}

std::string WriteDataset(const Dataset& dataset, const std::string& path,
                         const TransformRecords& transforms,
                         const std::function<void(FileWriter&)>& write_inputs,
                         FileKind kind) {
  internal::CheckAllButInputs(dataset);
  return WriteWith(dataset, path, kind, transforms, write_inputs);
}

}  // namespace mtlkit
