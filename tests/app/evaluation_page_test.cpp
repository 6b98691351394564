#include "app/evaluation_page.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "eval/prediction_source.h"

namespace mtlkit {
namespace {

TaskPredictions TaskOf(const std::string& name, TaskType type) {
  TaskPredictions task;
  task.task.name = name;
  task.task.type = type;
  for (int i = 0; i < 8; ++i) {
    const bool is_true = i % 3 == 0;
    task.y.push_back(is_true ? 1.F : 0.F);
    (type == TaskType::kBinary ? task.prob : task.pred)
        .push_back(static_cast<float>(i) / 8);
  }
  if (type == TaskType::kBinary) task.task.classes = {"no", "yes"};
  return task;
}

std::string PageOf(const std::string& model) {
  Predictions predictions;
  predictions.ids = RunningIds(8);
  predictions.tasks = {TaskOf("<b>sold</b>", TaskType::kBinary),
                       TaskOf("hours & days", TaskType::kRegression)};
  const JoinedModels joined({{model, HoldPredictions(std::move(predictions))}});
  ThreadPool pool(1);
  return EvaluationPage(Evaluate(joined, {}, 1, pool),
                        CurvesOfTasks(joined, false));
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

TEST_CASE("a page has the table and the drawings of each task") {
  const std::string page = PageOf("shared");
  CHECK(Count(page, "<figure>") == 3);  // ROC of one task, and both lines
  CHECK(Count(page, "<svg") == Count(page, "</svg>"));
  CHECK(Count(page, "<tr>") == Count(page, "</tr>"));
  CHECK(page.find("<td>shared</td>") != page.npos);
  CHECK(page.find("<p>weights chosen on") == page.npos);
  CHECK(page.find("chance</text>") != page.npos);
}

TEST_CASE("names are texts on a page, and it needs nothing else") {
  const std::string page = PageOf("<script>x</script>");
  CHECK(page.find("<script") == page.npos);
  CHECK(page.find("&lt;script&gt;x") != page.npos);
  CHECK(page.find("&lt;b&gt;sold") != page.npos);
  CHECK(page.find("hours &amp; days") != page.npos);
  CHECK(page.find("src=") == page.npos);
  CHECK(page.find("href=") == page.npos);
}

}  // namespace
}  // namespace mtlkit
