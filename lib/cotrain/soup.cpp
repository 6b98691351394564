#include "cotrain/soup.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/reporter.h"
#include "cotrain/aggregate.h"
#include "cotrain/exchanged.h"
#include "nn/loss.h"
#include "nn/model_io.h"
#include "train/validation.h"

namespace mtlkit {
namespace {

// "parameter 'trunk.0/kernel'", of the first that the two do not share; "".
std::string LayoutDifference(const Layout& one, const Layout& other) {
  const std::size_t most = std::max(one.slices().size(), other.slices().size());
  for (std::size_t i = 0; i < most; ++i) {
    const bool both = i < one.slices().size() && i < other.slices().size();
    if (both && one.slices()[i].name == other.slices()[i].name &&
        one.slices()[i].spec.rows == other.slices()[i].spec.rows &&
        one.slices()[i].spec.cols == other.slices()[i].spec.cols) {
      continue;
    }
    const Layout& longer = i < one.slices().size() ? one : other;
    return Str("parameter '", longer.slices()[i].name, "'");
  }
  return "";
}

std::string Difference(const Model& one, const Model& other) {
  const auto& tasks = one.schema.tasks;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const bool both = t < other.schema.tasks.size();
    if (both && tasks[t].name == other.schema.tasks[t].name &&
        tasks[t].type == other.schema.tasks[t].type &&
        tasks[t].classes == other.schema.tasks[t].classes) {
      continue;
    }
    return Str("task '", tasks[t].name, "'");
  }
  const auto& inputs = one.schema.inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool both = i < other.schema.inputs.size();
    if (both && inputs[i].name == other.schema.inputs[i].name &&
        inputs[i].columns == other.schema.inputs[i].columns &&
        inputs[i].mean == other.schema.inputs[i].mean &&
        inputs[i].deviation == other.schema.inputs[i].deviation) {
      continue;
    }
    return Str("input '", inputs[i].name, "'");
  }
  const std::string weights = LayoutDifference(one.params.weights.layout(),
                                               other.params.weights.layout());
  return !weights.empty() ? weights
                          : LayoutDifference(one.params.buffers.layout(),
                                             other.params.buffers.layout());
}

std::vector<Model> ReadAlike(const std::vector<std::string>& paths) {
  std::vector<Model> models;
  for (const std::string& path : paths) {
    models.push_back(ReadModel(path));
    Require(models.back().networks() == 1, ErrorKind::kBadInput,
            Str(path, ": it is an ensemble of ", models.back().networks(),
                " networks"),
            "a soup is of models of one network each");
    const std::string difference = Difference(models.front(), models.back());
    Require(difference.empty(), ErrorKind::kBadInput,
            Str(path, ": its ", difference, " is not that of ", paths.front()),
            "a soup is of models of the same network and data");
  }
  return models;
}

// The mean of some models' parameters, by their numbers.
Params MeanOfModels(const std::vector<Model>& models,
                    const std::vector<std::size_t>& chosen) {
  Params mean = models.front().params;
  const Exchanged all("all", true, mean);
  std::vector<std::vector<Real>> values;
  std::vector<PeerNumbers> peers;
  values.reserve(chosen.size());
  for (const std::size_t i : chosen) {
    values.push_back(all.Take(models[i].params));
    peers.push_back({values.back(), 1});
  }
  all.Put(AggregateOf(*MakeAggregate("mean"), peers, all.weight_count()),
          &mean);
  return mean;
}

// Measures parameters of one network on the rows of a split.
class SoupMeasure {
 public:
  SoupMeasure(const Model& model, const SoupOptions& options,
              const Dataset& data, ThreadPool* pool)
      : view_(DatasetFor(model, data)),
        losses_(MakeLosses(view_.tasks, {})),
        validator_(model, view_, losses_, data.SplitRows(options.split),
                   options.select_on, pool) {
    Require(validator_.can_choose(), ErrorKind::kBadInput,
            Str("nothing can be measured on the rows of '", options.split, "'"),
            "name others with --split, or say --how uniform");
  }
  double Score(Params params) { return validator_.Measure(&params).score; }
  std::string name() const { return validator_.selected_on(); }

 private:
  Dataset view_;
  std::vector<std::unique_ptr<Loss>> losses_;
  Validator validator_;
};

// NaN never is better.
bool IsBetter(double one, double other) {
  return one < other || (std::isnan(other) && !std::isnan(one));
}

// Which models are in the soup; sets the ingredients.
std::vector<std::size_t> ChooseGreedily(const std::vector<Model>& models,
                                        const std::vector<std::string>& paths,
                                        SoupMeasure* measure, Soup* soup) {
  std::vector<double> alone;
  for (const Model& model : models)
    alone.push_back(measure->Score(model.params));
  std::vector<std::size_t> order(models.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return IsBetter(alone[a], alone[b]);
                   });
  std::vector<std::size_t> chosen;
  double best = std::nan("");
  for (const std::size_t i : order) {
    std::vector<std::size_t> with = chosen;
    with.push_back(i);
    std::sort(with.begin(), with.end());
    const double score =
        chosen.empty() ? alone[i] : measure->Score(MeanOfModels(models, with));
    const bool taken = chosen.empty() || IsBetter(score, best);
    soup->ingredients.push_back({paths[i], alone[i], score, taken});
    if (!taken) continue;
    chosen = std::move(with);
    best = score;
  }
  return chosen;
}

}  // namespace

void SoupOptions::Describe(Fields& fields) {
  fields("how", how,
         "the mean of all models, or of those that make it better, taken one "
         "by one",
         {"greedy", "uniform"});
  fields.Named("split", split, "SPLIT", "rows that say what is better");
  fields.Named("select-on", select_on, "loss|TASK.METRIC",
               "what is measured there: as of mtl-train --select-on");
}

Soup MakeSoup(const std::vector<std::string>& paths, const SoupOptions& options,
              const Dataset* data, ThreadPool* pool) {
  Require(paths.size() > 1, ErrorKind::kUsage,
          "a soup needs two models or more", "name them");
  const std::vector<Model> models = ReadAlike(paths);
  Soup soup;
  soup.model = models.front();
  std::vector<std::size_t> chosen;
  if (options.how == "greedy") {
    Require(data != nullptr, ErrorKind::kUsage,
            "--how greedy needs rows to measure on",
            "name them with --data, or say --how uniform");
    SoupMeasure measure(soup.model, options, *data, pool);
    soup.measured_on = measure.name();
    chosen = ChooseGreedily(models, paths, &measure, &soup);
    AddRowKeys(*data, data->SplitRows(options.split), &soup.model.seen.chosen);
  } else {
    for (std::size_t i = 0; i < models.size(); ++i) {
      chosen.push_back(i);
      soup.ingredients.push_back({paths[i]});
    }
  }
  soup.model.params = MeanOfModels(models, chosen);
  soup.model.log = {};
  for (const Model& model : models) AddSeenRows(model.seen, &soup.model.seen);
  return soup;
}

std::string RenderText(const Soup& soup) {
  std::string text;
  Index taken = 0;
  for (const SoupIngredient& one : soup.ingredients) {
    taken += one.is_taken;
    if (soup.measured_on.empty()) continue;
    text +=
        Str(one.is_taken ? "+ " : "- ", one.path, ": alone ",
            ShortNumber(one.score), ", with it ", ShortNumber(one.with), "\n");
  }
  return text +
         Str("the mean of ", taken, " of ", soup.ingredients.size(), " models",
             soup.measured_on.empty() ? "" : ", by " + soup.measured_on, "\n");
}

}  // namespace mtlkit
