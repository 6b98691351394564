#include "train/weighting.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/registry.h"
#include "base/text.h"
#include "kernels/kernels.h"

namespace mtlkit {

#define MTLKIT_REGISTRY WeightingEntries
#define MTLKIT_REGISTRY_ENTRY WeightingEntry
#define MTLKIT_REGISTRY_LIST "train/weightings.def"
#include "base/registry_list.inc"

std::unique_ptr<Weighting> MakeWeighting(const Choice& choice,
                                         std::span<const Task> tasks,
                                         const std::string& where) {
  return MakeChosen(WeightingEntries(), "weighting", choice, where, tasks);
}

void WeightingOptions::Describe(Fields& field) {
  field.Named("weighting", weighting, "NAME[:option=value,...]",
              "how tasks share the trunk (mtl-train --list weightings)");
  field.Named("task-weight", task_weight, "TASK=NUMBER,...",
              "multiplies the task's loss in the sum of losses");
  field(
      "gradients-at", gradients_at,
      "where methods on gradients take them; auto: as in their paper; layers: "
      "of each layer apart; groups: of each group of layers (\"trunk\"); "
      "matrices: of each kernel and bias",
      {"auto", "parameters", "representation", "layers", "groups", "matrices"});
}

void Weighting::InitState(std::span<double> state) const {
  std::fill(state.begin(), state.end(), 0.0);
}

void Weighting::LossFactors(const WeightingSignals&, std::span<double>) const {}
void Weighting::Measure(const WeightingSignals&, const TaskGradients&,
                        std::span<double>) const {}
void Weighting::Track(const WeightingSignals&, std::span<const double>,
                      const TaskGradients&) const {}
void Weighting::Observe(const WeightingSignals&, std::span<const double>,
                        std::span<double>) const {}

void Weighting::Combine(const WeightingSignals&, std::span<const double> w,
                        ConstMatView gradients, Index,
                        std::span<Real> out) const {
  ActiveKernels().combine_rows(gradients.data, gradients.cols, gradients.rows,
                               gradients.cols, w.data(), out.data());
}

std::vector<double> ParseTaskWeights(std::span<const std::string> texts,
                                     std::span<const Task> tasks) {
  const std::vector<std::string> names = NamesOf(tasks);
  std::vector<double> weights(tasks.size(), 1.0);
  std::vector<std::string> given;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    double number = 0;
    Require(equals != std::string::npos &&
                ParseNumber(text.substr(equals + 1), &number) && number > 0 &&
                std::isfinite(number),
            ErrorKind::kUsage,
            Str("--task-weight: '", text, "' is not TASK=NUMBER above 0"));
    const std::string name = text.substr(0, equals);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const std::string near = Nearest(name, names);
      Fail(ErrorKind::kUsage,
           Str("--task-weight: there is no task '", name, "'",
               near.empty() ? "" : Str("; did you mean '", near, "'?")),
           Str("tasks: ", Join(names, ", ")));
    }
    Require(std::find(given.begin(), given.end(), name) == given.end(),
            ErrorKind::kUsage,
            Str("--task-weight: task '", name, "' is given twice"));
    given.push_back(name);
    weights[At(found - names.begin())] = number;
  }
  return weights;
}

}  // namespace mtlkit
