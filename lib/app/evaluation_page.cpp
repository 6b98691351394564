#include "app/evaluation_page.h"

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string_view>

#include "app/plot_lines.h"
#include "app/svg.h"
#include "base/error.h"
#include "base/text.h"
#include "eval/report.h"

namespace mtlkit {
namespace {

constexpr double kWidth = 420;
constexpr double kHeight = 330;
constexpr double kFrame = 12;

constexpr std::string_view kStyle =
    "body{font:15px/1.5 Helvetica,Arial,sans-serif;color:#222;margin:2em auto;"
    "max-width:62em;padding:0 1em}"
    "table{border-collapse:collapse}"
    "td,th{padding:.25em .8em;text-align:right;white-space:nowrap}"
    "td:first-child,th:first-child{text-align:left}"
    "th{font-weight:600}thead{border-bottom:2px solid #222}"
    "tbody tr{border-bottom:1px solid #ddd}"
    "div.wide{overflow-x:auto}p{margin:.2em 0}h2{margin-top:2em}"
    "figure{display:inline-block;margin:0 1em 1em 0}";

void AddRow(const std::vector<std::string>& cells, std::string_view cell,
            std::ostream& page) {
  page << "<tr>";
  for (const std::string& text : cells) {
    page << '<' << cell << '>' << MarkupText(text) << "</" << cell << '>';
  }
  page << "</tr>\n";
}

void AddTable(const Evaluation& evaluation, std::ostream& page) {
  const TextTable table = ReportTable(evaluation);
  const auto headers = At(ReportHeaders(evaluation));
  page << "<div class=\"wide\"><table>\n<thead>\n";
  for (std::size_t i = 0; i < table.rows().size(); ++i) {
    if (i == headers) page << "</thead>\n<tbody>\n";
    AddRow(table.rows()[i], i < headers ? "th" : "td", page);
  }
  page << "</tbody>\n</table></div>\n";
  for (const std::string& line : Split(ReportNotes(evaluation), '\n')) {
    if (!line.empty()) page << "<p>" << MarkupText(line) << "</p>\n";
  }
}

// Lines of all models that have one; the straight line of what would be
// chance, or exact, behind them.
LinePlot PlotOf(const TaskCurves& task, CurveLine ModelCurves::*line) {
  LinePlot plot;
  plot.x_is_whole = false;
  for (const ModelCurves& model : task.models) {
    const CurveLine& curve = model.*line;
    if (curve.x.empty()) continue;
    plot.series.push_back({model.model, curve.x, curve.y});
  }
  return plot;
}

void AddFigure(LinePlot plot, std::string_view straight, std::ostream& page) {
  if (plot.series.empty()) return;
  double low = plot.series[0].x[0];
  double high = low;
  for (const PlotSeries& series : plot.series) {
    low = std::min(low, std::ranges::min(series.x));
    high = std::max(high, std::ranges::max(series.x));
  }
  plot.series.push_back({std::string(straight), {low, high}, {low, high}});
  Svg svg;
  DrawLines(plot, {kFrame, kFrame, kWidth - 2 * kFrame, kHeight - 2 * kFrame},
            &svg);
  page << "<figure>" << svg.Element(kWidth, kHeight, plot.title)
       << "</figure>\n";
}

void AddCurves(const TaskCurves& task, std::ostream& page) {
  page << "<h2>" << MarkupText(task.task) << "</h2>\n";
  LinePlot roc = PlotOf(task, &ModelCurves::roc);
  roc.title = "ROC: true positives";
  roc.x_name = "false positives";
  AddFigure(std::move(roc), "chance", page);
  LinePlot reliability = PlotOf(task, &ModelCurves::reliability);
  reliability.title =
      task.is_of_classes ? "how often it was true" : "mean label";
  reliability.x_name = task.is_of_classes ? "probability that was predicted"
                                          : "what was predicted";
  AddFigure(std::move(reliability), "exact", page);
}

// RFC 4648, section 4.
std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::uint32_t byte =
          i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U;
      word = word << 8U | byte;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? kDigits[word >> (18U - 6U * i) & 63U] : '=';
    }
  }
  return text;
}

void AddExamples(const ExamplePictures& examples, std::ostream& page) {
  page << "<h2>" << MarkupText(examples.title)
       << "</h2>\n<p>green: the true outline; red: the predicted one</p>\n";
  for (const ExamplePicture& example : examples.pictures) {
    page << "<figure><img alt=\"" << MarkupText(example.caption)
         << "\" src=\"data:image/png;base64," << Base64(example.png)
         << "\"><figcaption>" << MarkupText(example.caption)
         << "</figcaption></figure>\n";
  }
}

}  // namespace

std::string EvaluationPage(const Evaluation& evaluation,
                           const std::vector<TaskCurves>& curves,
                           const std::vector<ExamplePictures>& examples) {
  std::ostringstream page;
  const std::string title =
      Str("Evaluation of ", Join(evaluation.models, ", "));
  page << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n<meta "
          "http-equiv=\"Content-Security-Policy\""
          " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
          "data:\">\n<title>"
       << MarkupText(title) << "</title>\n<style>" << kStyle
       << "</style>\n</head>\n<body>\n<h1>" << MarkupText(title) << "</h1>\n";
  AddTable(evaluation, page);
  for (const TaskCurves& task : curves) AddCurves(task, page);
  for (const ExamplePictures& some : examples) AddExamples(some, page);
  page << "</body>\n</html>\n";
  return std::move(page).str();
}

}  // namespace mtlkit
