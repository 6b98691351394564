#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/dataset_io.h"
#include "data/file_parts.h"
#include "data/head.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// The members of a group in the order in which they were written: by their
// attribute `position`; those without one come last, by name.
std::vector<std::string> Ordered(const FileReader& file,
                                 const std::string& group) {
  std::vector<std::pair<std::int64_t, std::string>> members;
  for (const std::string& name : file.Children(group)) {
    const auto position =
        file.FindAttribute<std::int64_t>(Str(group, "/", name), "position");
    members.emplace_back(
        position.value_or(std::numeric_limits<std::int64_t>::max()), name);
  }
  std::sort(members.begin(), members.end());
  std::vector<std::string> names;
  names.reserve(members.size());
  for (auto& member : members) names.push_back(std::move(member.second));
  return names;
}

// The kind of a block, which its arrays and their encoding tell.
const BlockKindEntry& KindAt(const FileReader& file, const std::string& path) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    if (entry->type.IsAt(file, path)) return *entry;
  }
  std::vector<std::string> names;
  for (const BlockKindEntry* entry : BlockKinds()) {
    names.emplace_back(entry->name);
  }
  internal::BadPart(
      file, path,
      Str("inputs of encoding '",
          file.FindAttribute<std::string>(path, "encoding-type").value_or(""),
          "' cannot be read: they are none of ", Join(names, ", ")));
}

InputBlock ReadInput(const FileReader& file, const std::string& member,
                     Index rows) {
  const std::string path = "inputs/" + member;
  InputBlock block;
  block.name = file.TrueName(path);
  const BlockKindEntry& entry = KindAt(file, path);
  block.kind = entry.kind;
  entry.type.Read(file, path, rows, &block);
  const std::string names = "names/" + member;
  if (file.Has(names)) {
    block.columns = file.ReadTexts(names);
    if (static_cast<Index>(block.columns.size()) != block.cols) {
      internal::BadPart(file, names,
                        Str("there are ", block.columns.size(), " names for ",
                            block.cols, " columns"));
    }
  }
  entry.type.ReadNames(file, &block);
  return block;
}

Task ReadTaskHead(const FileReader& file, const std::string& path) {
  Task task;
  task.name = file.TrueName(path);
  const auto type = file.Attribute<std::string>(path, "type");
  try {
    task.type = ParseTaskType(type);
  } catch (const Error&) {
    internal::BadPart(file, path,
                      Str("tasks of type '", type, "' cannot be read"));
  }
  if (const auto tokens = file.FindAttribute<std::string>(path, "tokens")) {
    task.tokens = *tokens;
  }
  if (task.traits().is_written) {
    task.from = file.Attribute<std::string>(path, "from");
    task.codes = file.Attribute<Index>(path, "codes");
  }
  if (task.is_classification()) {
    task.classes = file.ReadTexts(path + "/classes");
  }
  if (file.Has(path + "/source")) {
    const std::string source = path + "/source";
    task.source = InContext(Str(file.name(), ": ", source), [&] {
      return ParseLabelSource(file.ReadText(source));
    });
  }
  if (file.Has(path + "/norm_mean")) {
    task.mean = file.ReadList<double>(path + "/norm_mean");
    task.deviation = file.ReadList<double>(path + "/norm_std");
  }
  if (file.Has(path + "/curves")) {
    const std::string curves = path + "/curves";
    task.curves = InContext(Str(file.name(), ": ", curves), [&] {
      return ParseTargetCurves(file.ReadText(curves));
    });
  }
  const auto form = file.FindAttribute<std::string>(path, "form");
  if (!form) return task;
  try {
    task.form = ParseForm(*form);
  } catch (const Error&) {
    internal::BadPart(file, path,
                      Str("predictions of form '", *form, "' cannot be read"));
  }
  if (file.Has(path + "/levels")) {
    task.levels = file.ReadList<double>(path + "/levels");
  }
  return task;
}

TaskOnFile ReadUncheckedHead(const FileReader& file, const std::string& member,
                             Index rows) {
  TaskOnFile head;
  head.path = "tasks/" + member;
  head.task = ReadTaskHead(file, head.path);
  const bool is_map = head.task.traits().is_map;
  const Shape shape = internal::RequireRank(file, head.path + "/y",
                                            is_map ? 3 : 1, is_map ? 3 : 2);
  if (is_map) {
    head.task.map_height = shape[1];
    head.task.map_width = shape[2];
  }
  if (head.task.traits().storage == LabelStorage::kNumbers) {
    head.task.width = shape.size() == 2 ? shape[1] : 1;
  }
  head.on_all_rows = !file.Has(head.path + "/rows");
  head.places = head.on_all_rows
                    ? rows
                    : internal::RequireRank(file, head.path + "/rows", 1, 1)[0];
  return head;
}

Labels ReadUncheckedLabels(const FileReader& file, const TaskOnFile& head) {
  const std::string y = head.path + "/y";
  Labels labels;
  switch (head.task.traits().storage) {
    case LabelStorage::kNumbers:
      labels.values = LabelCells(file.ReadArray<float>(y).values);
      break;
    case LabelStorage::kCodes:
      labels.values = LabelCells(file.ReadArray<std::int32_t>(y).values);
      break;
    case LabelStorage::kFlags:
      labels.values = LabelCells(file.ReadArray<std::int8_t>(y).values);
      break;
    case LabelStorage::kBytes:
      labels.values = LabelCells(file.ReadArray<std::uint8_t>(y).values);
      break;
  }
  labels.on_all_rows = head.on_all_rows;
  if (!head.on_all_rows) {
    labels.rows = file.ReadList<Index>(head.path + "/rows");
  }
  if (file.Has(head.path + "/weight")) {
    labels.weights = file.ReadList<float>(head.path + "/weight");
  }
  return labels;
}

// The arrays of a transform, by their true names.
std::map<std::string, std::vector<double>> ReadArrays(
    const FileReader& file, const std::string& folder) {
  std::map<std::string, std::vector<double>> arrays;
  for (const std::string& member : file.Children(folder)) {
    const std::string path = Str(folder, "/", member);
    arrays[file.TrueName(path)] = file.ReadList<double>(path);
  }
  return arrays;
}

std::string NumberedFolder(std::size_t number, const std::string& name) {
  return (number < 10 ? "0" : "") + std::to_string(number) + "-" + name;
}

// Rows, ids and tasks.
Dataset ReadUncheckedRows(const FileReader& file) {
  Dataset dataset;
  const IdReader ids(file);
  dataset.rows = ids.count();
  dataset.ids = ids.Read(0, dataset.rows);
  for (const std::string& member : Ordered(file, "tasks")) {
    const TaskOnFile head = ReadUncheckedHead(file, member, dataset.rows);
    dataset.tasks.push_back(head.task);
    dataset.labels.push_back(ReadUncheckedLabels(file, head));
  }
  dataset.content_sha256 = file.content_sha256();
  if (file.provenance() != "[]") dataset.provenance = file.provenance();
  return dataset;
}

}  // namespace

TransformRecords ReadTransforms(const FileReader& file,
                                const std::string& group) {
  TransformRecords transforms;
  const std::string path = group + "/spec";
  if (!file.Has(path)) return transforms;
  const auto specs = ParseJson(file.ReadText(path));
  if (!specs.is_array())
    internal::BadPart(file, path, "it is not a JSON array");
  for (const auto& entry : specs) {
    const auto name = entry.is_object() ? entry.find("name") : entry.end();
    const auto spec = entry.is_object() ? entry.find("spec") : entry.end();
    if (name == entry.end() || spec == entry.end() || !name->is_string()) {
      internal::BadPart(file, path, "an entry lacks `name` or `spec`");
    }
    TransformRecord record;
    record.name = name->get<std::string>();
    record.spec = spec->dump();
    record.arrays = ReadArrays(
        file, group + "/" + NumberedFolder(transforms.size(), record.name));
    transforms.push_back(std::move(record));
  }
  return transforms;
}

Index ReadRowCount(const FileReader& file) {
  const Index rows = file.Attribute<std::int64_t>("", "n_rows");
  Require(rows >= 0 && rows < (Index{1} << 48), ErrorKind::kBadInput,
          Str(file.name(), ": it says that it has ", rows, " rows"));
  return rows;
}

IdReader::IdReader(const FileReader& file)
    : file_(file),
      count_(ReadRowCount(file)),
      has_ids_(file.Has("ids")),
      is_text_(has_ids_ && file.Info("ids").is_text) {
  if (!has_ids_) {
    // Nothing in the file vouches for the number of rows yet; a wrong one must
    // not take all memory.
    constexpr Index kMostWithoutIds = Index{1} << 27;
    if (count_ > kMostWithoutIds) {
      internal::BadPart(file, "ids",
                        Str("there are none for ", count_, " rows"));
    }
    return;
  }
  const Index ids = internal::RequireRank(file, "ids", 1, 1)[0];
  if (ids != count_) {
    Fail(ErrorKind::kBadInput,
         Str(file.name(), ids == 1 ? ": there is " : ": there are ",
             Counted(ids, "id", "ids"), " for ",
             Counted(count_, "row", "rows")));
  }
}

RowIds IdReader::Read(Index first, Index count) const {
  if (is_text_) return file_.ReadTexts("ids", first, count);
  if (!has_ids_) return NumberIds::Running(first, At(count));
  return ReadNumberIds(first, count);
}

// A piece at a time as long as they run, so that those take no memory.
NumberIds IdReader::ReadNumberIds(Index first, Index count) const {
  constexpr Index kAtOnce = 65536;
  NumberIds ids;
  ids.reserve(At(count));
  std::vector<std::int64_t> piece;
  Index done = 0;
  while (done < count && ids.is_running()) {
    piece.resize(At(std::min(kAtOnce, count - done)));
    file_.ReadRows<std::int64_t>("ids", first + done, std::ssize(piece),
                                 piece.data());
    ids.Append(piece);
    done += std::ssize(piece);
  }
  if (done == count) return ids;
  std::vector<std::int64_t>& all = ids.Own();
  all.resize(At(count));
  file_.ReadRows<std::int64_t>("ids", first + done, count - done,
                               all.data() + done);
  return ids;
}

std::vector<TaskOnFile> ReadTaskHeads(const FileReader& file, Index rows) {
  std::vector<TaskOnFile> heads;
  std::vector<std::string> names;
  for (const std::string& member : Ordered(file, "tasks")) {
    heads.push_back(ReadUncheckedHead(file, member, rows));
    names.push_back(heads.back().task.name);
  }
  InContext(file.name(), [&] {
    internal::CheckUniqueNames(names, "the task");
    for (const TaskOnFile& head : heads) CheckTask(head.task);
  });
  return heads;
}

Labels ReadLabels(const FileReader& file, const TaskOnFile& task, Index rows) {
  Labels labels = ReadUncheckedLabels(file, task);
  InContext(file.name(), [&] { CheckLabels(task.task, labels, rows); });
  return labels;
}

Dataset ReadRows(const FileReader& file) {
  Dataset dataset = ReadUncheckedRows(file);
  InContext(file.name(), [&] { CheckDataset(dataset); });
  return dataset;
}

Dataset ReadDataset(const FileReader& file) {
  Dataset dataset = ReadUncheckedRows(file);
  for (const std::string& member : Ordered(file, "inputs")) {
    dataset.inputs.push_back(ReadInput(file, member, dataset.rows));
  }
  for (const std::string& member : file.Children("splits")) {
    const std::string path = "splits/" + member;
    dataset.splits[file.TrueName(path)] = file.ReadList<Index>(path);
  }
  if (file.Has("weights")) dataset.weights = file.ReadList<float>("weights");
  if (file.Has("groups")) {
    dataset.groups = file.ReadList<std::int64_t>("groups");
  }
  dataset.transforms = ReadTransforms(file);
  InContext(file.name(), [&] { CheckDataset(dataset); });
  return dataset;
}

Dataset ReadDataset(const std::string& path) {
  return ReadDataset(
      FileReader::Open(path, {FileKind::kDataset, FileKind::kFeatures}));
}

}  // namespace mtlkit
