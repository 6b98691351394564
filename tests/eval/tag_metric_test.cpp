// Metrics of tags of tokens against tests/golden/tags.json, and by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "eval/metric.h"
#include "paths.h"

namespace mtlkit {
namespace {

MetricRows Rows(const std::vector<std::string>& names) {
  MetricRows rows;
  rows.type = ParseTaskType("tags");
  rows.tags = names;
  rows.output_cols = static_cast<Index>(names.size());
  return rows;
}

void AddToken(Index text, int truth, int guessed, MetricRows* rows) {
  ++rows->rows;
  rows->texts.push_back(text);
  rows->y.push_back(truth < 0 ? NAN : static_cast<float>(truth));
  rows->decoded.push_back(guessed);
  for (int tag = 0; tag < rows->output_cols; ++tag) {
    rows->output.push_back(tag == guessed ? 1 : 0);
  }
}

double ValueOf(const char* metric, const MetricRows& rows,
               std::vector<double> weights = {}) {
  weights.resize(At(rows.rows), 1.0);
  return FindMetric(metric).prepare(rows)->Value(weights);
}

TEST_CASE("chunks count as conlleval counts them") {
  std::ifstream file(SourceDir() + "/tests/golden/tags.json");
  const auto json = nlohmann::json::parse(file);
  const auto names = json.at("names").get<std::vector<std::string>>();
  for (const auto& one : json.at("cases")) {
    MetricRows rows = Rows(names);
    Index text = 0;
    for (const auto& tags : one.at("texts")) {
      const auto truth = tags.at("true").get<std::vector<int>>();
      const auto guessed = tags.at("guessed").get<std::vector<int>>();
      for (std::size_t i = 0; i < truth.size(); ++i) {
        AddToken(text, truth[i], guessed[i], &rows);
      }
      ++text;
    }
    const double value = ValueOf("chunk-f1", rows);
    if (one.at("f1").is_null()) {
      CHECK(std::isnan(value));
    } else {
      CHECK(value == doctest::Approx(one.at("f1").get<double>()));
    }
  }
}

TEST_CASE("texts count once, tokens each, and labels that are missing not") {
  MetricRows rows = Rows({"O", "B-x", "I-x"});
  AddToken(0, 0, 0, &rows);
  AddToken(0, 1, 1, &rows);
  AddToken(3, 1, 0, &rows);
  AddToken(3, 2, 2, &rows);
  AddToken(4, -1, 1, &rows);
  AddToken(4, 0, 0, &rows);
  CHECK(ValueOf("token-accuracy", rows) == doctest::Approx(4.0 / 5));
  CHECK(ValueOf("sentence-accuracy", rows) == doctest::Approx(2.0 / 3));
  CHECK(ValueOf("sentence-accuracy", rows, {0, 0, 1, 1, 1, 1}) ==
        doctest::Approx(0.5));
}

TEST_CASE("a tag that no model knows is a chunk that nothing finds") {
  MetricRows rows = Rows({"O", "B-x"});
  rows.tags = {"O", "B-x", "B-new", "I-new"};
  AddToken(0, 2, 1, &rows);
  AddToken(0, 3, 0, &rows);
  AddToken(0, 1, 1, &rows);
  // Two are there, two were found, one is right.
  rows.output_cols = 2;
  CHECK(ValueOf("chunk-f1", rows) == doctest::Approx(0.5));
}

}  // namespace
}  // namespace mtlkit
