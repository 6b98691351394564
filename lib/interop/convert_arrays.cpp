#include "interop/convert_arrays.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "h5/provenance.h"
#include "interop/array_summary.h"
#include "interop/array_table.h"
#include "interop/data_array.h"
#include "text/text_source.h"

namespace mtlkit {
namespace {

void RequireNames(const std::vector<TableInput>& inputs, bool beside) {
  std::set<std::string> names;
  for (const TableInput& input : inputs) {
    if (inputs.size() == 1 && !beside) return;
    Require(!input.name.empty(), ErrorKind::kUsage,
            Str("'", input.path, "' has no name"),
            beside ? "write NAME=FILE for each view"
                   : "write SPLIT=FILE for each, or NAME=FILE with --beside");
    Require(names.insert(input.name).second, ErrorKind::kUsage,
            Str("two inputs are called '", input.name, "'"),
            "give each a name of its own");
  }
}

// An array that a file does not name has the file's own, or the input's.
void NameArray(const TableInput& input, bool beside, DataArray* array) {
  if (!array->name.empty()) {
    if (beside) array->name = input.name + "." + array->name;
    return;
  }
  array->name =
      beside ? input.name : std::filesystem::path(input.path).stem().string();
}

std::vector<ArrayChoice> ChoicesOf(const ArrayOptions& options) {
  std::vector<ArrayChoice> chosen;
  for (const std::string& said : options.array) {
    const std::size_t mark = said.find('=');
    Require(mark != said.npos && mark > 0 && mark + 1 < said.size(),
            ErrorKind::kUsage,
            Str("--array: '", said, "' is not of the form NAME=PATH"),
            "as in --array x=train/features");
    std::string path = said.substr(mark + 1);
    if (path.starts_with('/')) path.erase(0, 1);
    chosen.push_back({said.substr(0, mark), std::move(path)});
  }
  return chosen;
}

// The entries of a sparse matrix follow those before.
void AppendStarts(const DataArray& more, DataArray* array) {
  const std::int64_t before =
      array->row_starts.empty() ? 0 : array->row_starts.back();
  for (std::size_t i = 1; i < more.row_starts.size(); ++i) {
    array->row_starts.push_back(before + more.row_starts[i]);
  }
  array->indices.insert(array->indices.end(), more.indices.begin(),
                        more.indices.end());
}

// Puts the rows of `more` below those of `array`.
void AppendRows(DataArray more, DataArray* array) {
  const bool fits = more.values.index() == array->values.index() &&
                    more.shape.size() == array->shape.size() &&
                    !more.shape.empty() &&
                    std::equal(more.shape.begin() + 1, more.shape.end(),
                               array->shape.begin() + 1);
  Require(fits, ErrorKind::kBadInput,
          Str("array '", array->name,
              "' has another type, shape or columns than in the file before"),
          "inputs of several splits hold the same arrays");
  array->shape[0] += more.shape[0];
  AppendStarts(more, array);
  std::visit(
      [&](auto& to) {
        auto& from = std::get<std::decay_t<decltype(to)>>(more.values);
        to.insert(to.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
      },
      array->values);
}

std::string NamesOf(const std::vector<TableInput>& inputs) {
  std::vector<std::string> names;
  for (const TableInput& input : inputs) names.push_back(input.path);
  return Join(names, ", ");
}

DataArray SplitArray(const std::string& name, Index first, Index count) {
  std::vector<std::int64_t> rows(At(count));
  std::iota(rows.begin(), rows.end(), first);
  return {"splits/" + name, {count}, std::move(rows)};
}

// Arrays of all inputs, one below or beside the other.
class Collector {
 public:
  explicit Collector(bool beside) : beside_(beside) {}

  void Add(const TableInput& input, ArrayFile file) {
    sources_.push_back(
        {beside_ || input.name.empty() ? "input" : input.name, file.sha256});
    for (DataArray& array : file.arrays) NameArray(input, beside_, &array);
    const Index rows = file.arrays.front().rows();
    if (!beside_ && !input.name.empty()) {
      splits_.push_back(SplitArray(input.name, rows_, rows));
    }
    if (beside_ || rows_ == 0) {
      std::ranges::move(file.arrays, std::back_inserter(arrays_));
    } else {
      AddBelow(std::move(file.arrays));
    }
    rows_ += rows;
  }

  std::vector<DataArray> Take() {
    std::ranges::move(splits_, std::back_inserter(arrays_));
    return std::move(arrays_);
  }
  const std::vector<ProvenanceSource>& sources() const { return sources_; }

 private:
  void AddBelow(std::vector<DataArray> more) {
    Require(more.size() == arrays_.size(), ErrorKind::kBadInput,
            Str("it has ", Counted(std::ssize(more), "array", "arrays"),
                ", the file before ", arrays_.size()),
            "inputs of several splits hold the same arrays");
    for (DataArray& array : arrays_) {
      const auto found = std::ranges::find(more, array.name, &DataArray::name);
      // The only one of each file needs no name.
      const auto same =
          found == more.end() && more.size() == 1 ? more.begin() : found;
      Require(
          same != more.end(), ErrorKind::kBadInput,
          Str("there is no array '", array.name, "', as in the file before"),
          "inputs of several splits hold the same arrays");
      AppendRows(std::move(*same), &array);
    }
  }

  bool beside_;
  Index rows_ = 0;
  std::vector<DataArray> arrays_;
  std::vector<DataArray> splits_;
  std::vector<ProvenanceSource> sources_;
};

}  // namespace

void ArrayOptions::Describe(Fields& fields) {
  fields.Field(
      {"array",
       "of files of arrays: read this one alone (and others so named), "
       "under this name",
       {},
       {},
       "NAME=PATH"},
      array);
}

bool ConvertArrays(const std::vector<TableInput>& inputs,
                   const ArrayOptions& options, bool beside,
                   const std::string& max_size, const std::string& output,
                   const ConvertRecord& record, Reporter* reporter) {
  RequireNames(inputs, beside);
  double left = SizeBudget(max_size).bytes();
  const std::vector<ArrayChoice> chosen = ChoicesOf(options);
  Collector collector(beside);
  for (const TableInput& input : inputs) {
    ArrayFile file =
        ReadArrayFile(input.path, static_cast<Index>(left), chosen);
    left -= static_cast<double>(file.bytes);
    InContext(input.path, [&] { collector.Add(input, std::move(file)); });
  }
  std::vector<DataArray> arrays = collector.Take();
  const std::string warning = WarningOfTasks(arrays);
  Dataset table = InContext(inputs.back().path,
                            [&] { return TableOfArrays(std::move(arrays)); });
  reporter->Note(Str(NamesOf(inputs), ": ", SummariseArrays(table)));
  if (!warning.empty()) reporter->Warn(warning);
  const bool has_ids = IdCount(table.ids) > 0;
  if (!has_ids) table.ids = RunningIds(table.rows);
  const Json none = Json::object();
  std::vector<ProvenanceSource> sources = collector.sources();
  sources.insert(sources.end(), record.beside.begin(), record.beside.end());
  table.provenance = ExtendProvenance(
      record.tool, record.seed,
      record.settings == nullptr ? none : *record.settings, sources);
  WriteDataset(table, output);
  return has_ids;
}

bool IsArrayFile(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_regular_file(path, none) && InContext(path, [&] {
           return FindArrayFormat(ReadUnpackedHead(path)) != nullptr;
         });
}

}  // namespace mtlkit
