// Dates taken apart, in double: the calendar of base/calendar.cpp with
// divisions rounded down. Columns go in as they are in a table, seconds since
// 1970.
#include <initializer_list>
#include <numbers>

#include "data/schema.h"
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

// Arithmetic of nodes.
class Nodes {
 public:
  explicit Nodes(OnnxGraph& graph) : graph_(graph) {}

  std::string Add(const std::string& a, double b) {
    return graph_.Node("Add", {a, Number(b)});
  }
  std::string Times(const std::string& a, double b) {
    return graph_.Node("Mul", {a, Number(b)});
  }
  std::string Minus(const std::string& a, const std::string& b) {
    return graph_.Node("Sub", {a, b});
  }
  std::string Plus(const std::string& a, const std::string& b) {
    return graph_.Node("Add", {a, b});
  }
  std::string Quotient(const std::string& a, double b) {
    return graph_.Node("Floor", {graph_.Node("Div", {a, Number(b)})});
  }
  std::string Clip(const std::string& a, double low, double high) {
    const std::vector<double> bounds[] = {{low}, {high}};
    return graph_.Node("Clip", {a, graph_.Doubles({}, bounds[0]),
                                graph_.Doubles({}, bounds[1])});
  }

  // A number, its sine and its cosine on a circle. Runtimes lack the cosine of
  // double numbers.
  std::vector<std::string> Cycle(const std::string& number, double length) {
    const std::string angle = Times(number, 2 * std::numbers::pi / length);
    return {number, Sine(angle), Sine(Add(angle, std::numbers::pi / 2))};
  }

 private:
  // As preparation has it, a multiple of 2^-40.
  std::string Sine(const std::string& angle) {
    const std::string steps = Times(graph_.Node("Sin", {angle}), 0x1p40);
    return Times(graph_.Node("Round", {steps}), 0x1p-40);
  }

  std::string Number(double value) {
    const std::vector<double> one = {value};
    return graph_.Doubles({1}, one);
  }

  OnnxGraph& graph_;
};

void Append(const std::vector<std::string>& more,
            std::vector<std::string>* values) {
  values->insert(values->end(), more.begin(), more.end());
}

// Year, month (and its circle) and day of the week (and its own) of whole days.
std::vector<std::string> CalendarNodes(const std::string& days, Nodes* nodes) {
  const std::string from_march = nodes->Add(days, 719468);
  const std::string era = nodes->Quotient(from_march, 146097);
  const std::string day_of_era =
      nodes->Minus(from_march, nodes->Times(era, 146097));
  const std::string leap_days =
      nodes->Plus(nodes->Minus(nodes->Quotient(day_of_era, 36524),
                               nodes->Quotient(day_of_era, 1460)),
                  nodes->Times(nodes->Quotient(day_of_era, 146096), -1));
  const std::string year_of_era =
      nodes->Quotient(nodes->Plus(day_of_era, leap_days), 365);
  const std::string before =
      nodes->Minus(nodes->Plus(nodes->Times(year_of_era, 365),
                               nodes->Quotient(year_of_era, 4)),
                   nodes->Quotient(year_of_era, 100));
  const std::string day_of_year = nodes->Minus(day_of_era, before);
  const std::string march_month =
      nodes->Quotient(nodes->Add(nodes->Times(day_of_year, 5), 2), 153);
  const std::string is_next_year = nodes->Quotient(march_month, 10);
  const std::string month =
      nodes->Minus(nodes->Add(march_month, 3), nodes->Times(is_next_year, 12));
  const std::string year = nodes->Plus(
      nodes->Plus(year_of_era, nodes->Times(era, 400)), is_next_year);
  const std::string from_monday = nodes->Add(days, 3);
  const std::string weekday =
      nodes->Add(nodes->Minus(from_monday,
                              nodes->Times(nodes->Quotient(from_monday, 7), 7)),
                 1);
  std::vector<std::string> parts = {year};
  Append(nodes->Cycle(month, 12), &parts);
  Append(nodes->Cycle(weekday, 7), &parts);
  return parts;
}

// All numbers of a block, then each part of all of its dates.
constexpr Index kPartsOfDay = 7;
constexpr Index kPartsOfHour = 3;

std::vector<Index> OrderOf(const OnnxStep& step, const InputSpec& block,
                           Index dates) {
  std::vector<Index> order;
  Index date = 0;
  for (Index col = 0; col < block.cols; ++col) {
    const auto at = static_cast<std::size_t>(col);
    if (step.Array(block.name + ".dates")[at] == 0) {
      order.push_back(col);
      continue;
    }
    const bool has_hours = step.Array(block.name + ".hours")[at] > 0;
    for (Index part = 0; part <= kPartsOfDay + kPartsOfHour; ++part) {
      const bool is_hour =
          part >= kPartsOfDay && part < kPartsOfDay + kPartsOfHour;
      if (is_hour && !has_hours) continue;
      order.push_back(block.cols + part * dates + date);
    }
    ++date;
  }
  return order;
}

std::string BlockNodes(const OnnxStep& step, const InputSpec& block,
                       const std::string& x) {
  OnnxGraph& graph = step.graph;
  std::vector<Index> columns;
  std::vector<double> first;
  for (Index col = 0; col < block.cols; ++col) {
    const auto at = static_cast<std::size_t>(col);
    if (step.Array(block.name + ".dates")[at] == 0) continue;
    columns.push_back(col);
    first.push_back(step.Array(block.name + ".first")[at]);
  }
  if (columns.empty()) return x;
  constexpr double kMostDays = 1e12;
  Nodes nodes(graph);
  const std::string seconds =
      graph.Node("Gather", {x, graph.Integers(columns)}, {{"axis", Index{1}}});
  const std::string days = nodes.Quotient(seconds, 86400);
  const std::string of_day = nodes.Minus(seconds, nodes.Times(days, 86400));
  const std::string hour = nodes.Clip(nodes.Quotient(of_day, 3600), 0, 23);
  std::vector<std::string> values = {x};
  Append(CalendarNodes(nodes.Clip(days, -kMostDays, kMostDays), &nodes),
         &values);
  Append(nodes.Cycle(hour, 24), &values);
  values.push_back(
      nodes.Minus(seconds, graph.Doubles({1, std::ssize(first)}, first)));
  const std::string all = graph.Node("Concat", values, {{"axis", Index{1}}});
  return graph.Node(
      "Gather",
      {all, graph.Integers(OrderOf(step, block, std::ssize(columns)))},
      {{"axis", Index{1}}});
}

std::vector<std::string> DateNodes(const OnnxStep& step) {
  std::vector<std::string> values = step.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (step.before[i].kind != InputKind::kDense) continue;
    values[i] = BlockNodes(step, step.before[i], values[i]);
  }
  return values;
}

}  // namespace

extern const TransformExport kDateExport;
const TransformExport kDateExport = {"date", DateNodes};

}  // namespace mtlkit
