#include "data/label_cells.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace mtlkit {
namespace {

template <class T>
T Stored(float value) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else {
    return std::isnan(value) ? static_cast<T>(-1) : static_cast<T>(value);
  }
}

}  // namespace

LabelCells::LabelCells(LabelStorage storage) {
  switch (storage) {
    case LabelStorage::kNumbers:
      break;
    case LabelStorage::kFlags:
      cells_ = SharedVector<std::int8_t>();
      break;
    case LabelStorage::kCodes:
      cells_ = SharedVector<std::int32_t>();
      break;
    case LabelStorage::kBytes:
      cells_ = SharedVector<std::uint8_t>();
      break;
  }
}

LabelStorage LabelCells::storage() const {
  if (std::holds_alternative<SharedVector<float>>(cells_)) {
    return LabelStorage::kNumbers;
  }
  if (std::holds_alternative<SharedVector<std::uint8_t>>(cells_)) {
    return LabelStorage::kBytes;
  }
  return std::holds_alternative<SharedVector<std::int8_t>>(cells_)
             ? LabelStorage::kFlags
             : LabelStorage::kCodes;
}

std::size_t LabelCells::size() const {
  return std::visit([](const auto& cells) { return cells.size(); }, cells_);
}

float LabelCells::operator[](std::size_t i) const {
  return std::visit([i](const auto& cells) { return NumberOf(cells[i]); },
                    cells_);
}

LabelCells::Cell LabelCells::operator[](std::size_t i) {
  return {this, i};
}

LabelCells::Iterator LabelCells::begin() const {
  return {this, 0};
}

LabelCells::Iterator LabelCells::end() const {
  return {this, size()};
}

bool LabelCells::Holds(float value) const {
  const LabelStorage now = storage();
  if (now == LabelStorage::kNumbers || std::isnan(value)) return true;
  const float most = now == LabelStorage::kFlags   ? 127.0F
                     : now == LabelStorage::kBytes ? 254.0F
                                                   : 16777216.0F;
  return value >= 0 && value <= most && std::floor(value) == value;
}

void LabelCells::Set(std::size_t i, float value) {
  if (!Holds(value)) cells_ = Numbers();
  std::visit(
      [=](auto& cells) {
        using T = std::decay_t<decltype(cells[0])>;
        cells.Own()[i] = Stored<T>(value);
      },
      cells_);
}

void LabelCells::push_back(float value) {
  if (!Holds(value)) cells_ = Numbers();
  std::visit(
      [=](auto& cells) {
        using T = std::decay_t<decltype(cells[0])>;
        cells.push_back(Stored<T>(value));
      },
      cells_);
}

void LabelCells::reserve(std::size_t count) {
  std::visit([count](auto& cells) { cells.reserve(count); }, cells_);
}

void LabelCells::assign(std::size_t count, float value) {
  if (!Holds(value)) cells_ = std::vector<float>();
  std::visit(
      [=](auto& cells) {
        using T = std::decay_t<decltype(cells[0])>;
        cells.Own().assign(count, Stored<T>(value));
      },
      cells_);
}

void LabelCells::Append(const LabelCells& from, std::size_t first,
                        std::size_t count) {
  if (empty() && storage() != from.storage())
    *this = LabelCells(from.storage());
  if (storage() != from.storage()) {
    for (std::size_t i = 0; i < count; ++i) push_back(from[first + i]);
    return;
  }
  std::visit(
      [&](auto& cells) {
        // Which may be these cells themselves.
        const auto others =
            std::get<std::decay_t<decltype(cells)>>(from.cells_);
        const auto begin = others.begin() + static_cast<std::ptrdiff_t>(first);
        auto& own = cells.Own();
        own.insert(own.end(), begin,
                   begin + static_cast<std::ptrdiff_t>(count));
      },
      cells_);
}

bool LabelCells::AnyKnown(std::size_t first, std::size_t count) const {
  return std::visit(
      [=](const auto& cells) {
        const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(first);
        return std::any_of(
            begin, begin + static_cast<std::ptrdiff_t>(count),
            [](auto cell) { return !std::isnan(NumberOf(cell)); });
      },
      cells_);
}

std::vector<float> LabelCells::Numbers() const {
  std::vector<float> numbers(size());
  CopyTo(0, numbers.size(), numbers.data());
  return numbers;
}

}  // namespace mtlkit
