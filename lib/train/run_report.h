#pragma once

#include <span>
#include <string>

#include "base/reporter.h"
#include "nn/history.h"
#include "train/peer.h"
#include "train/train_environment.h"
#include "train/trainee.h"

namespace mtlkit {

// What is to be said of a training that found nothing: its best weights are no
// better on the validation rows than the best constants. "" otherwise, and
// where that was not measured.
std::string UselessText(const History& history);

// Tells the environment's reporter, if it has one, how peers get on.
class RunReport {
 public:
  // All must outlive it.
  RunReport(const TrainEnvironment& environment, std::span<const Peer> models,
            std::span<Trainee> peers);

  // What is to be said before training, which ends with epoch `epochs`;
  // `first_rows`: what an epoch is, "" where it is every row once.
  void Begin(bool resumed, Index first_epoch, Index epochs,
             const std::string& first_rows);
  // In the middle of an epoch (from 0).
  void Advance(Index epoch);
  // After so many epochs.
  void EndEpoch(Index epochs, double rows_per_second);
  // When training is over; `keeps_each`: of which epoch each task was kept.
  void End(bool keeps_each);

 private:
  Reporter& reporter();
  void Announce();
  void ReportPeer(std::size_t i);
  // What stands in front of what is said of one.
  std::string NotesOf(std::size_t peer) const;
  void ReportStops(std::size_t i, Index epochs);

  const TrainEnvironment& environment_;
  std::span<const Peer> models_;
  std::span<Trainee> peers_;
  SilentReporter silent_;
};

}  // namespace mtlkit
