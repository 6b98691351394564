#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kSize = 37;

TEST_CASE("the momentum pass follows its recurrence over several steps") {
  for (const bool nesterov : {false, true}) {
    for (const bool decoupled : {false, true}) {
      Reals expected = Noise(kSize, 1);
      std::vector<double> p(expected.begin(), expected.end());
      std::vector<double> v(p.size(), 0);
      for (Index step = 0; step < 3; ++step) {
        const Reals noise = Noise(kSize, 10 + step);
        for (std::size_t i = 0; i < p.size(); ++i) {
          double g = 0.5 * static_cast<double>(noise[i]);
          if (!decoupled) g += 0.01 * p[i];
          v[i] = step == 0 ? g : 0.9 * v[i] + 0.75 * g;
          const double move = nesterov ? g + 0.9 * v[i] : v[i];
          if (decoupled) p[i] -= 0.1 * 0.01 * p[i];
          p[i] -= 0.1 * move;
        }
      }
      CheckLevels(Reals(p.begin(), p.end()), [&](const Kernels& kernels) {
        Reals own = Noise(kSize, 1);
        Reals velocity(own.size(), kNan);
        for (Index step = 0; step < 3; ++step) {
          const Reals gradient = Noise(kSize, 10 + step);
          SgdArgs args;
          args.parameters = own.data();
          args.gradient = gradient.data();
          args.velocity = velocity.data();
          args.size = kSize;
          args.rate = 0.1;
          args.momentum = 0.9;
          args.dampening = 0.25;
          args.nesterov = nesterov;
          args.first_step = step == 0;
          args.decay = 0.01;
          args.decoupled = decoupled;
          args.gradient_scale = 0.5;
          kernels.sgd(args);
        }
        return own;
      });
    }
  }
}

TEST_CASE("the Adam pass follows its recurrence over several steps") {
  for (const bool decoupled : {false, true}) {
    const Reals start = Noise(kSize, 1);
    std::vector<double> p(start.begin(), start.end());
    std::vector<double> m(p.size(), 0);
    std::vector<double> v(p.size(), 0);
    for (int t = 1; t <= 4; ++t) {
      const Reals noise = Noise(kSize, 20 + t);
      for (std::size_t i = 0; i < p.size(); ++i) {
        double g = static_cast<double>(noise[i]);
        if (!decoupled) g += 0.05 * p[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        if (decoupled) p[i] -= 0.1 * 0.05 * p[i];
        p[i] -= 0.1 * (m[i] / (1 - std::pow(0.9, t))) /
                (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
      }
    }
    CheckLevels(
        Reals(p.begin(), p.end()),
        [&](const Kernels& kernels) {
          Reals own = start;
          Reals first(own.size(), 0);
          Reals second(own.size(), 0);
          for (int t = 1; t <= 4; ++t) {
            const Reals gradient = Noise(kSize, 20 + t);
            AdamArgs args;
            args.parameters = own.data();
            args.gradient = gradient.data();
            args.first_moment = first.data();
            args.second_moment = second.data();
            args.size = kSize;
            args.rate = 0.1;
            args.beta1 = 0.9;
            args.beta2 = 0.999;
            args.epsilon = 1e-8;
            args.correction1 = 1 - std::pow(0.9, t);
            args.correction2 = 1 - std::pow(0.999, t);
            args.decay = 0.05;
            args.decoupled = decoupled;
            kernels.adam(args);
          }
          return own;
        },
        10 * kTolerance);
  }
}

TEST_CASE("an average moves by a share of its distance") {
  const Reals x = Noise(kSize, 5);
  const Reals start = Noise(kSize, 6);
  Reals expected;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double mean = static_cast<double>(start[i]);
    expected.push_back(
        static_cast<Real>(mean + 0.3 * (static_cast<double>(x[i]) - mean)));
  }
  CheckLevels(
      expected,
      [&](const Kernels& kernels) {
        Reals mean = start;
        kernels.average(0.3, x.data(), mean.data(), kSize);
        return mean;
      },
      kTolerance);
}

}  // namespace
}  // namespace mtlkit
