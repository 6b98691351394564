#include "train/member_crew.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "data/task_difference.h"

namespace mtlkit {
namespace {

void RequireSameTasks(std::span<const EnsembleMember> members) {
  const auto name = [&](std::size_t i) {
    return members[i].name.empty() ? Str("model ", i + 1) : members[i].name;
  };
  for (std::size_t i = 1; i < members.size(); ++i) {
    const std::string difference = TaskDifference(
        members[0].model->schema.tasks, members[i].model->schema.tasks);
    Require(difference.empty(), ErrorKind::kBadInput,
            Str(name(0), " and ", name(i), " cannot predict together: ",
                difference, " (here: ", name(0), ")"),
            "give models of the same tasks and classes, and of losses that "
            "predict the same");
  }
}

// Adds what one member says, with its share of the weights, to `sums`.
void AddMember(std::span<const Task> tasks, NetworkOutputs outputs,
               double share, std::vector<std::vector<double>>* sums) {
  ApplyLinks(tasks, &outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (tasks[i].traits().is_written) continue;
    (*sums)[i].resize(outputs[i].size(), 0.0);
    for (std::size_t k = 0; k < outputs[i].size(); ++k) {
      (*sums)[i][k] += share * static_cast<double>(outputs[i][k]);
    }
  }
}

}  // namespace

MemberCrew::MemberCrew(std::span<const EnsembleMember> members,
                       const Dataset& dataset, const PredictOptions& options,
                       ThreadPool* pool)
    : members_(members),
      pool_(pool),
      labels_(LabelsFor(*members[0].model, dataset, UnknownLabelRule::kKeep)) {
  RequireSameTasks(members);
  rows_.reserve(members.size());
  for (const EnsembleMember& member : members) {
    total_ += member.weight;
    rows_.emplace_back(*member.model, dataset);
  }
  AddWriters(options);
  // All members read texts as the first one does.
  starts_ = FitTags(*members[0].model, dataset, &rows_.front(), &labels_);
}

void MemberCrew::AddWriters(const PredictOptions& options) {
  for (std::size_t t = 0; t < tasks().size(); ++t) {
    writers_.emplace_back();
    only_writes_ &= tasks()[t].traits().is_written;
    if (!tasks()[t].traits().is_written) continue;
    writers_.back() = std::make_unique<TextWriter>(
        members_, static_cast<Index>(t), options.decode, pool_);
  }
}

Index MemberCrew::most() const {
  Index most = rows_.front().most();
  for (const ModelRows& rows : rows_) most = std::min(most, rows.most());
  return most;
}

// Texts have no mean: all models write at the same time.
void MemberCrew::Write(std::span<const Index> rows, Said* said) {
  const bool any = std::ranges::any_of(
      writers_, [](const auto& writer) { return writer != nullptr; });
  if (!any) return;
  std::vector<ModelRows::Block> blocks;
  for (ModelRows& of_member : rows_) blocks.push_back(of_member.Load(rows));
  for (std::size_t t = 0; t < writers_.size(); ++t) {
    if (writers_[t] == nullptr) continue;
    said->texts[t] = writers_[t]->Write(blocks, &said->predictions[t]);
  }
}

MemberCrew::Said MemberCrew::Say(std::span<const Index> rows, Index most) {
  Said said;
  said.predictions.resize(tasks().size());
  said.texts.resize(tasks().size());
  Write(rows, &said);
  if (only_writes_) return said;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const EnsembleMember& member = members_[i];
    // Of several only one has its memory at a time.
    if (members_.size() > 1 || !rows_[i].is_whole()) runner_.reset();
    const auto [data, numbers] = rows_[i].Load(rows);
    if (runner_ == nullptr) {
      runner_ = std::make_unique<ModelRunner>(*member.model, *data, most,
                                              std::vector<Value>{}, pool_);
    }
    NetworkOutputs outputs = runner_->Outputs(tasks(), numbers);
    if (members_.size() == 1) said.logits = outputs;
    AddMember(tasks(), std::move(outputs), member.weight / total_,
              &said.predictions);
  }
  return said;
}

}  // namespace mtlkit
