#include "cotrain/committee.h"

#include <algorithm>
#include <cmath>

#include "data/label_view.h"

namespace mtlkit {

Committee::Committee(const RoundArgs& args, LabelCell cell)
    : args_(args),
      task_(args.data.tasks[At(cell.task)]),
      cell_(cell),
      unlabelled_(UnlabelledRows(args.data, cell, args.train_rows)),
      own_(OwnPublication(args)) {
  const LabelView labels(args.data, cell.task);
  for (const Index row : RowsOfTask(args.data, cell.task, args.train_rows)) {
    const Index place = labels.PlaceOf(row);
    const bool known = !std::isnan(labels.Value(place, cell.col));
    if (known && labels.Weight(place) > 0) {
      labelled_.push_back(row);
    }
  }
  for (const Publication& publication : args.publications) {
    if (publication.peer != args.peer &&
        FindTask(publication, cell.task) != nullptr) {
      others_.push_back(&publication);
    }
  }
}

Index Committee::Truth(Index row) const {
  const LabelView labels(args_.data, cell_.task);
  return static_cast<Index>(labels.Value(labels.PlaceOf(row), cell_.col));
}

std::optional<Vote> Committee::VoteFor(const Publication& publication,
                                       Index row) const {
  const PublishedTask* published = FindTask(publication, cell_.task);
  if (published == nullptr) return std::nullopt;
  const auto said = PredictionOf(*published, task_.prediction_cols(), row);
  if (said.empty()) return std::nullopt;
  return VoteOf(task_, said, cell_.col);
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
  return {cell_.task,  row,      static_cast<float>(label),
          1,           proposer, args_.peer,
          args_.round, cell_.col};
}

std::vector<Selection> SelectionsOf(const std::vector<Selection>& selections,
                                    LabelCell cell) {
  std::vector<Selection> of_cell;
  for (const Selection& selection : selections) {
    if (selection.task == cell.task && selection.col == cell.col) {
      of_cell.push_back(selection);
    }
  }
  return of_cell;
}

std::vector<double> Remembered(const RoundArgs& args, std::string_view name,
                               double first) {
  const std::size_t cells = CellsOf(args.data).size();
  if (const Publication* own = OwnPublication(args)) {
    const auto* values = FindNamed<double>(own->arrays, name);
    if (values != nullptr && values->size() == cells) return *values;
  }
  return std::vector<double>(cells, first);
}

void Remember(std::string_view name, std::vector<double> values,
              NamedArrays* arrays) {
  const Shape shape = {std::ssize(values)};
  (*arrays)[std::string(name)] = {shape, std::move(values)};
}

}  // namespace mtlkit
