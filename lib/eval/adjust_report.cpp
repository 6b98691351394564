// What is told of adjustments.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "eval/adjust.h"

namespace mtlkit {
namespace {

// "1.12", of the scale that people read.
std::string Short(double value) {
  return FormatNumber(std::round(value * 1e4) / 1e4);
}

std::string Who(const TaskAdjustment& one) {
  return VisibleText(
      Str(one.task, " of ", one.model,
          one.seed > 0 ? Str(" (seed ", one.seed + 1, ")") : ""));
}

}  // namespace

std::string AdjustmentText(const std::vector<TaskAdjustment>& adjustments) {
  std::string text;
  for (const TaskAdjustment& one : adjustments) {
    std::vector<std::string> parts;
    if (!std::isnan(one.temperature)) {
      parts.push_back(Str("temperature ", Short(one.temperature),
                          " (log loss there ", Short(one.loss_before), " to ",
                          Short(one.loss_after), ")"));
    }
    if (one.thresholds.size() == 1) {
      parts.push_back(Str("threshold ", Short(one.thresholds[0])));
    } else if (!one.thresholds.empty()) {
      const auto [least, most] = std::ranges::minmax(one.thresholds);
      parts.push_back(Str("thresholds ", Short(least), " to ", Short(most)));
    }
    if (!std::isnan(one.bound)) {
      parts.push_back(Str("sets of ", Short(one.stated),
                          " stated coverage (score up to ", Short(one.bound),
                          ") cover ", Short(one.covered), " of ", one.measured,
                          " rows, mean size ", Short(one.size)));
    }
    text += Str(
        Who(one), ": ", Join(parts, "; "),
        one.rows > 0 ? Str("; fitted to ", one.rows, " other rows") : "", "\n");
  }
  return text;
}

Json AdjustmentJson(const std::vector<TaskAdjustment>& adjustments) {
  Json list = Json::array();
  for (const TaskAdjustment& one : adjustments) {
    Json item{{"model", one.model},
              {"seed", one.seed},
              {"task", one.task},
              {"rows", one.rows}};
    if (!std::isnan(one.temperature)) {
      item["temperature"] = one.temperature;
      item["log_loss"] = {{"before", one.loss_before},
                          {"after", one.loss_after}};
    }
    if (!one.thresholds.empty()) item["thresholds"] = one.thresholds;
    if (!std::isnan(one.bound)) {
      item["conformal"] = {{"stated", one.stated},
                           {"bound", one.bound},
                           {"covered", one.covered},
                           {"mean_size", one.size},
                           {"measured", one.measured}};
    }
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace mtlkit
