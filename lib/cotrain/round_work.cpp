#include "cotrain/round_work.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "base/error.h"
#include "cotrain/guard.h"
#include "cotrain/measure.h"
#include "cotrain/own_data.h"
#include "cotrain/peer_rows.h"
#include "cotrain/selection.h"
#include "train/own_options.h"
#include "train/run_report.h"

namespace mtlkit {
namespace {

std::vector<Index> Union(const std::vector<Index>& a,
                         const std::vector<Index>& b) {
  std::vector<Index> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(),
                 std::back_inserter(both));
  return both;
}

// Rows whose predictions of a task are published, beside validation rows.
std::vector<Index> TaughtRowsOf(const Collaboration& run, Index task) {
  if (run.method->published_rows == PublishedRows::kAll) return run.train_rows;
  return run.method->labels_rows
             ? IncompleteRows(run.data, task, run.train_rows)
             : UnlabelledRows(run.data, task, run.train_rows);
}

std::vector<Index> PublishedRowsOf(const Collaboration& run, Index task) {
  return RowsOfTask(run.data, task,
                    Union(TaughtRowsOf(run, task), run.valid_rows));
}

Index CountKnown(const std::vector<float>& labels) {
  return std::ranges::count_if(labels,
                               [](float value) { return !std::isnan(value); });
}

class RoundWorker {
 public:
  RoundWorker(const Collaboration& run, RoundStart start,
              const TrainEnvironment& environment)
      : run_(run),
        start_(std::move(start)),
        environment_(environment),
        view_(DatasetFor(start_.model, run.data)),
        tasks_(run.spec.Peer(start_.peer).TasksOf(run.data)) {}

  RoundWork Work() {
    RoundPlan plan;
    plan.params = start_.model.params;
    MakeRoundMethod(run_.spec)->Plan(
        {run_.spec, run_.data, run_.train_rows, start_.peer, start_.round,
         !run_.method->reads_others, start_.inputs},
        &plan);
    if (!run_.spec.FromOf(start_.peer).sha256.empty()) {
      before_ = start_.first().seen;
    }
    work_.notes = SharedRows(run_, start_.peer, start_.inputs, before_);
    work_.notes.insert(work_.notes.end(), plan.notes.begin(), plan.notes.end());
    Warn();
    // Before the second round there is nothing to go back to.
    const bool guarded = !run_.spec.cotrain.guard.empty() && start_.round > 1 &&
                         !plan.keeps_model;
    Model before;
    if (guarded) before = start_.model;
    // History and provenance are those of this round's start.
    if (plan.starts_afresh && !plan.keeps_model) {
      work_.model = start_.first();
    } else {
      work_.model = std::move(start_.model);
      work_.model.params = std::move(plan.params);
    }
    const TrainInputs inputs = InputsOfTraining(plan);
    if (!plan.keeps_model) Train(inputs);
    if (guarded) Guard(&before, &plan);
    Publish(&plan);
    work_.measures = MeasureRound(run_.data, run_.valid_rows,
                                  PredictRunTasks(run_.valid_rows), start_.peer,
                                  start_.inputs);
    return std::move(work_);
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
    auto own = PredictTasks(work_.model, view_, rows, environment_.pool);
    std::vector<std::vector<float>> all(run_.data.tasks.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      all[At(tasks_[i])] = std::move(own[i]);
    }
    return all;
  }

  void Warn() const {
    if (environment_.reporter == nullptr) return;
    for (const std::string& note : work_.notes) {
      environment_.reporter->Warn(
          Str("peer ", start_.peer, ", round ", start_.round, ": ", note));
    }
  }

  TrainInputs InputsOfTraining(const RoundPlan& plan) {
    TrainInputs inputs;
    inputs.data = &view_;
    const std::vector<Index> own =
        PeerRows(run_.spec, run_.data, run_.train_rows, start_.peer);
    inputs.train_rows = own;
    // Parameters that will be averaged are those of the last epoch.
    if (run_.method->publishes_params) {
      inputs.keeps_last = true;
    } else {
      inputs.valid_rows = run_.valid_rows;
      inputs.valid_name = run_.spec.train.valid_split;
    }
    inputs.proximal = plan.proximal;
    inputs.soft_targets = OfOwnTasks(plan.soft_targets);
    inputs.extra_labels = OfOwnTasks(plan.extra_labels);
    // Rows that have been labelled are learned from, whosever part they are.
    for (const ExtraLabels& labels : inputs.extra_labels) {
      inputs.train_rows = Union(inputs.train_rows, labels.rows);
      work_.proposed += CountKnown(labels.values);
    }
    // So are rows without a label that peers teach.
    if (run_.method->published_rows == PublishedRows::kUnlabelled) {
      for (const SoftTargets& targets : inputs.soft_targets) {
        inputs.train_rows = Union(inputs.train_rows, targets.rows);
      }
    }
    for (const ExtraLabels& labels : OfOwnTasks(plan.resampled)) {
      inputs.extra_labels.push_back(labels);
    }
    HideOthersLabels(own, &inputs);
    work_.rows = static_cast<Index>(RowsToLearnFrom(inputs).size());
    return inputs;
  }

  // Rows of other peers come without the labels that these have of them.
  static void HideOthersLabels(const std::vector<Index>& own,
                               TrainInputs* inputs) {
    std::vector<Index> others;
    std::set_difference(inputs->train_rows.begin(), inputs->train_rows.end(),
                        own.begin(), own.end(), std::back_inserter(others));
    if (others.empty()) return;
    std::vector<ExtraLabels> labels;
    for (Index task = 0; task < std::ssize(inputs->data->tasks); ++task) {
      labels.push_back({task, others, {}, {}, true});
    }
    std::ranges::move(inputs->extra_labels, std::back_inserter(labels));
    inputs->extra_labels = std::move(labels);
  }

  // Undoes a round that did harm: the model is that of the round before, and
  // rows that were labelled in it are not.
  void Guard(Model* before, RoundPlan* plan) {
    const double was = LossOnGuard(run_, view_, before, environment_.pool);
    const double is = LossOnGuard(run_, view_, &work_.model, environment_.pool);
    if (!DidHarm(was, is, run_.spec.cotrain.guard_tolerance)) return;
    work_.undone = true;
    work_.notes.push_back(
        Str("undone: on the rows of '", run_.spec.cotrain.guard,
            "' it would have gone from ", ShortNumber(was), " to ",
            ShortNumber(is), " of the loss of the best constants"));
    if (environment_.reporter != nullptr) {
      environment_.reporter->Warn(Str("peer ", start_.peer, ", round ",
                                      start_.round, ": ", work_.notes.back()));
    }
    const SeenRows seen = work_.model.seen;
    work_.model = std::move(*before);
    work_.model.seen = seen;
    std::erase_if(plan->selections, [this](const Selection& selection) {
      return selection.round == start_.round;
    });
  }

  void Train(const TrainInputs& inputs) {
    TrainEnvironment environment = environment_;
    environment.who = Str("peer ", start_.peer);
    environment.wants_validation = !run_.method->publishes_params;
    const PeerSpec& own = run_.spec.Peer(start_.peer);
    work_.model.log = mtlkit::Train(
        inputs,
        OptionsFor(view_.tasks, own.AbsentTasks(run_.data), run_.spec.train),
        run_.spec.SeedOf(start_.peer, start_.round), environment, &work_.model);
    const std::string useless = UselessText(work_.model.log);
    if (!useless.empty() && environment_.reporter != nullptr) {
      environment_.reporter->Warn(
          Str("peer ", start_.peer, ", round ", start_.round, ": ", useless));
    }
    AddSeen(run_, &work_.model.seen);
    // Rows that only others know of came along with what they published.
    for (const Publication& read : start_.inputs) {
      AddPublishedRows(read, &work_.model.seen);
    }
  }

  void Publish(RoundPlan* plan) {
    Publication& publication = work_.publication;
    publication.peer = start_.peer;
    publication.round = start_.round;
    publication.rows = work_.rows;
    publication.made_for = run_.spec.Identity();
    publication.selections = std::move(plan->selections);
    publication.arrays = std::move(plan->arrays);
    publication.has_params = run_.method->publishes_params;
    if (publication.has_params) publication.params = work_.model.params;
    PublishSeenRows(run_, before_, &publication);
    if (run_.method->published_rows != PublishedRows::kNone) {
      PublishPredictions();
    }
  }

  void PublishPredictions() {
    // Tasks mostly share their rows: each set is predicted once.
    std::map<std::vector<Index>, std::vector<std::vector<float>>> predicted;
    for (const Index task : tasks_) {
      const auto rows = PublishedRowsOf(run_, task);
      auto found = predicted.find(rows);
      if (found == predicted.end()) {
        found = predicted.emplace(rows, PredictRunTasks(rows)).first;
      }
      work_.publication.tasks.push_back({task, rows, found->second[At(task)]});
    }
  }

  const Collaboration& run_;
  RoundStart start_;
  const TrainEnvironment& environment_;
  Dataset view_;
  std::vector<Index> tasks_;  // of this peer, by the run's numbers
  SeenRows before_;           // by the model that it began from
  RoundWork work_;
};

}  // namespace

RoundWork WorkRound(const Collaboration& run, RoundStart start,
                    const TrainEnvironment& environment) {
  return RoundWorker(run, std::move(start), environment).Work();
}

}  // namespace mtlkit
