#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kSoftmaxRows = 19;

Reals Logits(Index cols) {
  Reals x = Noise(kSoftmaxRows * cols, cols);
  for (Real& v : x) v *= 10;
  return x;
}

std::vector<double> RowSoftmax(const Reals& x, Index row, Index cols,
                               double* log_total) {
  std::vector<double> p;
  double top = -HUGE_VAL;
  for (Index c = 0; c < cols; ++c) {
    p.push_back(
        static_cast<double>(x[static_cast<std::size_t>(row * cols + c)]));
    top = std::max(top, p.back());
  }
  double sum = 0;
  for (const double v : p) sum += std::exp(v - top);
  *log_total = std::log(sum) + top;
  for (double& v : p) v = std::exp(v - *log_total);
  return p;
}

TEST_CASE("softmax agrees with its formula") {
  for (const Index cols : {1, 2, 10, 16, 17, 50}) {
    CAPTURE(cols);
    const Reals x = Logits(cols);
    Reals expected;
    for (Index r = 0; r < kSoftmaxRows; ++r) {
      double total = 0;
      for (const double p : RowSoftmax(x, r, cols, &total)) {
        expected.push_back(static_cast<Real>(p));
      }
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals y = x;
      kernels.softmax(y.data(), cols, y.data(), cols, kSoftmaxRows, cols);
      return y;
    });
  }
}

TEST_CASE("a row of a softmax has the same bits wherever it stands") {
  for (const Index cols : {3, 16, 40}) {
    const Reals x = Logits(cols);
    for (const Kernels* kernels : SupportedKernels()) {
      Reals whole(x.size());
      Reals parts(x.size());
      kernels->softmax(x.data(), cols, whole.data(), cols, kSoftmaxRows, cols);
      for (Index r = 0; r < kSoftmaxRows; ++r) {
        kernels->softmax(x.data() + r * cols, cols, parts.data() + r * cols,
                         cols, 1, cols);
      }
      CHECK(SameBits(whole, parts));
    }
  }
}

TEST_CASE("a logit of minus infinity gets probability 0") {
  for (const Index cols : {3, 20}) {
    Reals x(static_cast<std::size_t>(cols), -kInfinite);
    x[0] = 1;
    x[1] = 1;
    Reals expected(x.size(), 0);
    expected[0] = expected[1] = Real(0.5);
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals y(x.size());
      kernels.softmax(x.data(), cols, y.data(), cols, 1, cols);
      return y;
    });
  }
}

TEST_CASE("the softmax gradient takes out the mean of the upstream") {
  for (const Index cols : {4, 21}) {
    const Reals p = Noise(kSoftmaxRows * cols, 1);
    const Reals dy = Noise(kSoftmaxRows * cols, 2);
    Reals expected;
    for (Index r = 0; r < kSoftmaxRows; ++r) {
      double mean = 0;
      for (Index c = 0; c < cols; ++c) {
        const auto at = static_cast<std::size_t>(r * cols + c);
        mean += static_cast<double>(p[at]) * static_cast<double>(dy[at]);
      }
      for (Index c = 0; c < cols; ++c) {
        const auto at = static_cast<std::size_t>(r * cols + c);
        const double gap = static_cast<double>(dy[at]) - mean;
        expected.push_back(static_cast<Real>(static_cast<double>(p[at]) * gap));
      }
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals dx = dy;
      kernels.softmax_gradient(p.data(), cols, dx.data(), cols, dx.data(), cols,
                               kSoftmaxRows, cols);
      return dx;
    });
  }
}

struct Labels {
  Reals target;
  Reals weight;
};

Labels MakeLabels(Index classes) {
  Labels labels;
  for (Index r = 0; r < kSoftmaxRows; ++r) {
    labels.target.push_back(static_cast<Real>(r % classes));
    labels.weight.push_back(static_cast<Real>(r % 3));
    if (r % 3 == 0) labels.target.back() = kNan;  // weight 0: not looked at
  }
  return labels;
}

// Losses, then gradients, of all rows.
Reals ExpectedCrossEntropy(const Reals& x, const Labels& labels, Index classes,
                           double smoothing) {
  Reals losses;
  Reals gradients;
  for (Index r = 0; r < kSoftmaxRows; ++r) {
    double total = 0;
    const auto p = RowSoftmax(x, r, classes, &total);
    const auto row = static_cast<std::size_t>(r);
    const auto weight = static_cast<double>(labels.weight[row]);
    double loss = 0;
    for (Index c = 0; c < classes; ++c) {
      const auto col = static_cast<std::size_t>(c);
      const bool own = static_cast<Real>(c) == labels.target[row];
      const double target = (own ? 1 - smoothing : 0.0) +
                            smoothing / static_cast<double>(classes);
      const auto at = static_cast<std::size_t>(r * classes + c);
      if (weight != 0) loss -= target * (static_cast<double>(x[at]) - total);
      gradients.push_back(static_cast<Real>(weight * (p[col] - target)));
    }
    losses.push_back(static_cast<Real>(weight * loss));
  }
  losses.insert(losses.end(), gradients.begin(), gradients.end());
  return losses;
}

TEST_CASE("cross-entropy and its gradient agree with their formulas") {
  for (const Index classes : {2, 10, 16, 30}) {
    for (const double smoothing : {0.0, 0.125}) {
      CAPTURE(classes);
      const Reals x = Logits(classes);
      const Labels labels = MakeLabels(classes);
      const Reals expected =
          ExpectedCrossEntropy(x, labels, classes, smoothing);
      CheckLevels(
          expected,
          [&](const Kernels& kernels) {
            Reals out(expected.size(), kNan);
            CrossEntropyArgs args;
            args.logits = x.data();
            args.stride = classes;
            args.rows = kSoftmaxRows;
            args.classes = classes;
            args.target = labels.target.data();
            args.weight = labels.weight.data();
            args.smoothing = static_cast<Real>(smoothing);
            args.row_loss = out.data();
            args.gradient = out.data() + kSoftmaxRows;
            args.gradient_stride = classes;
            kernels.cross_entropy(args);
            return out;
          },
          2 * kTolerance);
    }
  }
}

TEST_CASE("the logistic loss does not overflow, and weight 0 silences NaN") {
  const Reals z = {0, 2, -3, 200, -200, kNan, 1};
  const Reals t = {0.5, 1, 0, 0, 1, 1, kNan};
  const Reals w = {1, 2, 1, 1, 1, 0, 0};
  Reals expected;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto x = static_cast<double>(z[i]);
    const double loss = std::max(x, 0.0) - static_cast<double>(t[i]) * x +
                        std::log1p(std::exp(-std::abs(x)));
    expected.push_back(
        w[i] == 0 ? 0 : static_cast<Real>(static_cast<double>(w[i]) * loss));
  }
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto x = static_cast<double>(z[i]);
    const double slope = 1 / (1 + std::exp(-x)) - static_cast<double>(t[i]);
    expected.push_back(
        w[i] == 0 ? 0 : static_cast<Real>(static_cast<double>(w[i]) * slope));
  }
  CheckLevels(expected, [&](const Kernels& kernels) {
    Reals out(2 * z.size());
    kernels.logistic_loss(z.data(), t.data(), w.data(), out.data(),
                          out.data() + z.size(), static_cast<Index>(z.size()));
    return out;
  });
}

}  // namespace
}  // namespace mtlkit
