#include "train/diagnoser.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
// Of a file and of memory: 400 MB.
constexpr double kMostNumbers = 5e7;

PlanOptions DiagnosisOptions(PlanOptions options) {
  options.route = Route::kGramian;
  options.at = GradientsAt::kParameters;
  options.lane_rows = false;
  return options;
}

std::vector<Index> NodesWithGates(const Network& network) {
  std::vector<Index> nodes;
  for (Index i = 0; i < std::ssize(network.nodes()); ++i) {
    if (network.node(i).layer->traits().has_gates) nodes.push_back(i);
  }
  return nodes;
}

// Inputs of a layer with gates that are experts: all of one width behind the
// first ones, which make the gates.
Index ExpertsOf(const Network& network, const Node& node) {
  Index experts = 0;
  for (std::size_t i = node.inputs.size(); i-- > 1;) {
    if (network.info(node.inputs[i]).cols != network.info(node.output).cols) {
      break;
    }
    ++experts;
  }
  return experts;
}

}  // namespace

Diagnoser::Diagnoser(const Network& network, std::span<const Task> tasks,
                     const PlanOptions& options, Index every)
    : network_(network),
      tasks_(NamesOf(tasks)),
      every_(every),
      gates_(NodesWithGates(network)),
      plan_(network, DiagnosisOptions(options)),
      buffers_(network.buffers()),
      present_(tasks.size()),
      norms_(tasks.size()) {}

std::vector<std::string> Diagnoser::Columns() const {
  std::vector<std::string> columns = {"step",     "epoch",  "rate",
                                      "gradient", "cosine", "conflicts"};
  for (const char* what : {"loss.", "weight.", "norm."}) {
    for (const std::string& task : tasks_) columns.push_back(what + task);
  }
  for (const Index i : gates_) {
    const Node& node = network_.node(i);
    columns.push_back("entropy." + node.name);
    const Index experts = ExpertsOf(network_, node);
    for (Index e = 0; e < experts; ++e) {
      columns.push_back(Str("load.", node.name, ".", e + 1));
    }
  }
  return columns;
}

void Diagnoser::Start(LearnerState* state) const {
  const std::size_t pairs = tasks_.size() * (tasks_.size() - 1) / 2;
  state->diagnosed.clear();
  state->cosines.clear();
  state->cosine_sum.assign(pairs, 0);
  state->cosine_count.assign(pairs, 0);
}

void Diagnoser::ExpectSteps(Index steps, Index in_epoch) {
  const auto measured = static_cast<double>((steps + every_ - 1) / every_);
  const double numbers = measured * static_cast<double>(Columns().size());
  const double epochs =
      in_epoch > 0 ? static_cast<double>(steps / in_epoch) : 0;
  const auto tasks = static_cast<double>(tasks_.size());
  const double cosines = epochs * tasks * (tasks - 1) / 2;
  Require(numbers + cosines <= kMostNumbers, ErrorKind::kUsage,
          Str("--diagnose ", every_, " would keep ", numbers + cosines,
              " numbers, more than ", kMostNumbers),
          numbers > kMostNumbers / 2 ? "give a larger number of steps"
                                     : "give fewer --epochs");
  most_numbers_ = static_cast<std::size_t>(numbers);
}

void Diagnoser::Look(const Batch& batch, const Pass& pass,
                     std::span<const std::uint8_t> present,
                     std::span<const double> task_weight, Plan* learning) {
  Pass own = pass;
  // Frozen layers read them.
  std::ranges::copy(std::as_const(*pass.buffers).all(), buffers_.all().begin());
  own.buffers = &buffers_;
  plan_.Forward(own, batch);
  std::ranges::copy(present, present_.begin());
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    const Index task = static_cast<Index>(t);
    const MatView from = learning->OutputGradient(task);
    std::copy_n(from.data, from.size(), plan_.OutputGradient(task).data);
    plan_.SetPenaltyFactor(task, present[t] != 0 ? task_weight[t] : 0);
  }
  plan_.Backward(own);
}

void Diagnoser::SetCosines(LearnerState* state) {
  const Mat<const double> gramian = plan_.Gramian();
  const Index tasks = std::ssize(tasks_);
  for (Index t = 0; t < tasks; ++t) {
    norms_[At(t)] = present_[At(t)] != 0 ? std::sqrt(gramian(t, t)) : kNothing;
  }
  double sum = 0;
  double below = 0;
  double pairs = 0;
  std::size_t pair = 0;
  for (Index a = 0; a < tasks; ++a) {
    for (Index b = a + 1; b < tasks; ++b, ++pair) {
      const double size = norms_[At(a)] * norms_[At(b)];
      if (!(size > 0)) continue;  // absent, or nothing to learn
      const double cosine = std::clamp(gramian(a, b) / size, -1.0, 1.0);
      state->cosine_sum[pair] += cosine;
      state->cosine_count[pair] += 1;
      sum += cosine;
      below += cosine < 0 ? 1 : 0;
      pairs += 1;
    }
  }
  cosine_ = pairs > 0 ? sum / pairs : kNothing;
  conflicts_ = pairs > 0 ? below / pairs : kNothing;
}

void Diagnoser::AddGates(std::vector<double>* row) {
  for (const Index node : gates_) {
    const ConstMatView gates = plan_.Gates(node);
    loads_.assign(At(gates.cols), 0);
    double entropy = 0;
    for (Index i = 0; i < gates.rows; ++i) {
      for (Index e = 0; e < gates.cols; ++e) {
        const auto share = static_cast<double>(gates(i, e));
        loads_[At(e)] += share;
        if (share > 0) entropy -= share * std::log(share);
      }
    }
    const auto rows = static_cast<double>(gates.rows);
    const double most = std::log(static_cast<double>(gates.cols));
    row->push_back(most > 0 && rows > 0 ? entropy / rows / most : kNothing);
    for (const double load : loads_) {
      row->push_back(rows > 0 ? load / rows : kNothing);
    }
  }
}

void Diagnoser::Record(const DiagnosedStep& step, LearnerState* state) {
  SetCosines(state);
  std::vector<double>& log = state->diagnosed;
  log.reserve(most_numbers_);  // once
  const auto size = static_cast<Index>(step.gradient.size());
  const double square =
      ActiveKernels().dot(step.gradient.data(), step.gradient.data(), size);
  log.insert(log.end(), {static_cast<double>(step.step + 1),
                         static_cast<double>(step.epoch + 1), step.rate,
                         std::sqrt(square), cosine_, conflicts_});
  log.insert(log.end(), step.losses.begin(), step.losses.end());
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    log.push_back(present_[t] != 0 ? step.factors[t] : kNothing);
  }
  log.insert(log.end(), norms_.begin(), norms_.end());
  AddGates(&log);
}

void Diagnoser::EndEpoch(LearnerState* state) const {
  for (std::size_t i = 0; i < state->cosine_sum.size(); ++i) {
    const double count = state->cosine_count[i];
    state->cosines.push_back(count > 0 ? state->cosine_sum[i] / count
                                       : kNothing);
  }
  std::ranges::fill(state->cosine_sum, 0.0);
  std::ranges::fill(state->cosine_count, 0.0);
}

Diagnostics Diagnoser::Result(const LearnerState& state) const {
  return {Columns(), state.diagnosed, tasks_, state.cosines};
}

}  // namespace mtlkit
