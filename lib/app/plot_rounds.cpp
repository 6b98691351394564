#include "app/plot_rounds.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "app/plot_lines.h"
#include "app/svg.h"
#include "base/error.h"
#include "base/text.h"
#include "eval/metric.h"

namespace mtlkit {
namespace {

constexpr double kRoundsWidth = 1180;
constexpr double kRoundsMargin = 24;
constexpr double kRoundsPanel = 550;
constexpr double kRoundsHeight = 230;
constexpr double kRoundsGap = 26;

using NumberOfRound = std::function<double(const PastRound&)>;

// A line a peer; rounds in which it has no number are left out.
LinePlot LinesOf(const RunHistory& history, const std::string& title,
                 const NumberOfRound& number) {
  LinePlot plot;
  plot.title = title;
  plot.x_name = "round";
  for (Index peer = 0; peer < history.peers; ++peer) {
    PlotSeries series{Str("peer ", peer), {}, {}};
    for (const PastRound& round : history.rounds) {
      if (round.peer != peer || !std::isfinite(number(round))) continue;
      series.x.push_back(static_cast<double>(round.round));
      series.y.push_back(number(round));
    }
    if (!series.x.empty()) plot.series.push_back(std::move(series));
  }
  return plot;
}

std::vector<LinePlot> PanelsOf(const RunHistory& history) {
  std::vector<std::pair<std::string, std::string>> tasks;  // with measures
  for (const PastRound& round : history.rounds) {
    for (const RoundMeasure& measure : round.measures) {
      const std::pair task(measure.task, measure.metric);
      if (std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(task);
    }
  }
  std::vector<LinePlot> panels;
  for (const auto& [task, metric] : tasks) {
    panels.push_back(LinesOf(
        history, Str(task, ", ", FindMetric(metric).label, ", validation rows"),
        [&](const PastRound& round) {
          for (const RoundMeasure& measure : round.measures) {
            if (measure.task == task) return measure.own;
          }
          return std::nan("");
        }));
  }
  panels.push_back(LinesOf(
      history, "Age of what was read, rounds", [](const PastRound& round) {
        return round.oldest == 0 ? std::nan("") : round.mean_age;
      }));
  panels.push_back(
      LinesOf(history, "Bytes published", [](const PastRound& round) {
        return static_cast<double>(round.bytes_published);
      }));
  std::erase_if(panels,
                [](const LinePlot& plot) { return plot.series.empty(); });
  return panels;
}

}  // namespace

std::string DrawRounds(const RunHistory& history, const std::string& title) {
  Require(!history.rounds.empty(), ErrorKind::kUsage,
          Str(title, ": no round is done, and there is nothing to draw"),
          "run mtl-cotrain round first");
  Svg svg;
  svg.TextWithin({kRoundsMargin, 32}, title, kRoundsWidth - 2 * kRoundsMargin,
                 {.size = 17, .fill = "#111", .bold = true});
  svg.TextWithin(
      {kRoundsMargin, 52},
      Str(history.method, ", ", Counted(history.peers, "peer", "peers"), ", ",
          history.bytes_published, " bytes published, ", history.bytes_read,
          " read of others"),
      kRoundsWidth - 2 * kRoundsMargin, {.size = 11.5, .fill = "#555"});
  const std::vector<LinePlot> panels = PanelsOf(history);
  double y = 76;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const bool is_left = i % 2 == 0;
    const double x =
        is_left ? kRoundsMargin : kRoundsWidth - kRoundsMargin - kRoundsPanel;
    DrawLines(panels[i], {x, y, kRoundsPanel, kRoundsHeight}, &svg);
    if (!is_left || i + 1 == panels.size()) y += kRoundsHeight + kRoundsGap;
  }
  return svg.File(kRoundsWidth, y, title);
}

}  // namespace mtlkit
