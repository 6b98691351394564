#include "cotrain/named_arrays.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/error.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {
namespace {

template <class T>
NamedArray ReadAs(const FileReader& file, const std::string& path) {
  FileArray<T> array = file.ReadArray<T>(path);
  if constexpr (std::is_floating_point_v<T>) {
    for (const T value : array.values) {
      Require(std::isfinite(value), ErrorKind::kBadInput,
              Str(file.name(), ": ", path, ": a number is not finite"));
    }
  }
  return {std::move(array.shape), std::move(array.values)};
}

NamedArray ReadNamed(const FileReader& file, const std::string& path) {
  if (!file.IsGroup(path) && !file.Info(path).is_text) {
    switch (file.Info(path).type) {
      case ElementType::kF32:
        return ReadAs<float>(file, path);
      case ElementType::kF64:
        return ReadAs<double>(file, path);
      case ElementType::kI64:
        return ReadAs<std::int64_t>(file, path);
      case ElementType::kU64:
        return ReadAs<std::uint64_t>(file, path);
      default:
        break;
    }
  }
  Fail(ErrorKind::kBadInput,
       Str(file.name(), ": ", path, ": it is no array of f4, f8, i8 or u8"));
}

}  // namespace

void WriteNamedArrays(FileWriter& file, const std::string& group,
                      const NamedArrays& arrays) {
  for (const auto& [name, array] : arrays) {
    const std::string path = group + "/" + EscapeName(name);
    std::visit(
        [&](const auto& values) { file.WriteArray(path, values, array.shape); },
        array.values);
    if (EscapeName(name) != name) file.SetAttribute(path, "name", name);
  }
}

NamedArrays ReadNamedArrays(const FileReader& file, const std::string& group) {
  NamedArrays arrays;
  for (const std::string& member : file.Children(group)) {
    const std::string path = group + "/" + member;
    const bool is_new =
        arrays.emplace(file.TrueName(path), ReadNamed(file, path)).second;
    Require(is_new, ErrorKind::kBadInput,
            Str(file.name(), ": ", path, ": its name is there twice"));
  }
  return arrays;
}

}  // namespace mtlkit
