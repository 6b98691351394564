#include "data/number_ids.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mtlkit {
namespace {

bool Follows(std::int64_t number, std::int64_t before) {
  return number > before && number - 1 == before;
}

}  // namespace

NumberIds::NumberIds(std::vector<std::int64_t> numbers) {
  const auto gap = std::adjacent_find(
      numbers.begin(), numbers.end(),
      [](std::int64_t a, std::int64_t b) { return !Follows(b, a); });
  if (gap != numbers.end()) {
    listed_ = std::move(numbers);
  } else if (!numbers.empty()) {
    *this = Running(numbers.front(), numbers.size());
  }
}

NumberIds NumberIds::Running(std::int64_t first, std::size_t count) {
  NumberIds ids;
  ids.first_ = first;
  ids.count_ = count;
  return ids;
}

std::int64_t NumberIds::at(std::size_t i) const {
  if (i >= size()) throw std::out_of_range("NumberIds::at");
  return (*this)[i];
}

NumberIds::Iterator NumberIds::begin() const {
  return {this, 0};
}

NumberIds::Iterator NumberIds::end() const {
  return {this, static_cast<std::ptrdiff_t>(size())};
}

std::vector<std::int64_t> NumberIds::All() const {
  return {begin(), end()};
}

void NumberIds::push_back(std::int64_t number) {
  if (!is_running()) {
    listed_.push_back(number);
  } else if (count_ == 0) {
    first_ = number;
    count_ = 1;
  } else if (Follows(number, (*this)[count_ - 1])) {
    ++count_;
  } else {
    Own().push_back(number);
  }
}

void NumberIds::Append(std::span<const std::int64_t> numbers) {
  for (const std::int64_t number : numbers) push_back(number);
}

std::vector<std::int64_t>& NumberIds::Own() {
  auto& all = listed_.Own();
  if (count_ == 0) return all;
  const std::size_t count = std::exchange(count_, 0);
  all.reserve(std::max(room_, count + 1));
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(first_ + static_cast<std::int64_t>(i));
  }
  return all;
}

bool operator==(const NumberIds& a, const NumberIds& b) {
  if (a.size() != b.size()) return false;
  if (a.is_running() && b.is_running()) {
    return a.empty() || a.first_ == b.first_;
  }
  if (!a.is_running() && !b.is_running()) return a.listed_ == b.listed_;
  return std::equal(a.begin(), a.end(), b.begin());
}

NumberIds RunningIds(Index rows) {
  return NumberIds::Running(0, static_cast<std::size_t>(rows));
}

}  // namespace mtlkit
