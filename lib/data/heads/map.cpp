#include "data/heads/class_head.h"
#include "data/output_distance.h"

namespace mtlkit {
namespace {

// What each pixel of an image is: a network puts out, pixel after pixel, a
// logit for each class, or of two classes that of the second.
class MapHead final : public Head {
 public:
  static constexpr Index kMostClasses = 255;
  static constexpr Index kMostPixels = Index{1} << 26;

  Index target_cols(const Task& task) const override {
    return task.map_height * task.map_width;
  }
  Index label_count(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::string Fault(const Task& task) const override {
    if (task.classes.size() == 1) return " is a map of one class";
    if (std::ssize(task.classes) > kMostClasses) {
      return Str(" is a map of ", task.classes.size(), " classes; ",
                 kMostClasses, " are the most");
    }
    const bool has_size = task.map_height > 0 && task.map_width > 0 &&
                          task.map_width <= kMostPixels / task.map_height;
    if (!has_size) {
      return Str(" is a map of ", task.map_height, " x ", task.map_width,
                 " pixels");
    }
    return FaultOfClasses(task, 2);
  }
  std::string Describe(const Task& task) const override {
    return Str("map of ", task.map_height, " x ", task.map_width, ", ",
               task.classes.size(), " classes");
  }
  std::string LabelSuffix(const Task& task, Index col) const override {
    return Str(".", col / task.map_width, ".", col % task.map_width);
  }

  Index output_cols(const Task& task) const override {
    return target_cols(task) * PerPixel(task);
  }
  std::string PredictionSuffix(const Task& task, Index col) const override {
    const Index each = PerPixel(task);
    const std::string pixel = LabelSuffix(task, col / each);
    return each == 1 ? ".prob" + pixel
                     : Str(".prob.", task.classes[At(col % each)], pixel);
  }
  void Link(const Task& task, ConstMatView outputs,
            MatView predictions) const override {
    if (PerPixel(task) == 1) return ApplySigmoid(outputs, predictions);
    const ConstMatView pixels = Pixels(task, outputs);
    ActiveKernels().softmax(pixels.data, pixels.cols, predictions.data,
                            pixels.cols, pixels.rows, pixels.cols);
  }
  void SoftTargets(const Task& task, ConstMatView outputs,
                   MatView targets) const override {
    Link(task, outputs, targets);
  }
  void TargetsOf(const Task& /*task*/, ConstMatView predictions,
                 MatView targets) const override {
    CopyValues(predictions, targets);
  }

  const OutputDistance& distance() const override { return LogitDistance(); }
  const OutputDistance& DistanceOf(const Task& task) const override {
    const Index each = PerPixel(task);
    return each == 1 ? LogitDistance() : PixelDistance(each);
  }

  void Reorder(std::span<const Index> order, std::span<const float> from,
               double* to) const override {
    const std::size_t classes = order.size();
    if (classes == 2) {
      for (const float positive : from) {
        const auto p = static_cast<double>(positive);
        *to++ = order[1] == 1 ? p : 1.0 - p;
      }
      return;
    }
    for (std::size_t at = 0; at + classes <= from.size(); at += classes) {
      for (const Index of : order) {
        *to++ = static_cast<double>(from[at + At(of)]);
      }
    }
  }

  // Shares of the classes in all pixels.
  Index constant_count(const Task& task) const override {
    return static_cast<Index>(task.classes.size());
  }
  std::vector<double> Constants(
      const Task& task,
      std::span<const WeightedLabels> columns) const override {
    WeightedLabels all;
    for (const WeightedLabels& labels : columns) {
      all.insert(all.end(), labels.begin(), labels.end());
    }
    return ClassShares(all, task.classes.size());
  }
  std::vector<std::vector<double>> ConstantPredictions(
      const Task& task, std::span<const double> constants) const override {
    if (PerPixel(task) == 1) {
      return {std::vector<double>(At(target_cols(task)), constants[1])};
    }
    std::vector<double> row;
    for (Index pixel = 0; pixel < target_cols(task); ++pixel) {
      row.insert(row.end(), constants.begin(), constants.end());
    }
    return {row};
  }
  std::vector<std::vector<Real>> ConstantOutputs(
      const Task& task, std::span<const double> constants) const override {
    std::vector<Real> row;
    for (Index pixel = 0; pixel < target_cols(task); ++pixel) {
      if (PerPixel(task) == 1) {
        row.push_back(static_cast<Real>(LogOfShare(constants[1]) -
                                        LogOfShare(constants[0])));
        continue;
      }
      for (const double share : constants) {
        row.push_back(static_cast<Real>(LogOfShare(share)));
      }
    }
    return {row};
  }

 private:
  static Index PerPixel(const Task& task) {
    return task.classes.size() == 2 ? 1
                                    : static_cast<Index>(task.classes.size());
  }
  static ConstMatView Pixels(const Task& task, ConstMatView rows) {
    const Index each = PerPixel(task);
    return {rows.data, rows.size() / each, each};
  }
};

constexpr MapHead kMapForm{};

}  // namespace

extern const HeadEntry kMapHead;
const HeadEntry kMapHead = {
    "map",
    "a class for each pixel of an image (segmentation); a network puts out "
    "for each the logit of the second class, or those of more than two",
    {.has_classes = true,
     .is_map = true,
     .storage = LabelStorage::kBytes,
     .default_loss = "cross-entropy",
     .main_metric = "dice"},
    kMapForm};

}  // namespace mtlkit
