#pragma once

#include <string>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/joined_task.h"
#include "eval/result.h"

namespace mtlkit {

// What is measured of tasks of a type: the named metrics that apply, one of
// its own if there are none ("all": every one, the main one first). Those that
// compare labels only where there are several.
std::vector<const MetricEntry*> ChooseMetrics(
    TaskType type, const std::vector<std::string>& names,
    bool has_several_labels = true);

// A task that was measured: the values of all rows, and what draws need.
struct MeasuredTask {
  TaskResult result;  // without intervals
  TaskValues values;
  PreparedTask prepared;
};

// Measures a task, of many rows a piece at a time.
MeasuredTask MeasureTask(JoinedTask task,
                         const std::vector<std::string>& metrics,
                         const DrawnUnits& units);

}  // namespace mtlkit
