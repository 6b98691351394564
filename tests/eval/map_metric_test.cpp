#include <doctest/doctest.h>

#include <cmath>

#include "eval/metric.h"
#include "eval/predicted_map.h"

namespace mtlkit {
namespace {

constexpr double kVoid = std::numeric_limits<double>::quiet_NaN();

// Images of four pixels, of two classes.
MetricRows Maps(std::vector<double> y, std::vector<double> output) {
  MetricRows rows;
  rows.type = ParseTaskType("map");
  rows.target_cols = 4;
  rows.output_cols = static_cast<Index>(output.size() / (y.size() / 4));
  rows.rows = static_cast<Index>(y.size()) / 4;
  rows.y = std::move(y);
  rows.output = std::move(output);
  return rows;
}

double ValueOf(const char* metric, const MetricRows& rows) {
  return FindMetric(metric).prepare(rows)->Value(
      std::vector<double>(At(rows.rows), 1.0));
}

// Of the first image one pixel of two is found, and one more is said; of the
// second, which has a void pixel, all; the third has nothing, and nothing is
// said; of the fourth something is.
TEST_CASE("overlaps are means over images with a lesion") {
  const MetricRows rows =
      Maps({1, 1, 0, 0, 1, kVoid, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
           {.9, .1, .8, 0, .6, .9, .5, 0, 0, .5, .2, 0, 0, 0, 0, .51});
  CHECK(ValueOf("dice", rows) == doctest::Approx((2 * 1 / 4.0 + 1) / 2));
  CHECK(ValueOf("iou", rows) == doctest::Approx((1 / 3.0 + 1) / 2));
  CHECK(ValueOf("empty-share", rows) == 0.5);
  CHECK(ValueOf("pixel-accuracy", rows) ==
        doctest::Approx((0.5 + 1 + 1 + 0.75) / 4));
}

TEST_CASE("of several classes those that an image has count alike") {
  // Truth 1 1 2 0, predicted 1 0 2 2: Dice 2/3 of both.
  const MetricRows rows =
      Maps({1, 1, 2, 0}, {.1, .8, .1, .5, .3, .2, .2, .2, .6, .1, .2, .7});
  CHECK(ValueOf("dice", rows) == doctest::Approx(2 / 3.0));
  CHECK(ValueOf("iou", rows) == doctest::Approx(0.5));
  CHECK(std::isnan(ValueOf("empty-share", rows)));
}

TEST_CASE("a measure of no image is none") {
  const MetricRows healthy = Maps({0, 0, 0, 0}, {0, 0, 0, 0});
  CHECK(std::isnan(ValueOf("dice", healthy)));
  const MetricRows unknown = Maps({kVoid, kVoid, kVoid, kVoid}, {0, 0, 0, 0});
  CHECK(std::isnan(ValueOf("pixel-accuracy", unknown)));
  CHECK(std::isnan(ValueOf("empty-share", unknown)));
}

TEST_CASE("a pixel is of the most probable class") {
  Task task;
  task.type = ParseTaskType("map");
  task.classes = {"none", "lesion"};
  task.map_height = 1;
  task.map_width = 2;
  CHECK(PredictedMap(task, std::vector<float>{0.5F, 0.51F}) ==
        std::vector<std::uint8_t>{0, 1});
  task.classes.push_back("other");
  CHECK(PredictedMap(task, std::vector<float>{.3F, .3F, .4F, .6F, .3F, .1F}) ==
        std::vector<std::uint8_t>{2, 0});
}

}  // namespace
}  // namespace mtlkit
