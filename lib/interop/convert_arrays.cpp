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

// Puts the rows of `more` below those of `array`.
void AppendRows(DataArray more, DataArray* array) {
  const bool fits = more.values.index() == array->values.index() &&
                    more.shape.size() == array->shape.size() &&
                    !more.shape.empty() &&
                    std::equal(more.shape.begin() + 1, more.shape.end(),
                               array->shape.begin() + 1);
  Require(fits, ErrorKind::kBadInput,
          Str("array '", array->name,
              "' has another type or shape than in the file before"),
          "inputs of several splits hold the same arrays");
  array->shape[0] += more.shape[0];
  std::visit(
      [&](auto& to) {
        auto& from = std::get<std::decay_t<decltype(to)>>(more.values);
        to.insert(to.end(), std::make_move_iterator(from.begin()),
                  std::make_move_iterator(from.end()));
      },
      array->values);
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

bool ConvertArrays(const std::vector<TableInput>& inputs, bool beside,
                   const std::string& max_size, const std::string& output,
                   const ConvertRecord& record) {
  RequireNames(inputs, beside);
  double left = SizeBudget(max_size).bytes();
  Collector collector(beside);
  for (const TableInput& input : inputs) {
    ArrayFile file = ReadArrayFile(input.path, static_cast<Index>(left));
    std::error_code none;
    left -= static_cast<double>(std::filesystem::file_size(input.path, none));
    InContext(input.path, [&] { collector.Add(input, std::move(file)); });
  }
  Dataset table = InContext(inputs.back().path,
                            [&] { return TableOfArrays(collector.Take()); });
  const bool has_ids = IdCount(table.ids) > 0;
  if (!has_ids) table.ids = RunningIds(table.rows);
  const Json none = Json::object();
  table.provenance =
      ExtendProvenance(record.tool, record.seed,
                       record.settings == nullptr ? none : *record.settings,
                       collector.sources());
  WriteDataset(table, output);
  return has_ids;
}

bool IsArrayFile(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_regular_file(path, none) &&
         FindArrayFormat(ReadHead(path)) != nullptr;
}

}  // namespace mtlkit
