#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "base/shared_vector.h"
#include "base/view.h"

namespace mtlkit {

// Names of rows that are whole numbers. As long as each is one above that
// before, as positions are, only the first is kept and how many there are, so
// that millions of rows take nothing; else 8 bytes a row, which copies share
// until one of them is changed.
class NumberIds {
 public:
  using value_type = std::int64_t;
  class Iterator;

  NumberIds() = default;
  NumberIds(std::vector<std::int64_t> numbers);
  // `first`, `first` + 1 ...
  static NumberIds Running(std::int64_t first, std::size_t count);

  bool is_running() const { return listed_.empty(); }
  std::size_t size() const { return is_running() ? count_ : listed_.size(); }
  bool empty() const { return size() == 0; }
  std::int64_t operator[](std::size_t i) const {
    return is_running() ? first_ + static_cast<std::int64_t>(i) : listed_[i];
  }
  // The same; outside, std::out_of_range.
  std::int64_t at(std::size_t i) const;
  Iterator begin() const;
  Iterator end() const;
  std::vector<std::int64_t> All() const;

  void push_back(std::int64_t number);
  void Append(std::span<const std::int64_t> numbers);
  // How many there will be, for when they have to be listed.
  void reserve(std::size_t count) { room_ = count; }
  // All of them as a list, to be changed.
  std::vector<std::int64_t>& Own();

  friend bool operator==(const NumberIds& a, const NumberIds& b);

 private:
  // Of numbers that run; nothing where they are listed.
  std::int64_t first_ = 0;
  std::size_t count_ = 0;
  SharedVector<std::int64_t> listed_;
  std::size_t room_ = 0;
};

// 0, 1, ...: of rows that have no names.
NumberIds RunningIds(Index rows);

class NumberIds::Iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = std::int64_t;
  using difference_type = std::ptrdiff_t;
  using pointer = const std::int64_t*;
  using reference = std::int64_t;

  Iterator() = default;
  Iterator(const NumberIds* all, difference_type i) : all_(all), i_(i) {}

  std::int64_t operator*() const { return (*this)[0]; }
  std::int64_t operator[](difference_type step) const {
    return (*all_)[static_cast<std::size_t>(i_ + step)];
  }
  Iterator& operator+=(difference_type step) {
    i_ += step;
    return *this;
  }
  Iterator& operator-=(difference_type step) { return *this += -step; }
  Iterator& operator++() { return *this += 1; }
  Iterator& operator--() { return *this += -1; }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  Iterator operator--(int) {
    const Iterator before = *this;
    --*this;
    return before;
  }
  friend Iterator operator+(Iterator at, difference_type step) {
    return at += step;
  }
  friend Iterator operator+(difference_type step, Iterator at) {
    return at += step;
  }
  friend Iterator operator-(Iterator at, difference_type step) {
    return at -= step;
  }
  friend difference_type operator-(const Iterator& a, const Iterator& b) {
    return a.i_ - b.i_;
  }
  auto operator<=>(const Iterator& other) const { return i_ <=> other.i_; }
  bool operator==(const Iterator& other) const { return i_ == other.i_; }

 private:
  const NumberIds* all_ = nullptr;
  difference_type i_ = 0;
};

}  // namespace mtlkit
