#include "eval/predicted_map.h"

#include <algorithm>
#include <cmath>

namespace mtlkit {

std::vector<std::uint8_t> PredictedMap(const Task& map,
                                       std::span<const float> predictions) {
  const auto each = At(map.prediction_cols() / map.target_cols());
  std::vector<std::uint8_t> classes;
  classes.reserve(predictions.size() / each);
  for (std::size_t at = 0; at < predictions.size(); at += each) {
    const auto pixel = predictions.subspan(at, each);
    const auto largest = std::ranges::max_element(pixel) - pixel.begin();
    classes.push_back(
        static_cast<std::uint8_t>(each > 1 ? largest : pixel[0] > 0.5F));
  }
  return classes;
}

std::vector<std::uint8_t> LabelMap(std::span<const float> labels) {
  std::vector<std::uint8_t> classes;
  classes.reserve(labels.size());
  for (const float label : labels) {
    classes.push_back(std::isnan(label) ? std::uint8_t{255}
                                        : static_cast<std::uint8_t>(label));
  }
  return classes;
}

}  // namespace mtlkit
