#pragma once

#include <span>
#include <string>
#include <vector>

#include "train/protocol.h"
#include "train/trainee.h"

namespace mtlkit {

// Shows a protocol what peers make of a batch, and gives the peers what it
// says. Peers may differ in everything but the rows of a batch: a task that
// one does not have is absent there. Memory is made once.
class Meeting {
 public:
  // Both must outlive it. `rows`: of the dataset; `capacity`: of a batch.
  // Throws kUsage where peers do not go together.
  Meeting(Protocol* protocol, std::vector<Trainee>* peers, Index rows,
          Index capacity);

  // After every peer's Forward of these rows; `progress`: epochs so far.
  void Meet(std::span<const Index> rows, Index step, Index epoch,
            double progress);
  // After a step of all peers.
  void Exchange(const Moment& moment);
  void EndEpoch();

  // What a checkpoint keeps: the protocol's memory and the losses remembered.
  std::vector<ProtocolState> State();

 private:
  std::size_t Place(std::size_t peer, std::size_t task) const {
    return peer * tasks_.size() + task;
  }
  void FindTasks();
  void Show();
  void Remember(std::span<const Index> rows);
  void Select(const PeerView& view);
  void Teach(const PeerView& view);

  Protocol* protocol_;
  std::vector<Trainee>* peers_;
  std::vector<Task> tasks_;     // of all peers, in order of first appearance
  std::vector<Index> numbers_;  // peers x tasks: a task's place in the peer; -1
  std::vector<PeerTask> seen_;
  std::vector<std::span<Real>> weights_;
  std::vector<Lesson> lessons_;
  std::vector<RowMix> mixed_;
  std::vector<PeerParams> params_;
  // Of every row of the dataset, one a peer and task: in this epoch, and in the
  // one before.
  std::vector<std::vector<Real>> losses_;
  std::vector<std::vector<Real>> last_losses_;
};

}  // namespace mtlkit
