#include <cmath>
#include <limits>

#include "base/registry.h"
#include "data/distances/row_math.h"
#include "nn/losses/row_groups.h"

namespace mtlkit {
namespace {

// log(e^a + e^b).
double CoxLogSum(double a, double b) {
  const double top = std::max(a, b);
  if (std::isinf(top)) return top;
  return top + std::log1p(std::exp(std::min(a, b) - top));
}

constexpr double kCoxLogOfZero = -std::numeric_limits<double>::infinity();

// Cox, "Regression models and life-tables", 1972: an event at time t costs
// log(sum over j at risk of w_j e^z_j) - z_i, times w_i, where the rows at risk
// are those of the batch whose time is t or later. Less log w_i, which is no
// part of any gradient: no row is better than 0. Of events at one time each has
// all of them at risk (Breslow 1974), or the l-th of d the l-th part of them
// less (Efron 1977). All in logs: neither scores nor times can overflow.
class CoxLoss : public Loss {
 public:
  struct Options {
    std::string ties = "breslow";
    void Describe(Fields& fields) {
      fields("ties", ties, "what is at risk where events have one time",
             {"breslow", "efron"});
    }
  };

  CoxLoss(const Task& /*task*/, const Options& options)
      : efron_(options.ties == "efron") {}

  Index target_cols() const override { return 2; }
  RowCoupling coupling() const override { return RowCoupling::kBatch; }

  double Divisor(const LossArgs& args) const override {
    double sum = 0;
    for (Index row = 0; row < args.output.rows; ++row) {
      if (HasLabel(args, row) && args.target(row, 1) > 0) {
        sum += static_cast<double>(args.weight[At(row)]);
      }
    }
    return sum;
  }

  void Evaluate(const LossArgs& args, std::span<Real> row_loss,
                MatView gradient) const override {
    assert(args.output.cols == 1 && args.target.cols == 2);
    std::ranges::fill(row_loss.first(At(args.output.rows)), Real{0});
    if (!gradient.empty()) std::ranges::fill(gradient.flat(), Real{0});
    // Those that are at risk longest come first.
    const auto order = OrderRows(
        args, 1, [&](Index row) { return HasLabel(args, row); },
        [&](std::int32_t a, std::int32_t b) {
          const Real time = args.target(a, 0);
          const Real other = args.target(b, 0);
          return time != other ? time > other : a < b;
        });
    double at_risk = kCoxLogOfZero;
    ForTimes(args, order, [&](std::span<const std::int32_t> rows) {
      for (const std::int32_t row : rows) {
        at_risk = CoxLogSum(at_risk, LogTerm(args, row));
      }
      args.room->terms[At(rows.front())] = at_risk;
      const Events events(args, rows, efron_, at_risk);
      for (const std::int32_t row : rows) {
        if (!IsEvent(args, row)) continue;
        row_loss[At(row)] = static_cast<Real>(
            Weight(args, row) * (events.log_of_mean - LogTerm(args, row)));
      }
    });
    if (!gradient.empty()) SetGradient(args, order, gradient);
  }

 private:
  // Of the rows with one time.
  struct Events {
    Events(const LossArgs& args, std::span<const std::int32_t> rows, bool efron,
           double at_risk) {
      double tied = kCoxLogOfZero;
      for (const std::int32_t row : rows) {
        if (!IsEvent(args, row)) continue;
        ++count;
        weight += Weight(args, row);
        tied = CoxLogSum(tied, LogTerm(args, row));
      }
      if (count == 0) return;
      const double part = efron ? std::exp(tied - at_risk) : 0;
      double logs = 0;
      for (Index l = 0; l < count; ++l) {
        const double gone = static_cast<double>(l) / static_cast<double>(count);
        const double left =
            std::max(1 - gone * part, std::numeric_limits<double>::min());
        logs += std::log(left);
        pull += weight / static_cast<double>(count) / left;
        spared += weight / static_cast<double>(count) * gone * part / left;
        if (!efron) break;
      }
      if (!efron) pull = weight;
      log_of_mean = at_risk + logs / static_cast<double>(efron ? count : 1);
      if (efron) spared_of = tied;
    }
    Index count = 0;
    double weight = 0;
    double log_of_mean = 0;  // mean over l of the log of what is at risk
    double pull = 0;         // on what is at risk, as a part of it
    double spared = 0;       // of it on the events themselves
    double spared_of = 0;    // the log of their sum
  };

  static double Weight(const LossArgs& args, Index row) {
    return static_cast<double>(args.weight[At(row)]);
  }
  // log(w e^z).
  static double LogTerm(const LossArgs& args, Index row) {
    return static_cast<double>(args.output.data[row]) +
           std::log(Weight(args, row));
  }
  static bool IsEvent(const LossArgs& args, Index row) {
    return args.target(row, 1) > 0;
  }
  static bool HasLabel(const LossArgs& args, Index row) {
    return args.weight[At(row)] > 0 && !IsMissing(args.target(row, 0)) &&
           !IsMissing(args.target(row, 1));
  }

  template <class Visit>
  static void ForTimes(const LossArgs& args,
                       std::span<const std::int32_t> order, Visit visit) {
    ForRuns(
        order,
        [&](std::int32_t a, std::int32_t b) {
          return args.target(a, 0) == args.target(b, 0);
        },
        visit);
  }

  // From the earliest time on: w_j e^z_j times the sum over events so far of
  // w_i / (what was at risk), less w_j of events.
  void SetGradient(const LossArgs& args, std::span<const std::int32_t> order,
                   MatView gradient) const {
    double pulls = kCoxLogOfZero;
    std::size_t end = order.size();
    while (end > 0) {
      std::size_t first = end - 1;
      while (first > 0 && args.target(order[first - 1], 0) ==
                              args.target(order[end - 1], 0)) {
        --first;
      }
      const auto rows = order.subspan(first, end - first);
      const double at_risk = args.room->terms[At(rows.front())];
      const Events events(args, rows, efron_, at_risk);
      if (events.count > 0) {
        pulls = CoxLogSum(pulls, std::log(events.pull) - at_risk);
      }
      for (const std::int32_t row : rows) {
        double slope = std::exp(LogTerm(args, row) + pulls);
        if (IsEvent(args, row)) {
          slope -= Weight(args, row);
          if (events.spared > 0) {
            slope -=
                events.spared * std::exp(LogTerm(args, row) - events.spared_of);
          }
        }
        gradient.data[row] = static_cast<Real>(slope);
      }
      end = first;
    }
  }

  bool efron_;
};

constexpr std::string_view kCoxTypes[] = {"survival"};

}  // namespace

extern const LossEntry kCoxLoss;
const LossEntry kCoxLoss = {
    MakeEntry<CoxLoss, CoxLoss::Options>(
        "cox",
        "minus the log of Cox's partial likelihood, among the rows of a batch; "
        "the network puts out the log of the risk (Cox 1972)"),
    kCoxTypes};

}  // namespace mtlkit
