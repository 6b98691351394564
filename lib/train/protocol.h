#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"
#include "base/registry.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// What one peer makes of one task in a batch.
struct PeerTask {
  // rows x output_cols: logits, or normalised values. No data: the peer does
  // not have the task.
  ConstMatView output;
  // Loss of each row times its weight; 0 where the row is not labelled. Of
  // this batch only for protocols that select.
  std::span<const Real> row_loss;
  // Weights of the labels as this peer sees them; 0 where no label is, and on
  // rows that are not the peer's own.
  std::span<const Real> weight;
  // Loss of every row of the dataset when it was last seen, in the epoch
  // before this one; NaN where it was not labelled or not seen. Empty unless
  // the protocol remembers losses.
  std::span<const Real> last_losses = {};
  // rows x target_cols: the labels as the peer learns them; NaN cells are
  // missing, and rows of weight 0 hold anything.
  ConstMatView labels = {};
  // What Protocol::second_look() is about: outputs of the batch as it was
  // first seen, under dropout of their own. No data: it is seen once only.
  ConstMatView first_output = {};
  // Where an ensemble puts out, what each of its members says: those of one row
  // beside each other, while `output` is what they say together. Else no data.
  ConstMatView member_output = {};

  bool exists() const { return output.data != nullptr; }
};

// How the rows of a batch were mixed in pairs: row i is `share` of itself, and
// for the rest row partners[i].
struct RowMix {
  double share = 1;
  std::span<const Index> partners;
};

// How the inputs of a batch are changed after they were seen once, before they
// are learned from, beside --input-noise, which both looks have. Only numbers
// change.
struct SecondLook {
  // Rows are mixed in pairs, by shares from Beta(this, this), of which each row
  // keeps the larger; 0: not.
  double mixup = 0;
  // Rows that lack the label of a task get normal noise of this deviation, and
  // this part of their numbers (of images: a square) becomes 0.
  double noise = 0;
  double mask = 0;
};

// What the peers make of one batch. All see the same rows; what differs is
// their networks, inputs, tasks and labels.
struct PeerView {
  Index peers = 0;
  Index rows = 0;
  Index epoch = 0;                     // from 0
  double progress = 0;                 // epochs so far, with fractions
  std::span<const Index> row_numbers;  // of the batch, in the dataset
  std::span<const Task> tasks;         // of all peers together
  std::span<const PeerTask> seen;      // peers x tasks
  std::span<const RowMix> mixed = {};  // one a peer, where a look mixes rows
  Index step = 0;                      // that is being made, from 0
  const PeerTask& At(Index peer, Index task) const {
    return seen[Place(peer, task)];
  }
  // Of a peer's task in `seen`, in weights and in lessons.
  std::size_t Place(Index peer, Index task) const {
    return static_cast<std::size_t>(peer * static_cast<Index>(tasks.size()) +
                                    task);
  }
};

// A term beside the labels' loss, for one peer and task, set by Teach: a target
// for Protocol::lesson_loss, or, of a protocol that gives gradients, the row
// losses and their gradient. All empty where the peer does not have the task.
struct Lesson {
  // rows x output_cols, as Head::SoftTargets makes them of outputs.
  MatView target;
  MatView gradient;          // rows x output_cols: of row_loss
  std::span<Real> row_loss;  // times the row's weight
  std::span<Real> weight;    // of each row; 0: nothing to learn from this row
  double factor = 0;         // of the mean over rows, beside the task's loss
};

// What a peer is to the other peers: parameters only, never layers.
struct PeerParams {
  std::span<Real> weights;
  std::span<Real> buffers;  // running statistics
  double rows = 0;          // rows that it learns from
};

// When an exchange happens.
struct Moment {
  Index step = 0;   // that has just been made, from 0
  Index epoch = 0;  // from 0
  bool ends_epoch = false;
};

// Memory of a protocol that a checkpoint keeps.
struct ProtocolState {
  std::string name;
  std::span<Real> values;
};

// A way of training peers together, seen batch by batch. Every hook may be
// absent. One thread at a time; allocates nothing in a step.
//
// Targets of lessons are constants: no gradient flows into the peer that gave
// them. Where it must, the protocol gives the gradients. An unlabelled row has
// weight 0 until Select or Teach gives it something.
class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual bool selects() const { return false; }
  virtual bool teaches() const { return false; }
  virtual bool exchanges() const { return false; }
  // Whether lessons carry gradients instead of targets.
  virtual bool gives_gradients() const { return false; }
  // What an ensemble says together teaches its members: networks must be some
  // (Network::members).
  virtual bool teaches_members() const { return false; }
  // PeerTask::last_losses are wanted. Needs selects().
  virtual bool remembers_losses() const { return false; }
  // The soft loss of lessons with its options: its temperature.
  virtual Choice lesson_loss() const { return {"distillation", {}}; }
  // Factor of the labels' own loss, beside the lessons.
  virtual double label_share() const { return 1; }
  // Set: batches are seen twice, in the epochs (from 0) for which LooksTwice.
  virtual std::optional<SecondLook> second_look() const { return {}; }
  virtual bool LooksTwice(Index /*epoch*/) const {
    return second_look().has_value();
  }
  // Whether a peer takes steps of its own, or only what Exchange gives it.
  virtual bool learns(Index /*peer*/) const { return true; }

  // Called once before training: the largest batch.
  virtual void Prepare(Index peers, std::span<const Task> tasks, Index rows);
  // Called once after that, before a checkpoint is read: the parameters that
  // peers start from may be changed. Throws kUsage where peers do not fit.
  virtual void Begin(std::span<const PeerParams> peers);
  // Arrays of a size that does not change after Begin.
  virtual std::vector<ProtocolState> State();

  // Sets the row weights of every peer: `weights[view.Place(peer, task)]` holds
  // the label weights on entry; empty without the task.
  virtual void Select(const PeerView& view,
                      std::span<const std::span<Real>> weights);
  // Sets the lessons of every peer: lessons[view.Place(peer, task)].
  virtual void Teach(const PeerView& view, std::span<Lesson> lessons);
  // After every step of all peers: may move parameters between them.
  virtual void Exchange(const Moment& moment,
                        std::span<const PeerParams> peers);
};

// What a protocol is like.
struct ProtocolTraits {
  // Peers are one network at several times or places: Begin refuses (kUsage)
  // those that differ in architecture, inputs or tasks.
  bool one_network = false;
  // A peer learns from itself, too: it needs no other that has its task.
  bool by_itself = false;
  // Tasks whose labels are not classes are learned from labels alone.
  bool of_classes = false;
  // The same of all but those with labels of one class.
  bool of_one_class = false;
  // Networks are those of the architecture `branches` (teaches_members).
  bool of_branches = false;
  // For labels of which many are wrong: what chooses weights must not be the
  // loss, which networks that are sure of the truth make larger on such labels.
  bool noisy_labels = false;
};

// A registered protocol (protocols.def): how several networks ("peers") that
// are trained together help one another.
struct ProtocolEntry : RegistryEntry<std::unique_ptr<Protocol>> {
  Index least_peers = 1;
  Index most_peers = 0;  // 0: any number
  ProtocolTraits traits = {};
};

std::span<const ProtocolEntry* const> ProtocolEntries();
// An unknown name or option, and too few or many peers, is kUsage.
std::unique_ptr<Protocol> MakeProtocol(const Choice& choice, Index peers,
                                       const std::string& where = "--method");

}  // namespace mtlkit
