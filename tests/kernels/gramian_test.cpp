#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <vector>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

using Matrix =
    Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

// The inner products of explicit per-lane gradients, by Eigen.
Eigen::MatrixXd ExplicitGram(const Reals& x, const Reals& dy, Index rows,
                             Index inputs, Index outputs, Index lanes) {
  Eigen::MatrixXd all(lanes, inputs * outputs);
  const View left(x.data(), rows, inputs, Eigen::OuterStride<>(inputs));
  for (Index k = 0; k < lanes; ++k) {
    const View right(dy.data() + k * rows * outputs, rows, outputs,
                     Eigen::OuterStride<>(outputs));
    const Eigen::MatrixXd dw =
        left.cast<double>().transpose() * right.cast<double>();
    all.row(k) = Eigen::Map<const Eigen::RowVectorXd>(dw.data(), dw.size());
  }
  return all * all.transpose();
}

// A random layer and batch, and the Gramian by forming every gradient.
struct Scene {
  Scene(Index draw, Index most_inputs, Index least_rows = 1)
      : rows(Pick(draw, 0, least_rows, least_rows + 49)),
        inputs(Pick(draw, 1, 1, most_inputs)),
        outputs(Pick(draw, 2, 1, 70)),
        lanes(Pick(draw, 3, 1, 9)),
        x(Noise(rows * inputs, draw)),
        dy(Noise(lanes * rows * outputs, draw + 99)),
        expected(ExplicitGram(x, dy, rows, inputs, outputs, lanes)),
        gram(Eigen::MatrixXd::Zero(lanes, lanes)) {}

  // Arguments of a kernel that adds to `gram`, which is set to 0.
  template <class Args>
  Args Begin(Index scratch_size) {
    gram.setZero();
    scratch.assign(static_cast<std::size_t>(scratch_size), kNan);
    Args args;
    args.x = x.data();
    args.x_stride = inputs;
    args.dy = dy.data();
    args.dy_stride = outputs;
    args.lane_stride = rows * outputs;
    args.lanes = lanes;
    args.rows = rows;
    args.inputs = inputs;
    args.outputs = outputs;
    args.gram = gram.data();
    args.scratch = scratch.data();
    return args;
  }

  void Check() const {
    const double size = std::max(1.0, expected.cwiseAbs().maxCoeff());
    CHECK((gram - expected).cwiseAbs().maxCoeff() <= 10 * kTolerance * size);
    CHECK(gram == gram.transpose());
  }

  Index rows;
  Index inputs;
  Index outputs;
  Index lanes;
  Reals x;
  Reals dy;
  Eigen::MatrixXd expected;
  Eigen::MatrixXd gram;
  Reals scratch;
};

TEST_CASE("the gramian equals that of explicit gradients") {
  for (Index draw = 0; draw < 30; ++draw) {
    Scene scene(draw, kGramianInputs);
    for (const Kernels* kernels : SupportedKernels()) {
      kernels->gramian(scene.Begin<GramianArgs>(GramianScratch(scene.lanes)));
      scene.Check();
    }
  }
}

TEST_CASE("the gramian of more rows than a copy of x has is the same") {
  for (Index draw = 0; draw < 4; ++draw) {
    Scene scene(draw, kGramianInputs, 250);
    for (const Kernels* kernels : SupportedKernels()) {
      kernels->gramian(scene.Begin<GramianArgs>(GramianScratch(scene.lanes)));
      scene.Check();
    }
  }
}

TEST_CASE("a gramian summed over rows equals that of explicit gradients") {
  for (Index draw = 0; draw < 30; ++draw) {
    Scene scene(draw, 90);
    const Index rows = scene.rows;
    const Index cut = Pick(draw, 4, 0, rows);
    for (const Kernels* kernels : SupportedKernels()) {
      auto args = scene.Begin<RowGramianArgs>(
          RowGramianScratch(scene.lanes, rows, scene.inputs, rows));
      args.row_count = cut;
      kernels->row_gramian(args);
      args.first_row = cut;
      args.row_count = rows - cut;
      kernels->row_gramian(args);
      scene.Check();
    }
  }
}

TEST_CASE("a gramian of lanes of rows equals that of explicit gradients") {
  for (Index draw = 0; draw < 30; ++draw) {
    // Lanes of 0 to 30 rows, with rows of no lane between them.
    const Index lanes = Pick(draw, 0, 1, 9);
    std::vector<RowRange> ranges;
    Index rows = 0;
    for (Index lane = 0; lane < lanes; ++lane) {
      rows += Pick(draw, 20 + lane, 0, 2);
      ranges.push_back({rows, Pick(draw, 10 + lane, 0, 30)});
      rows = ranges.back().end();
    }
    rows += 1;
    const Index inputs = Pick(draw, 1, 1, 90);
    const Index outputs = Pick(draw, 2, 1, 70);
    const Reals x = Noise(rows * inputs, draw);
    const Reals dy = Noise(rows * outputs, draw + 99);
    Reals stacked(static_cast<std::size_t>(lanes * rows * outputs), 0);
    for (Index lane = 0; lane < lanes; ++lane) {
      const RowRange& range = ranges[static_cast<std::size_t>(lane)];
      std::copy_n(dy.begin() + range.first * outputs, range.count * outputs,
                  stacked.begin() + (lane * rows + range.first) * outputs);
    }
    const Eigen::MatrixXd expected =
        ExplicitGram(x, stacked, rows, inputs, outputs, lanes);
    const Index cut = Pick(draw, 4, 0, rows);
    for (const Kernels* kernels : SupportedKernels()) {
      Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(lanes, lanes);
      Reals scratch(static_cast<std::size_t>(
                        LaneRowGramianScratch(rows, inputs, outputs, rows)),
                    kNan);
      LaneRowGramianArgs args;
      args.x = x.data();
      args.x_stride = inputs;
      args.dy = dy.data();
      args.dy_stride = outputs;
      args.rows = rows;
      args.inputs = inputs;
      args.outputs = outputs;
      args.lane_rows = ranges.data();
      args.lanes = lanes;
      args.row_count = cut;
      args.gram = gram.data();
      args.scratch = scratch.data();
      kernels->lane_row_gramian(args);
      args.first_row = cut;
      args.row_count = rows - cut;
      kernels->lane_row_gramian(args);
      const double size = std::max(1.0, expected.cwiseAbs().maxCoeff());
      CHECK((gram - expected).cwiseAbs().maxCoeff() <= 10 * kTolerance * size);
      CHECK(gram == gram.transpose());
    }
  }
}

}  // namespace
}  // namespace mtlkit
