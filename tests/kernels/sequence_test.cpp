#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kSizes[] = {1, 3, 16, 21};
constexpr Index kQueries = 5;
constexpr Index kLongest = 40;  // of a row of scores

double Sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

double Of(const Reals& values, Index i) {
  return static_cast<double>(values[At(i)]);
}

TEST_CASE("a step of long short-term memory is that of its formula") {
  for (const Index size : kSizes) {
    const Reals x = Noise(4 * size, 1);
    const Reals z = Noise(4 * size, 2);
    const Reals before = Noise(size, 3);
    Reals expected;
    for (Index i = 0; i < size; ++i) {
      const auto gate = [&](Index number) {
        return Of(x, number * size + i) + Of(z, number * size + i);
      };
      const double cell = Sigmoid(gate(1) + 0.5) * Of(before, i) +
                          Sigmoid(gate(0)) * std::tanh(gate(3));
      expected.push_back(static_cast<Real>(Sigmoid(gate(2)) * std::tanh(cell)));
    }
    CheckLevels(expected, [&](const Kernels& kernels) {
      Reals kept(At(6 * size));
      Reals y(At(size));
      kernels.lstm_step({.x = x.data(),
                         .recurrent = z.data(),
                         .before = before.data(),
                         .forget_bias = Real(0.5),
                         .size = size,
                         .gates = kept.data(),
                         .cell = kept.data() + 4 * size,
                         .squashed = kept.data() + 5 * size,
                         .y = y.data()});
      return y;
    });
  }
}

// Scores of causal rows, block by block of their columns: probabilities come
// out of it whatever the blocks, and values are weighted by them.
Reals AttendBy(const Kernels& kernels, const Reals& scores, Index block) {
  Reals tops(At(kQueries));
  Reals sums(At(kQueries));
  Reals y(At(kQueries), kNan);
  const Index last = kLongest - kQueries;  // that the first row sees
  for (Index first = 0; first < kLongest; first += block) {
    const Index cols = std::min(block, kLongest - first);
    Reals part;
    for (Index row = 0; row < kQueries; ++row) {
      for (Index col = 0; col < cols; ++col) {
        part.push_back(scores[At(row * kLongest + first + col)]);
      }
    }
    AttentionPowersArgs args;
    args.scores = part.data();
    args.stride = cols;
    args.rows = kQueries;
    args.cols = cols;
    args.scale = Real(3);
    args.causal = true;
    args.seen = last + 1 - first;
    args.first = first == 0;
    args.top = tops.data();
    args.sum = sums.data();
    args.y = y.data();
    args.y_stride = 1;
    args.y_cols = 1;
    kernels.attention_powers(args);
    // Each column has its number as its value.
    for (Index row = 0; row < kQueries; ++row) {
      double sum = first == 0 ? 0 : Of(y, row);
      for (Index col = 0; col < cols; ++col) {
        sum += Of(part, row * cols + col) * static_cast<double>(first + col);
      }
      y[At(row)] = static_cast<Real>(sum);
    }
  }
  for (Index row = 0; row < kQueries; ++row) y[At(row)] /= sums[At(row)];
  return y;
}

TEST_CASE("blocks of scores become the probabilities of all") {
  const Reals scores = Noise(kQueries * kLongest, 4);
  Reals expected;
  for (Index row = 0; row < kQueries; ++row) {
    double sum = 0;
    double mean = 0;
    for (Index col = 0; col <= kLongest - kQueries + row; ++col) {
      const double power = std::exp(3 * Of(scores, row * kLongest + col));
      sum += power;
      mean += power * static_cast<double>(col);
    }
    expected.push_back(static_cast<Real>(mean / sum));
  }
  for (const Index block : {kLongest, Index{16}, Index{7}}) {
    CheckLevels(expected, [&](const Kernels& kernels) {
      return AttendBy(kernels, scores, block);
    });
  }
}

TEST_CASE("what is behind the last score that is seen changes no bit") {
  const Reals scores = Noise(kLongest, 5);
  for (const Kernels* kernels : SupportedKernels()) {
    for (const Index seen : {1, 15, 16, 17, 33}) {
      Reals shorter(scores.begin(), scores.begin() + seen);
      Reals longer = scores;
      const auto again = [&](Reals* row) {
        const Real total = Real(0.7);
        AttentionAgainArgs args;
        args.scores = row->data();
        args.stride = std::ssize(*row);
        args.rows = 1;
        args.cols = std::ssize(*row);
        args.causal = true;
        args.seen = seen;
        args.total = &total;
        kernels->attention_again(args);
      };
      again(&shorter);
      again(&longer);
      CHECK(SameBits(shorter, Reals(longer.begin(), longer.begin() + seen)));
      CHECK(std::all_of(longer.begin() + seen, longer.end(),
                        [](Real v) { return v == 0; }));
    }
  }
}

}  // namespace
}  // namespace mtlkit
