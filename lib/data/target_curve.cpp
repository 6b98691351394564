#include "data/target_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "base/json_text.h"
#include "base/normal_quantile.h"

namespace mtlkit {
namespace {

constexpr double kMostLambda = 2;
// Knots of `quantile`, at most.
constexpr std::size_t kMostKnots = 201;

// (y^lambda - 1) / lambda, without loss near 0.
double BoxCox(double lambda, double log_label) {
  if (lambda == 0) return log_label;
  return std::expm1(lambda * log_label) / lambda;
}

// The log of what became `value`.
double UndoBoxCox(double lambda, double value) {
  return lambda == 0 ? value : std::log1p(lambda * value) / lambda;
}

// The log likelihood of lambda for labels with these logs, less a constant.
double BoxCoxLikelihood(double lambda, std::span<const double> logs) {
  const auto count = static_cast<double>(logs.size());
  double mean = 0;
  double log_sum = 0;
  for (const double log : logs) {
    mean += BoxCox(lambda, log);
    log_sum += log;
  }
  mean /= count;
  double variance = 0;
  for (const double log : logs) {
    const double apart = BoxCox(lambda, log) - mean;
    variance += apart * apart;
  }
  return (lambda - 1) * log_sum - count / 2 * std::log(variance / count);
}

// Lambda, by golden section, since the likelihood has one top; and the log of
// the geometric mean.
std::vector<double> FitBoxCox(std::span<const double> labels) {
  constexpr double kGolden = 0.6180339887498949;
  std::vector<double> logs;
  double mean = 0;
  for (const double label : labels) {
    logs.push_back(std::log(label));
    mean += logs.back() / static_cast<double>(labels.size());
  }
  for (double& log : logs) log -= mean;
  double low = -kMostLambda;
  double high = kMostLambda;
  for (int i = 0; i < 80; ++i) {
    const double span = kGolden * (high - low);
    const bool is_left = BoxCoxLikelihood(high - span, logs) >=
                         BoxCoxLikelihood(low + span, logs);
    (is_left ? high : low) = is_left ? low + span : high - span;
  }
  const double lambda = (low + high) / 2;
  return {std::abs(lambda) < 1e-6 ? 0 : lambda, mean};
}

// Distinct quantiles of ascending labels, then the normal quantile of the
// middle of each one's share.
std::vector<double> QuantileKnots(const std::vector<double>& labels) {
  const std::size_t count = std::min(labels.size(), kMostKnots);
  std::vector<double> knots;
  std::vector<double> shares;  // sums of the middles of each knot
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at =
        count == 1 ? 0 : (i * (labels.size() - 1)) / (count - 1);
    const double share =
        (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    if (knots.empty() || labels[at] > knots.back()) {
      knots.push_back(labels[at]);
      shares.push_back(0);
      times.push_back(0);
    }
    shares.back() += share;
    times.back() += 1;
  }
  std::vector<double> numbers = knots;
  for (std::size_t i = 0; i < knots.size(); ++i) {
    numbers.push_back(NormalQuantile(shares[i] / times[i]));
  }
  return numbers;
}

// Linear between the ascending numbers `from` and `to`, and on as at the ends.
double Between(std::span<const double> from, std::span<const double> to,
               double x) {
  if (from.size() == 1) return to[0];
  const auto above = static_cast<std::size_t>(
      std::upper_bound(from.begin() + 1, from.end() - 1, x) - from.begin());
  const double part = (x - from[above - 1]) / (from[above] - from[above - 1]);
  return to[above - 1] + part * (to[above] - to[above - 1]);
}

std::span<const double> FirstHalf(const TargetCurve& curve) {
  return std::span(curve.numbers).first(curve.numbers.size() / 2);
}
std::span<const double> SecondHalf(const TargetCurve& curve) {
  return std::span(curve.numbers).last(curve.numbers.size() / 2);
}

bool Ascends(std::span<const double> numbers) {
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (!(numbers[i] > numbers[i - 1])) return false;
  }
  return true;
}

}  // namespace

const std::vector<std::string>& TargetCurveNames() {
  static const std::vector<std::string> names = {"log", "log1p", "box-cox",
                                                 "quantile"};
  return names;
}

double TargetCurve::above() const {
  if (name == "quantile") return -std::numeric_limits<double>::infinity();
  return name == "log1p" ? -1 : 0;
}

double TargetCurve::Apply(double label) const {
  if (std::isnan(label)) return label;
  if (name == "log") return std::log(label);
  if (name == "log1p") return std::log1p(label);
  if (name == "box-cox")
    return BoxCox(numbers[0], std::log(label) - numbers[1]);
  return Between(FirstHalf(*this), SecondHalf(*this), label);
}

double TargetCurve::Undo(double value) const {
  if (std::isnan(value)) return value;
  const double held = std::clamp(value, low, high);
  if (name == "log") return std::exp(held);
  if (name == "log1p") return std::expm1(held);
  if (name == "box-cox")
    return std::exp(UndoBoxCox(numbers[0], held) + numbers[1]);
  return Between(SecondHalf(*this), FirstHalf(*this), held);
}

TargetCurve FitTargetCurve(std::string_view name, std::vector<double> labels) {
  TargetCurve curve;
  curve.name = std::string(name);
  std::sort(labels.begin(), labels.end());
  if (name == "box-cox") curve.numbers = FitBoxCox(labels);
  if (name == "quantile") curve.numbers = QuantileKnots(labels);
  curve.low = curve.Apply(labels.front());
  curve.high = curve.Apply(labels.back());
  const double range = curve.high - curve.low;
  const double low = curve.low;
  const double high = curve.high;
  curve.low -= range;
  curve.high += range;
  if (name != "box-cox" || curve.numbers[0] == 0) return curve;
  // What no label becomes: the bound is half way to there.
  const double end = -1 / curve.numbers[0];
  if (end > 0) curve.high = std::min(curve.high, (high + end) / 2);
  if (end < 0) curve.low = std::max(curve.low, (low + end) / 2);
  return curve;
}

std::string CurveFault(const TargetCurve& curve) {
  const auto& names = TargetCurveNames();
  if (std::find(names.begin(), names.end(), curve.name) == names.end()) {
    return Str("there is no target transform '", curve.name, "'");
  }
  const auto is_finite = [](double value) { return std::isfinite(value); };
  const bool bounds =
      is_finite(curve.low) && is_finite(curve.high) && curve.low <= curve.high;
  const std::size_t count = curve.numbers.size();
  bool holds = bounds && std::all_of(curve.numbers.begin(), curve.numbers.end(),
                                     is_finite);
  if (curve.name == "quantile") {
    holds = holds && count >= 2 && count % 2 == 0 &&
            Ascends(FirstHalf(curve)) && Ascends(SecondHalf(curve));
  } else {
    holds = holds && count == (curve.name == "box-cox" ? 2 : 0);
  }
  return holds ? "" : Str("target transform '", curve.name, "' is damaged");
}

std::string TargetCurvesText(const std::vector<TargetCurve>& curves) {
  if (curves.empty()) return "";
  nlohmann::json json = nlohmann::json::array();
  for (const TargetCurve& curve : curves) {
    json.push_back({{"name", curve.name},
                    {"low", curve.low},
                    {"high", curve.high},
                    {"numbers", curve.numbers}});
  }
  return DumpJson(json);
}

std::vector<TargetCurve> ParseTargetCurves(const std::string& text) {
  std::vector<TargetCurve> curves;
  if (text.empty()) return curves;
  const nlohmann::json list = ParseJson(text);
  Require(list.is_array(), ErrorKind::kBadInput,
          "the target transform is damaged",
          "the file is damaged, or from another version");
  try {
    for (const auto& json : list) {
      TargetCurve curve;
      json.at("name").get_to(curve.name);
      json.at("low").get_to(curve.low);
      json.at("high").get_to(curve.high);
      json.at("numbers").get_to(curve.numbers);
      const std::string fault = CurveFault(curve);
      Require(fault.empty(), ErrorKind::kBadInput, fault,
              "the file is damaged, or from another version");
      curves.push_back(std::move(curve));
    }
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput, "the target transform is damaged",
         "the file is damaged, or from another version");
  }
  return curves;
}

}  // namespace mtlkit
