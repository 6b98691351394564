#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/view.h"
#include "h5/types.h"

namespace mtlkit {

class FileReader;
class FileWriter;

// Numbers of any shape.
struct NamedArray {
  Shape shape;
  std::variant<std::vector<float>, std::vector<double>,
               std::vector<std::int64_t>, std::vector<std::uint64_t>>
      values;

  friend bool operator==(const NamedArray&, const NamedArray&) = default;
};

// What a method in rounds publishes beside predictions, parameters and
// selections, by names of its own.
using NamedArrays = std::map<std::string, NamedArray>;

// The values of an array, null where it is not there or holds another type.
template <class T>
const std::vector<T>* FindNamed(const NamedArrays& arrays,
                                std::string_view name) {
  const auto found = arrays.find(std::string(name));
  if (found == arrays.end()) return nullptr;
  return std::get_if<std::vector<T>>(&found->second.values);
}

// As GROUP/NAME; nothing where there is none. Reading refuses (kBadInput) other
// types than those above, and numbers that are not finite.
void WriteNamedArrays(FileWriter& file, const std::string& group,
                      const NamedArrays& arrays);
NamedArrays ReadNamedArrays(const FileReader& file, const std::string& group);

}  // namespace mtlkit
