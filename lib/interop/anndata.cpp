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
  DataArray index = ReadHdf5Array(file, group + "/" + name);
  auto* texts = std::get_if<std::vector<std::string>>(&index.values);
  if (texts == nullptr) FailEncoding(group + "/" + name, "numbers");
  return std::move(*texts);
}

// Codes into names; -1 is missing.
DataArray ReadCategories(const ForeignFile& file, const std::string& path) {
  const auto codes = file.ReadRows<std::int64_t>(path + "/codes", 0, -1);
  const auto names = ReadHdf5Array(file, path + "/categories");
  const auto* texts = std::get_if<std::vector<std::string>>(&names.values);
  if (texts == nullptr) FailEncoding(path, "categories that are no texts");
  std::vector<std::string> values;
  for (const std::int64_t code : codes) {
    Require(code >= -1 && code < std::ssize(*texts), ErrorKind::kBadInput,
            Str("'", path, "' holds ", code, ", which is no category"),
            "write the file again");
    values.push_back(code < 0 ? "" : (*texts)[At(code)]);
  }
  DataArray array;
  array.shape = {std::ssize(values)};
  array.values = std::move(values);
  return array;
}

// Numbers with a mask of those that are missing.
DataArray ReadNullable(const ForeignFile& file, const std::string& path) {
  auto numbers = file.ReadRows<double>(path + "/values", 0, -1);
  const auto mask = file.ReadRows<std::int64_t>(path + "/mask", 0, -1);
  Require(mask.size() == numbers.size(), ErrorKind::kBadInput,
          Str("'", path, "' has another number of values than marks"),
          "write the file again");
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] != 0) numbers[i] = std::numeric_limits<double>::quiet_NaN();
  }
  DataArray array;
  array.shape = {std::ssize(numbers)};
  array.values = std::move(numbers);
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
  array.row_starts = file.ReadRows<std::int64_t>(path + "/indptr", 0, -1);
  array.indices = file.ReadRows<std::int64_t>(path + "/indices", 0, -1);
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
