#include "train/trainee.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "train/best_keeper.h"
#include "train/class_rows.h"
#include "train/epoch_log.h"
#include "train/freeze.h"
#include "train/looks.h"
#include "train/members_taught.h"
#include "train/network_terms.h"
#include "train/row_mask.h"
#include "train/rows_by_task.h"
#include "train/sampler.h"
#include "train/select_measure.h"
#include "train/soft_source.h"
#include "train/unseen_rows.h"
#include "train/weigher.h"

namespace mtlkit {
namespace {

// Those that can teach this peer something, by the labels it sees.
std::vector<Index> UsefulRows(const Dataset& data, TrainInputs inputs) {
  inputs.data = &data;
  return RowsToLearnFrom(inputs);
}

}  // namespace

struct Trainee::Parts {
  Parts(const Peer& peer, const TrainOptions& options, const Protocol& protocol,
        ThreadPool* pool)
      : model(*peer.model),
        optimizer_options(options.optimizer),
        data(WithLabels(DatasetFor(model, *peer.inputs.data),
                        peer.inputs.extra_labels)),
        losses(MakeLosses(
            WithClassRows(model.schema.tasks, data, peer.inputs.train_rows),
            options.loss)),
        optimizer(MakeOptimizer(
            ParseChoice(options.optimizer.optimizer, "--optimizer"))),
        weighting(MakeWeighting(
            ParseChoice(options.weighting.weighting, "--weighting"),
            model.schema.tasks)),
        train_rows(protocol.teaches() ? peer.inputs.train_rows
                                      : UsefulRows(data, peer.inputs)),
        capacity(std::min(options.batch, data.rows)),
        looks(data, peer, options, protocol, losses, capacity),
        batcher(data, capacity),
        frozen(FrozenSlices(*model.network, options.freeze)),
        unseen_rows(*model.network, data, train_rows, frozen),
        keeper(*model.network, options, frozen),
        learner(Setup(peer, options, protocol, pool)),
        epoch_log(std::ssize(model.schema.tasks)) {
    Require(!train_rows.empty(), ErrorKind::kBadInput,
            "no training row has a label");
    learner.SetPartners(looks.PartnersOf(false));
    if (looks.are_two()) learner.EnableFirstLook();
    learner.Start(model.params, &state.learner);
    keeper.Start(&state);
    const Index tasks = static_cast<Index>(model.schema.tasks.size());
    const bool looks_at_outputs =
        protocol.selects() || protocol.teaches() || looks.are_two() ||
        !peer.inputs.soft_targets.empty() || options.mixup > 0;
    if (looks_at_outputs) RequireRowTasks(model.schema.tasks);
    if (protocol.teaches()) {
      RequireTaught(protocol, *model.network);
      std::optional<Choice> loss;
      if (!protocol.gives_gradients()) loss = protocol.lesson_loss();
      for (Index task = 0; task < tasks; ++task) {
        learner.AddLesson(task, loss);
      }
      learner.SetLabelShare(protocol.label_share());
    }
    if (protocol.selects()) learner.EnableSelection();
    for (const SoftTargets& soft : peer.inputs.soft_targets) {
      sources.push_back(
          MakeSource(soft, model.schema.tasks[At(soft.task)], data.rows));
      sources.back().lesson =
          learner.AddLesson(soft.task, ParseChoice(soft.loss, "soft targets"));
    }
    if (peer.inputs.proximal > 0) {
      learner.HoldTo(model.params.weights, peer.inputs.proximal);
    }
    Validate(peer.inputs, options, pool);
  }

  // Sets the validator, if there is anything that it can measure.
  void Validate(const TrainInputs& inputs, const TrainOptions& options,
                ThreadPool* pool) {
    const std::string& select_on = options.select_on;
    ParseSelectOn(model.schema.tasks, select_on);
    if (inputs.valid_rows.empty()) {
      if (!inputs.keeps_last) RequireNothingToChoose(options);
      return;
    }
    validator.emplace(model, data, losses, inputs.valid_rows, select_on, pool);
    left_out = validator->left_out();
    if (validator->can_choose()) {
      valid_rows = inputs.valid_rows;
      selected_split = inputs.valid_name;
    } else {
      validator.reset();
    }
  }

  // Tokens of a batch, at most; a sampler may take the longest row over again.
  std::vector<Index> MostTokensOf(const TrainOptions& options) const {
    const Choice sampler = ParseChoice(options.sampler, "--sampler");
    const bool repeats = InContext("--sampler", [&] {
      return FindEntry(SamplerEntries(), "sampler", sampler.name).repeats;
    });
    std::vector<Index> tokens = MostTokens(data, repeats ? 1 : capacity);
    for (Index& most : tokens) most *= repeats ? capacity : 1;
    return tokens;
  }

  // Also sets rows_by_task, where all tasks' gradients can come from one pass.
  LearnerSetup Setup(const Peer& peer, const TrainOptions& options,
                     const Protocol& protocol, ThreadPool* pool) {
    LearnerSetup setup;
    setup.network = model.network.get();
    setup.tasks = model.schema.tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &optimizer_options;
    setup.weighting = weighting.get();
    setup.task_weight =
        ParseTaskWeights(options.weighting.task_weight, model.schema.tasks);
    setup.at = ChooseGradientsAt(*weighting, options.weighting.gradients_at,
                                 *model.network);
    setup.frozen = frozen;
    setup.terms = TermsOfSlices(*model.network, options, frozen);
    setup.capacity = capacity;
    setup.tokens = MostTokensOf(options);
    setup.seed = peer.seed;
    setup.pool = pool;
    setup.diagnose = options.diagnose;
    // Peers that look at each other's outputs see the same rows in one order,
    // and lessons give rows without labels a gradient.
    // Mixed rows have labels of several.
    if (protocol.selects() || protocol.teaches() ||
        !peer.inputs.soft_targets.empty() || options.mixup > 0) {
      return setup;
    }
    setup.lane_rows = FindRowsByTask(PlanOptionsOf(setup));
    return setup;
  }

  bool FindRowsByTask(const PlanOptions& options) {
    if (options.route == Route::kPlain ||
        !RowsCanBeLanes(*model.network, options)) {
      return false;
    }
    rows_by_task.emplace(data, train_rows, capacity);
    if (!rows_by_task->one_task_each()) rows_by_task.reset();
    return rows_by_task.has_value();
  }

  // What is worth keeping after so many epochs: the average, once it has begun.
  Params& Result(Index epochs) {
    const bool is_average = averaging != nullptr && averaging->HasBegun(epochs);
    return is_average ? state.learner.average : state.learner.params;
  }

  // Makes of the parameters what can be measured and kept.
  void EndAverage(const EpochEnd& end) {
    unseen_rows.Fill(&state.learner.params.weights);
    if (averaging == nullptr) return;
    Params& average = state.learner.average;
    const double share = averaging->ShareOfEpoch(end.epoch);
    if (share > 0) {
      MoveAverage(share, state.learner.params.weights.all(),
                  average.weights.all());
    }
    unseen_rows.Fill(&average.weights);
    const bool is_wanted = validator.has_value() || end.is_last;
    if (is_wanted && averaging->HasBegun(end.epoch) &&
        averaging->renews_statistics() && !average.buffers.all().empty()) {
      RenewStatistics(*end.rows);
    }
  }

  // The mean of the statistics of an epoch's batches.
  void RenewStatistics(const EpochRows& rows) {
    for (Index i = 0; i < rows.batch_count(); ++i) {
      learner.AddStatistics(Load(rows.Batch(i)), i,
                            1 / static_cast<double>(i + 1),
                            &state.learner.average);
    }
  }

  const Batch& Load(std::span<const Index> rows) {
    if (rows_by_task) {
      rows = rows_by_task->Sort(rows);
      learner.SetLaneRows(rows_by_task->ranges());
    }
    batch = &batcher.Load(rows);
    if (mask) batch = &mask->Apply(*batch);
    return *batch;
  }

  void Keep(Index epoch) {
    const double shown =
        validator->has_metric() ? validation->metric : validation->relative;
    keeper.Observe(epoch, *validation, shown, Result(epoch), &state);
  }

  Model model;
  OptimizerOptions optimizer_options;
  Dataset data;
  std::vector<std::unique_ptr<Loss>> losses;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Weighting> weighting;
  std::vector<Index> train_rows;
  Index capacity;
  Looks looks;
  Batcher batcher;
  std::vector<bool> frozen;
  UnseenRows unseen_rows;
  BestKeeper keeper;
  const Averaging* averaging = nullptr;  // if there is one
  std::optional<RowsByTask> rows_by_task;
  Learner learner;
  std::vector<SoftSource> sources;
  std::optional<Validator> validator;
  std::vector<Index> valid_rows;
  std::vector<std::string> left_out;
  std::string selected_split;
  TraineeState state;
  const Batch* batch = nullptr;
  bool has_looked_twice = false;  // at that batch
  std::optional<RowMask> mask;    // where batches hold rows of other peers
  EpochLog epoch_log;
  std::optional<ValidationResult> validation;
};

Trainee::Trainee(const Peer& peer, const TrainOptions& options,
                 const Protocol& protocol, ThreadPool* pool)
    : parts_(std::make_unique<Parts>(peer, options, protocol, pool)) {}
Trainee::Trainee(Trainee&&) noexcept = default;
Trainee::~Trainee() = default;

void Trainee::AverageBy(const Averaging* averaging) {
  Parts& p = *parts_;
  if (averaging->averages()) p.averaging = averaging;
  p.learner.AverageBy(averaging, &p.state.learner);
}

void Trainee::MaskOthersRows() {
  Parts& p = *parts_;
  p.mask.emplace(p.data, p.train_rows, p.capacity);
}

std::span<const Task> Trainee::tasks() const {
  return parts_->model.schema.tasks;
}
TraineeState& Trainee::state() {
  return parts_->state;
}
const Model& Trainee::model() const {
  return parts_->model;
}
const Dataset& Trainee::data() const {
  return parts_->data;
}
const std::vector<Index>& Trainee::train_rows() const {
  return parts_->train_rows;
}
bool Trainee::has_validation() const {
  return parts_->validator.has_value();
}
bool Trainee::has_finite_weights() const {
  return std::ranges::all_of(parts_->state.learner.params.weights.all(),
                             [](Real weight) { return std::isfinite(weight); });
}
bool Trainee::ranks_groups() const {
  return AnyCouples(parts_->losses, RowCoupling::kGroups);
}
bool Trainee::has_stopped() const {
  return parts_->keeper.HasStopped(parts_->state);
}
bool Trainee::was_measurable() const {
  const Parts& p = *parts_;
  return !p.validation || p.state.best_epoch > 0 ||
         std::isfinite(p.validation->relative);
}
const std::vector<std::string>& Trainee::left_out() const {
  return parts_->left_out;
}
const Validator& Trainee::validator() const {
  return *parts_->validator;
}
Learner& Trainee::learner() {
  return parts_->learner;
}
const Batch& Trainee::batch() const {
  return *parts_->batch;
}
double Trainee::LeftToLearn(std::size_t task) const {
  const Parts& p = *parts_;
  if (p.validation && !std::isnan(p.validation->relatives[task])) {
    return p.validation->relatives[task];
  }
  // Behind the epoch's number and the rate.
  const double first =
      p.state.log.empty() ? std::nan("") : p.state.log[2 + task];
  return first > 0 ? p.epoch_log.losses()[task] / first : std::nan("");
}

std::vector<std::string> Trainee::UnusedExperts() const {
  const Parts& p = *parts_;
  if (p.epoch_log.terms().empty()) return {};
  return mtlkit::UnusedExperts(*p.model.network, p.epoch_log.terms());
}
std::span<const double> Trainee::epoch_losses() const {
  return parts_->epoch_log.losses();
}
const std::optional<ValidationResult>& Trainee::validation() const {
  return parts_->validation;
}
void Trainee::Forward(std::span<const Index> rows, Index step, bool twice) {
  Parts& p = *parts_;
  p.Load(rows);
  p.batch = &p.looks.First(*p.batch, step);
  if (twice) {
    p.learner.SetPartners(nullptr);
    p.learner.LookFirst(*p.batch, step, &p.state.learner);
    p.batch = &p.looks.Second(*p.batch, step);
  }
  p.learner.SetPartners(p.looks.PartnersOf(twice));
  p.has_looked_twice = twice;
  p.learner.Forward(*p.batch, step, &p.state.learner);
}

RowMix Trainee::mixed() const {
  const Partners* partners = parts_->looks.PartnersOf(true);
  if (partners == nullptr || !parts_->has_looked_twice) return {};
  return {partners->share,
          std::span(partners->places).first(At(parts_->batch->rows))};
}

Index Trainee::Learn(Index step, double rate, double progress) {
  Parts& p = *parts_;
  for (const SoftSource& source : p.sources) {
    source.Fill(p.batch->row_numbers, progress,
                &p.learner.lesson(source.lesson));
    if (source.fall > 0) {
      p.learner.SetLabelShare(source.task, source.LabelShare(progress));
    }
  }
  return p.learner.Learn(*p.batch, step, rate, &p.state.learner);
}

double Trainee::EndEpoch(const EpochEnd& end) {
  Parts& p = *parts_;
  p.EndAverage(end);
  if (p.validator) {
    p.validation = p.validator->Measure(&p.Result(end.epoch));
    p.Keep(end.epoch);
  }
  p.epoch_log.EndEpoch(end.epoch, end.rate, p.validation,
                       p.validator && p.validator->has_metric(),
                       &p.state.learner, &p.state.log);
  p.learner.EndDiagnosedEpoch(&p.state.learner);
  return p.validation ? p.validation->score : p.epoch_log.mean_loss();
}

History Trainee::Finish(Model* model) {
  Parts& p = *parts_;
  History history;
  history.columns =
      EpochLog::Columns(p.model.schema.tasks, *p.model.network, p.validator);
  const std::size_t width = history.columns.size();
  history.values.resize(width);
  for (std::size_t i = 0; i < p.state.log.size(); ++i) {
    history.values[i % width].push_back(p.state.log[i]);
  }
  history.diagnostics = p.learner.Diagnosed(p.state.learner);
  if (p.validator) {
    history.best_epoch = p.state.best_epoch;
    history.best = p.state.best_shown;
    history.selected_on = p.validator->selected_on();
    history.selected_split = p.selected_split;
    AddRowKeys(p.data, p.valid_rows, &model->seen.chosen);
  }
  AddRowKeys(p.data, p.train_rows, &model->seen.trained);
  model->params =
      p.state.best_epoch > 0 ? p.state.best : p.Result(history.epochs());
  model->log = history;
  return history;
}

}  // namespace mtlkit
