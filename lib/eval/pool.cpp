#include "eval/pool.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/task_difference.h"

namespace mtlkit {
namespace {

using Part = std::shared_ptr<const PredictionSource>;

template <class T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

// One file may have weights or labels where the other has none.
void AppendOr(float filling, std::size_t before, std::size_t count,
              const std::vector<float>& from, std::vector<float>* to) {
  if (from.empty() && to->empty()) return;
  to->resize(before, filling);
  Append(from, to);
  to->resize(before + count, filling);
}

void AppendLabels(std::size_t before, std::size_t count, const LabelCells& from,
                  LabelCells* to) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  if (from.empty() && to->empty()) return;
  while (to->size() < before) to->push_back(kNone);
  to->Append(from, 0, from.size());
  while (to->size() < before + count) to->push_back(kNone);
}

// The unknown classes of both, each once.
void AppendUnknown(std::size_t before, std::size_t count,
                   const UnknownLabels& from, UnknownLabels* to) {
  if (from.places.empty() && to->places.empty()) return;
  to->places.resize(before, -1);
  std::vector<std::int32_t> number;
  for (const std::string& name : from.names) {
    const auto at = std::find(to->names.begin(), to->names.end(), name);
    number.push_back(static_cast<std::int32_t>(at - to->names.begin()));
    if (at == to->names.end()) to->names.push_back(name);
  }
  for (const std::int32_t name : from.places) {
    to->places.push_back(name < 0 ? -1 : number[At(name)]);
  }
  to->places.resize(before + count, -1);
}

// Calls `visit(part, first, count, before)` for the parts that hold rows or
// places [first, first + count), `sizes` of which each part has; `before` have
// been visited.
template <class Visit>
void ForParts(const std::vector<Index>& sizes, Index first, Index count,
              Visit visit) {
  Index begin = 0;
  Index before = 0;
  for (std::size_t part = 0; part < sizes.size() && before < count; ++part) {
    const Index from = std::max<Index>(first + before - begin, 0);
    const Index some = std::min(sizes[part] - from, count - before);
    if (some > 0) {
      visit(part, from, some, before);
      before += some;
    }
    begin += sizes[part];
  }
}

std::vector<Task> PooledTasksOf(const PredictionSource& source) {
  std::vector<Task> tasks;
  for (const auto& known : source.tasks()) tasks.push_back(known.task);
  return tasks;
}

void RequireSameTasks(const std::string& name, const PredictionSource& first,
                      const PredictionSource& other) {
  if (first.has_text_ids() != other.has_text_ids()) {
    Fail(ErrorKind::kBadInput,
         Str(name, ": one file has numbers as ids, another has texts"),
         "pool files that come from the same dataset");
  }
  const std::string difference =
      TaskDifference(PooledTasksOf(first), PooledTasksOf(other));
  Require(difference.empty(), ErrorKind::kBadInput,
          Str(name, ": its files do not have the same tasks: ", difference),
          "pool files of the same tasks and classes");
}

// Where one file does not know what was seen, nothing was, as far as we know.
SeenCount SumOfSeen(const std::vector<Part>& parts) {
  SeenCount sum;
  for (const Part& part : parts) {
    const SeenCount seen = part->seen();
    if (seen.trained < 0) continue;
    sum.trained = std::max<Index>(sum.trained, 0) + seen.trained;
    sum.chosen = std::max<Index>(sum.chosen, 0) + seen.chosen;
  }
  return sum;
}

class PooledPredictions : public PredictionSource {
 public:
  explicit PooledPredictions(std::vector<Part> parts)
      : parts_(std::move(parts)) {
    split_ = parts_.front()->split();
    selected_on_ = parts_.front()->selected_on();
    model_ = parts_.front()->model();
    seen_ = SumOfSeen(parts_);
    tasks_ = parts_.front()->tasks();
    for (SourceTask& task : tasks_) task.places = 0;
    for (const Part& part : parts_) {
      rows_ += part->rows();
      part_rows_.push_back(part->rows());
      if (part->split() != split_) split_.clear();
      if (part->selected_on() != parts_.front()->selected_on()) {
        // Of some weights one split, of others another: as if nothing were
        // known.
        selected_on_.clear();
        model_.clear();
      }
      for (std::size_t t = 0; t < tasks_.size(); ++t) {
        const SourceTask& own = part->tasks()[t];
        tasks_[t].on_all_rows = tasks_[t].on_all_rows && own.on_all_rows;
        tasks_[t].places += own.places;
        std::vector<Index> order(own.learned.size());
        std::iota(order.begin(), order.end(), Index{0});
        AddLearned(own.learned, order, &tasks_[t].learned);
      }
    }
  }

  bool has_text_ids() const override { return parts_.front()->has_text_ids(); }
  RowIds Ids(Index first, Index count) const override {
    RowIds ids;
    if (has_text_ids()) ids = TextIds();
    ForParts(part_rows_, first, count,
             [&](std::size_t part, Index from, Index some, Index /*before*/) {
               const RowIds more = parts_[part]->Ids(from, some);
               std::visit(
                   [&](auto& all) {
                     using Ids = std::remove_cvref_t<decltype(all)>;
                     for (const auto& id : std::get<Ids>(more))
                       all.push_back(id);
                   },
                   ids);
             });
    return ids;
  }
  // Parts without groups would make their rows part of others'.
  std::vector<std::int64_t> Groups() const override {
    std::vector<std::int64_t> all;
    for (const Part& part : parts_) {
      const std::vector<std::int64_t> more = part->Groups();
      if (more.empty() && part->rows() > 0) return {};
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }
  Labels ReadLabels(Index task) const override {
    const Index cols = tasks_[At(task)].task.target_cols();
    Labels all;
    all.on_all_rows = tasks_[At(task)].on_all_rows;
    Index offset = 0;
    std::size_t before = 0;
    for (const Part& part : parts_) {
      const Labels more = part->ReadLabels(task);
      const std::size_t count = At(part->tasks()[At(task)].places);
      for (std::size_t i = 0; i < count && !all.on_all_rows; ++i) {
        all.rows.push_back(offset + more.RowOf(static_cast<Index>(i)));
      }
      AppendLabels(before * At(cols), count * At(cols), more.values,
                   &all.values);
      AppendOr(1, before, count, more.weights, &all.weights);
      AppendUnknown(before, count, more.unknown, &all.unknown);
      offset += part->rows();
      before += count;
    }
    return all;
  }
  void ReadOutputs(Index task, Index first, Index count,
                   float* outputs) const override {
    const Index cols = tasks_[At(task)].task.prediction_cols();
    std::vector<Index> places;
    for (const Part& part : parts_) {
      places.push_back(part->tasks()[At(task)].places);
    }
    ForParts(places, first, count,
             [&](std::size_t part, Index from, Index some, Index before) {
               parts_[part]->ReadOutputs(task, from, some,
                                         outputs + before * cols);
             });
  }
  WrittenTexts ReadTexts(Index task, Index first, Index count) const override {
    std::vector<Index> places;
    for (const Part& part : parts_) {
      places.push_back(part->tasks()[At(task)].places);
    }
    WrittenTexts texts;
    ForParts(places, first, count,
             [&](std::size_t part, Index from, Index some, Index /*before*/) {
               texts.Append(parts_[part]->ReadTexts(task, from, some));
             });
    return texts;
  }

 private:
  std::vector<Part> parts_;
  std::vector<Index> part_rows_;
};

// The files of a pool in which a row occurs: "a.h5 and b.h5".
std::string FilesWith(const std::string& id, const NamedSource& pool,
                      const std::vector<Part>& parts) {
  constexpr Index kIdsAtOnce = 65536;
  std::vector<std::string> having;
  for (std::size_t i = 0; i < parts.size() && i < pool.files.size(); ++i) {
    bool has = false;
    for (Index row = 0; row < parts[i]->rows() && !has; row += kIdsAtOnce) {
      const Index count = std::min(kIdsAtOnce, parts[i]->rows() - row);
      const RowIds ids = parts[i]->Ids(row, count);
      for (Index k = 0; k < count && !has; ++k) has = IdText(ids, k) == id;
    }
    if (has) having.push_back(pool.files[i]);
  }
  return having.empty() ? pool.Label() : Join(having, " and ");
}

// `pool` has the name and the files of all its parts.
void PoolParts(std::vector<Part> parts, NamedSource* pool) {
  if (parts.size() == 1) {
    pool->source = parts.front();
    return;
  }
  std::vector<const PredictionSource*> sources;
  for (const Part& part : parts) {
    RequireSameTasks(pool->Label(), *parts.front(), *part);
    sources.push_back(part.get());
  }
  const std::string twice = FindRepeatedId(sources);
  if (!twice.empty()) {
    Fail(ErrorKind::kBadInput,
         Str(FilesWith(twice, *pool, parts), ": the row '", twice,
             "' is predicted twice under the name '", pool->name, "'"),
         "pool disjoint folds, or give the files different names");
  }
  pool->source = std::make_shared<PooledPredictions>(std::move(parts));
}

// A model that counts as several seeds would hide how far seeds are apart.
void RequireSeedsApart(const std::vector<NamedSource>& sources) {
  std::map<std::pair<std::string, std::string>, const NamedSource*> seen;
  for (const NamedSource& one : sources) {
    if (!one.source->has_model()) continue;
    const auto [at, is_new] =
        seen.try_emplace({one.name, one.source->model()}, &one);
    const NamedSource& first = *at->second;
    if (is_new || first.seed == one.seed) continue;
    Fail(ErrorKind::kBadInput,
         Str("'", one.name, "': ", first.Label(), " and ", one.Label(),
             " are predictions of one model, not of two seeds"),
         "give each seed once");
  }
}

}  // namespace

std::vector<NamedSource> PoolByName(const std::vector<NamedSource>& sources) {
  RequireSeedsApart(sources);
  std::vector<NamedSource> pooled;
  std::vector<std::vector<Part>> parts;
  for (const NamedSource& one : sources) {
    const auto same = std::ranges::find_if(pooled, [&](const auto& other) {
      return other.name == one.name && other.seed == one.seed;
    });
    const auto at = static_cast<std::size_t>(same - pooled.begin());
    if (same == pooled.end()) {
      pooled.push_back({one.name, nullptr, {}, one.seed});
      parts.emplace_back();
    }
    std::vector<std::string>& files = pooled[at].files;
    files.insert(files.end(), one.files.begin(), one.files.end());
    parts[at].push_back(one.source);
  }
  for (std::size_t i = 0; i < pooled.size(); ++i) {
    PoolParts(std::move(parts[i]), &pooled[i]);
  }
  return pooled;
}

}  // namespace mtlkit
