#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/choice.h"
#include "base/registry.h"
#include "base/view.h"
#include "train/schedule.h"

namespace mtlkit {

// What an averaging is for.
struct AveragingArgs {
  double rate = 0;  // --rate
  Index steps_per_epoch = 0;
  Index epochs = 0;
};

// How an average of the parameters is kept beside them while they learn. Where
// there is one, it is what is validated, kept and saved; the parameters go on
// from where they are. Every average a is moved towards the parameters p by a
// share, a += share (p - a), that follows from a count alone: so there is
// nothing to remember but the average itself. Stateless; any number of threads
// may share it.
class Averaging {
 public:
  virtual ~Averaging() = default;

  // False: there is never an average, and nothing below is asked.
  virtual bool averages() const { return true; }
  // The share after a parameter's own update number `count` (from 1), and that
  // of running statistics after step number `count`. What an absent task alone
  // could change had no update: its average stays, too. Asked only if
  // follows_updates().
  virtual bool follows_updates() const { return false; }
  virtual double ShareOfUpdate(Index /*count*/) const { return 0; }
  // The share of all parameters after so many epochs.
  virtual double ShareOfEpoch(Index /*epochs*/) const { return 0; }
  // Whether there is an average after so many epochs; until then the parameters
  // stand for themselves.
  virtual bool HasBegun(Index epochs) const = 0;

  // The rate of a step, where it is not what the schedule says.
  virtual double Rate(Index step, const Schedule& schedule) const {
    return schedule.Rate(step);
  }
  // Running statistics of the averaged network are found anew, from the
  // training rows; otherwise they are averaged as the parameters are.
  virtual bool renews_statistics() const { return false; }
  // It is of the last part of a training of known length: nothing may end it
  // earlier.
  virtual bool needs_whole_length() const { return false; }
};

// A registered averaging (averagings.def); --average NAME[:option=value,...].
using AveragingEntry =
    RegistryEntry<std::unique_ptr<Averaging>, const AveragingArgs&>;

std::span<const AveragingEntry* const> AveragingEntries();
// An unknown name or option is kUsage.
std::unique_ptr<Averaging> MakeAveraging(
    const Choice& choice, const AveragingArgs& args,
    const std::string& where = "--average");

// average += share (values - average), and exactly `values` where share is 1.
void MoveAverage(double share, std::span<const Real> values,
                 std::span<Real> average);

}  // namespace mtlkit
