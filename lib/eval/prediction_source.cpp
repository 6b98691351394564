#include "eval/prediction_source.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/seen_rows.h"

namespace mtlkit {
namespace {

constexpr Index kIdsAtOnce = 65536;

// FNV-1a. Texts that share a key are compared.
std::uint64_t KeyOf(const std::string& text) {
  std::uint64_t word = 0xcbf29ce484222325U;
  for (const char character : text) {
    word = (word ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  }
  return word;
}

// Of numbers the key is the number.
std::uint64_t KeyOf(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

// Calls `visit(ids)` for pieces of ids, as vectors of either kind.
template <class Visit>
void ForIds(const std::vector<const PredictionSource*>& sources, Visit visit) {
  for (const PredictionSource* source : sources) {
    for (Index first = 0; first < source->rows(); first += kIdsAtOnce) {
      const Index count = std::min(kIdsAtOnce, source->rows() - first);
      std::visit(visit, source->Ids(first, count));
    }
  }
}

// Whether each id is above the one before, as running numbers are; then none
// can occur twice.
bool AreAscending(const std::vector<const PredictionSource*>& sources) {
  bool ascends = true;
  std::optional<std::int64_t> last_number;
  std::optional<std::string> last_text;
  ForIds(sources, [&](const auto& ids) {
    using Id = typename std::remove_cvref_t<decltype(ids)>::value_type;
    const auto check = [&](std::optional<Id>* last) {
      if (!ascends || ids.empty()) return;
      ascends = (!*last || **last < *ids.begin()) &&
                std::adjacent_find(ids.begin(), ids.end(),
                                   std::greater_equal<>()) == ids.end();
      *last = ids[ids.size() - 1];
    };
    if constexpr (std::is_same_v<Id, std::string>) {
      check(&last_text);
    } else {
      check(&last_number);
    }
  });
  return ascends;
}

// Keys that occur more than once, sorted.
std::vector<std::uint64_t> RepeatedKeys(std::vector<std::uint64_t> keys) {
  std::sort(keys.begin(), keys.end());
  std::vector<std::uint64_t> repeated;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const bool is_new = repeated.empty() || repeated.back() != keys[i];
    if (keys[i] == keys[i - 1] && is_new) repeated.push_back(keys[i]);
  }
  return repeated;
}

class HeldPredictions : public PredictionSource {
 public:
  explicit HeldPredictions(Predictions predictions)
      : held_(std::move(predictions)) {
    rows_ = IdCount(held_.ids);
    split_ = held_.split;
    selected_on_ = held_.selected_on;
    model_ = held_.model_sha256;
    seen_ = CountSeen(held_.seen);
    for (const TaskPredictions& task : held_.tasks) {
      const Index places =
          task.on_all_rows ? rows_ : static_cast<Index>(task.rows.size());
      tasks_.push_back({task.task, task.on_all_rows, places, task.constants,
                        task.LearnedShares()});
    }
  }

  bool has_text_ids() const override { return held_.ids.index() == 1; }
  RowIds Ids(Index first, Index count) const override {
    return std::visit(
        [&](const auto& ids) -> RowIds {
          const auto begin = ids.begin() + first;
          return std::vector(begin, begin + count);
        },
        held_.ids);
  }
  std::vector<std::int64_t> Groups() const override { return held_.groups; }
  Labels ReadLabels(Index task) const override {
    const TaskPredictions& held = held_.tasks[At(task)];
    Labels labels{held.rows, held.on_all_rows, held.y, held.weight};
    labels.unknown.names = held.unknown_classes;
    labels.unknown.places = held.unknown;
    return labels;
  }
  void ReadOutputs(Index task, Index first, Index count,
                   float* outputs) const override {
    const TaskPredictions& held = held_.tasks[At(task)];
    const auto& values = held.task.is_classification() ? held.prob : held.pred;
    const Index cols = held.task.prediction_cols();
    std::copy_n(values.begin() + first * cols, count * cols, outputs);
  }
  WrittenTexts ReadTexts(Index task, Index first, Index count) const override {
    return held_.tasks[At(task)].texts.Slice(first, count);
  }

 private:
  Predictions held_;
};

}  // namespace

void AddLearned(const std::vector<double>& other,
                const std::vector<Index>& order, std::vector<double>* learned) {
  if (other.size() != learned->size()) learned->clear();
  for (std::size_t k = 0; k < learned->size(); ++k) {
    (*learned)[k] = std::max((*learned)[k], other[At(order[k])]);
  }
}

Index PredictionSource::FindTask(const std::string& name) const {
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    if (tasks_[i].task.name == name) return static_cast<Index>(i);
  }
  return -1;
}

std::shared_ptr<const PredictionSource> HoldPredictions(
    Predictions predictions) {
  return std::make_shared<HeldPredictions>(std::move(predictions));
}

SeenCount CountSeen(const std::vector<std::uint8_t>& seen) {
  if (seen.empty()) return {};
  SeenCount count{0, 0};
  for (const std::uint8_t bits : seen) {
    count.trained += (bits & kTrainedOn) != 0;
    count.chosen += (bits & kChosenOn) != 0;
  }
  return count;
}

std::string NamedSource::Label() const {
  return files.empty() ? name : Join(files, " and ");
}

std::string FindRepeatedId(
    const std::vector<const PredictionSource*>& sources) {
  if (AreAscending(sources)) return "";
  std::vector<std::uint64_t> keys;
  Index rows = 0;
  for (const PredictionSource* source : sources) rows += source->rows();
  keys.reserve(At(rows));
  ForIds(sources, [&](const auto& ids) {
    for (const auto& id : ids) keys.push_back(KeyOf(id));
  });
  const auto repeated = RepeatedKeys(std::move(keys));
  if (repeated.empty()) return "";
  // Texts are only alike so far; of several the first is named.
  RowIds alike;
  if (sources.front()->has_text_ids()) alike = TextIds();
  ForIds(sources, [&](const auto& ids) {
    using Ids = std::remove_cvref_t<decltype(ids)>;
    for (const auto& id : ids) {
      if (std::binary_search(repeated.begin(), repeated.end(), KeyOf(id))) {
        std::get<Ids>(alike).push_back(id);
      }
    }
  });
  return std::visit(
      [](auto& shared) -> std::string {
        auto& ids = shared.Own();
        std::sort(ids.begin(), ids.end());
        const auto twice = std::adjacent_find(ids.begin(), ids.end());
        return twice == ids.end() ? "" : Str(*twice);
      },
      alike);
}

}  // namespace mtlkit
