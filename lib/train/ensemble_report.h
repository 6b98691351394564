#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/reporter.h"

namespace mtlkit {

// One progress line for networks that are trained side by side: positions are
// those of all together, numbers the means over networks (rows a second: the
// sum), and what several say alike is said once. Networks may report from
// threads of their own.
class EnsembleReport {
 public:
  // `reporter` may be null, and must outlive it. `noun`: what they are called.
  EnsembleReport(Reporter* reporter, Index networks,
                 std::string noun = "networks");
  ~EnsembleReport();

  // For a network, numbered from 0; its training's alone.
  Reporter* ForNetwork(Index number);
  // A network is done, maybe before its last epoch.
  void Finish(Index number);

 private:
  class NetworkReporter;
  struct Number {
    double value = 0;
    bool decides = false;
  };
  // What a network has said last.
  struct State {
    Index before = 0;  // of phases that are over
    Index total = 0;   // of the running phase
    Index done = 0;
    bool is_finished = false;
    std::map<std::string, Number> numbers;
    std::unique_ptr<NetworkReporter> reporter;
  };

  void Begin(std::size_t network, std::string_view phase, Index total);
  void Advance(std::size_t network, Index done);
  void Say(std::size_t network, std::vector<std::string> order,
           std::map<std::string, Number> numbers);
  void Tell(std::string_view text, bool warns);
  // All below need the lock.
  void MoveOn();
  double Mean(const std::string& name) const;
  void ShowCommon();

  std::mutex mutex_;
  SilentReporter silent_;
  Reporter& reporter_;
  std::string noun_;
  std::vector<State> states_;
  std::vector<std::string> order_;  // of numbers, as they came first
  std::set<std::string, std::less<>> told_;
  Index total_ = 0;  // epochs of one network, as far as is known
  Index position_ = -1;
};

}  // namespace mtlkit
