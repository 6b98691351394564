#include <Eigen/Core>
#include <array>

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

TEST_CASE("the gramian equals that of explicit gradients") {
  for (Index draw = 0; draw < 30; ++draw) {
    const Index rows = Pick(draw, 0, 1, 50);
    const Index inputs = Pick(draw, 1, 1, kGramianInputs);
    const Index outputs = Pick(draw, 2, 1, 70);
    const Index lanes = Pick(draw, 3, 1, 9);
    const Reals x = Noise(rows * inputs, draw);
    const Reals dy = Noise(lanes * rows * outputs, draw + 99);
    const Eigen::MatrixXd expected =
        ExplicitGram(x, dy, rows, inputs, outputs, lanes);
    const double size = std::max(1.0, expected.cwiseAbs().maxCoeff());
    for (const Kernels* kernels : SupportedKernels()) {
      Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(lanes, lanes);
      Reals scratch(static_cast<std::size_t>(GramianScratch(lanes)), kNan);
      GramianArgs args;
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
      kernels->gramian(args);
      CHECK((gram - expected).cwiseAbs().maxCoeff() <= 10 * kTolerance * size);
      CHECK(gram == gram.transpose());
    }
  }
}

TEST_CASE("a gramian summed over rows equals that of explicit gradients") {
  for (Index draw = 0; draw < 30; ++draw) {
    const Index rows = Pick(draw, 0, 1, 50);
    const Index inputs = Pick(draw, 1, 1, 90);
    const Index outputs = Pick(draw, 2, 1, 70);
    const Index lanes = Pick(draw, 3, 1, 9);
    const Reals x = Noise(rows * inputs, draw);
    const Reals dy = Noise(lanes * rows * outputs, draw + 99);
    const Eigen::MatrixXd expected =
        ExplicitGram(x, dy, rows, inputs, outputs, lanes);
    const double size = std::max(1.0, expected.cwiseAbs().maxCoeff());
    for (const Kernels* kernels : SupportedKernels()) {
      Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(lanes, lanes);
      const Index cut = Pick(draw, 4, 0, rows);
      Reals scratch(static_cast<std::size_t>(
                        RowGramianScratch(lanes, rows, inputs, rows)),
                    kNan);
      RowGramianArgs args;
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
      args.row_count = cut;
      kernels->row_gramian(args);
      args.first_row = cut;
      args.row_count = rows - cut;
      kernels->row_gramian(args);
      CHECK((gram - expected).cwiseAbs().maxCoeff() <= 10 * kTolerance * size);
      CHECK(gram == gram.transpose());
    }
  }
}

}  // namespace
}  // namespace mtlkit
