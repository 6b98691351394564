#pragma once

#include <string>
#include <vector>

#include "app/example_pictures.h"
#include "eval/evaluation.h"
#include "eval/task_curves.h"

namespace mtlkit {

// An evaluation as one page of HTML that needs nothing else: no script, no
// network, no further file. The table and the lines below it as RenderText has
// them, then for each task the curves of all models: ROC (of classes) and how
// far predictions can be believed; and examples of maps.
std::string EvaluationPage(const Evaluation& evaluation,
                           const std::vector<TaskCurves>& curves,
                           const std::vector<ExamplePictures>& examples = {});

}  // namespace mtlkit
