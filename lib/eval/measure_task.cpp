#include "eval/measure_task.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "eval/estimate.h"
#include "eval/tag_rows.h"

namespace mtlkit {
namespace {

// Numbers of a piece.
constexpr Index kPiece = Index{1} << 18;
// Numbers of a task that are held at once. Of more, as of more rows than are
// drawn one by one, metrics come piece by piece.
constexpr Index kMostAtOnce = Index{1} << 22;

void AddOnce(const MetricEntry* entry,
             std::vector<const MetricEntry*>* chosen) {
  const bool is_there =
      std::find(chosen->begin(), chosen->end(), entry) != chosen->end();
  if (!is_there) chosen->push_back(entry);
}

// The main one comes first: it counts for the gain.
void AddAllMetrics(TaskType type, std::vector<const MetricEntry*>* chosen) {
  AddOnce(&MainMetric(type), chosen);
  for (const MetricEntry* entry : AllMetrics()) {
    if (entry->applies(type)) AddOnce(entry, chosen);
  }
}

// The constant that is best for a metric, for absolute errors the median;
// empty if it is not known.
std::vector<double> BestConstant(const JoinedTask& task,
                                 const MetricEntry& entry) {
  if (task.constants.empty()) return {};
  const auto rows =
      task.task.head().ConstantPredictions(task.task, task.constants);
  if (rows.empty()) return {};
  return entry.name == "mae" ? rows.back() : rows.front();
}

// Labelled places of a task that follow one another. A block is one of those
// that are drawn whole, or else the number of the labelled place.
struct Piece {
  Index first = 0;  // place
  Index count = 0;  // of places
  Index labelled_before = 0;
  std::vector<Index> places;
  std::vector<double> weights;  // one a labelled place
  std::vector<std::uint16_t> blocks;
};

class TaskMeasurer {
 public:
  TaskMeasurer(JoinedTask task, std::vector<const MetricEntry*> entries,
               const DrawnUnits& units)
      : task_(std::move(task)),
        entries_(std::move(entries)),
        units_(units),
        rows_(EmptyRows(task_.task)),
        of_groups_(std::ranges::any_of(
            entries_,
            [](const MetricEntry* entry) { return entry->traits.of_groups; })),
        of_tokens_(task_.task.traits().of_tokens),
        is_written_(task_.task.traits().is_written),
        in_pieces_(units_.is_blocks() ||
                   task_.places > kMostAtOnce / NumbersOfPlace()) {
    if (in_pieces_) rows_.centres = MeanLabels();
    rows_.tags.insert(rows_.tags.end(), task_.unknown_tags.begin(),
                      task_.unknown_tags.end());
    Require(!of_groups_ || units_.has_groups(), ErrorKind::kBadInput,
            Str("task '", task_.task.name,
                "' is measured within groups of rows, and there are none"),
            "predict rows that mtl-prep --group prepared, or give them with "
            "--data");
  }

  MeasuredTask Measure() {
    Describe();
    measured_.prepared.metrics.resize(entries_.size());
    measured_.values.resize(entries_.size());
    for (std::size_t m = 0; m < entries_.size(); ++m) {
      MetricResult& metric = measured_.result.metrics.emplace_back();
      metric.metric = entries_[m];
      metric.constant = ConstantValue(*entries_[m]);
    }
    for (auto& model : task_.models) {
      if (model) {
        MeasureModel(&*model);
        model->Release();
      } else {
        for (std::size_t m = 0; m < entries_.size(); ++m) {
          measured_.prepared.metrics[m].push_back(nullptr);
          measured_.values[m].push_back(kUndefinedValue);
        }
      }
    }
    PrepareUnits();
    return std::move(measured_);
  }

 private:
  // Where outputs come from: `fill(piece)` puts them into rows_.output.
  template <class Fill>
  void ForPieces(Fill fill) {
    // A group may be anywhere.
    const Index at_once = in_pieces_ && !of_groups_
                              ? std::max<Index>(kPiece / NumbersOfPlace(), 1)
                              : std::max<Index>(task_.places, 1);
    Index labelled = 0;
    Index first = 0;
    do {
      Piece piece;
      piece.first = first;
      piece.labelled_before = labelled;
      piece.count = std::min(at_once, task_.places - first);
      if (of_tokens_) EndText(&piece);
      Load(&piece);
      fill(piece);
      labelled += rows_.rows;
      first += piece.count;
    } while (first < task_.places);
  }

  // Puts all tokens of the last text into the piece.
  void EndText(Piece* piece) const {
    Index end = piece->first + piece->count;
    while (end > 0 && end < task_.places &&
           task_.RowOf(end) == task_.RowOf(end - 1)) {
      ++end;
    }
    piece->count = end - piece->first;
  }

  // Of labels or predictions, whichever are more.
  Index NumbersOfPlace() const {
    return std::max(rows_.output_cols, rows_.target_cols);
  }
  Index BlockCount() const {
    return units_.is_blocks() ? units_.count() : measured_.result.labelled;
  }

  // Puts the labels of a piece into rows_.
  void Load(Piece* piece) {
    rows_.y.clear();
    rows_.groups.clear();
    rows_.texts.clear();
    rows_.true_texts.clear();
    for (Index place = piece->first; place < piece->first + piece->count;
         ++place) {
      if (!task_.HasLabel(place)) continue;
      const Index number = piece->labelled_before + std::ssize(piece->places);
      piece->places.push_back(place);
      piece->weights.push_back(task_.Weight(place));
      if (in_pieces_) {
        piece->blocks.push_back(units_.is_blocks()
                                    ? units_.BlockOf(task_.RowOf(place))
                                    : static_cast<std::uint16_t>(number));
      }
      if (of_groups_) {
        rows_.groups.push_back(units_.UnitOf(task_.RowOf(place)));
      }
      if (of_tokens_) rows_.texts.push_back(task_.RowOf(place));
      if (is_written_) rows_.true_texts.push_back(task_.texts[At(place)]);
      const float* cells = task_.y.data() + place * rows_.target_cols;
      rows_.y.insert(rows_.y.end(), cells, cells + rows_.target_cols);
    }
    rows_.rows = static_cast<Index>(piece->places.size());
  }

  void LoadOutputs(const Piece& piece, JoinedOutputs* model) {
    const Index cols = rows_.output_cols;
    rows_.output.resize(At(piece.count * cols));
    model->Read(piece.first, piece.count, rows_.output.data());
    if (of_tokens_) Decode(piece);
    if (is_written_) rows_.said_texts = model->ReadTexts(piece.places).said;
    auto to = rows_.output.begin();
    for (const Index place : piece.places) {
      const auto from = rows_.output.begin() + (place - piece.first) * cols;
      to = std::copy_n(from, cols, to);
    }
    rows_.output.erase(to, rows_.output.end());
  }

  // Decodes whole texts, tokens without a label among them.
  void Decode(const Piece& piece) {
    std::vector<Index> texts;
    for (Index i = 0; i < piece.count; ++i) {
      texts.push_back(task_.RowOf(piece.first + i));
    }
    const auto all = DecodeTexts(task_.task.classes, texts, rows_.output);
    rows_.decoded.clear();
    for (const Index place : piece.places) {
      rows_.decoded.push_back(all[At(place - piece.first)]);
    }
  }

  // Makes 1 of probabilities above their thresholds, 0 of others.
  void Decide(const std::vector<double>& thresholds) {
    std::size_t col = 0;
    for (double& p : rows_.output) {
      p = p > thresholds[col] ? 1 : 0;
      col = (col + 1) % thresholds.size();
    }
  }

  // Of all rows: the metric as draws need it, its value and what that is a
  // mean over.
  struct Measured {
    std::unique_ptr<WeightedMetric> metric;
    double value = kUndefinedValue;
    PartCount parts;
  };

  // Takes a piece that was loaded.
  void AddPiece(const Piece& piece, const MetricEntry& entry,
                Measured* measured) {
    std::unique_ptr<Metric> metric = entry.prepare(rows_);
    if (!in_pieces_) {
      measured->value = metric->Value(piece.weights);
      measured->parts = metric->Parts(piece.weights);
      measured->metric = std::move(metric);
      return;
    }
    if (measured->metric == nullptr) {
      auto blocks = metric->EmptyBlocks(BlockCount());
      blocks->Expect(measured_.result.labelled);
      measured->metric = std::move(blocks);
    }
    metric->AddTo({piece.weights, piece.blocks},
                  static_cast<BlockedMetric*>(measured->metric.get()));
  }

  void FinishMetric(Measured* measured) const {
    if (!in_pieces_) return;
    auto& metric = static_cast<BlockedMetric&>(*measured->metric);
    metric.Finish();
    measured->value = metric.Whole();
    measured->parts = metric.WholeParts();
  }

  void MeasureModel(JoinedOutputs* model) {
    std::vector<Measured> measured(entries_.size());
    const std::vector<double> thresholds = model->Thresholds();
    const auto add = [&](const Piece& piece, bool decides) {
      for (std::size_t m = 0; m < entries_.size(); ++m) {
        const bool decided = !thresholds.empty() && entries_[m]->traits.decides;
        if (decided == decides) AddPiece(piece, *entries_[m], &measured[m]);
      }
    };
    ForPieces([&](const Piece& piece) {
      LoadOutputs(piece, model);
      add(piece, false);
      if (thresholds.empty()) return;
      Decide(thresholds);
      add(piece, true);
    });
    for (std::size_t m = 0; m < entries_.size(); ++m) {
      FinishMetric(&measured[m]);
      measured_.values[m].push_back(measured[m].value);
      measured_.result.metrics[m].parts = measured[m].parts;
      measured_.prepared.metrics[m].push_back(std::move(measured[m].metric));
    }
  }

  double ConstantValue(const MetricEntry& entry) {
    const std::vector<double> row = BestConstant(task_, entry);
    if (row.empty()) return kUndefinedValue;
    Measured measured;
    ForPieces([&](const Piece& piece) {
      rows_.decoded.clear();
      rows_.output.clear();
      for (Index i = 0; i < rows_.rows; ++i) {
        rows_.output.insert(rows_.output.end(), row.begin(), row.end());
      }
      AddPiece(piece, entry, &measured);
    });
    FinishMetric(&measured);
    return measured.value;
  }

  // Means of the labels that are known.
  std::vector<double> MeanLabels() const {
    const auto cols = At(task_.task.target_cols());
    std::vector<double> sums(cols);
    std::vector<double> counts(cols);
    for (std::size_t i = 0; i < task_.y.size(); ++i) {
      if (std::isnan(task_.y[i])) continue;
      sums[i % cols] += static_cast<double>(task_.y[i]);
      ++counts[i % cols];
    }
    for (std::size_t col = 0; col < cols; ++col) {
      if (counts[col] > 0) sums[col] /= counts[col];
    }
    return sums;
  }

  void Describe() {
    TaskResult& result = measured_.result;
    result.task = task_.task;
    result.weighted = task_.weighted;
    result.unknown = task_.unknown;
    result.unknown_classes.assign(task_.unknown_classes.begin(),
                                  task_.unknown_classes.end());
    result.warning = task_.warning;
    for (const auto& model : task_.models) {
      result.predicted.push_back(model.has_value());
    }
    for (Index place = 0; place < task_.places; ++place) {
      if (!task_.HasLabel(place)) continue;
      ++result.labelled;
      result.weightless += task_.Weight(place) == 0;
    }
    result.missing = task_.places - result.labelled;
  }

  void PrepareUnits() {
    PreparedTask& prepared = measured_.prepared;
    if (units_.is_blocks()) {
      prepared.weights.assign(At(units_.count()), 1.0);
      for (Index i = 0; i < units_.count(); ++i) prepared.units.push_back(i);
      return;
    }
    for (Index place = 0; place < task_.places; ++place) {
      if (!task_.HasLabel(place)) continue;
      // In pieces the metrics know the weights.
      prepared.weights.push_back(in_pieces_ ? 1.0 : task_.Weight(place));
      prepared.units.push_back(units_.UnitOf(task_.RowOf(place)));
    }
  }

  JoinedTask task_;
  std::vector<const MetricEntry*> entries_;
  const DrawnUnits& units_;
  MetricRows rows_;  // of the piece that is loaded
  bool of_groups_;   // some metric is
  bool of_tokens_;
  bool is_written_;
  bool in_pieces_;
  MeasuredTask measured_;
};

}  // namespace

std::vector<const MetricEntry*> ChooseMetrics(
    TaskType type, const std::vector<std::string>& names,
    bool has_several_labels) {
  if (names.empty()) return {&MainMetric(type)};
  std::vector<const MetricEntry*> chosen;
  for (const std::string& name : names) {
    if (name == "all") {
      AddAllMetrics(type, &chosen);
    } else if (const MetricEntry& entry = FindMetric(name);
               entry.applies(type)) {
      AddOnce(&entry, &chosen);
    }
  }
  if (!has_several_labels) {
    std::erase_if(chosen, [](const MetricEntry* entry) {
      return entry->traits.of_several_labels;
    });
  }
  if (chosen.empty()) chosen.push_back(&MainMetric(type));
  return chosen;
}

MeasuredTask MeasureTask(JoinedTask task,
                         const std::vector<std::string>& metrics,
                         const DrawnUnits& units) {
  auto entries = ChooseMetrics(task.task.form.value_or(task.task.type), metrics,
                               task.task.target_cols() > 1);
  return TaskMeasurer(std::move(task), std::move(entries), units).Measure();
}

}  // namespace mtlkit
