#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/shared_vector.h"

namespace mtlkit {

// How labels are kept, in memory and in files: numbers with NaN for none, or
// whole numbers with -1 for none: the codes of classes, or bytes where labels
// are set or not. Or bytes from 0 to 254 with 255 for none, as pixels have
// them.
enum class LabelStorage { kNumbers, kFlags, kCodes, kBytes };

// The labels of a task, one cell behind the other, in the type that its head
// declares. Whatever that is, a cell is read and set as a float, NaN for none.
// Storage that cannot hold a value that it is given becomes that of numbers.
// Copies share their cells until one of them is changed.
// Only this class knows the arrays; another storage is another member of its
// variant.
class LabelCells {
 public:
  class Cell;
  class Iterator;

  LabelCells() = default;
  explicit LabelCells(LabelStorage storage);
  LabelCells(std::vector<float> numbers) : cells_(std::move(numbers)) {}
  LabelCells(std::initializer_list<float> numbers)
      : cells_(std::vector<float>(numbers)) {}
  explicit LabelCells(std::vector<std::int8_t> flags)
      : cells_(std::move(flags)) {}
  explicit LabelCells(std::vector<std::int32_t> codes)
      : cells_(std::move(codes)) {}
  explicit LabelCells(std::vector<std::uint8_t> bytes)
      : cells_(std::move(bytes)) {}

  LabelStorage storage() const;
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  float operator[](std::size_t i) const;
  Cell operator[](std::size_t i);
  Iterator begin() const;
  Iterator end() const;

  void Set(std::size_t i, float value);
  void push_back(float value);
  void reserve(std::size_t count);
  void assign(std::size_t count, float value);
  // Cells [first, first + count) of others.
  void Append(const LabelCells& from, std::size_t first, std::size_t count);
  // Whether one of the cells [first, first + count) is not missing.
  bool AnyKnown(std::size_t first, std::size_t count) const;

  // Cells [first, first + count) as numbers.
  template <class T>
  void CopyTo(std::size_t first, std::size_t count, T* to) const {
    std::visit(
        [=](const auto& cells) {
          for (std::size_t i = 0; i < count; ++i) {
            to[i] = static_cast<T>(NumberOf(cells[first + i]));
          }
        },
        cells_);
  }
  std::vector<float> Numbers() const;
  // Cells [first, first + count) stored otherwise: T is float, std::int8_t,
  // std::int32_t or std::uint8_t.
  template <class T>
  std::vector<T> As(std::size_t first, std::size_t count) const {
    if (const auto* same = std::get_if<SharedVector<T>>(&cells_)) {
      const auto begin = same->begin() + static_cast<std::ptrdiff_t>(first);
      return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }
    std::vector<T> some(count);
    for (std::size_t i = 0; i < count; ++i) {
      const float value = (*this)[first + i];
      some[i] = value != value ? kNone<T> : static_cast<T>(value);
    }
    return some;
  }

  // As numbers; what is missing equals nothing.
  friend bool operator==(const LabelCells& a, const LabelCells& b) {
    return a.Numbers() == b.Numbers();
  }

 private:
  template <class T>
  static constexpr T kNone = std::is_same_v<T, float>
                                 ? std::numeric_limits<T>::quiet_NaN()
                                 : static_cast<T>(-1);
  static constexpr float NumberOf(float number) { return number; }
  template <class T>
  static constexpr float NumberOf(T code) {
    return code == kNone<T> ? kNone<float> : static_cast<float>(code);
  }
  // Whether cells of this type can hold the value.
  bool Holds(float value) const;

  std::variant<SharedVector<float>, SharedVector<std::int8_t>,
               SharedVector<std::int32_t>, SharedVector<std::uint8_t>>
      cells_;
};

// A cell to be set or read.
class LabelCells::Cell {
 public:
  Cell(LabelCells* all, std::size_t i) : all_(all), i_(i) {}
  operator float() const { return std::as_const(*all_)[i_]; }
  Cell& operator=(float value) {
    all_->Set(i_, value);
    return *this;
  }
  // The value, not the place.
  Cell& operator=(const Cell& other) {  // NOLINT: to itself is no special case
    return *this = static_cast<float>(other);
  }

 private:
  LabelCells* all_;
  std::size_t i_;
};

class LabelCells::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = float;
  using difference_type = std::ptrdiff_t;
  using pointer = const float*;
  using reference = float;

  Iterator() = default;
  Iterator(const LabelCells* all, std::size_t i) : all_(all), i_(i) {}
  float operator*() const { return (*all_)[i_]; }
  Iterator& operator++() {
    ++i_;
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++i_;
    return before;
  }
  bool operator==(const Iterator&) const = default;

 private:
  const LabelCells* all_ = nullptr;
  std::size_t i_ = 0;
};

}  // namespace mtlkit
