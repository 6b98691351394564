#include "train/loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "nn/network.h"
#include "train/averaging.h"
#include "train/check_peers.h"
#include "train/checkpoint.h"
#include "train/length.h"
#include "train/meeting.h"
#include "train/own_options.h"
#include "train/peer_crew.h"
#include "train/peers_together.h"
#include "train/run_report.h"
#include "train/run_saver.h"
#include "train/sampler.h"
#include "train/schedule.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

double Seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// Batch norm of one row would learn that nothing varies.
void RequireSeveralRows(const Model& model, const EpochRows& epoch) {
  Index least = static_cast<Index>(epoch.rows.size());
  for (Index i = 0; i < epoch.batch_count(); ++i) {
    least = std::min(least, static_cast<Index>(epoch.Batch(i).size()));
  }
  if (least > 1) return;
  for (const Node& node : model.network->nodes()) {
    Require(!node.layer->traits().mixes_rows, ErrorKind::kUsage,
            Str("layer '", node.name, "' (", node.layer->kind(),
                ") compares the rows of a batch, and some batches have one "
                "row"),
            epoch.rows.size() > 1
                ? "give a larger --batch, or --norm layer"
                : "learn from more rows, or with --norm layer");
  }
}

// One call of TrainPeers, from reading the checkpoint to the best weights.
class Run {
 public:
  Run(std::span<Peer> peers, const TrainOptions& options,
      const std::string& protocol, Seed seed,
      const TrainEnvironment& environment)
      : models_(peers),
        options_(options),
        seed_(seed),
        environment_(environment),
        protocol_(MakeProtocol(ParseChoice(protocol, "--method"),
                               static_cast<Index>(peers.size()))),
        crew_(std::ssize(peers), environment.pool),
        peers_(MakeTrainees(peers)),
        diverged_(peers.size()),
        measures_(peers.size()),
        train_rows_(RowsOfAll(peers_)),
        meeting_(protocol_.get(), &peers_, peers[0].inputs.data->rows,
                 std::min(options.batch, peers[0].inputs.data->rows)),
        labels_of_all_(LabelsOfAll(peers_)),
        sampler_(
            MakeSampler(ParseChoice(options.sampler, "--sampler"),
                        {labels_of_all_ ? *labels_of_all_ : peers_[0].data(),
                         train_rows_, options.batch})),
        rows_(FirstEpoch()),
        epochs_(
            EpochsOf(options, rows_.batch_count(), AnyHasValidation(peers_))),
        last_epoch_(LastEpoch()),
        patience_(PatienceOf(options, epochs_)),
        schedule_(MakeSchedule(
            ParseChoice(options.schedule, "--schedule"),
            {RateOf(options.optimizer), rows_.batch_count(), epochs_})),
        averaging_(MakeAveraging(
            ParseChoice(options.average, "--average"),
            {RateOf(options.optimizer), rows_.batch_count(), epochs_})),
        settings_(RunSettings(peers, options, protocol, seed)),
        saver_(
            environment, settings_,
            {&peers_, &meeting_, schedule_.get(), &position_, sampler_.get()}),
        report_(environment, peers, peers_) {
    for (Trainee& peer : peers_) {
      RequireSeveralRows(peer.model(), rows_);
      peer.learner().ExpectSteps(epochs_ * rows_.batch_count(),
                                 rows_.batch_count());
      peer.AverageBy(averaging_.get());
    }
    RequireAveraging(protocol);
    RequirePatience();
    for (const Peer& peer : peers) {
      Require(peer.inputs.data->rows == peers[0].inputs.data->rows,
              ErrorKind::kBug, "peers have the rows of one dataset");
    }
    for (Trainee& peer : peers_) {
      if (peer.train_rows() != train_rows_) peer.MaskOthersRows();
    }
  }

  Index epochs() const { return epochs_; }
  bool has_validation() const { return AnyHasValidation(peers_); }

  std::vector<History> Train() {
    const bool resumed = saver_.Resume();
    report_.Begin(resumed, position_.epoch, last_epoch_,
                  sampler_->Text(position_.epoch));
    while (position_.epoch < last_epoch_ && !IsStale()) TrainEpoch();
    saver_.End();
    report_.End(options_.keep_best == "each-task");
    std::vector<History> histories;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      histories.push_back(peers_[i].Finish(models_[i].model));
    }
    return histories;
  }

 private:
  std::vector<Trainee> MakeTrainees(std::span<Peer> peers) {
    std::vector<Trainee> trainees;
    for (const Peer& peer : peers) {
      trainees.emplace_back(
          peer,
          OptionsFor(peer.model->schema.tasks, peer.absent_tasks, options_),
          *protocol_, crew_.PoolOf(std::ssize(trainees)));
    }
    return trainees;
  }

  // Every epoch has as many batches.
  EpochRows FirstEpoch() {
    EpochRows rows;
    sampler_->Draw(seed_, 0, &rows);
    return rows;
  }

  void RequireAveraging(const std::string& protocol) {
    if (!averaging_->averages()) return;
    Require(!protocol_->exchanges(), ErrorKind::kUsage,
            Str("--average ", options_.average, " with --method ", protocol,
                ", which moves weights itself"),
            "leave --average out");
    if (!averaging_->needs_whole_length()) return;
    Require(options_.patience <= 0, ErrorKind::kUsage,
            Str("--patience has no effect: --average ", options_.average,
                " is of the end of a training of --epochs"),
            "leave it out");
    Require(options_.task_patience == 0, ErrorKind::kUsage,
            Str("--task-patience with --average ", options_.average,
                ", which is of the end of a training of --epochs"),
            "leave one of them out");
    patience_ = 0;
  }

  void RequirePatience() const {
    const bool is_told =
        environment_.wants_validation && !models_[0].inputs.keeps_last;
    const bool has_rows = std::ranges::any_of(models_, [](const Peer& peer) {
      return !peer.inputs.valid_rows.empty();
    });
    Require(!is_told || options_.patience <= 0 || has_rows, ErrorKind::kUsage,
            Str("--patience ", options_.patience,
                " has no effect: there are no validation rows whose measure it "
                "would wait for"),
            "leave it out, or make some with mtl-prep --split valid=0.15");
  }

  // All peers learn for as long as the first.
  Index LastEpoch() const {
    const Index last = models_[0].inputs.last_epoch;
    return last > 0 ? std::min(last, epochs_) : epochs_;
  }

  bool Learns(std::size_t peer) const {
    return protocol_->learns(static_cast<Index>(peer));
  }

  // No peer whose weights are chosen has become better for as long as one
  // waits.
  bool IsStale() {
    if (!AnyHasValidation(peers_)) return false;
    return std::all_of(peers_.begin(), peers_.end(), [&](Trainee& peer) {
      const bool waits = patience_ == 0 || peer.state().since_best < patience_;
      return !peer.has_validation() || !waits || peer.has_stopped();
    });
  }

  void TrainEpoch() {
    sampler_->Draw(seed_, position_.epoch, &rows_);
    const double began = Seconds();
    double rate = averaging_->Rate(position_.step, *schedule_);
    Index rows = 0;
    while (position_.batch < rows_.batch_count()) {
      saver_.BetweenBatches();
      const std::span<const Index> batch = rows_.Batch(position_.batch);
      rate = averaging_->Rate(position_.step, *schedule_);
      TrainBatch(batch, rate);
      report_.Advance(position_.epoch);
      rows += static_cast<Index>(batch.size());
      ++position_.batch;
      ++position_.step;
    }
    EndEpoch(rate, static_cast<double>(rows) / (Seconds() - began));
  }

  void TrainBatch(std::span<const Index> rows, double rate) {
    const bool twice = protocol_->LooksTwice(position_.epoch);
    crew_.ForEach([&](Index peer) {
      peers_[At(peer)].Forward(rows, position_.step, twice);
    });
    const double batches = static_cast<double>(rows_.batch_count());
    const double progress = static_cast<double>(position_.step) / batches;
    meeting_.Meet(rows, position_.step, position_.epoch, progress);
    crew_.ForEach([&](Index peer) {
      const std::size_t i = At(peer);
      diverged_[i] = -1;
      if (!Learns(i)) return;
      diverged_[i] = peers_[i].Learn(position_.step, rate, progress);
    });
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      const Index task = diverged_[i];
      if (task < 0) continue;
      FailDiverged(Str("the loss of task '", peers_[i].tasks()[At(task)].name,
                       "' is not finite",
                       WhereDiverged(peers_[i], task, position_.step)));
    }
    meeting_.Exchange({position_.step, position_.epoch,
                       position_.batch + 1 == rows_.batch_count()});
  }

  [[noreturn]] void FailDiverged(const std::string& why) const {
    const std::string& path = environment_.checkpoint;
    const bool kept = !path.empty() && std::filesystem::exists(path);
    Fail(ErrorKind::kNo,
         Str("training diverged in epoch ", position_.epoch + 1, ": ", why,
             kept ? Str("; the last good state is kept in ", path) : ""),
         Str(kept ? "remove that file, and lower" : "lower", " --rate (it is ",
             RateOf(options_.optimizer), ") or set --clip-norm"));
  }

  // Weights that no validation row has a finite loss with are of no use.
  void RequireMeasured() const {
    for (const Trainee& peer : peers_) {
      if (peer.was_measurable()) continue;
      FailDiverged("the loss of the validation rows was never finite");
    }
  }

  void EndEpoch(double rate, double rows_per_second) {
    meeting_.EndEpoch();
    const Index epoch = position_.epoch + 1;
    double measure = 0;
    double learning = 0;
    crew_.ForEach([&](Index peer) {
      measures_[At(peer)] = peers_[At(peer)].EndEpoch(
          {epoch, rate, &rows_, epoch == last_epoch_});
    });
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      if (!peers_[i].has_finite_weights()) {
        FailDiverged("there are weights that are not finite");
      }
      if (!Learns(i)) continue;
      measure += measures_[i];
      ++learning;
    }
    if (epoch == last_epoch_ || IsStale()) RequireMeasured();
    schedule_->Observe(measure / learning);
    sampler_->Observe(position_.epoch,
                      LeftToLearn(labels_of_all_ ? labels_of_all_->tasks
                                                 : peers_[0].data().tasks,
                                  peers_));
    position_.epoch = epoch;
    position_.batch = 0;
    report_.EndEpoch(position_.epoch, rows_per_second);
    saver_.SaveIfDue();
  }

  std::span<Peer> models_;
  const TrainOptions& options_;
  Seed seed_;
  const TrainEnvironment& environment_;
  std::unique_ptr<Protocol> protocol_;
  PeerCrew crew_;
  std::vector<Trainee> peers_;
  // Of the last step and epoch, one a peer: the task whose loss is not finite,
  // and what EndEpoch says.
  std::vector<Index> diverged_;
  std::vector<double> measures_;
  std::vector<Index> train_rows_;  // that some peer learns from
  Meeting meeting_;
  std::optional<Dataset> labels_of_all_;  // of what they do not have in common
  std::unique_ptr<Sampler> sampler_;
  EpochRows rows_;    // of the running epoch
  Index epochs_;      // that training is laid out for
  Index last_epoch_;  // with which it ends
  Index patience_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Averaging> averaging_;
  Json settings_;
  RunPosition position_;
  RunSaver saver_;
  RunReport report_;
};

}  // namespace

History Train(const TrainInputs& inputs, const TrainOptions& options, Seed seed,
              const TrainEnvironment& environment, Model* model) {
  Peer peer;
  peer.model = model;
  peer.seed = seed;
  peer.inputs = inputs;
  return TrainPeers({&peer, 1}, options, "solo", seed, environment)[0];
}

namespace {

// What `ask` says of a run of one network that is not begun.
template <class Ask>
auto AskRun(const TrainInputs& inputs, const TrainOptions& options,
            Model* model, Ask ask) {
  Peer peer;
  peer.model = model;
  peer.inputs = inputs;
  ThreadPool pool(1);
  TrainEnvironment environment;
  environment.pool = &pool;
  return ask(Run({&peer, 1}, options, "solo", peer.seed, environment));
}

}  // namespace

Index PlannedEpochs(const TrainInputs& inputs, const TrainOptions& options,
                    Model* model) {
  return AskRun(inputs, options, model,
                [](const Run& run) { return run.epochs(); });
}

bool CanChoose(const TrainInputs& inputs, const TrainOptions& options,
               Model* model) {
  return AskRun(inputs, options, model,
                [](const Run& run) { return run.has_validation(); });
}

void CheckTraining(const TrainInputs& inputs, const TrainOptions& options,
                   Model* model) {
  PlannedEpochs(inputs, options, model);
}

void CheckPeers(std::span<Peer> peers, const TrainOptions& options,
                const std::string& protocol) {
  Run(peers, options, protocol, peers[0].seed, {});
}

std::vector<History> TrainPeers(std::span<Peer> peers,
                                const TrainOptions& options,
                                const std::string& protocol, Seed seed,
                                const TrainEnvironment& environment) {
  return Run(peers, options, protocol, seed, environment).Train();
}

}  // namespace mtlkit
