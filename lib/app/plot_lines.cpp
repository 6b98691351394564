#include "app/plot_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/view.h"

namespace mtlkit {
namespace {

constexpr std::size_t kMostPoints = 300;
constexpr double kLeft = 46;
constexpr double kRight = 104;
constexpr double kTop = 26;
constexpr double kBottom = 34;
constexpr double kLabelHeight = 12;
// Values that span more are drawn by their logarithm.
constexpr double kLogSpan = 30;

std::string TickText(double value) {
  std::array<char, 64> text{};
  const double size = std::abs(value);
  const bool is_power = size > 0 && (size < 1e-4 || size >= 1e5);
  std::snprintf(text.data(), text.size(), is_power ? "%.0e" : "%.4g", value);
  return text.data();
}

// Round numbers from low to high, about `count` of them.
std::vector<double> RoundTicks(double low, double high, int count) {
  const double raw = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double nice : {1.0, 2.0, 5.0}) {
    if (nice * power >= raw * 0.99) {
      step = nice * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double tick = std::ceil(low / step); tick * step <= high * (1 + 1e-12);
       tick += 1) {
    ticks.push_back(tick * step);
  }
  return ticks;
}

std::vector<double> PowerTicks(double low, double high) {
  std::vector<double> ticks;
  const double first = std::ceil(std::log10(low));
  const double last = std::floor(std::log10(high));
  const double every = std::max(1.0, std::ceil((last - first) / 5));
  for (double power = first; power <= last; power += every) {
    ticks.push_back(std::pow(10, power));
  }
  if (ticks.size() < 2) ticks = {low, high};
  return ticks;
}

struct PlotAxis {
  double low = 0;
  double high = 1;
  bool is_log = false;

  double Part(double value) const {
    if (!is_log) return (value - low) / (high - low);
    if (!(value > 0)) return std::numeric_limits<double>::quiet_NaN();
    return std::log(value / low) / std::log(high / low);
  }
  std::vector<double> Ticks(int count) const {
    return is_log ? PowerTicks(low, high) : RoundTicks(low, high, count);
  }
};

// Stretches an axis to the finite values of a line and those behind it.
void AddToAxis(const PlotSeries& series,
               std::vector<double> PlotSeries::*values, PlotAxis* axis) {
  for (const double value : series.*values) {
    if (!std::isfinite(value)) continue;
    axis->low = std::min(axis->low, value);
    axis->high = std::max(axis->high, value);
  }
  for (const PlotSeries& member : series.members) {
    AddToAxis(member, values, axis);
  }
}

// Of all finite values.
PlotAxis AxisOf(const std::vector<PlotSeries>& series,
                std::vector<double> PlotSeries::*values, bool may_be_log) {
  PlotAxis axis{std::numeric_limits<double>::infinity(),
                -std::numeric_limits<double>::infinity()};
  for (const PlotSeries& one : series) AddToAxis(one, values, &axis);
  if (axis.low > axis.high) return {0, 1};
  if (may_be_log && axis.low > 0 && axis.high > kLogSpan * axis.low) {
    axis.is_log = true;
    return axis;
  }
  if (axis.low == axis.high) {
    const double beside = std::max(std::abs(axis.low) * 0.1, 1e-12);
    return {axis.low - beside, axis.high + beside};
  }
  return axis;
}

// With room above and below the lines, but none below 0 for what is never
// there.
PlotAxis Padded(PlotAxis axis) {
  constexpr double kRoom = 0.05;
  if (axis.is_log) {
    const double room = std::pow(axis.high / axis.low, kRoom);
    return {axis.low / room, axis.high * room, true};
  }
  const double room = kRoom * (axis.high - axis.low);
  const double low = axis.low - room;
  return {axis.low >= 0 ? std::max(low, 0.0) : low, axis.high + room, false};
}

// Means of neighbours where there are too many points for the eye.
PlotSeries Thinned(const PlotSeries& series) {
  const std::size_t size = series.y.size();
  if (size <= kMostPoints) return series;
  PlotSeries thin{series.name, {}, {}};
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    const std::size_t first = i * size / kMostPoints;
    const std::size_t last = (i + 1) * size / kMostPoints;
    double x = 0;
    double y = 0;
    double count = 0;
    for (std::size_t at = first; at < last; ++at) {
      if (!std::isfinite(series.y[at])) continue;
      x += series.x[at];
      y += series.y[at];
      count += 1;
    }
    if (count == 0) continue;
    thin.x.push_back(x / count);
    thin.y.push_back(y / count);
  }
  return thin;
}

PlotSeries MedianOf(const std::vector<PlotSeries>& series) {
  std::map<double, std::vector<double>> by_x;
  for (const PlotSeries& one : series) {
    for (std::size_t i = 0; i < one.y.size(); ++i) {
      if (std::isfinite(one.y[i])) by_x[one.x[i]].push_back(one.y[i]);
    }
  }
  PlotSeries median{Str("median of ", series.size()), {}, {}};
  for (auto& [x, values] : by_x) {
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    median.x.push_back(x);
    median.y.push_back(*middle);
  }
  return median;
}

// A name at the end of its line.
struct EndLabel {
  double y = 0;
  std::string text;
  std::string_view colour;
};

class LineDrawing {
 public:
  LineDrawing(const LinePlot& plot, const SvgBox& box, Svg* svg)
      : plot_(plot),
        area_{box.x + kLeft, box.y + kTop, box.width - kLeft - kRight,
              box.height - kTop - kBottom},
        box_(box),
        svg_(*svg),
        x_(AxisOf(plot.series, &PlotSeries::x, false)),
        y_(Padded(AxisOf(plot.series, &PlotSeries::y, plot.may_be_log))) {}

  void Run() {
    svg_.TextWithin({box_.x, box_.y + 13}, plot_.title, box_.width - 10,
                    {.size = 13, .fill = "#111", .bold = true});
    DrawAxes();
    DrawMark();
    const bool is_many = plot_.series.size() > kPlotColours;
    for (std::size_t i = 0; i < plot_.series.size(); ++i) {
      if (is_many) {
        DrawSeries(plot_.series[i], "#888", 0.8, 0.45);
      } else {
        const PlotSeries& series = plot_.series[i];
        const std::string_view colour = PlotColour(static_cast<int>(i));
        for (const PlotSeries& member : series.members) {
          DrawSeries(member, colour, 0.7, 0.3);
        }
        AddLabel(DrawSeries(series, colour, 1.6, 1), series.name, colour);
      }
    }
    if (is_many) {
      const PlotSeries median = MedianOf(plot_.series);
      AddLabel(DrawSeries(median, PlotColour(0), 2.2, 1), median.name,
               PlotColour(0));
    }
    DrawLabels();
  }

 private:
  SvgPoint PointOf(double x, double y) const {
    return {area_.x + x_.Part(x) * area_.width,
            area_.y + (1 - y_.Part(y)) * area_.height};
  }

  void DrawAxes() {
    const double bottom = area_.y + area_.height;
    const double right = area_.x + area_.width;
    for (const double tick : y_.Ticks(6)) {
      const double y = PointOf(x_.low, tick).y;
      svg_.Line({area_.x, y}, {right, y}, {.stroke = "#e3e3e3"});
      svg_.Text({area_.x - 5, y + 3.5}, TickText(tick),
                {.size = 10, .fill = "#555", .anchor = "end"});
    }
    for (const double tick : x_.Ticks(8)) {
      if (plot_.x_is_whole && tick != std::floor(tick)) continue;
      const double x = PointOf(tick, y_.low).x;
      svg_.Line({x, bottom}, {x, bottom + 4}, {.stroke = "#999"});
      svg_.Text({x, bottom + 15}, TickText(tick),
                {.size = 10, .fill = "#555", .anchor = "middle"});
    }
    svg_.Line({area_.x, bottom}, {right, bottom}, {.stroke = "#999"});
    svg_.Text({area_.x + area_.width / 2, bottom + 28}, plot_.x_name,
              {.size = 10, .fill = "#555", .anchor = "middle"});
  }

  void DrawMark() {
    if (plot_.marked_x < x_.low || plot_.marked_x > x_.high ||
        plot_.marked_x <= 0) {
      return;
    }
    const double x = PointOf(plot_.marked_x, y_.low).x;
    svg_.Line({x, area_.y}, {x, area_.y + area_.height},
              {.stroke = "#777", .dashed = true});
    const bool is_right = x > area_.x + area_.width / 2;
    svg_.Text(
        {is_right ? x - 4 : x + 4, area_.y + 9}, plot_.mark,
        {.size = 10, .fill = "#555", .anchor = is_right ? "end" : "start"});
  }

  // Returns how high it ends, or NaN.
  double DrawSeries(const PlotSeries& whole, std::string_view colour,
                    double width, double opacity) {
    const PlotSeries series = Thinned(whole);
    std::vector<SvgPoint> points;
    double end = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      points.push_back(PointOf(series.x[i], series.y[i]));
      if (std::isfinite(points.back().y)) end = points.back().y;
    }
    svg_.Polyline(points, {colour, width, opacity, false});
    // A line of one point cannot be seen.
    if (points.size() == 1 && std::isfinite(end)) {
      svg_.Circle(points[0], 2.5, colour);
    }
    return end;
  }

  void AddLabel(double y, const std::string& text, std::string_view colour) {
    if (std::isfinite(y)) labels_.push_back({y, text, colour});
  }

  // Apart from each other, as near to the ends of their lines as can be.
  void DrawLabels() {
    std::ranges::sort(labels_, {}, &EndLabel::y);
    double least = area_.y - 2;
    for (EndLabel& label : labels_) {
      label.y = std::max(label.y, least);
      least = label.y + kLabelHeight;
    }
    double most = area_.y + area_.height + 2;
    for (std::size_t i = labels_.size(); i-- > 0;) {
      labels_[i].y = std::min(labels_[i].y, most);
      most = labels_[i].y - kLabelHeight;
    }
    const double x = area_.x + area_.width + 6;
    for (const EndLabel& label : labels_) {
      svg_.TextWithin({x, label.y + 3.5}, label.text, kRight - 10,
                      {.size = 10.5, .fill = label.colour});
    }
  }

  const LinePlot& plot_;
  SvgBox area_;  // between the axes
  SvgBox box_;
  Svg& svg_;
  PlotAxis x_;
  PlotAxis y_;
  std::vector<EndLabel> labels_;
};

}  // namespace

void DrawLines(const LinePlot& plot, const SvgBox& box, Svg* svg) {
  LineDrawing(plot, box, svg).Run();
}

}  // namespace mtlkit
