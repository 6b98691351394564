#include <array>
#include <cassert>
#include <utility>

#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

// Of distributions over the classes of each pixel of an image, the mean over
// pixels.
class PixelsApart final : public OutputDistance {
 public:
  constexpr explicit PixelsApart(Index classes) : classes_(classes) {}

  void Distill(const Softening& s, const SoftRows& rows) const override {
    ForImages(rows, [&](const SoftRows& pixels) {
      SoftmaxDistance().Distill(s, pixels);
    });
  }
  void Compare(const SoftRows& rows) const override {
    ForImages(rows, [](const SoftRows& pixels) {
      SoftmaxDistance().Compare(pixels);
    });
  }

  bool has_divergence() const override { return true; }
  void Diverge(ConstMatView p, ConstMatView q, std::span<Real> row_values,
               MatView gradient) const override {
    const Index pixels = p.cols / classes_;
    const Real share = 1 / static_cast<Real>(pixels);
    Real values[kChunk];
    for (Index row = 0; row < p.rows; ++row) {
      Real sum = 0;
      for (Index first = 0; first < pixels; first += kChunk) {
        const Index count = std::min(kChunk, pixels - first);
        const Index at = first * classes_;
        const MatView slopes = {gradient.Row(row) + at, count, classes_};
        SoftmaxDistance().Diverge({p.Row(row) + at, count, classes_},
                                  {q.Row(row) + at, count, classes_},
                                  {values, At(count)}, slopes);
        for (Index i = 0; i < count; ++i) sum += share * values[i];
        for (Real& slope : slopes.flat()) slope *= share;
      }
      row_values[At(row)] = sum;
    }
  }

 private:
  static constexpr Index kChunk = 128;

  // Calls visit(pixels) for some pixels of an image after the other, each with
  // its share of the image's weight.
  template <class Visit>
  void ForImages(const SoftRows& rows, Visit visit) const {
    const Index pixels = rows.output.cols / classes_;
    Real weight[kChunk];
    Real loss[kChunk];
    for (Index row = 0; row < rows.output.rows; ++row) {
      std::fill_n(weight, kChunk,
                  rows.weight[At(row)] / static_cast<Real>(pixels));
      Real sum = 0;
      for (Index first = 0; first < pixels; first += kChunk) {
        const Index count = std::min(kChunk, pixels - first);
        const Index at = first * classes_;
        const MatView slopes =
            rows.gradient.empty()
                ? MatView{}
                : MatView{rows.gradient.Row(row) + at, count, classes_};
        visit(SoftRows{{rows.output.Row(row) + at, count, classes_},
                       {rows.target.Row(row) + at, count, classes_},
                       {weight, At(count)},
                       {loss, At(count)},
                       slopes});
        for (Index i = 0; i < count; ++i) sum += loss[i];
      }
      rows.row_loss[At(row)] = sum;
    }
  }

  Index classes_;
};

template <std::size_t... kClasses>
constexpr std::array<PixelsApart, sizeof...(kClasses)> MakeAll(
    std::index_sequence<kClasses...>) {
  return {PixelsApart(static_cast<Index>(kClasses))...};
}
constexpr auto kOfClasses = MakeAll(std::make_index_sequence<256>());

}  // namespace

const OutputDistance& PixelDistance(Index classes) {
  assert(classes > 0 && At(classes) < kOfClasses.size());
  return kOfClasses[At(classes)];
}

}  // namespace mtlkit
