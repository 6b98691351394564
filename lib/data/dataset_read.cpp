#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/dataset_io.h"
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

[[noreturn]] void Bad(const FileReader& file, const std::string& path,
                      const std::string& message) {
  Fail(ErrorKind::kBadInput, Str(file.name(), ": ", path, ": ", message));
}

Shape RequireRank(const FileReader& file, const std::string& path,
                  std::size_t least, std::size_t most) {
  Shape shape = file.Info(path).shape;
  if (shape.size() < least || shape.size() > most) {
    Bad(file, path,
        Str("its shape is ", ShapeText(shape), "; ", least,
            least == most ? "" : Str(" or ", most), " axes were expected"));
  }
  return shape;
}

RowIds ReadIds(const FileReader& file, Index rows) {
  if (!file.Has("ids")) {
    // Nothing in the file vouches for the number of rows yet; a wrong one must
    // not take all memory.
    constexpr Index kMostWithoutIds = Index{1} << 27;
    if (rows > kMostWithoutIds) {
      Bad(file, "ids", Str("there are none for ", rows, " rows"));
    }
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = static_cast<std::int64_t>(i);
    }
    return numbers;
  }
  if (file.Info("ids").is_text) return file.ReadTexts("ids");
  return file.ReadList<std::int64_t>("ids");
}

void ReadSparse(const FileReader& file, const std::string& path,
                InputBlock* block) {
  const auto shape = file.Attribute<std::vector<std::int64_t>>(path, "shape");
  if (shape.size() != 2) Bad(file, path, "its attribute `shape` is not a pair");
  block->kind = InputKind::kSparse;
  block->cols = shape[1];
  const auto base = file.FindAttribute<std::int64_t>(path, "index_base");
  if (base) {
    if (*base != 0 && *base != 1)
      Bad(file, path, "its index_base is not 0 or 1");
    block->index_base = static_cast<int>(*base);
    block->base_is_guessed =
        file.FindAttribute<std::int64_t>(path, "index_base_guessed") != 0;
  }
  for (const char* member : {"/indptr", "/indices", "/data"}) {
    RequireRank(file, path + member, 1, 1);
  }
  block->row_starts = file.Map<std::int64_t>(path + "/indptr");
  block->indices = file.Map<std::int32_t>(path + "/indices");
  block->values = file.Map<float>(path + "/data");
}

void ReadImage(const FileReader& file, const std::string& path, Index rows,
               InputBlock* block) {
  const Shape shape = RequireRank(file, path + "/pixels", 4, 4);
  if (shape[0] != rows) {
    Bad(file, path, Str("it has ", shape[0], " rows of ", rows));
  }
  block->kind = InputKind::kImage;
  block->height = shape[1];
  block->width = shape[2];
  block->cols = shape[3];
  block->pixels = file.Map<std::uint8_t>(path + "/pixels");
  if (!file.Has(path + "/mean")) return;
  block->mean = file.ReadList<double>(path + "/mean");
  block->deviation = file.ReadList<double>(path + "/deviation");
}

void ReadTokens(const FileReader& file, const std::string& path,
                InputBlock* block) {
  for (const char* member : {"/indptr", "/codes"}) {
    RequireRank(file, path + member, 1, 1);
  }
  block->kind = InputKind::kTokens;
  block->cols = 1;
  block->row_starts = file.Map<std::int64_t>(path + "/indptr");
  block->codes = file.Map<std::int32_t>(path + "/codes");
  block->categories = {file.ReadTexts(path + "/vocabulary")};
}

// A block of several arrays, which its encoding tells apart.
void ReadGroup(const FileReader& file, const std::string& path, Index rows,
               InputBlock* block) {
  const auto encoding =
      file.FindAttribute<std::string>(path, "encoding-type").value_or("");
  if (encoding == "csr_matrix") {
    ReadSparse(file, path, block);
  } else if (encoding == "image") {
    ReadImage(file, path, rows, block);
  } else if (encoding == "tokens") {
    ReadTokens(file, path, block);
  } else {
    Bad(file, path,
        Str("inputs of encoding '", encoding,
            "' cannot be read; csr_matrix, image, tokens, numbers and codes "
            "can"));
  }
}

void ReadCategories(const FileReader& file, InputBlock* block) {
  const bool plain = block->name == TableBlockName("", block->kind);
  const std::string folder =
      plain ? "categories/" : "categories/" + EscapeName(block->name) + "/";
  for (Index col = 0; col < block->cols; ++col) {
    block->categories.push_back(
        file.ReadTexts(folder + EscapeName(ColumnName(*block, col))));
  }
}

void ReadTable(const FileReader& file, const std::string& path, Index rows,
               InputBlock* block) {
  const Shape shape = RequireRank(file, path, 2, 2);
  if (shape[0] != rows) {
    Bad(file, path, Str("it has ", shape[0], " rows of ", rows));
  }
  block->cols = shape[1];
  const ArrayInfo info = file.Info(path);
  if (info.is_text) Bad(file, path, "it holds text; numbers were expected");
  if (info.type == ElementType::kF32) {
    block->dense = file.Map<float>(path);
  } else if (info.type == ElementType::kF64) {
    block->wide = file.Map<double>(path);
  } else {
    block->kind = InputKind::kCategorical;
    block->codes = file.Map<std::int32_t>(path);
  }
}

InputBlock ReadInput(const FileReader& file, const std::string& member,
                     Index rows) {
  const std::string path = "inputs/" + member;
  InputBlock block;
  block.name = file.TrueName(path);
  if (file.IsGroup(path)) {
    ReadGroup(file, path, rows, &block);
  } else {
    ReadTable(file, path, rows, &block);
  }
  const std::string names = "names/" + member;
  if (file.Has(names)) {
    block.columns = file.ReadTexts(names);
    if (static_cast<Index>(block.columns.size()) != block.cols) {
      Bad(file, names,
          Str("there are ", block.columns.size(), " names for ", block.cols,
              " columns"));
    }
  }
  if (block.kind == InputKind::kCategorical) ReadCategories(file, &block);
  return block;
}

// Labels of classes: -1 is missing.
template <class T>
std::vector<float> ReadClassLabels(const FileReader& file,
                                   const std::string& path) {
  const std::vector<T> codes = file.ReadArray<T>(path).values;
  std::vector<float> values;
  values.reserve(codes.size());
  for (const T code : codes) {
    values.push_back(code == -1 ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(code));
  }
  return values;
}

Task ReadTaskHead(const FileReader& file, const std::string& path) {
  Task task;
  task.name = file.TrueName(path);
  const auto type = file.Attribute<std::string>(path, "type");
  try {
    task.type = ParseTaskType(type);
  } catch (const Error&) {
    Bad(file, path, Str("tasks of type '", type, "' cannot be read"));
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
  const auto form = file.FindAttribute<std::string>(path, "form");
  if (!form) return task;
  try {
    task.form = ParseForm(*form);
  } catch (const Error&) {
    Bad(file, path, Str("predictions of form '", *form, "' cannot be read"));
  }
  if (file.Has(path + "/levels")) {
    task.levels = file.ReadList<double>(path + "/levels");
  }
  return task;
}

void ReadTask(const FileReader& file, const std::string& member,
              Dataset* dataset) {
  const std::string path = "tasks/" + member;
  const std::string y = path + "/y";
  Task task = ReadTaskHead(file, path);
  const Shape shape = RequireRank(file, y, 1, 2);
  Labels labels;
  switch (task.traits().storage) {
    case LabelStorage::kNumbers:
      task.width = shape.size() == 2 ? shape[1] : 1;
      labels.values = file.ReadArray<float>(y).values;
      break;
    case LabelStorage::kCodes:
      labels.values = ReadClassLabels<std::int32_t>(file, y);
      break;
    case LabelStorage::kFlags:
      labels.values = ReadClassLabels<std::int8_t>(file, y);
      break;
  }
  if (file.Has(path + "/rows")) {
    const auto rows = file.ReadList<std::int64_t>(path + "/rows");
    labels.on_all_rows = false;
    labels.rows.assign(rows.begin(), rows.end());
  }
  if (file.Has(path + "/weight")) {
    labels.weights = file.ReadList<float>(path + "/weight");
  }
  dataset->tasks.push_back(std::move(task));
  dataset->labels.push_back(std::move(labels));
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
  dataset.rows = file.Attribute<std::int64_t>("", "n_rows");
  Require(dataset.rows >= 0 && dataset.rows < (Index{1} << 48),
          ErrorKind::kBadInput,
          Str(file.name(), ": it says that it has ", dataset.rows, " rows"));
  dataset.ids = ReadIds(file, dataset.rows);
  for (const std::string& member : Ordered(file, "tasks")) {
    ReadTask(file, member, &dataset);
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
  const auto specs = nlohmann::json::parse(file.ReadText(path), nullptr, false);
  if (!specs.is_array()) Bad(file, path, "it is not a JSON array");
  for (const auto& entry : specs) {
    const auto name = entry.is_object() ? entry.find("name") : entry.end();
    const auto spec = entry.is_object() ? entry.find("spec") : entry.end();
    if (name == entry.end() || spec == entry.end() || !name->is_string()) {
      Bad(file, path, "an entry lacks `name` or `spec`");
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
    const auto rows = file.ReadList<std::int64_t>(path);
    dataset.splits[file.TrueName(path)].assign(rows.begin(), rows.end());
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
