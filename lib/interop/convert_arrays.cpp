#include "interop/convert_arrays.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "data/read_format.h"
#include "h5/provenance.h"
#include "interop/array_rows.h"
#include "interop/array_summary.h"
#include "interop/array_table.h"
#include "interop/data_array.h"
#include "interop/own_arrays.h"
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

// How messages call an input.
std::string NameOf(const TableInput& input) {
  return input.path == "-" ? "stdin" : input.path;
}

// That of the file, without endings; what comes from a pipe has none.
std::string NameOfOnly(const std::string& path) {
  if (path == "-" || path == "/dev/stdin" || path.starts_with("/dev/fd/") ||
      path.starts_with("/proc/self/fd/")) {
    return "array";
  }
  std::filesystem::path name(path);
  for (const char* packed : {".gz", ".xz", ".bz2", ".zst"}) {
    if (name.extension() != packed) continue;
    name = name.stem();
    break;
  }
  return name.stem().string();
}

// An array that a file does not name has the file's own, or the input's.
void NameArray(const TableInput& input, bool beside, DataArray* array) {
  if (array->name.empty()) {
    array->name = beside ? input.name : NameOfOnly(input.path);
  } else if (beside && !IsOfRows(*array)) {
    array->name = input.name + "." + array->name;
  }
  array->file = NameOf(input);
}

ArrayChoice ParseArrayChoice(const std::string& said) {
  const std::size_t mark = said.find('=');
  Require(mark != said.npos && mark > 0 && mark + 1 < said.size(),
          ErrorKind::kUsage,
          Str("--array: '", said, "' is not of the form NAME=PATH"),
          "as in --array x=train/features");
  std::string path = said.substr(mark + 1);
  if (path.starts_with('/')) path.erase(0, 1);
  return {said.substr(0, mark), std::move(path)};
}

// The arrays of one of `inputs` inputs: of those of one name all have one, or
// each its own, in their order.
std::vector<ArrayChoice> ChoicesOf(const ArrayOptions& options,
                                   std::size_t input, std::size_t inputs) {
  std::vector<std::pair<std::string, std::vector<std::string>>> named;
  for (const std::string& said : options.array) {
    ArrayChoice choice = ParseArrayChoice(said);
    auto at = std::ranges::find(named, choice.name,
                                [](const auto& one) { return one.first; });
    if (at == named.end()) {
      named.push_back({choice.name, {}});
      at = named.end() - 1;
    }
    at->second.push_back(std::move(choice.path));
  }
  std::vector<ArrayChoice> chosen;
  for (const auto& [name, paths] : named) {
    Require(paths.size() == 1 || paths.size() == inputs, ErrorKind::kUsage,
            inputs == 1
                ? Str("--array gives two arrays the name '", name, "'")
                : Str("--array gives ", paths.size(), " arrays the name '",
                      name, "', and there are ", inputs, " inputs"),
            inputs == 1 ? "give each a name of its own"
                        : "give one for all, or one for each in their order");
    const std::string& path = paths[paths.size() == 1 ? 0 : input];
    const auto same = std::ranges::find(chosen, path, &ArrayChoice::path);
    if (same != chosen.end()) {
      Fail(ErrorKind::kUsage,
           Str("--array reads '", path, "' twice, as '", same->name,
               "' and as '", name, "'"),
           "an array is one column or view: leave one out");
    }
    chosen.push_back({name, path});
  }
  return chosen;
}

// An array whose rows come from several files.
class GrowingArray {
 public:
  explicit GrowingArray(DataArray first)
      : array_(std::move(first)), values_(array_.values) {
    if (array_.row_starts.empty()) return;
    starts_.Append(array_.row_starts.span());
    indices_.Append(array_.indices.span());
  }

  const DataArray& first() const { return array_; }

  // Puts the rows of `more` below those there are.
  void Append(const DataArray& more) {
    const bool fits = more.values.IsOfTypeOf(array_.values) &&
                      more.is_dates == array_.is_dates &&
                      more.shape.size() == array_.shape.size() &&
                      !more.shape.empty() &&
                      std::equal(more.shape.begin() + 1, more.shape.end(),
                                 array_.shape.begin() + 1);
    Require(fits, ErrorKind::kBadInput,
            Str("array '", array_.name,
                "' has another type, shape or columns than in the file before"),
            "inputs of several splits hold the same arrays");
    array_.shape[0] += more.shape[0];
    array_.file += ", " + more.file;
    values_.Append(more.values);
    if (more.row_starts.empty()) return;
    // The entries of a sparse matrix follow those before.
    const Index before = indices_.size();
    for (Index i = 1; i < more.row_starts.size(); ++i) {
      const std::int64_t start = before + more.row_starts[i];
      starts_.Append({&start, 1});
    }
    indices_.Append(more.indices.span());
  }

  DataArray Finish() {
    array_.values = values_.Finish();
    if (array_.row_starts.empty()) return std::move(array_);
    array_.row_starts = starts_.Finish();
    array_.indices = indices_.Finish();
    return std::move(array_);
  }

 private:
  DataArray array_;
  GrowingValues values_;
  SpilledArray<std::int64_t> starts_;
  SpilledArray<std::int64_t> indices_;
};

std::string NamesOf(const std::vector<TableInput>& inputs) {
  std::vector<std::string> names;
  for (const TableInput& input : inputs) names.push_back(NameOf(input));
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
    const Index rows = RowsOf(file.arrays);
    if (!beside_ && !input.name.empty()) {
      RequireNoSplits(file.arrays, input.name);
      splits_.push_back(SplitArray(input.name, rows_, rows));
    }
    if (beside_) {
      AddBeside(std::move(file.arrays));
    } else {
      for (const DataArray& array : file.arrays) RequireRows(array, rows);
      if (sources_.size() == 1) {
        arrays_ = std::move(file.arrays);
      } else {
        AddBelow(file.arrays);
      }
    }
    rows_ += rows;
  }

  std::vector<DataArray> Take() {
    for (GrowingArray& array : growing_) arrays_.push_back(array.Finish());
    growing_.clear();
    std::ranges::move(splits_, std::back_inserter(arrays_));
    return std::move(arrays_);
  }
  // Of what comes otherwise.
  void AddSource(const std::string& sha256, const std::string& provenance) {
    sources_.push_back({"input", sha256, provenance});
  }
  const std::vector<ProvenanceSource>& sources() const { return sources_; }

 private:
  // Their row numbers are those of one file.
  static void RequireNoSplits(std::span<const DataArray> arrays,
                              const std::string& name) {
    const auto split = std::ranges::find_if(arrays, IsSplit);
    if (split == arrays.end()) return;
    Fail(ErrorKind::kBadInput,
         Str("it has splits of its own ('", split->name,
             "'), and is the split '", name, "'"),
         "leave them out: --array NAME=PATH, once for each array that is "
         "wanted");
  }

  // What several files say of the rows has to be the same.
  void AddBeside(std::vector<DataArray> more) {
    for (DataArray& array : more) {
      const auto same =
          std::ranges::find_if(arrays_, [&](const DataArray& own) {
            return IsOfRows(array) && (own.name == array.name ||
                                       (NamesRows(own) && NamesRows(array)));
          });
      if (same == arrays_.end()) {
        arrays_.push_back(std::move(array));
        continue;
      }
      Require(
          same->values == array.values, ErrorKind::kBadInput,
          Str("array '", array.name, "' is another one than in ", same->file),
          "views have the same rows, in the same order");
    }
  }

  void AddBelow(const std::vector<DataArray>& more) {
    for (DataArray& array : arrays_) growing_.emplace_back(std::move(array));
    arrays_.clear();
    Require(more.size() == growing_.size(), ErrorKind::kBadInput,
            Str("it has ", Counted(std::ssize(more), "array", "arrays"),
                ", the file before ", growing_.size()),
            "inputs of several splits hold the same arrays");
    for (GrowingArray& array : growing_) {
      const DataArray& first = array.first();
      const auto found = std::ranges::find_if(more, [&](const DataArray& one) {
        return one.name == first.name && one.group == first.group;
      });
      // The only one of each file needs no name.
      const auto same =
          found == more.end() && more.size() == 1 ? more.begin() : found;
      Require(
          same != more.end(), ErrorKind::kBadInput,
          Str("there is no array '", first.name, "', as in the file before"),
          "inputs of several splits hold the same arrays");
      array.Append(*same);
    }
  }

  bool beside_;
  Index rows_ = 0;
  std::vector<DataArray> arrays_;
  std::vector<GrowingArray> growing_;  // in place of them, of several files
  std::vector<DataArray> splits_;
  std::vector<ProvenanceSource> sources_;
};

// A dataset has rows, splits and names of its own.
void RequireAlone(const std::vector<TableInput>& inputs, bool beside) {
  Require(inputs.size() == 1 && !beside && inputs[0].name.empty(),
          ErrorKind::kBadInput,
          "is a dataset of mtlkit, which is read alone and without a name",
          "mtl-convert FILE.npz -o FILE.h5; --array NAME=PATH, once for each, "
          "reads some of its arrays as columns");
}

// Of what was read as in texts before: which texts stood for no value.
void NoteMarkers(const ConvertOptions& reading, Reporter* reporter) {
  const ArrayReading arrays = ArrayReadingOf(reading);
  if (arrays.markers.empty() || reading.remembered_of.empty()) return;
  reporter->Note(Str("read as the texts ", reading.remembered_of, ": '",
                     Join(arrays.markers, "', '"), "' stand for no value"));
}

}  // namespace

void ArrayOptions::Describe(Fields& fields) {
  fields.Field(
      {"array",
       "of files of arrays: read this one alone (and others so named), "
       "under this name; of several inputs all have it, or for each one of "
       "the name is given",
       {},
       {},
       "NAME=PATH"},
      array);
}

bool ConvertArrays(const std::vector<TableInput>& inputs,
                   const ArrayOptions& options, const ConvertOptions& reading,
                   const std::string& output, const ConvertRecord& record,
                   Reporter* reporter) {
  const bool beside = reading.beside;
  RequireNames(inputs, beside);
  double left = SizeBudget(reading.max_size).bytes();
  std::vector<std::vector<ArrayChoice>> choices;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    choices.push_back(ChoicesOf(options, i, inputs.size()));
  }
  Collector collector(beside);
  std::optional<Dataset> own;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TableInput& input = inputs[i];
    const std::vector<ArrayChoice>& chosen = choices[i];
    ArrayFile file =
        ReadArrayFile(input.path, static_cast<Index>(left), chosen);
    left -= static_cast<double>(file.bytes);
    InContext(NameOf(input), [&] {
      if (chosen.empty() && AreOwnArrays(file.arrays)) {
        RequireAlone(inputs, beside);
        own = DatasetOfOwnArrays(std::move(file.arrays));
        return collector.AddSource(file.sha256, own->provenance);
      }
      if (chosen.empty()) TakeGroups(&file.arrays);
      collector.Add(input, std::move(file));
    });
  }
  std::vector<DataArray> arrays = collector.Take();
  const std::string warning = WarningOfTasks(arrays);
  Dataset table =
      own ? std::move(*own)
          : TableOfArrays(std::move(arrays), ArrayReadingOf(reading));
  const std::string found = SummariseArrays(table);
  const bool has_ids = IdCount(table.ids) > 0;
  if (!has_ids) table.ids = RunningIds(table.rows);
  InContext(NamesOf(inputs), [&] { CheckDataset(table); });
  reporter->Note(Str(NamesOf(inputs), ": ", found));
  NoteMarkers(reading, reporter);
  if (!warning.empty()) reporter->Warn(warning);
  Json settings = record.settings ? *record.settings : Json::object();
  settings["format"] = kArraysRead;
  std::vector<ProvenanceSource> sources = collector.sources();
  sources.insert(sources.end(), record.beside.begin(), record.beside.end());
  table.provenance =
      ExtendProvenance(record.tool, record.seed, settings, sources);
  WriteDataset(table, output);
  return has_ids;
}

bool IsArrayFile(const std::string& path) {
  std::error_code none;
  const bool can_be =
      path == "-" || (std::filesystem::exists(path, none) &&
                      !std::filesystem::is_directory(path, none));
  return can_be && !IsNamedPipe(path) &&
         InContext(path == "-" ? "stdin" : path, [&] {
           return FindArrayFormat(ReadUnpackedHead(path)) != nullptr;
         });
}

}  // namespace mtlkit
