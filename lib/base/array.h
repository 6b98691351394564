#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A read-only array that shares the ownership of its memory: a vector, or a
// mapping of a file. Cheap to copy; any number of threads may read it.
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(std::vector<T> values) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    values_ = std::span<const T>(*owner);
    owner_ = std::move(owner);
  }
  // Memory that `owner` keeps alive.
  Array(std::span<const T> values, std::shared_ptr<const void> owner)
      : values_(values), owner_(std::move(owner)) {}

  Index size() const { return static_cast<Index>(values_.size()); }
  bool empty() const { return values_.empty(); }
  const T* data() const { return values_.data(); }
  const T& operator[](Index i) const {
    return values_[static_cast<std::size_t>(i)];
  }
  std::span<const T> span() const { return values_; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

  // As a matrix of `cols` columns; needs a size that is a multiple of it.
  Mat<const T> AsRows(Index cols) const {
    return {values_.data(), cols == 0 ? 0 : size() / cols, cols};
  }

 private:
  std::span<const T> values_;
  std::shared_ptr<const void> owner_;
};

}  // namespace mtlkit
