#include "app/plot_heat.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr double kHead = 26;
constexpr double kScale = 40;  // of the scale below
constexpr double kMostCell = 34;
constexpr std::size_t kFewForNames = 40;
constexpr std::size_t kFewForNumbers = 12;
constexpr double kNameWidth = 92;
constexpr int kLevels = 10;  // of colours on each side of white

struct Rgb {
  double red, green, blue;
};
// Red and blue of ColorBrewer's RdBu, which colour-blind people tell apart.
constexpr Rgb kBelow = {178, 24, 43};
constexpr Rgb kAbove = {33, 102, 172};
constexpr Rgb kMiddle = {248, 248, 248};

std::string LevelColour(int level) {
  const Rgb end = level < 0 ? kBelow : kAbove;
  const double part = std::abs(level) / static_cast<double>(kLevels);
  const auto mix = [&](double from, double to) {
    return static_cast<int>(std::lround(from + part * (to - from)));
  };
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x",
                mix(kMiddle.red, end.red), mix(kMiddle.green, end.green),
                mix(kMiddle.blue, end.blue));
  return text.data();
}

int LevelOf(double value) {
  return static_cast<int>(std::lround(std::clamp(value, -1.0, 1.0) * kLevels));
}

// ".31", "-.05", "1": short enough for a cell.
std::string CellNumber(double value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string number = text.data();
  if (number == "-0.00") number = "0.00";
  const std::size_t zero = number.find("0.");
  if (zero <= 1 && number != "0.00") number.erase(zero, 1);
  return number;
}

bool HasNames(const HeatMap& map) {
  return map.rows.size() <= kFewForNames && map.cols.size() <= kFewForNames;
}

double NamesOf(const HeatMap& map) {
  return HasNames(map) ? kNameWidth : 12;
}

double CellOf(const HeatMap& map, double width) {
  return std::min(kMostCell, (width - NamesOf(map) - 10) /
                                 static_cast<double>(std::max(
                                     map.cols.size(), map.rows.size())));
}

void DrawCells(const HeatMap& map, SvgPoint corner, double cell, Svg* svg) {
  const Index rows = std::ssize(map.rows);
  const Index cols = std::ssize(map.cols);
  std::vector<std::vector<SvgPoint>> by_level(2 * kLevels + 1);
  const double side = cell > 6 ? cell - 1 : cell;  // a line between cells
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const double value = map.value(row, col);
      if (!std::isfinite(value)) continue;
      by_level[At(LevelOf(value) + kLevels)].push_back(
          {corner.x + static_cast<double>(col) * cell,
           corner.y + static_cast<double>(row) * cell});
    }
  }
  for (int level = -kLevels; level <= kLevels; ++level) {
    svg->Squares(by_level[At(level + kLevels)], side, LevelColour(level));
  }
  if (map.rows.size() > kFewForNumbers || map.cols.size() > kFewForNumbers) {
    return;
  }
  for (Index row = 0; row < rows; ++row) {
    for (Index col = 0; col < cols; ++col) {
      const double value = map.value(row, col);
      if (!std::isfinite(value)) continue;
      const bool is_dark = std::abs(value) > 0.6;
      svg->Text({corner.x + (static_cast<double>(col) + 0.5) * cell - 0.5,
                 corner.y + (static_cast<double>(row) + 0.5) * cell + 3},
                CellNumber(value),
                {.size = std::min(10.0, cell * 0.36),
                 .fill = is_dark ? "#fff" : "#333",
                 .anchor = "middle"});
    }
  }
}

void DrawNames(const HeatMap& map, SvgPoint corner, double cell, Svg* svg) {
  if (!HasNames(map)) return;
  const double size = std::clamp(cell * 0.8, 5.0, 10.5);
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    svg->TextWithin(
        {corner.x - 5,
         corner.y + (static_cast<double>(row) + 0.5) * cell + size * 0.35},
        map.rows[row], kNameWidth - 8,
        {.size = size, .fill = "#333", .anchor = "end"});
  }
  for (std::size_t col = 0; col < map.cols.size(); ++col) {
    svg->TextWithin(
        {corner.x + (static_cast<double>(col) + 0.5) * cell + size * 0.35,
         corner.y - 5},
        map.cols[col], kNameWidth - 30,
        {.size = size, .fill = "#333", .turned = -90});
  }
}

void DrawScale(const HeatMap& map, SvgPoint corner, Svg* svg) {
  constexpr double kStep = 7;
  const int first = map.has_signs ? -kLevels : 0;
  for (int level = first; level <= kLevels; ++level) {
    svg->Rect({corner.x + (level - first) * kStep, corner.y, kStep, 9},
              LevelColour(level));
  }
  const double end = corner.x + (kLevels - first + 1) * kStep;
  const SvgTextStyle style = {.size = 10, .fill = "#555"};
  svg->Text({corner.x, corner.y + 21}, map.low, style);
  svg->Text({end + 6, corner.y + 8}, map.high, style);
}

double NamesAbove(const HeatMap& map) {
  return HasNames(map) ? kNameWidth - 26 : 6;
}

}  // namespace

double HeatMapHeight(const HeatMap& map, double width) {
  return kHead + NamesAbove(map) +
         CellOf(map, width) * static_cast<double>(map.rows.size()) + kScale;
}

void DrawHeatMap(const HeatMap& map, const SvgBox& box, Svg* svg) {
  svg->TextWithin({box.x, box.y + 13}, map.title, box.width,
                  {.size = 13, .fill = "#111", .bold = true});
  const double cell = CellOf(map, box.width);
  const SvgPoint corner = {box.x + NamesOf(map),
                           box.y + kHead + NamesAbove(map)};
  DrawCells(map, corner, cell, svg);
  DrawNames(map, corner, cell, svg);
  DrawScale(
      map,
      {corner.x, corner.y + cell * static_cast<double>(map.rows.size()) + 10},
      svg);
}

}  // namespace mtlkit
