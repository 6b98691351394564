#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

// What the labels of a regression column become before they are normalised:
// an increasing function, fitted to training labels. A network that learns the
// mean of what they become predicts, once this is undone, about the median of
// labels: the inverse of a mean is not the mean.
struct TargetCurve {
  // One of TargetCurveNames.
  std::string name;
  // The least and the most that Undo takes; what lies beyond is held there.
  double low = 0;
  double high = 0;
  // box-cox: lambda, then the log of the geometric mean of labels. quantile:
  // labels, ascending, then what each becomes.
  std::vector<double> numbers = {};

  bool operator==(const TargetCurve&) const = default;

  // NaN stays NaN. `label` is in the domain.
  double Apply(double label) const;
  double Undo(double value) const;
  // The labels that it is fitted to lie above this.
  double above() const;
};

// log: log y; log1p: log(1 + y); box-cox: (u^lambda - 1) / lambda (Box and Cox,
// 1964), log u for 0, where u is y in the geometric mean of the labels (powers
// of labels far from 1 are all alike in a number of finite length); quantile:
// linear between quantiles of the labels and those of the normal distribution.
const std::vector<std::string>& TargetCurveNames();

// The curve of that name for `labels`, all of them in its domain. Lambda is
// that of the largest likelihood of normal labels, between -2 and 2. Undo is
// held to what the labels become, and their range beyond it on either side:
// an exponential of a network's output far away would be any number.
TargetCurve FitTargetCurve(std::string_view name, std::vector<double> labels);

// What is impossible about it, or "".
std::string CurveFault(const TargetCurve& curve);

// As files have them: "" for none, else a line of JSON. A text that
// TargetCurvesText does not write is kBadInput.
std::string TargetCurvesText(const std::vector<TargetCurve>& curves);
std::vector<TargetCurve> ParseTargetCurves(const std::string& text);

}  // namespace mtlkit
