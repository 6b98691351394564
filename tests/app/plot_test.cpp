// Drawings and the graph as text.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/inspect.h"
#include "app/plot_mean.h"
#include "app/svg.h"
#include "app/task_graph.h"
#include "base/error.h"
#include "base/rng.h"
#include "nn/model_io.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

Dataset PlottedData(Index tasks) {
  Dataset data;
  data.rows = 12;
  std::vector<std::int64_t> ids;
  std::vector<float> x;
  for (Index row = 0; row < data.rows; ++row) {
    ids.push_back(row);
    x.push_back(static_cast<float>(row));
    data.splits["train"].push_back(row);
  }
  data.ids = ids;
  InputBlock block;
  block.name = "features";
  block.cols = 1;
  block.dense = Array<float>(std::move(x));
  data.inputs.push_back(std::move(block));
  for (Index t = 0; t < tasks; ++t) {
    Task task;
    task.name = Str("a<b> & \"", t, "\"");
    data.tasks.push_back(std::move(task));
    Labels labels;
    for (Index row = 0; row < data.rows; ++row) {
      labels.values.push_back(static_cast<float>(row + t));
    }
    data.labels.push_back(std::move(labels));
  }
  return data;
}

// A log and measured steps of random numbers, some of which are missing.
void AddLog(Model* model) {
  const Rng rng(3, RandomPurpose::kTest);
  History& log = model->log;
  const auto add = [&](const std::string& column, bool is_count) {
    std::vector<double> values;
    for (Index epoch = 0; epoch < 4; ++epoch) {
      const bool is_missing = !is_count && epoch == 2;
      values.push_back(is_count ? static_cast<double>(epoch + 1)
                       : is_missing
                           ? std::nan("")
                           : rng.Uniform(epoch, std::ssize(log.columns)));
    }
    log.columns.push_back(column);
    log.values.push_back(std::move(values));
  };
  add("epoch", true);
  add("rate", false);
  Diagnostics& d = log.diagnostics;
  d.columns = {"step", "epoch", "rate", "gradient", "cosine", "conflicts"};
  for (const Task& task : model->schema.tasks) {
    add("train." + task.name + ".loss", false);
    add("valid." + task.name + ".loss", false);
    add("weight." + task.name, false);
    d.tasks.push_back(task.name);
    d.columns.push_back("norm." + task.name);
  }
  log.best_epoch = 2;
  log.selected_on = "valid loss";
  for (Index step = 0; step < 9; ++step) {
    for (Index i = 0; i < std::ssize(d.columns); ++i) {
      const double value = rng.Uniform(step, i);
      d.steps.push_back(i == 0        ? static_cast<double>(step + 1)
                        : i == 1      ? static_cast<double>(step / 3 + 1)
                        : value < 0.1 ? std::nan("")
                                      : value);
    }
  }
  for (Index i = 0; i < 3 * d.pair_count(); ++i) {
    d.cosines.push_back(2 * rng.Uniform(i, 99) - 1);
  }
}

Model PlottedModel(Index tasks, const std::string& arch,
                   const std::string& hierarchy = "") {
  const Dataset data = PlottedData(tasks);
  ArchOptions options;
  options.arch = arch;
  options.layers = {"8", "4"};
  options.hierarchy = hierarchy;
  Model model = BuildModel(data, options, 1, data.SplitRows("train"));
  AddLog(&model);
  return model;
}

// Whether each tag that begins ends, in order, and every '&' is an entity.
bool IsWellFormed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = xml.find('<'); at != std::string::npos;
       at = xml.find('<', at + 1)) {
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.starts_with("?") || tag.ends_with("/")) continue;
    if (tag.starts_with("/")) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
  }
  for (std::size_t at = xml.find('&'); at != std::string::npos;
       at = xml.find('&', at + 1)) {
    if (xml.find(';', at) > at + 5) return false;
  }
  return open.empty();
}

TEST_CASE("a drawing is whole and stands alone for 1 to 139 tasks") {
  const TempFolder folder;
  for (const Index tasks : {1, 2, 8, 9, 139}) {
    for (const char* arch : {"shared", "single", "mmoe"}) {
      CAPTURE(tasks);
      CAPTURE(arch);
      WriteModel(PlottedModel(tasks, arch), folder / "m.h5");
      const std::string svg = PlotModel(FileReader::Open(folder / "m.h5"));
      CHECK(IsWellFormed(svg));
      CHECK(svg.find("nan") == std::string::npos);
      CHECK(svg.find("inf\"") == std::string::npos);
      CHECK(svg.find("a&lt;b&gt; &amp; &quot;0&quot;") != std::string::npos);
      CHECK(svg.find("href") == std::string::npos);
      CHECK(svg.size() < 3'000'000);
    }
  }
}

TEST_CASE("an ensemble is drawn as the mean of its networks, which are faint") {
  const TempFolder folder;
  Model model = PlottedModel(2, "shared");
  const auto lines = [&] {
    WriteModel(model, folder / "m.h5");
    const std::string svg = PlotModel(FileReader::Open(folder / "m.h5"));
    CHECK(IsWellFormed(svg));
    Index count = 0;
    for (std::size_t at = svg.find("<polyline"); at != std::string::npos;
         at = svg.find("<polyline", at + 1)) {
      ++count;
    }
    return std::pair(count, svg);
  };
  const auto [alone, one] = lines();
  CHECK(one.find("the mean of") == std::string::npos);
  model.others = {{model.params, model.log}, {model.params, model.log}};
  model.others[1].log.best_epoch = 3;
  const auto [together, three] = lines();
  CHECK(together > 2 * alone);
  CHECK(three.find("the mean of 3 networks") != std::string::npos);
  // Their weights are of different epochs.
  CHECK(one.find("weights of epoch 2") != std::string::npos);
  CHECK(three.find("weights of epoch 2") == std::string::npos);
}

TEST_CASE("a line of several is their mean as far as all go") {
  const PlotSeries mean =
      MeanSeries("m", {{"a", {1, 2, 3}, {1, 2, 3}}, {"b", {1, 2}, {3, 6}}});
  CHECK(mean.name == "m");
  CHECK(mean.x == std::vector<double>{1, 2});
  CHECK(mean.y == std::vector<double>{2, 4});
  REQUIRE(mean.members.size() == 2);
  CHECK(mean.members[0].y.size() == 3);
  CHECK(MeanSeries("m", {{"a", {1}, {5}}}).members.empty());
  CHECK(MeanSeries("m", std::vector<PlotSeries>(1000, {"a", {1}, {5}}))
            .members.size() == 40);
}

TEST_CASE("a model without a log is drawn by its graph") {
  const TempFolder folder;
  Model model = PlottedModel(2, "shared");
  model.log = {};
  WriteModel(model, folder / "m.h5");
  const std::string svg = PlotModel(FileReader::Open(folder / "m.h5"));
  CHECK(svg.find("no training log") != std::string::npos);
  CHECK(svg.find("What reads what") != std::string::npos);
  CHECK(svg.find("polyline") == std::string::npos);
}

TEST_CASE("a graph as text has each part below the last that it reads") {
  const std::string tree = R"({"groups": [{"name": "all", "layers": [8, 4]},
      {"name": "own", "from": ["all"], "layers": [3], "tasks": ["*0*"]},
      {"name": "rest", "from": ["all"], "layers": [], "tasks": ["*1*"]}]})";
  const std::string text =
      GraphText(GraphPartsOf(PlottedModel(2, "shared", tree)));
  INFO(text);
  CHECK(text.starts_with("features  (1 column)\n  all  (dense 8"));
  CHECK(text.find("\n    own  (dense 3") != std::string::npos);
  CHECK(text.find("-> a<b> & \"0\"  (regression)") != std::string::npos);
  const std::string mixed = GraphText(GraphPartsOf(PlottedModel(2, "mmoe")));
  INFO(mixed);
  CHECK(mixed.find("  <- ") != std::string::npos);
}

TEST_CASE("many parts that are alike are one") {
  const std::vector<GraphPart> parts = GraphPartsOf(PlottedModel(30, "single"));
  // Inputs, layers, heads, tasks.
  CHECK(parts.size() <= 5);
  CHECK(parts.back().alike == 30);
  CHECK(GraphPartsOf(PlottedModel(3, "single")).size() > 6);
}

TEST_CASE("the log as lines has one an epoch and one a step") {
  const TempFolder folder;
  WriteModel(PlottedModel(2, "shared"), folder / "m.h5");
  const std::string lines = InspectLogLines(FileReader::Open(folder / "m.h5"));
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 4 + 9);
  Json first = Json::parse(lines.substr(0, lines.find('\n')));
  CHECK(first.at("record") == "epoch");
  CHECK(first.at("values").at("epoch") == 1);
  CHECK(first.at("cosines").size() == 1);
}

TEST_CASE("numbers of a drawing are short, and broken lines stay broken") {
  Svg svg;
  svg.Polyline({{1, 2}, {3.14159, 1e-9}, {NAN, 1}, {5, 6}, {7, 8}}, {});
  const std::string file = svg.File(10, 10, "<&>");
  CHECK(file.find("points=\"1,2 3.14,0\"") != std::string::npos);
  CHECK(file.find("points=\"5,6 7,8\"") != std::string::npos);
  CHECK(file.find("<title>&lt;&amp;&gt;</title>") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
