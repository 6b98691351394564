#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// chrF2 (Popovic, "chrF: character n-gram F-score for automatic MT evaluation",
// 2015) as sacreBLEU 2.6 defines it: runs of 1 to 6 characters without blanks,
// counts summed over all texts, recall counted twice as much.

inline constexpr std::size_t kChrfOrders = 6;

// What is added up over texts, each times its weight.
struct ChrfCounts {
  std::array<double, kChrfOrders> text = {};
  std::array<double, kChrfOrders> reference = {};
  std::array<double, kChrfOrders> common = {};
  void Add(double weight, const ChrfCounts& other);
};
// Of one text by the reference that it does best with, of at least one.
ChrfCounts CountChrf(std::string_view text,
                     std::span<const std::string> references);
// 0 to 100.
double ChrfOf(const ChrfCounts& counts);

// "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0".
std::string ChrfSignature(Index references);

}  // namespace mtlkit
