#include "data/heads/ziln.h"

#include "data/distances/row_math.h"

namespace mtlkit {
namespace {

// What two networks say of the probability of more than 0, and of the mean; the
// mean over columns.
class ZilnsApart final : public OutputDistance {
 public:
  // The divergence of the one question, and that of Poisson distributions with
  // the means (RateDistance); softening means nothing here.
  void Distill(const Softening& /*softening*/,
               const SoftRows& rows) const override {
    ForZilns(rows, [](const ZilnOutput& said, double p, double m,
                      double* by_logit, double* by_log_mean) {
      const SafeExp mean(said.log_mean());
      *by_logit = said.probability() - p;
      *by_log_mean = mean.slope - m;
      const double of_question = Part(p, SoftplusOf(-said.logit)) +
                                 Part(1 - p, SoftplusOf(said.logit));
      return of_question + mean.value - m * said.log_mean() +
             (m > 0 ? m * std::log(m) - m : 0);
    });
  }

  void Compare(const SoftRows& rows) const override {
    ForZilns(rows, [](const ZilnOutput& said, double p, double m,
                      double* by_logit, double* by_log_mean) {
      const SafeExp mean(said.log_mean());
      const double q = said.probability();
      *by_logit = (q - p) * q * (1 - q);
      *by_log_mean = (mean.value - m) * mean.slope;
      return ((q - p) * (q - p) + (mean.value - m) * (mean.value - m)) / 2;
    });
  }

 private:
  static double Part(double t, double minus_log) {
    return t > 0 ? t * (minus_log + std::log(t)) : 0;
  }

  template <class Cell>
  static void ForZilns(const SoftRows& rows, Cell cell) {
    const Index cols = rows.output.cols;
    ForSoftRows(
        rows, false, 1,
        [=](const Real* z, const Real* target, Real weight, Real* slopes) {
          constexpr Index kEach = ZilnOutput::kCols;
          const double scale = static_cast<double>(kEach) *
                               static_cast<double>(weight) /
                               static_cast<double>(cols);
          double sum = 0;
          for (Index k = 0; k < cols; k += kEach) {
            const ZilnOutput said(z + k);
            double by_logit = 0;
            double by_log_mean = 0;
            if (!IsMissing(target[k]) && !IsMissing(target[k + 1])) {
              sum += cell(said, static_cast<double>(target[k]),
                          static_cast<double>(target[k + 1]), &by_logit,
                          &by_log_mean);
            }
            if (slopes == nullptr) continue;
            by_logit += by_log_mean * (1 - said.probability());
            slopes[k] = static_cast<Real>(scale * by_logit);
            slopes[k + 1] = static_cast<Real>(scale * by_log_mean);
            slopes[k + 2] =
                static_cast<Real>(scale * said.Slope(by_log_mean * said.sigma));
          }
          return static_cast<Real>(scale * sum);
        });
  }
};

constexpr ZilnsApart kZilnsApart{};

}  // namespace

const OutputDistance& ZilnDistance() {
  return kZilnsApart;
}

}  // namespace mtlkit
