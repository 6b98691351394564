#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/array_guard.h"
#include "base/view.h"

namespace mtlkit {

// A read-only array that shares the ownership of its memory: a vector, or a
// mapping of a file. Cheap to copy; any number of threads may read it. A large
// file's bytes are checked when they are asked for: an element's, a part's, or
// by the others all; that throws if they are damaged.
template <class T>
class Array {
 public:
  Array() = default;
  explicit Array(std::vector<T> values) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    values_ = std::span<const T>(*owner);
    owner_ = std::move(owner);
  }
  // Memory that `owner` keeps alive. With a `guard` that watches over it, from
  // its byte `guarded_from` on.
  Array(std::span<const T> values, std::shared_ptr<const void> owner,
        std::shared_ptr<ArrayGuard> guard = nullptr, Index guarded_from = 0)
      : values_(values),
        owner_(std::move(owner)),
        guard_(std::move(guard)),
        guarded_from_(guarded_from) {}

  Index size() const { return static_cast<Index>(values_.size()); }
  bool empty() const { return values_.empty(); }
  const T& operator[](Index i) const {
    Require(i, 1);
    return values_[static_cast<std::size_t>(i)];
  }
  // Elements [first, first + count): of a row, without the rest.
  std::span<const T> Part(Index first, Index count) const {
    Require(first, count);
    return values_.subspan(static_cast<std::size_t>(first),
                           static_cast<std::size_t>(count));
  }

  std::span<const T> span() const { return Part(0, size()); }
  const T* data() const { return span().data(); }
  auto begin() const { return span().begin(); }
  auto end() const { return span().end(); }

  // As a matrix of `cols` columns; needs a size that is a multiple of it.
  Mat<const T> AsRows(Index cols) const {
    return {data(), cols == 0 ? 0 : size() / cols, cols};
  }

 private:
  void Require(Index first, Index count) const {
    if (guard_ == nullptr) return;
    constexpr auto kBytes = static_cast<Index>(sizeof(T));
    guard_->Require(guarded_from_ + first * kBytes, count * kBytes);
  }

  std::span<const T> values_;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<ArrayGuard> guard_;
  Index guarded_from_ = 0;
};

}  // namespace mtlkit
