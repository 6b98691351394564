// Convolutions beside products of patches, and images beside their batch.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "contract/layer_run.h"
#include "nn/convolution.h"
#include "nn/layers/layers.h"
#include "nn/params.h"

namespace mtlkit::contract {
namespace {

using Matrix =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

AlignedVector Normal(Index size, Index number) {
  const Rng random(3, RandomPurpose::kTest, 9);
  AlignedVector values(At(size));
  for (Index i = 0; i < size; ++i) {
    values[At(i)] = static_cast<Real>(random.Normal(number, i));
  }
  return values;
}

// Lines and patches, both ways of going up, one to 17 channels, sides that are
// odd and longer than a strip.
std::vector<ConvShape> Shapes() {
  const Window same = {.kernel = {3, 3}, .padding = {1, 1}};
  const Window strided = {
      .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}};
  return {
      {{5, 19}, 17, 6, same},
      {{7, 33}, 8, 5, strided},
      {{7, 9}, 3, 17, same},
      {{9, 7}, 1, 4, {.kernel = {5, 5}, .padding = {2, 2}}},
      {{31, 23}, 3, 2, strided},
      {{6, 18}, 9, 3, {.kernel = {2, 3}, .dilation = {3, 1}}},
      {{8, 17}, 10, 3, {.kernel = {2, 2}, .dilation = {1, 2}}},
      {{5, 6}, 17, 33, {.kernel = {1, 1}, .stride = {2, 3}}},
      {{5, 16},
       12,
       6,
       {.kernel = {3, 3}, .stride = {1, 2}, .padding = {0, 1}},
       3},
  };
}

// The patches of an image side by side: pixels of the small grid x rows of the
// kernel, of one group.
Matrix Patches(const ConvShape& shape, const AlignedVector& large,
               Index group) {
  const Window& w = shape.window;
  const Sides small = shape.small();
  const Index channels = shape.channels / shape.groups;
  Matrix patches = Matrix::Zero(small.area(), shape.depth());
  for (Index pixel = 0; pixel < small.area(); ++pixel) {
    for (Index row = 0; row < shape.depth(); ++row) {
      const Index tap = row / channels;
      const Index y = pixel / small.width * w.stride.height - w.padding.height +
                      tap / w.kernel.width * w.dilation.height;
      const Index x = pixel % small.width * w.stride.width - w.padding.width +
                      tap % w.kernel.width * w.dilation.width;
      if (y < 0 || y >= shape.large.height || x < 0 || x >= shape.large.width) {
        continue;
      }
      const Index at = (y * shape.large.width + x) * shape.channels +
                       group * channels + row % channels;
      patches(pixel, row) = static_cast<double>(large[At(at)]);
    }
  }
  return patches;
}

// Columns of a group of a matrix of `rows` rows.
Matrix GroupOf(const AlignedVector& values, Index rows, const ConvShape& shape,
               Index group) {
  const Index units = shape.units / shape.groups;
  Matrix part(rows, units);
  for (Index r = 0; r < rows; ++r) {
    for (Index u = 0; u < units; ++u) {
      part(r, u) =
          static_cast<double>(values[At(r * shape.units + group * units + u)]);
    }
  }
  return part;
}

double Tolerance(const ConvShape& shape) {
  const double numbers =
      static_cast<double>(std::max(shape.depth(), shape.small().area()));
  return (sizeof(Real) == 8 ? 1e-14 : 2e-6) * std::sqrt(numbers) * 4;
}

// A convolution with its operands.
struct Conv {
  explicit Conv(const ConvShape& of, const Kernels& with)
      : shape(of),
        convolution(of),
        kernels(with),
        large(Normal(of.large.area() * of.channels, 1)),
        small(Normal(of.small().area() * of.units, 2)),
        kernel(Normal(of.depth() * of.units, 3)),
        bias(Normal(std::max(of.units, of.channels), 4)),
        // What is not set is seen.
        scratch(At(convolution.ScratchSize()), Real(NAN)) {}

  AlignedVector Down() {
    AlignedVector prepared(At(convolution.DownSize()));
    convolution.PrepareDown(kernels, kernel.data(), prepared.data());
    AlignedVector y(small.size(), Real(NAN));
    convolution.Down(kernels, large.data(), bias.data(), prepared.data(),
                     y.data(), scratch.data());
    return y;
  }
  AlignedVector Up() {
    AlignedVector prepared(At(convolution.UpSize()));
    convolution.PrepareUp(kernels, kernel.data(), prepared.data());
    AlignedVector x(large.size(), Real(NAN));
    convolution.Up(kernels, small.data(), bias.data(), prepared.data(),
                   x.data(), scratch.data());
    return x;
  }
  // Of so many rows at a time, of an image that comes twice.
  AlignedVector Gradient(Index rows) {
    AlignedVector dw(kernel.size(), Real(NAN));
    for (const bool add : {false, true}) {
      for (Index row = 0; row < shape.depth(); row += rows) {
        const Index count = std::min(rows, shape.depth() - row);
        convolution.KernelGradient(
            kernels, large.data(), small.data(), row,
            {dw.data() + row * shape.units, count, shape.units}, add,
            scratch.data());
      }
    }
    return dw;
  }

  ConvShape shape;
  Convolution convolution;
  const Kernels& kernels;
  AlignedVector large;
  AlignedVector small;
  AlignedVector kernel;
  AlignedVector bias;
  AlignedVector scratch;
};

TEST_CASE("convolutions are products of patches") {
  for (const ConvShape& shape : Shapes()) {
    INFO(shape.large.height, " x ", shape.large.width, " x ", shape.channels);
    Conv conv(shape, ActiveKernels());
    const AlignedVector down = conv.Down();
    const AlignedVector up = conv.Up();
    const AlignedVector dw = conv.Gradient(shape.depth());
    const double tolerance = Tolerance(shape);
    Matrix sums = Matrix::Zero(1, std::ssize(up));
    for (Index g = 0; g < shape.groups; ++g) {
      const Index units = shape.units / shape.groups;
      const Matrix patches = Patches(shape, conv.large, g);
      const Matrix kernel = GroupOf(conv.kernel, shape.depth(), shape, g);
      const Matrix dy = GroupOf(conv.small, shape.small().area(), shape, g);
      Matrix y = patches * kernel;
      for (Index u = 0; u < units; ++u) {
        y.col(u).array() += static_cast<double>(conv.bias[At(g * units + u)]);
      }
      const Matrix ours = GroupOf(down, y.rows(), shape, g);
      CHECK((y - ours).cwiseAbs().maxCoeff() < tolerance);
      const Matrix gradient = 2 * patches.transpose() * dy;
      CHECK((gradient - GroupOf(dw, shape.depth(), shape, g))
                .cwiseAbs()
                .maxCoeff() < 2 * tolerance);
      // What each number of the large grid is in the patches, by a grid of
      // numbers 1, 2, ...
      AlignedVector places(conv.large.size());
      for (std::size_t i = 0; i < places.size(); ++i) {
        places[i] = static_cast<Real>(i + 1);
      }
      const Matrix where = Patches(shape, places, g);
      const Matrix back = dy * kernel.transpose();
      for (Index i = 0; i < where.size(); ++i) {
        const auto place = static_cast<Index>(where.data()[i]);
        if (place > 0) sums(0, place - 1) += back.data()[i];
      }
    }
    double worst = 0;
    for (std::size_t i = 0; i < up.size(); ++i) {
      const double bias =
          static_cast<double>(conv.bias[i % At(shape.channels)]);
      worst = std::max(worst, std::abs(sums(0, static_cast<Index>(i)) + bias -
                                       static_cast<double>(up[i])));
    }
    CHECK(worst < 2 * tolerance);
  }
}

// One chain of multiply-adds in the order of the kernel's rows, whichever way
// is taken, on any processor.
TEST_CASE("a convolution is one chain of multiply-adds") {
  if (!ActiveKernels().fused) return;
  for (const ConvShape& shape : Shapes()) {
    INFO(shape.large.height, " x ", shape.large.width, " x ", shape.channels);
    Conv conv(shape, ActiveKernels());
    const AlignedVector down = conv.Down();
    const AlignedVector up = conv.Up();
    const AlignedVector dw = conv.Gradient(shape.depth());
    CHECK(conv.Gradient(5) == dw);
    const Index units = shape.units / shape.groups;
    Index different = 0;
    for (Index g = 0; g < shape.groups; ++g) {
      const Matrix patches = Patches(shape, conv.large, g);
      for (Index pixel = 0; pixel < patches.rows(); ++pixel) {
        for (Index u = g * units; u < (g + 1) * units; ++u) {
          Real sum = 0;
          for (Index row = 0; row < shape.depth(); ++row) {
            sum = std::fma(static_cast<Real>(patches(pixel, row)),
                           conv.kernel[At(row * shape.units + u)], sum);
          }
          sum += conv.bias[At(u)];
          different += sum != down[At(pixel * shape.units + u)];
        }
      }
    }
    CHECK(different == 0);
    for (const Kernels* level : SupportedKernels()) {
      if (!level->fused) continue;
      INFO(level->name);
      Conv other(shape, *level);
      CHECK(other.Down() == down);
      CHECK(other.Up() == up);
      CHECK(other.Gradient(shape.depth()) == dw);
    }
  }
}

bool IsOfGrids(const LayerSample& sample) {
  return !sample.spaces.empty() && sample.spaces[0].kind == SpaceKind::kGrid &&
         sample.layer->traits().by_group;
}

TEST_CASE("what becomes of an image does not depend on its batch") {
  constexpr Index kImages = 8;
  Index layers = 0;
  for (const LayerEntry* entry : LayerEntries()) {
    for (const LayerSample& sample : entry->samples()) {
      if (!IsOfGrids(sample)) continue;
      ++layers;
      INFO(entry->name, ": ", sample.name);
      LayerRun all(sample, kImages, Mode::kTraining, 4);
      all.Forward();
      const AlignedVector dy = all.RandomGradient(1, 0);
      const LayerRun::Gradients gradients = all.Backward(dy, 1);
      const auto part = [](const AlignedVector& whole, Index image) {
        const Index size = std::ssize(whole) / kImages;
        return AlignedVector(whole.begin() + image * size,
                             whole.begin() + (image + 1) * size);
      };
      for (Index image = 0; image < kImages; ++image) {
        LayerRun one(sample, 1, Mode::kTraining, 4);
        std::ranges::copy(part(all.x[0], image), one.x[0].begin());
        for (std::size_t i = 0; i < one.w.size(); ++i) {
          std::ranges::copy(all.w[i], one.w[i].begin());
        }
        one.Forward();
        CHECK(one.y == part(all.y, image));
        CHECK(one.Backward(part(dy, image), 1).dx[0] ==
              part(gradients.dx[0], image));
      }
    }
  }
  CHECK(layers > 20);
}

TEST_CASE("group norm makes groups of mean 0 and variance 1") {
  const Sides grid = {5, 7};
  LayerRun run({.name = "",
                .layer = MakeGroupNorm(3),
                .input_cols = {6},
                .spaces = {SpaceOf(grid)}},
               2, Mode::kTraining, 7);
  std::ranges::fill(run.w[0], Real(1));
  std::ranges::fill(run.w[1], Real(0));
  for (Real& x : run.x[0]) x = 100 + 3 * x;
  run.Forward();
  for (Index image = 0; image < 2; ++image) {
    for (Index group = 0; group < 3; ++group) {
      double sum = 0;
      double squares = 0;
      for (Index pixel = 0; pixel < grid.area(); ++pixel) {
        for (Index c = 2 * group; c < 2 * group + 2; ++c) {
          const double y = static_cast<double>(
              run.y[At((image * grid.area() + pixel) * 6 + c)]);
          sum += y;
          squares += y * y;
        }
      }
      const double count = static_cast<double>(2 * grid.area());
      CHECK(std::abs(sum / count) < 1e-4);
      CHECK(squares / count == doctest::Approx(1).epsilon(1e-4));
    }
  }
}

TEST_CASE("windows that do not fit are refused") {
  const auto refused = [](const auto& make) { CHECK_THROWS_AS(make(), Error); };
  const Space small = SpaceOf({2, 2});
  refused([&] {
    MakeConv({{2, 2}, 1, {.kernel = {3, 3}}})->OutputSpace({&small, 1});
  });
  refused([&] {
    MakeConv({{3, 3}, 1, {.kernel = {3, 3}}})->OutputSpace({&small, 1});
  });
  refused([] { MakeConv({{2, 2}, 1, {.padding = {3, 3}}}); });
  refused([] { MakeConv({{2, 2}, 0}); });
  refused([] {
    const Index cols = 3;
    MakeConv({{4, 4}, 4, {}, 2})->OutputCols({&cols, 1});
  });
  refused([] {
    const Index cols = 3;
    MakeGroupNorm(2)->OutputCols({&cols, 1});
  });
  refused([] { MakeTransposedConv({{2, 2}, 1, {}}, {1, 0}); });
  refused([] { MakeResize({2, 2}, {0, 2}, true); });
}

}  // namespace
}  // namespace mtlkit::contract
