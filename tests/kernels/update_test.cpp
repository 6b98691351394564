// The passes of optimisers that keep their memory in slots.
#include <cmath>
#include <functional>
#include <vector>

#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

constexpr Index kUpdateSize = 37;

// One parameter with its memory, in double.
struct Walked {
  double p = 0;
  std::vector<double> slots = {0, 0, 0};
};

// Three steps of a rule: `one` moves a parameter by its gradient, `pass` all.
void CheckRule(const std::function<void(double g, Walked* walked)>& one,
               const std::function<void(const Kernels&, UpdateArgs*)>& pass) {
  std::vector<Walked> walked(At(kUpdateSize));
  const Reals start = Noise(kUpdateSize, 1);
  for (std::size_t i = 0; i < walked.size(); ++i) {
    walked[i].p = static_cast<double>(start[i]);
  }
  for (Index t = 0; t < 3; ++t) {
    const Reals noise = Noise(kUpdateSize, 30 + t);
    for (std::size_t i = 0; i < walked.size(); ++i) {
      one(0.5 * static_cast<double>(noise[i]) + 0.02 * walked[i].p, &walked[i]);
    }
  }
  Reals expected;
  for (const Walked& at : walked) expected.push_back(static_cast<Real>(at.p));
  CheckLevels(
      expected,
      [&](const Kernels& kernels) {
        Reals own = start;
        std::vector<Reals> slots(3, Reals(own.size(), 0));
        for (Index t = 0; t < 3; ++t) {
          const Reals gradient = Noise(kUpdateSize, 30 + t);
          UpdateArgs args;
          args.parameters = own.data();
          args.gradient = gradient.data();
          for (std::size_t i = 0; i < 3; ++i) args.slots[i] = slots[i].data();
          args.size = kUpdateSize;
          args.rate = 0.1;
          args.decay = 0.02;
          args.gradient_scale = 0.5;
          pass(kernels, &args);
        }
        return own;
      },
      10 * kTolerance);
}

double Faded(double share, double x, double* mean) {
  return *mean = share * *mean + (1 - share) * x;
}

TEST_CASE("the pass of adamax follows its recurrence") {
  CheckRule(
      [](double g, Walked* w) {
        const double m = Faded(0.9, g, &w->slots[0]);
        w->slots[1] = std::max(0.8 * w->slots[1], std::abs(g) + 1e-3);
        w->p -= 0.1 * m / (0.25 * w->slots[1]);
      },
      [](const Kernels& kernels, UpdateArgs* update) {
        AdamaxArgs args;
        static_cast<UpdateArgs&>(args) = *update;
        args.beta1 = 0.9;
        args.beta2 = 0.8;
        args.epsilon = 1e-3;
        args.correction1 = 0.25;
        kernels.adamax(args);
      });
}

TEST_CASE("the pass of rmsprop follows its recurrence") {
  for (const bool centred : {false, true}) {
    for (const double momentum : {0.0, 0.6}) {
      CheckRule(
          [&](double g, Walked* w) {
            double v = Faded(0.9, g * g, &w->slots[0]);
            const double mean = Faded(0.9, g, &w->slots[1]);
            if (centred) v -= mean * mean;
            const double step = g / (std::sqrt(v) + 1e-2);
            w->slots[2] = momentum * w->slots[2] + step;
            w->p -= 0.1 * w->slots[2];
          },
          [&](const Kernels& kernels, UpdateArgs* update) {
            RmspropArgs args;
            static_cast<UpdateArgs&>(args) = *update;
            args.alpha = 0.9;
            args.epsilon = 1e-2;
            args.momentum = momentum;
            args.centred = centred;
            kernels.rmsprop(args);
          });
    }
  }
}

TEST_CASE("the pass of adagrad follows its recurrence") {
  CheckRule(
      [](double g, Walked* w) {
        w->slots[0] += 0.3 + g * g;
        w->p -= 0.1 * g / (std::sqrt(w->slots[0]) + 1e-3);
      },
      [](const Kernels& kernels, UpdateArgs* update) {
        AdagradArgs args;
        static_cast<UpdateArgs&>(args) = *update;
        args.epsilon = 1e-3;
        args.start = 0.3;
        kernels.adagrad(args);
      });
}

TEST_CASE("the pass of adadelta follows its recurrence") {
  CheckRule(
      [](double g, Walked* w) {
        const double v = Faded(0.9, g * g, &w->slots[0]);
        const double step =
            std::sqrt(w->slots[1] + 1e-2) / std::sqrt(v + 1e-2) * g;
        Faded(0.9, step * step, &w->slots[1]);
        w->p -= 0.1 * step;
      },
      [](const Kernels& kernels, UpdateArgs* update) {
        AdadeltaArgs args;
        static_cast<UpdateArgs&>(args) = *update;
        args.rho = 0.9;
        args.epsilon = 1e-2;
        kernels.adadelta(args);
      });
}

TEST_CASE("the pass of lion goes by signs") {
  CheckRule(
      [](double g, Walked* w) {
        const double c = 0.9 * w->slots[0] + 0.1 * g;
        w->p -= 0.1 * (c > 0 ? 1 : -1);
        Faded(0.8, g, &w->slots[0]);
      },
      [](const Kernels& kernels, UpdateArgs* update) {
        LionArgs args;
        static_cast<UpdateArgs&>(args) = *update;
        args.beta1 = 0.9;
        args.beta2 = 0.8;
        kernels.lion(args);
      });
  // The sign of 0 is 0, and NaN is seen.
  for (const Kernels* kernels : SupportedKernels()) {
    Reals p = {1, 2};
    Reals memory = {0, 0};
    const Reals gradient = {0, kNan};
    LionArgs args;
    args.parameters = p.data();
    args.gradient = gradient.data();
    args.slots[0] = memory.data();
    args.size = 2;
    args.rate = 0.5;
    args.decay = 0.1;
    args.decoupled = true;
    kernels->lion(args);
    CHECK(static_cast<double>(p[0]) == doctest::Approx(0.95));
    CHECK(std::isnan(p[1]));
  }
}

}  // namespace
}  // namespace mtlkit
