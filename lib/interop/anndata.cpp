#include "interop/anndata.h"

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "interop/hdf5_arrays.h"
#include "interop/sparse_arrays.h"

namespace mtlkit {
namespace {

std::string TextAttribute(const ForeignFile& file, const std::string& path,
                          std::string_view name) {
  const ForeignAttribute* found = file.FindAttribute(path, name);
  if (found == nullptr || !found->is_text || found->texts.empty()) return "";
  return found->texts.front();
}

[[noreturn]] void FailEncoding(const std::string& path,
                               const std::string& encoding) {
  Fail(ErrorKind::kBadInput,
       Str("'", path, "' is written as '", encoding, "', which is not read"),
       "--array NAME=PATH, once for each, reads others only");
}

// Names of rows or columns: the column that `_index` names.
std::vector<std::string> IndexOf(const ForeignFile& file,
                                 const std::string& group) {
  const std::string name = TextAttribute(file, group, "_index");
  if (name.empty()) return {};
  const DataArray index = ReadHdf5Array(file, group + "/" + name);
  const CodedTexts* texts = index.values.texts();
  if (texts == nullptr) FailEncoding(group + "/" + name, "numbers");
  std::vector<std::string> names;
  for (Index i = 0; i < texts->size(); ++i) names.push_back((*texts)[i]);
  return names;
}

// Codes into names; -1 is missing.
DataArray ReadCategories(const ForeignFile& file, const std::string& path) {
  const Array<std::int64_t> codes = ReadWholes(file, path + "/codes");
  const auto names = ReadHdf5Array(file, path + "/categories");
  const CodedTexts* texts = names.values.texts();
  if (texts == nullptr) FailEncoding(path, "categories that are no texts");
  TextNumbering values;
  constexpr std::int32_t kNotYet = -1;
  std::vector<std::int32_t> known(At(texts->size() + 1), kNotYet);
  for (const std::int64_t code : codes) {
    Require(code >= -1 && code < texts->size(), ErrorKind::kBadInput,
            Str("'", path, "' holds ", code, ", which is no category"),
            "write the file again");
    std::int32_t& own = known[At(code + 1)];
    if (own == kNotYet) own = values.CodeOf(code < 0 ? "" : (*texts)[code]);
    values.AddCode(own);
  }
  DataArray array;
  array.shape = {codes.size()};
  array.values = values.Finish();
  return array;
}

// Numbers with a mask of those that are missing.
DataArray ReadNullable(const ForeignFile& file, const std::string& path) {
  const Array<double> values = ReadDoubles(file, path + "/values");
  const Array<std::int64_t> mask = ReadWholes(file, path + "/mask");
  Require(mask.size() == values.size(), ErrorKind::kBadInput,
          Str("'", path, "' has another number of values than marks"),
          "write the file again");
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  SpilledArray<double> numbers;
  for (Index i = 0; i < values.size(); ++i) {
    const double number = mask[i] == 0 ? values[i] : kMissing;
    numbers.Append({&number, 1});
  }
  DataArray array;
  array.shape = {values.size()};
  array.values = numbers.Finish();
  return array;
}

DataArray ReadSparse(const ForeignFile& file, const std::string& path,
                     bool by_rows) {
  DataArray array = ReadHdf5Array(file, path + "/data");
  const ForeignAttribute* shape = file.FindAttribute(path, "shape");
  Require(shape != nullptr && !shape->is_text, ErrorKind::kBadInput,
          Str("'", path, "' says no shape"), "write the file again");
  array.name = path;
  const std::vector<std::int64_t> sizes = WholeNumbers(*shape, path);
  array.shape.assign(sizes.begin(), sizes.end());
  array.row_starts = ReadWholes(file, path + "/indptr");
  array.indices = ReadWholes(file, path + "/indices");
  by_rows ? SortSparse(&array) : TurnSparse(&array);
  return array;
}

DataArray ReadElement(const ForeignFile& file, const std::string& path) {
  const std::string encoding = TextAttribute(file, path, "encoding-type");
  const ForeignObject* object = file.Find(path);
  if (object != nullptr && object->is_array()) return ReadHdf5Array(file, path);
  if (encoding == "csr_matrix") return ReadSparse(file, path, true);
  if (encoding == "csc_matrix") return ReadSparse(file, path, false);
  if (encoding == "categorical") return ReadCategories(file, path);
  if (encoding.starts_with("nullable-")) return ReadNullable(file, path);
  FailEncoding(path, encoding);
}

// What lies in a group, by name.
std::vector<std::string> NamesIn(const ForeignFile& file,
                                 const std::string& group) {
  std::vector<std::string> names;
  const std::string front = group + "/";
  for (const auto& [path, object] : file.objects()) {
    if (!path.starts_with(front)) continue;
    const std::string name = path.substr(front.size());
    if (name.find('/') == name.npos) names.push_back(name);
  }
  return names;
}

}  // namespace

bool IsAnnData(const ForeignFile& file) {
  return TextAttribute(file, "", "encoding-type") == "anndata";
}

std::vector<DataArray> ReadAnnData(const ForeignFile& file) {
  std::vector<DataArray> arrays;
  if (file.Find("X") != nullptr) {
    DataArray matrix = ReadElement(file, "X");
    matrix.columns = IndexOf(file, "var");
    arrays.push_back(std::move(matrix));
  }
  const std::string index = TextAttribute(file, "obs", "_index");
  std::vector<std::string> ids = IndexOf(file, "obs");
  if (!ids.empty()) {
    DataArray& names = arrays.emplace_back();
    names.name = "ids";
    names.shape = {std::ssize(ids)};
    names.values = std::move(ids);
  }
  for (const char* group : {"obs", "obsm"}) {
    for (const std::string& name : NamesIn(file, group)) {
      if (name == index && std::string_view(group) == "obs") continue;
      arrays.push_back(ReadElement(file, Str(group, "/", name)));
      arrays.back().name = name;
      // The index names the rows, so that this is a column.
      if (name == "id" || name == "ids") arrays.back().group = "inputs";
    }
  }
  return arrays;
}

}  // namespace mtlkit
