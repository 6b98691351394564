#include "cotrain/compare_run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/check_run.h"
#include "cotrain/collaboration.h"
#include "cotrain/measure.h"
#include "cotrain/rounds.h"
#include "eval/estimate.h"
#include "eval/metric.h"
#include "eval/table.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

// What the peers of a run are worth after their last round.
struct RunWorth {
  std::vector<double> peer;      // one a task: the mean over peers that have it
  std::vector<double> together;  // that of the mean of their predictions
};

std::vector<Publication> PredictionsOf(const Collaboration& run,
                                       const std::vector<Index>& rows,
                                       ThreadPool* pool) {
  std::vector<Publication> all;
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    const Model model =
        ReadModel(run.folder.ModelPath(peer, run.folder.NewestRound(peer)));
    const auto predicted =
        PredictTasks(model, DatasetFor(model, run.data), rows, pool);
    const auto tasks = run.spec.Peer(peer).TasksOf(run.data);
    Publication& of_peer = all.emplace_back();
    of_peer.peer = peer;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      of_peer.tasks.push_back({tasks[i], rows, predicted[i]});
    }
  }
  return all;
}

RunWorth WorthOf(const Collaboration& run, const std::vector<Index>& rows,
                 ThreadPool* pool) {
  const std::size_t count = run.data.tasks.size();
  const auto all = PredictionsOf(run, rows, pool);
  RunWorth worth{std::vector<double>(count, kNotMeasured),
                 std::vector<double>(count, kNotMeasured)};
  std::vector<double> peers(count, 0);
  for (const Publication& of_peer : all) {
    std::vector<std::vector<float>> own(count);
    for (const PublishedTask& task : of_peer.tasks) {
      own[At(task.task)] = task.values;
    }
    for (const RoundMeasure& measure :
         MeasureRound(run.data, rows, own, of_peer.peer, all)) {
      const auto t = At(FindTask(run.data.tasks, measure.task));
      const double before = peers[t] > 0 ? worth.peer[t] * peers[t] : 0;
      peers[t] += 1;
      worth.peer[t] = (before + measure.own) / peers[t];
      const bool only = std::isnan(measure.ensemble);
      worth.together[t] = only ? measure.own : measure.ensemble;
    }
  }
  return worth;
}

// The control of a run: its peers, or one of everything, without exchange.
RunSpec WithoutExchange(const RunSpec& spec, bool pooled) {
  RunSpec alone = spec;
  alone.method = "alone";
  alone.cotrain = {};
  alone.cotrain.rows_by = pooled ? "all" : spec.cotrain.rows_by;
  if (pooled) {
    alone.peers = 1;
    alone.each.clear();
  }
  return alone;
}

class Comparer {
 public:
  Comparer(const std::string& folder, const RunSpec& spec,
           const CompareRequest& request, const TrainEnvironment& environment)
      : folder_(folder),
        spec_(spec),
        request_(request),
        environment_(environment) {}

  void Draw(Index draw, const std::string& data, Comparison* into) {
    char name[32];
    std::snprintf(name, sizeof name, "draw%02ld", static_cast<long>(draw));
    RunSpec spec = spec_;
    spec.data = data;
    spec.seed += static_cast<Seed>(draw);
    const std::string at = Str(folder_, "/", name, "/");
    const std::string method = ParseChoice(spec.method, "--method").name;
    const Collaboration run =
        InitRun(at + method, spec, false, environment_.reporter);
    // What the control cannot be measured on is refused before any work.
    CheckRunSpec(WithoutExchange(run.spec, false), run.data);
    Round(run, request_.rounds);
    const Index alone_rounds = run.method->learns_anew ? 1 : request_.rounds;
    if (into->tasks.empty()) Name(run.data, into);
    // As it was resolved: parts, epochs.
    RunSpec resolved = run.spec;
    resolved.data = data;
    Add(run, method, true, into);
    Add(RunIn(at + "alone", WithoutExchange(resolved, false), alone_rounds),
        "alone", true, into);
    Add(RunIn(at + "pooled", WithoutExchange(resolved, true), alone_rounds),
        "one network on all", false, into);
  }

 private:
  Collaboration RunIn(const std::string& path, const RunSpec& spec,
                      Index rounds) {
    Collaboration run = InitRun(path, spec, false, environment_.reporter);
    Round(run, rounds);
    return run;
  }

  void Round(const Collaboration& run, Index rounds) const {
    RoundsRequest request;
    request.until = rounds;
    RunRounds(run, request, environment_);
  }

  static void Name(const Dataset& data, Comparison* into) {
    for (const Task& task : data.tasks) {
      into->tasks.push_back(task.name);
      into->metrics.emplace_back(MainMetric(task).label);
    }
  }

  void Add(const Collaboration& run, const std::string& name, bool has_peers,
           Comparison* into) {
    const RunWorth worth =
        WorthOf(run, run.data.SplitRows(request_.split), environment_.pool);
    const auto add = [into](const std::string& arm,
                            const std::vector<double>& values) {
      for (ComparedArm& known : into->arms) {
        if (known.name == arm) return known.values.push_back(values);
      }
      into->arms.push_back({arm, {values}});
    };
    if (!has_peers) return add(name, worth.together);
    add(name + ", a peer", worth.peer);
    add(name + ", together", worth.together);
  }

  std::string folder_;
  const RunSpec& spec_;
  const CompareRequest& request_;
  const TrainEnvironment& environment_;
};

double MeanOfCells(const ComparedArm& arm, std::size_t task) {
  double sum = 0;
  for (const auto& draw : arm.values) sum += draw[task];
  return sum / static_cast<double>(arm.values.size());
}

// The method's arms, each beside what it is compared with.
std::vector<std::pair<std::size_t, std::size_t>> PairsOf() {
  return {{0, 2}, {1, 3}, {1, 4}};
}

}  // namespace

void CompareRequest::Describe(Fields& fields) {
  fields("rounds", rounds, "of the method", AtLeast(1));
  fields("draws", draws, "seeds, of one file of data", AtLeast(1));
  fields("draw", draw, "only this one, from 0 on; -1: all", AtLeast(-1));
  fields.Named("test-split", split, "SPLIT", "rows that are measured on");
}

Comparison CompareRuns(const std::string& folder, const RunSpec& spec,
                       const std::vector<std::string>& data,
                       const CompareRequest& request,
                       const TrainEnvironment& environment) {
  const auto files = static_cast<Index>(data.size());
  Require(files == 1 || request.draws == 1, ErrorKind::kUsage,
          "--draws with several files, which are a draw each", "leave it out");
  const Index draws = std::max(files, request.draws);
  Require(request.draw < draws, ErrorKind::kUsage,
          Str("--draw ", request.draw, ": there are draws 0 to ", draws - 1));
  Comparison comparison;
  Comparer comparer(folder, spec, request, environment);
  for (Index draw = 0; draw < draws; ++draw) {
    if (request.draw >= 0 && draw != request.draw) continue;
    comparer.Draw(draw, data[At(files == 1 ? 0 : draw)], &comparison);
  }
  return comparison;
}

PairedDifference DifferenceOf(const ComparedArm& one, const ComparedArm& other,
                              std::size_t task) {
  const auto count = static_cast<double>(one.values.size());
  PairedDifference difference{MeanOfCells(one, task) - MeanOfCells(other, task),
                              kNotMeasured};
  if (one.values.size() < 2) return difference;
  double square = 0;
  for (std::size_t draw = 0; draw < one.values.size(); ++draw) {
    const double d = one.values[draw][task] - other.values[draw][task];
    square += (d - difference.mean) * (d - difference.mean);
  }
  difference.half = StudentQuantile(0.975, count - 1) *
                    std::sqrt(square / (count - 1) / count);
  return difference;
}

std::string RenderText(const Comparison& comparison) {
  TextTable table;
  std::vector<std::string> names = {""};
  names.insert(names.end(), comparison.tasks.begin(), comparison.tasks.end());
  table.AddRow(std::move(names));
  std::vector<std::string> metrics = {""};
  metrics.insert(metrics.end(), comparison.metrics.begin(),
                 comparison.metrics.end());
  table.AddRow(std::move(metrics));
  for (const ComparedArm& arm : comparison.arms) {
    std::vector<std::string> row = {arm.name};
    for (std::size_t t = 0; t < comparison.tasks.size(); ++t) {
      row.push_back(TableNumber(MeanOfCells(arm, t)));
    }
    table.AddRow(std::move(row));
  }
  for (const auto& [one, other] : PairsOf()) {
    const ComparedArm& arm = comparison.arms[one];
    const ComparedArm& beside = comparison.arms[other];
    std::vector<std::string> row = {Str(arm.name, " - ", beside.name)};
    for (std::size_t t = 0; t < comparison.tasks.size(); ++t) {
      const PairedDifference d = DifferenceOf(arm, beside, t);
      row.push_back(TableNumber(d.mean, true) +
                    (std::isnan(d.half)
                         ? ""
                         : Str(" [", TableNumber(d.mean - d.half, true), ", ",
                               TableNumber(d.mean + d.half, true), "]")));
    }
    table.AddRow(std::move(row));
  }
  const auto draws = static_cast<Index>(comparison.arms.front().values.size());
  return table.Render() +
         Str("means over ", Counted(draws, "draw", "draws"),
             draws > 1 ? "; differences by draw, with 95 % intervals\n"
                       : "; of one draw there is no interval\n");
}

Json RenderJson(const Comparison& comparison) {
  Json json{{"schema", 1},
            {"tasks", comparison.tasks},
            {"metrics", comparison.metrics},
            {"arms", Json::array()},
            {"differences", Json::array()}};
  const auto number = [](double value) {
    return std::isnan(value) ? Json(nullptr) : Json(value);
  };
  for (const ComparedArm& arm : comparison.arms) {
    Json values = Json::array();
    for (const auto& draw : arm.values) {
      Json row = Json::array();
      for (const double value : draw) row.push_back(number(value));
      values.push_back(std::move(row));
    }
    json["arms"].push_back({{"name", arm.name}, {"draws", std::move(values)}});
  }
  for (const auto& [one, other] : PairsOf()) {
    for (std::size_t t = 0; t < comparison.tasks.size(); ++t) {
      const PairedDifference d =
          DifferenceOf(comparison.arms[one], comparison.arms[other], t);
      json["differences"].push_back({{"of", comparison.arms[one].name},
                                     {"to", comparison.arms[other].name},
                                     {"task", comparison.tasks[t]},
                                     {"mean", number(d.mean)},
                                     {"half_interval", number(d.half)}});
    }
  }
  return json;
}

}  // namespace mtlkit
