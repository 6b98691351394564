#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace mtlkit {

// A vector whose copies share their elements until one of them is changed:
// what a dataset, its part and its predictions say alike of millions of rows
// is in memory once. Copies may be read in any number of threads; only one that
// no other thread can drop meanwhile may be changed.
template <class T>
class SharedVector {
 public:
  using value_type = T;

  SharedVector() = default;
  SharedVector(std::vector<T> values)
      : values_(std::make_shared<std::vector<T>>(std::move(values))) {}

  // To be read.
  const std::vector<T>& get() const {
    static const std::vector<T> none;
    return values_ == nullptr ? none : *values_;
  }
  operator const std::vector<T>&() const { return get(); }
  std::size_t size() const { return get().size(); }
  bool empty() const { return get().empty(); }
  const T& operator[](std::size_t i) const { return get()[i]; }
  const T& at(std::size_t i) const { return get().at(i); }
  const T* data() const { return get().data(); }
  auto begin() const { return get().begin(); }
  auto end() const { return get().end(); }

  // To be changed: a copy if others read the same.
  std::vector<T>& Own() {
    if (values_ == nullptr) {
      values_ = std::make_shared<std::vector<T>>();
    } else if (values_.use_count() > 1) {
      values_ = std::make_shared<std::vector<T>>(*values_);
    }
    return *values_;
  }
  void push_back(T value) { Own().push_back(std::move(value)); }
  void reserve(std::size_t count) { Own().reserve(count); }

  friend bool operator==(const SharedVector& a, const SharedVector& b) {
    return a.values_ == b.values_ || a.get() == b.get();
  }

 private:
  std::shared_ptr<std::vector<T>> values_;  // null: no elements
};

}  // namespace mtlkit
