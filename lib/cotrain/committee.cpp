#include "cotrain/committee.h"

#include <algorithm>

#include "data/label_view.h"

namespace mtlkit {

Committee::Committee(const RoundArgs& args, Index task)
    : args_(args),
      task_(args.data.tasks[At(task)]),
      number_(task),
      unlabelled_(UnlabelledRows(args.data, task, args.train_rows)),
      own_(OwnPublication(args)) {
  const LabelView labels(args.data, task);
  for (const Index row : RowsOfTask(args.data, task, args.train_rows)) {
    const Index place = labels.PlaceOf(row);
    if (labels.HasLabel(place) && labels.Weight(place) > 0) {
      labelled_.push_back(row);
    }
  }
  for (const Publication& publication : args.publications) {
    if (publication.peer != args.peer &&
        FindTask(publication, task) != nullptr) {
      others_.push_back(&publication);
    }
  }
}

Index Committee::Truth(Index row) const {
  const LabelView labels(args_.data, number_);
  return static_cast<Index>(labels.Value(labels.PlaceOf(row), 0));
}

std::optional<Vote> Committee::VoteFor(const Publication& publication,
                                       Index row) const {
  const PublishedTask* published = FindTask(publication, number_);
  if (published == nullptr) return std::nullopt;
  const auto said = PredictionOf(*published, task_.prediction_cols(), row);
  if (said.empty()) return std::nullopt;
  return VoteOf(task_, said);
}

std::optional<Index> Committee::Agreed(Index row) const {
  std::optional<Index> agreed;
  for (const Publication* other : others_) {
    const std::optional<Vote> vote = VoteFor(*other, row);
    if (!vote || (agreed && *agreed != vote->label)) return std::nullopt;
    agreed = vote->label;
  }
  return agreed;
}

Selection Committee::Labelled(Index row, Index label) const {
  const Index proposer = others_.empty() ? args_.peer : others_.front()->peer;
  return {number_,    row,        static_cast<float>(label), 1, proposer,
          args_.peer, args_.round};
}

std::vector<Selection> SelectionsOf(const std::vector<Selection>& selections,
                                    Index task) {
  std::vector<Selection> of_task;
  for (const Selection& selection : selections) {
    if (selection.task == task) of_task.push_back(selection);
  }
  return of_task;
}

std::vector<double> Remembered(const RoundArgs& args, std::string_view name,
                               double first) {
  const std::size_t tasks = args.data.tasks.size();
  if (const Publication* own = OwnPublication(args)) {
    const auto* values = FindNamed<double>(own->arrays, name);
    if (values != nullptr && values->size() == tasks) return *values;
  }
  return std::vector<double>(tasks, first);
}

void Remember(std::string_view name, std::vector<double> values,
              NamedArrays* arrays) {
  const Shape shape = {std::ssize(values)};
  (*arrays)[std::string(name)] = {shape, std::move(values)};
}

}  // namespace mtlkit
