#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "cotrain/collaboration.h"
#include "cotrain/measure.h"
#include "cotrain/selection.h"
#include "h5/atomic_file.h"
#include "h5/provenance.h"
#include "nn/model_io.h"
#include "train/own_options.h"

namespace mtlkit {
namespace {

// Ends the process here if a test asks for it: how every point at which a
// round can be killed is tried.
void KillPoint(std::string_view name) {
  const char* wanted = std::getenv("MTLKIT_TEST_KILL_AT");
  if (wanted != nullptr && name == wanted) std::raise(SIGKILL);
}

// The newest publication of each peer that a round may read.
std::vector<RoundInput> ChooseInputs(const Collaboration& run, Index peer,
                                     Index round) {
  std::vector<RoundInput> inputs;
  Index others = 0;
  for (Index other = 0; other < run.spec.peers; ++other) {
    if (other != peer && !run.method->reads_others) continue;
    const Index newest = run.folder.NewestRound(other, round - 1);
    if (newest < 1 || newest < round - run.spec.cotrain.max_stale) continue;
    const auto done = ReadPublished(run.folder, other, newest);
    if (!done) continue;
    inputs.push_back({other, newest, done->publication_content_sha256});
    others += other != peer;
  }
  if (round > 1 && others < run.spec.cotrain.min_peers) {
    Fail(ErrorKind::kStopped,
         Str("only ", others, " of the ", run.spec.cotrain.min_peers,
             " other peers that --min-peers asks for have published"),
         "run the round again later");
  }
  return inputs;
}

// Those that an earlier attempt at this round committed to, or new ones.
std::vector<RoundInput> CommittedInputs(const Collaboration& run, Index peer,
                                        Index round) {
  if (auto committed = ReadRoundInputs(run.folder, peer, round)) {
    return *committed;
  }
  auto inputs = ChooseInputs(run, peer, round);
  WriteRoundInputs(run.folder, peer, round, inputs);
  KillPoint("inputs");
  return inputs;
}

// `committed` is the file that says so.
std::vector<Publication> ReadInputs(const Collaboration& run,
                                    const std::vector<RoundInput>& inputs,
                                    const std::string& committed,
                                    const Params& params) {
  std::vector<Publication> publications;
  for (const RoundInput& input : inputs) {
    const std::string path =
        run.folder.PublicationPath(input.peer, input.round);
    const auto done = ReadPublished(run.folder, input.peer, input.round);
    if (!done || done->publication_content_sha256 != input.content_sha256) {
      Fail(ErrorKind::kBadInput,
           Str(path, ": it is not what this round committed to read"),
           Str("restore it, or remove ", committed));
    }
    publications.push_back(ReadPublication(
        path, run.data, params,
        {run.spec.Identity(), run.spec.Peer(input.peer).TasksOf(run.data)}));
  }
  return publications;
}

std::vector<Index> Union(const std::vector<Index>& a,
                         const std::vector<Index>& b) {
  std::vector<Index> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(),
                 std::back_inserter(both));
  return both;
}

// Rows whose predictions of a task are published.
std::vector<Index> PublishedRowsOf(const Collaboration& run, Index task) {
  return RowsOfTask(run.data, task,
                    Union(run.method->published_rows == PublishedRows::kAll
                              ? run.train_rows
                              : UnlabelledRows(run.data, task, run.train_rows),
                          run.valid_rows));
}

// One round while it is made.
class RoundMaker {
 public:
  RoundMaker(const Collaboration& run, Index peer, Index round,
             const TrainEnvironment& environment)
      : run_(run), peer_(peer), round_(round), environment_(environment) {
    record_.peer = peer;
    record_.round = round;
  }

  DoneRecord Make() {
    RunFolder::MakeFolder(run_.folder.RoundPath(peer_, round_));
    model_ = ReadModel(run_.folder.ModelPath(peer_, round_ - 1));
    record_.inputs = CommittedInputs(run_, peer_, round_);
    publications_ =
        ReadInputs(run_, record_.inputs, run_.folder.InputsPath(peer_, round_),
                   model_.params);
    view_ = DatasetFor(model_, run_.data);
    tasks_ = run_.spec.Peer(peer_).TasksOf(run_.data);
    RoundPlan plan;
    plan.params = model_.params;
    run_.method->plan({run_.spec, run_.data, run_.train_rows, peer_, round_,
                       !run_.method->reads_others, publications_},
                      &plan);
    WarnOf(plan.notes);
    record_.notes = plan.notes;
    Train(plan);
    KillPoint("trained");
    WriteResults(plan);
    return record_;
  }

 private:
  // Those of the tasks that this peer has, by its numbers instead of the run's.
  template <class Item>
  std::vector<Item> OfOwnTasks(const std::vector<Item>& items) const {
    std::vector<Item> own;
    for (const Item& item : items) {
      const auto found = std::find(tasks_.begin(), tasks_.end(), item.task);
      if (found == tasks_.end()) continue;
      own.push_back(item);
      own.back().task = found - tasks_.begin();
    }
    return own;
  }

  // What the peer says of rows, one a task of the run; empty without the task.
  std::vector<std::vector<float>> PredictRunTasks(
      const std::vector<Index>& rows) const {
    auto own = PredictTasks(model_, view_, rows, environment_.pool);
    std::vector<std::vector<float>> all(run_.data.tasks.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      all[static_cast<std::size_t>(tasks_[i])] = std::move(own[i]);
    }
    return all;
  }

  void Train(const RoundPlan& plan) {
    // History and provenance are those of this round's start.
    if (plan.starts_afresh) {
      model_ = ReadModel(run_.folder.ModelPath(peer_, 0));
    } else {
      model_.params = plan.params;
    }
    TrainInputs inputs;
    inputs.data = &view_;
    inputs.train_rows = PeerRows(run_.spec, run_.data, run_.train_rows, peer_);
    // Parameters that will be averaged are those of the last epoch.
    if (run_.method->publishes_params) {
      inputs.keeps_last = true;
    } else {
      inputs.valid_rows = run_.valid_rows;
      inputs.valid_name = run_.spec.train.valid_split;
    }
    inputs.soft_targets = OfOwnTasks(plan.soft_targets);
    inputs.extra_labels = OfOwnTasks(plan.extra_labels);
    // Rows that have been labelled are learned from, whosever part they are.
    for (const ExtraLabels& labels : inputs.extra_labels) {
      inputs.train_rows = Union(inputs.train_rows, labels.rows);
      record_.proposed += static_cast<Index>(labels.rows.size());
    }
    record_.rows = static_cast<Index>(RowsToLearnFrom(inputs).size());
    TrainEnvironment environment = environment_;
    environment.checkpoint = run_.folder.CheckpointPath(peer_, round_);
    environment.who = Str("peer ", peer_);
    environment.wants_validation = !run_.method->publishes_params;
    const PeerSpec& own = run_.spec.Peer(peer_);
    model_.log = mtlkit::Train(
        inputs,
        OptionsFor(view_.tasks, own.AbsentTasks(run_.data), run_.spec.train),
        run_.spec.SeedOf(peer_, round_), environment, &model_);
    AddSeen(run_, &model_.seen);
  }

  void WarnOf(const std::vector<std::string>& notes) const {
    if (environment_.reporter == nullptr) return;
    for (const std::string& note : notes) {
      environment_.reporter->Warn(
          Str("peer ", peer_, ", round ", round_, ": ", note));
    }
  }

  std::string Provenance() const {
    std::vector<ProvenanceSource> sources = {
        {"data", run_.data.content_sha256, run_.data.provenance},
        {"model", model_.content_sha256, model_.provenance}};
    for (const RoundInput& input : record_.inputs) {
      if (input.peer == peer_) continue;
      sources.push_back({Str("peer-", input.peer, "-round-", input.round),
                         input.content_sha256, "[]"});
    }
    return ExtendProvenance(
        "mtl-cotrain round", run_.spec.seed,
        {{"method", run_.spec.method}, {"peer", peer_}, {"round", round_}},
        sources);
  }

  void WriteResults(const RoundPlan& plan) {
    model_.provenance = Provenance();
    WriteModel(model_, run_.folder.ModelPath(peer_, round_));
    KillPoint("model");
    record_.publication_content_sha256 =
        WritePublication(Publish(plan), run_.data, model_.provenance,
                         run_.folder.PublicationPath(peer_, round_));
    KillPoint("publication");
    record_.measures =
        MeasureRound(run_.data, run_.valid_rows,
                     PredictRunTasks(run_.valid_rows), peer_, publications_);
    WriteDone(run_.folder, record_);
    RemoveOutput(run_.folder.CheckpointPath(peer_, round_));
  }

  Publication Publish(const RoundPlan& plan) const {
    Publication publication;
    publication.peer = peer_;
    publication.round = round_;
    publication.rows = record_.rows;
    publication.made_for = run_.spec.Identity();
    publication.selections = plan.selections;
    publication.has_params = run_.method->publishes_params;
    if (publication.has_params) publication.params = model_.params;
    if (run_.method->published_rows == PublishedRows::kNone) return publication;
    // Tasks mostly share their rows: each set is predicted once.
    std::map<std::vector<Index>, std::vector<std::vector<float>>> predicted;
    for (const Index task : tasks_) {
      const auto rows = PublishedRowsOf(run_, task);
      auto found = predicted.find(rows);
      if (found == predicted.end()) {
        found = predicted.emplace(rows, PredictRunTasks(rows)).first;
      }
      publication.tasks.push_back(
          {task, rows, found->second[static_cast<std::size_t>(task)]});
    }
    return publication;
  }

  const Collaboration& run_;
  Index peer_;
  Index round_;
  const TrainEnvironment& environment_;
  DoneRecord record_;
  Model model_;
  Dataset view_;
  std::vector<Index> tasks_;  // of this peer, by the run's numbers
  std::vector<Publication> publications_;
};

}  // namespace

RoundReport RunRound(const Collaboration& run, Index peer, Index round,
                     const TrainEnvironment& environment) {
  if (peer < 0 || peer >= run.spec.peers) {
    Fail(ErrorKind::kUsage, Str("there is no peer ", peer),
         Str("the run has peers 0 to ", run.spec.peers - 1));
  }
  const Index newest = run.folder.NewestRound(peer);
  if (round < 0) round = newest + 1;
  RoundReport report;
  if (auto done = ReadDone(run.folder, peer, round)) {
    report.already_done = true;
    report.record = std::move(*done);
    return report;
  }
  if (round <= 1 && !ReadDone(run.folder, peer, 0)) {
    Fail(ErrorKind::kUsage,
         Str(run.folder.path(), ": the run was not begun completely"),
         "run mtl-cotrain init again, with the same flags");
  }
  if (round > 1 && !ReadDone(run.folder, peer, round - 1)) {
    Fail(ErrorKind::kUsage,
         Str("peer ", peer, " has not done the round before round ", round),
         "run its rounds in order");
  }
  report.record = RoundMaker(run, peer, round, environment).Make();
  run.folder.Log({{"event", "round"}, {"peer", peer}, {"round", round}});
  return report;
}

}  // namespace mtlkit
