#pragma once

#include <span>
#include <vector>

#include "train/protocol.h"
#include "train/trainee.h"

namespace mtlkit {

// What a protocol sees of the peers, in memory that is made once.
class Meeting {
 public:
  // Both must outlive it.
  Meeting(Protocol* protocol, std::vector<Trainee>* peers);

  // After every peer's Forward.
  void Run(Index epoch);
  // After every epoch.
  void Exchange(Index epoch);

 private:
  PeerView View(Index epoch);
  void Select(const PeerView& view);
  void Teach(const PeerView& view);
  Learner& Learn(std::size_t peer) { return (*peers_)[peer].learner(); }

  Protocol* protocol_;
  std::vector<Trainee>* peers_;
  std::span<const Task> tasks_;
  std::vector<PeerTask> seen_;
  std::vector<std::span<Real>> weights_;
  std::vector<std::span<const Real>> label_weights_;
  std::vector<Lesson> lessons_;
};

}  // namespace mtlkit
