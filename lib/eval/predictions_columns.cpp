#include "eval/predictions_columns.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/text.h"
#include "data/head.h"
#include "data/tag_labels.h"
#include "data/tag_scheme.h"

namespace mtlkit {
namespace {

constexpr Index kNumbersAtOnce = Index{1} << 20;
constexpr Index kIdsAtOnce = 65536;

using Source = std::shared_ptr<const PredictionSource>;

// A task of a source with its labels and the predictions around the row that
// was asked for last.
class TaskWindow {
 public:
  TaskWindow(Source source, Index task)
      : source_(std::move(source)),
        task_(task),
        labels_(source_->ReadLabels(task)) {}

  const Task& task() const { return source_->tasks()[At(task_)].task; }
  // The place of a row of the file among those of the task, or -1.
  Index PlaceOf(Index row) const {
    return labels_.on_all_rows ? row : labels_.PlaceOf(row);
  }
  bool has_labels() const {
    return !labels_.unknown.places.empty() ||
           labels_.values.AnyKnown(0, labels_.values.size());
  }
  // The class of a place that the model does not know, or null.
  const std::string* Unknown(Index place) const {
    const auto& places = labels_.unknown.places;
    if (places.empty() || places[At(place)] < 0) return nullptr;
    return &labels_.unknown.names[At(places[At(place)])];
  }
  // All such classes.
  const std::vector<std::string>& unknown_names() const {
    return labels_.unknown.names;
  }
  float Label(Index place, Index col) const {
    return labels_.values[At(place * task().target_cols() + col)];
  }
  // Of tasks of tokens: how many places a row has from its first one on, the
  // tags that are predicted there, and the one that is true, "" for none.
  Index PlacesFrom(Index place) const { return labels_.PlacesFrom(place); }
  std::vector<std::int32_t> Tags(Index place) {
    const Index count = PlacesFrom(place);
    std::vector<float> all(At(count * task().prediction_cols()));
    source_->ReadOutputs(task_, place, count, all.data());
    if (!all.empty() && std::isnan(all.front())) return {};
    return TagScheme(task().classes).Decode(all);
  }
  std::string LabelText(Index place) const {
    if (const std::string* name = Unknown(place)) return *name;
    const float value = Label(place, 0);
    return std::isnan(value) ? ""
                             : task().classes[At(static_cast<Index>(value))];
  }
  WrittenTexts Texts(Index place) const {
    return source_->ReadTexts(task_, place, 1);
  }
  std::span<const float> Outputs(Index place) {
    const Index cols = task().prediction_cols();
    if (place < first_ || place >= first_ + count_) {
      const Index places = source_->tasks()[At(task_)].places;
      const Index most = std::max<Index>(kNumbersAtOnce / cols, 1);
      first_ = place;
      count_ = std::min(most, places - place);
      outputs_.resize(At(count_ * cols));
      source_->ReadOutputs(task_, first_, count_, outputs_.data());
    }
    return std::span<const float>(outputs_).subspan(At((place - first_) * cols),
                                                    At(cols));
  }

 private:
  Source source_;
  Index task_;
  Labels labels_;
  Index first_ = 0;
  Index count_ = 0;
  std::vector<float> outputs_;
};

using Window = std::shared_ptr<TaskWindow>;
using PutPlace = std::function<void(Index place, CellWriter* cell)>;

// `text`: without `put`.
void AddColumn(TextColumn text, const Window& window, PutPlace put,
               std::vector<TextColumn>* columns) {
  text.put = [window, put = std::move(put)](Index row, CellWriter* cell) {
    const Index place = window->PlaceOf(row);
    place < 0 ? cell->Missing() : put(place, cell);
  };
  columns->push_back(std::move(text));
}

// A column of numbers, called TASK and `suffix`.
TextColumn Numbers(const Task& task, const std::string& suffix) {
  return {{task.name + suffix}, {}};
}

void AddPredicted(const Window& window, std::vector<TextColumn>* columns) {
  const Task& task = window->task();
  const bool is_number = !task.is_classification();
  const Index cols = is_number ? task.prediction_cols() : task.target_cols();
  for (Index col = 0; col < cols; ++col) {
    if (is_number) {
      AddColumn(
          Numbers(task, task.head().PredictionSuffix(task, col)), window,
          [window, col](Index place, CellWriter* cell) {
            cell->Number(window->Outputs(place)[At(col)]);
          },
          columns);
      continue;
    }
    TextColumn text = LabelColumnOf(task, task.head().LabelSuffix(task, col));
    text.is_label = false;
    AddColumn(
        std::move(text), window,
        [window, col](Index place, CellWriter* cell) {
          const auto outputs = window->Outputs(place);
          const Task& what = window->task();
          if (!what.traits().one_class) {
            return cell->Integer(outputs[At(col)] > 0.5F ? 1 : 0);
          }
          cell->Text(what.classes[At(what.head().PredictedClass(outputs))]);
        },
        columns);
  }
}

void AddProbabilities(const Window& window, std::vector<TextColumn>* columns) {
  const Task& task = window->task();
  if (!task.is_classification()) return;
  for (Index col = 0; col < task.prediction_cols(); ++col) {
    AddColumn(
        Numbers(task, task.head().PredictionSuffix(task, col)), window,
        [window, col](Index place, CellWriter* cell) {
          cell->Number(window->Outputs(place)[At(col)]);
        },
        columns);
  }
}

void AddTruth(const Window& window, std::vector<TextColumn>* columns) {
  const Task& task = window->task();
  if (!window->has_labels()) return;
  for (Index col = 0; col < task.target_cols(); ++col) {
    TextColumn text =
        LabelColumnOf(task, ".true" + task.head().LabelSuffix(task, col));
    const std::vector<std::string>& unknown = window->unknown_names();
    text.classes.insert(text.classes.end(), unknown.begin(), unknown.end());
    AddColumn(
        std::move(text), window,
        [window, col](Index place, CellWriter* cell) {
          const float value = window->Label(place, col);
          const Task& what = window->task();
          if (const std::string* name = window->Unknown(place)) {
            return cell->Text(*name);
          }
          if (std::isnan(value)) return cell->Missing();
          if (!what.traits().one_class) return cell->Number(value);
          cell->Text(what.classes[At(static_cast<Index>(value))]);
        },
        columns);
  }
}

// The tags of a text as one cell, between blanks as its words were.
void AddTagColumns(const Window& window, std::vector<TextColumn>* columns) {
  const Task& task = window->task();
  AddColumn(
      {{task.name}, {}, CellType::kText}, window,
      [window](Index place, CellWriter* cell) {
        std::vector<std::string> tags;
        for (const std::int32_t tag : window->Tags(place)) {
          tags.push_back(window->task().classes[At(tag)]);
        }
        cell->Text(Join(tags, " "));
      },
      columns);
  if (!window->has_labels()) return;
  AddColumn(
      {{task.name + ".true"}, {}, CellType::kText}, window,
      [window](Index place, CellWriter* cell) {
        std::vector<std::string> tags;
        bool any = false;
        for (Index i = 0; i < window->PlacesFrom(place); ++i) {
          tags.push_back(window->LabelText(place + i));
          any |= !tags.back().empty();
          if (tags.back().empty()) tags.back() = kNoTag;
        }
        any ? cell->Text(Join(tags, " ")) : cell->Missing();
      },
      columns);
}

// What is written, the log of its probability, and what is true.
void AddTextColumns(const Window& window, std::vector<TextColumn>* columns) {
  const auto add = [&](const std::string& suffix, auto of_texts) {
    AddColumn(
        {{window->task().name + suffix}, {}, CellType::kText}, window,
        [window, of_texts](Index place, CellWriter* cell) {
          const std::string& text = of_texts(window->Texts(place));
          cell->Text(text);
        },
        columns);
  };
  add("", [](const WrittenTexts& texts) { return texts.said[0]; });
  AddPredicted(window, columns);
  if (!window->has_labels()) return;
  add(".true", [](const WrittenTexts& texts) { return texts.truth[0]; });
}

TextColumn IdsOf(const Source& source) {
  struct Some {
    Index first = 0;
    RowIds ids;
  };
  const auto held = std::make_shared<Some>();
  return {{"id"},
          [source, held](Index row, CellWriter* cell) {
            if (row < held->first || row >= held->first + IdCount(held->ids)) {
              held->first = row;
              held->ids =
                  source->Ids(row, std::min(kIdsAtOnce, source->rows() - row));
            }
            IdColumn(held->ids).put(row - held->first, cell);
          },
          source->has_text_ids() ? CellType::kText : CellType::kNumber};
}

}  // namespace

std::vector<TextColumn> PredictionColumns(
    const std::shared_ptr<const PredictionSource>& source) {
  std::vector<TextColumn> columns = {IdsOf(source)};
  for (std::size_t i = 0; i < source->tasks().size(); ++i) {
    // A map is a picture, and no column of a table.
    if (source->tasks()[i].task.traits().is_map) continue;
    const auto window =
        std::make_shared<TaskWindow>(source, static_cast<Index>(i));
    if (window->task().traits().of_tokens) {
      AddTagColumns(window, &columns);
      continue;
    }
    if (window->task().traits().is_written) {
      AddTextColumns(window, &columns);
      continue;
    }
    AddPredicted(window, &columns);
    AddProbabilities(window, &columns);
    AddTruth(window, &columns);
  }
  return columns;
}

}  // namespace mtlkit
