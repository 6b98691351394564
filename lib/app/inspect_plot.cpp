// Curves, cosines and the graph of a model as one drawing.
#include <algorithm>
#include <cmath>
#include <functional>

#include "app/inspect.h"
#include "app/plot_heat.h"
#include "app/plot_lines.h"
#include "app/plot_mean.h"
#include "app/svg.h"
#include "app/task_graph.h"
#include "base/error.h"
#include "base/text.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

constexpr double kPageWidth = 1180;
constexpr double kMargin = 24;
constexpr double kPanelWidth = 550;
constexpr double kPanelHeight = 230;
constexpr double kPanelGap = 26;

// A part of the page that knows how high it is.
struct Panel {
  double height = 0;
  bool is_wide = false;
  std::function<void(const SvgBox&, Svg*)> draw;
};

bool HasNumbers(const LinePlot& plot) {
  return std::ranges::any_of(plot.series, [](const PlotSeries& series) {
    return std::ranges::any_of(series.y,
                               [](double y) { return std::isfinite(y); });
  });
}

// What tells names apart: "y" and "z" of "mixture.y" and "mixture.z".
std::vector<std::string> WithoutCommon(std::vector<std::string> names) {
  if (names.size() < 2) return names;
  std::string common = names[0].substr(0, names[0].rfind('.') + 1);
  for (const std::string& name : names) {
    while (!name.starts_with(common)) {
      common.pop_back();
      common.resize(common.rfind('.') + 1);
    }
  }
  for (std::string& name : names) name.erase(0, common.size());
  return names;
}

class ModelPlot {
 public:
  explicit ModelPlot(const Model& model) : model_(model), log_(model.log) {
    logs_.push_back(&model.log);
    for (const TrainedNetwork& other : model.others) {
      logs_.push_back(&other.log);
    }
  }

  std::string Draw(const std::string& title) {
    AddCurves();
    AddSteps();
    AddCosines();
    AddLoads();
    AddGraph();
    Svg svg;
    svg.TextWithin({kMargin, 32}, title, kPageWidth - 2 * kMargin,
                   {.size = 17, .fill = "#111", .bold = true});
    svg.TextWithin({kMargin, 52}, Summary(), kPageWidth - 2 * kMargin,
                   {.size = 11.5, .fill = "#555"});
    const double bottom = DrawPanels(&svg);
    return svg.File(kPageWidth, bottom, title);
  }

 private:
  std::string Summary() const {
    std::string text =
        Str(model_.arch.arch, ", ",
            Counted(std::ssize(model_.schema.tasks), "task", "tasks"), ", ",
            model_.network->weights()->count(), " parameters");
    if (log_.epochs() == 0) return text + ", no training log";
    text += Str(", trained ", Counted(log_.epochs(), "epoch", "epochs"));
    if (log_.best_epoch > 0 && HaveOneBest()) {
      text += Str(", weights of epoch ", log_.best_epoch, ", chosen on ",
                  log_.selected_on);
    }
    if (model_.networks() > 1) {
      text += Str("; the mean of ", model_.networks(),
                  " networks, whose own lines are faint");
    }
    return text;
  }

  bool HaveOneBest() const {
    return std::ranges::all_of(logs_, [&](const History* log) {
      return log->best_epoch == log_.best_epoch;
    });
  }

  // Two beside each other, wide ones alone.
  double DrawPanels(Svg* svg) const {
    double y = 76;
    for (std::size_t i = 0; i < panels_.size();) {
      const Panel& left = panels_[i++];
      double height = left.height;
      const double width =
          left.is_wide ? kPageWidth - 2 * kMargin : kPanelWidth;
      left.draw({kMargin, y, width, left.height}, svg);
      if (!left.is_wide && i < panels_.size() && !panels_[i].is_wide) {
        const Panel& right = panels_[i++];
        const double x = kPageWidth - kMargin - kPanelWidth;
        right.draw({x, y, kPanelWidth, right.height}, svg);
        height = std::max(height, right.height);
      }
      y += height + kPanelGap;
    }
    return y;
  }

  void AddLines(LinePlot plot) {
    if (!HasNumbers(plot)) return;
    if (plot.x_name == "epoch" && log_.best_epoch > 0 && HaveOneBest()) {
      plot.marked_x = static_cast<double>(log_.best_epoch);
      plot.mark = Str("epoch ", log_.best_epoch);
    }
    panels_.push_back(
        {kPanelHeight, false,
         [plot](const SvgBox& box, Svg* svg) { DrawLines(plot, box, svg); }});
  }

  void AddColumn(const std::string& column, const std::string& name,
                 LinePlot* plot) const {
    std::vector<PlotSeries> lines;
    for (const History* log : logs_) {
      const std::vector<double>* epochs = log->Find("epoch");
      const std::vector<double>* values = log->Find(column);
      if (epochs == nullptr || values == nullptr) continue;
      lines.push_back({name, *epochs, *values});
    }
    if (lines.empty()) return;
    plot->series.push_back(MeanSeries(name, std::move(lines)));
  }

  LinePlot OfTasks(const std::string& title, const std::string& before,
                   const std::string& behind) const {
    LinePlot plot;
    plot.title = title;
    plot.x_name = "epoch";
    plot.may_be_log = true;
    for (const Task& task : model_.schema.tasks) {
      AddColumn(before + task.name + behind, task.name, &plot);
    }
    return plot;
  }

  void AddCurves() {
    AddLines(OfTasks("Loss on training rows", "train.", ".loss"));
    AddLines(OfTasks("Loss on validation rows", "valid.", ".loss"));
    LinePlot measures{.title = "Validation loss, of the best constants' (1)",
                      .x_name = "epoch"};
    AddColumn("valid", "mean of tasks", &measures);
    AddLines(measures);
    for (const std::string& column : log_.columns) {
      if (!IsMeasure(column)) continue;
      LinePlot measure{.title = "Validation: " + column.substr(6),
                       .x_name = "epoch"};
      AddColumn(column, column.substr(6), &measure);
      AddLines(measure);
    }
    LinePlot weights = OfTasks("Weights of tasks", "weight.", "");
    const bool is_plain =
        std::ranges::all_of(weights.series, [](const PlotSeries& series) {
          return std::ranges::all_of(series.y, [](double y) { return y == 1; });
        });
    if (!is_plain) AddLines(weights);
    LinePlot rate{.title = "Learning rate", .x_name = "epoch"};
    AddColumn("rate", "rate", &rate);
    AddLines(rate);
  }

  // "valid.income.roc-auc", but no loss of a task.
  bool IsMeasure(const std::string& column) const {
    if (!column.starts_with("valid.")) return false;
    return std::ranges::none_of(model_.schema.tasks, [&](const Task& task) {
      return column == "valid." + task.name + ".loss";
    });
  }

  PlotSeries StepsOf(const std::string& column, const std::string& name) const {
    std::vector<PlotSeries> lines;
    for (const History* log : logs_) {
      const Diagnostics& d = log->diagnostics;
      const Index x = d.Find("step");
      const Index y = d.Find(column);
      PlotSeries& series = lines.emplace_back(PlotSeries{name, {}, {}});
      for (Index step = 0; y >= 0 && step < d.step_count(); ++step) {
        series.x.push_back(d.Step(step, x));
        series.y.push_back(d.Step(step, y));
      }
    }
    return MeanSeries(name, std::move(lines));
  }

  // The mean over networks, and what each has several of, of numbers that are
  // known.
  template <class Visit>
  double MeanOfKnown(Visit visit) const {
    double sum = 0;
    double count = 0;
    for (const History* log : logs_) {
      visit(log->diagnostics, [&](double value) {
        if (!std::isfinite(value)) return;
        sum += value;
        count += 1;
      });
    }
    return sum / count;
  }

  void AddSteps() {
    const Diagnostics& d = log_.diagnostics;
    if (d.empty()) return;
    LinePlot norms{.title = "Length of the tasks' gradients",
                   .x_name = "step",
                   .may_be_log = true};
    for (const std::string& task : d.tasks) {
      norms.series.push_back(StepsOf("norm." + task, task));
    }
    AddLines(norms);
    LinePlot conflicts{.title = "Agreement of the tasks' gradients",
                       .x_name = "step"};
    conflicts.series = {StepsOf("cosine", "mean cosine"),
                        StepsOf("conflicts", "in conflict")};
    AddLines(conflicts);
    LinePlot entropy{.title = "Entropy of gates (1: all experts alike)",
                     .x_name = "step"};
    const std::vector<std::string> gates = GatesOf(d);
    const std::vector<std::string> names = WithoutCommon(gates);
    for (std::size_t i = 0; i < gates.size(); ++i) {
      entropy.series.push_back(StepsOf("entropy." + gates[i], names[i]));
    }
    AddLines(entropy);
  }

  static std::vector<std::string> GatesOf(const Diagnostics& d) {
    constexpr std::string_view kEntropy = "entropy.";
    std::vector<std::string> gates;
    for (const std::string& column : d.columns) {
      if (!column.starts_with(kEntropy)) continue;
      gates.push_back(column.substr(kEntropy.size()));
    }
    return gates;
  }

  void AddHeat(HeatMap map) {
    const double height = HeatMapHeight(map, kPanelWidth);
    panels_.push_back(
        {height, false, [map = std::move(map)](const SvgBox& box, Svg* svg) {
           DrawHeatMap(map, box, svg);
         }});
  }

  // The means over the measured epochs.
  void AddCosines() {
    const Diagnostics& d = log_.diagnostics;
    if (d.pair_count() == 0 || d.epoch_count() == 0) return;
    HeatMap map;
    map.title = "Cosines of the tasks' gradients, mean of all epochs";
    map.rows = map.cols = d.tasks;
    map.low = "conflict, -1";
    map.high = "agreement, 1";
    map.value = [this](Index a, Index b) {
      return MeanOfKnown([&](const Diagnostics& one, auto add) {
        for (Index epoch = 0; epoch < one.epoch_count(); ++epoch) {
          add(one.Cosine(epoch, a, b));
        }
      });
    };
    AddHeat(std::move(map));
  }

  // How much of each expert each gate took in the last epoch.
  void AddLoads() {
    const Diagnostics& d = log_.diagnostics;
    HeatMap map;
    std::size_t experts = 0;
    const std::vector<std::string> gates = GatesOf(d);
    for (const std::string& gate : gates) {
      std::size_t own = 0;
      while (d.Find(Str("load.", gate, ".", own + 1)) >= 0) ++own;
      experts = std::max(experts, own);
    }
    map.rows = WithoutCommon(gates);
    if (map.rows.empty() || d.step_count() == 0) return;
    for (std::size_t e = 0; e < experts; ++e) {
      map.cols.push_back(Str("expert ", e + 1));
    }
    map.title = "Use of experts in the last epoch";
    map.has_signs = false;
    map.low = "not used";
    map.high = "alone";
    map.value = [this, gates](Index gate, Index expert) {
      return LastMean(Str("load.", gates[At(gate)], ".", expert + 1));
    };
    AddHeat(std::move(map));
  }

  // Over the measured steps of the last epoch of each network.
  double LastMean(const std::string& name) const {
    return MeanOfKnown([&](const Diagnostics& d, auto add) {
      const Index column = d.Find(name);
      const Index epoch = d.Find("epoch");
      if (column < 0 || d.step_count() == 0) return;
      const double last = d.Step(d.step_count() - 1, epoch);
      for (Index step = 0; step < d.step_count(); ++step) {
        if (d.Step(step, epoch) == last) add(d.Step(step, column));
      }
    });
  }

  void AddGraph() {
    const std::vector<GraphPart> parts = GraphPartsOf(model_);
    panels_.push_back(
        {GraphHeight(parts), true,
         [parts](const SvgBox& box, Svg* svg) { DrawGraph(parts, box, svg); }});
  }

  const Model& model_;
  const History& log_;  // of the first network
  std::vector<const History*> logs_;
  std::vector<Panel> panels_;
};

}  // namespace

std::string PlotModel(const FileReader& file) {
  Require(file.kind() == FileKind::kModel, ErrorKind::kUsage,
          Str(file.name(), ": ", FileKindName(file.kind()),
              " files have nothing that --plot draws"),
          "give a model");
  const Model model = ReadModel(file);
  return ModelPlot(model).Draw(file.name());
}

}  // namespace mtlkit
