#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/array.h"
#include "base/view.h"
#include "h5/mapped_bytes.h"

namespace mtlkit {

// Texts of many elements: each that is another one is kept once.
struct CodedTexts {
  Array<std::int32_t> codes;       // positions in `words`, one an element
  std::vector<std::string> words;  // in the order of their first element

  Index size() const { return codes.size(); }
  const std::string& operator[](Index i) const {
    return words[static_cast<std::size_t>(codes[i])];
  }
};

// Makes them of texts that come one by one.
class TextNumbering {
 public:
  // The code of a text, a new one where it was not there before.
  std::int32_t CodeOf(std::string_view text);
  void AddCode(std::int32_t code);
  void Add(std::string_view text) { AddCode(CodeOf(text)); }
  void Append(const CodedTexts& more);
  CodedTexts Finish();

 private:
  std::unordered_map<std::string, std::int32_t> codes_;
  std::vector<std::string> words_;
  std::vector<std::int32_t> piece_;
  SpilledArray<std::int32_t> all_;
};

// Elements as exact as they were: bytes, whole numbers, numbers in single and
// in double precision, texts. Cheap to copy. Numbers lie in the file that they
// came in, where that has them as they are, or are spilled
// (h5/mapped_bytes.h): memory does not grow with them.
class ArrayValues {
 public:
  using Kept = std::variant<Array<std::uint8_t>, Array<std::int64_t>,
                            Array<float>, Array<double>, CodedTexts>;

  ArrayValues() = default;
  ArrayValues(CodedTexts texts) : kept_(std::move(texts)) {}
  ArrayValues(const std::vector<std::string>& texts);
  template <class T>
  ArrayValues(Array<T> numbers) : kept_(std::move(numbers)) {}
  template <class T>
  requires std::is_arithmetic_v<T> ArrayValues(std::vector<T> numbers)
      : kept_(Array<T>(std::move(numbers))) {}

  const Kept& kept() const { return kept_; }
  Index size() const;
  // Null where they are of another type.
  template <class T>
  const Array<T>* If() const {
    return std::get_if<Array<T>>(&kept_);
  }
  const CodedTexts* texts() const { return std::get_if<CodedTexts>(&kept_); }
  bool IsOfTypeOf(const ArrayValues& other) const {
    return kept_.index() == other.kept_.index();
  }
  friend bool operator==(const ArrayValues& a, const ArrayValues& b);

 private:
  Kept kept_;
};

// Values that come piece by piece, all of one type.
class GrowingValues {
 public:
  // The type of the first is that of all: the others have to be of it.
  explicit GrowingValues(const ArrayValues& first);
  void Append(const ArrayValues& more);
  ArrayValues Finish();

 private:
  std::variant<SpilledArray<std::uint8_t>, SpilledArray<std::int64_t>,
               SpilledArray<float>, SpilledArray<double>, TextNumbering>
      all_;
};

// Values of an array of this shape that lie by columns (Fortran's order, and
// MATLAB's), in the order of rows.
ArrayValues ByRows(const ArrayValues& by_columns,
                   const std::vector<Index>& shape);

}  // namespace mtlkit
