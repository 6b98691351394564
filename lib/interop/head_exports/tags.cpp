// A class for each token: as that of a row, but that rows are tokens. Classes
// are the most likely ones, whatever may follow what: TagScheme::Decode is not
// exported.
#include <nlohmann/json.hpp>

#include "interop/head_export.h"

namespace mtlkit {
namespace {

std::string TagsLink(const Task& /*task*/, const std::string& outputs,
                     OnnxGraph* graph) {
  return graph->Node("Softmax", {outputs}, {{"axis", Index{-1}}});
}

std::string TagsClass(const std::string& predictions, OnnxGraph* graph) {
  return graph->Node("ArgMax", {predictions},
                     {{"axis", Index{1}}, {"keepdims", Index{0}}});
}

std::string TagsKeras(const Task& task, const std::string& outputs,
                      KerasGraph* graph) {
  return graph->Add({.type = "Activation",
                     .name = task.name,
                     .inputs = {outputs},
                     .shape = graph->ShapeOf(outputs)},
                    {{"activation", "softmax"}});
}

constexpr std::string_view kTagsTorch =
    R"(def link_tags(z, task):
    """The probability of each tag, a row a token."""
    return torch.softmax(z, 1)


def class_tags(p):
    """The most likely tag of each token, whatever may follow what."""
    return p.argmax(1)
)";

}  // namespace

extern const HeadExport kTagsExport;
const HeadExport kTagsExport = {"tags", TagsLink, TagsClass, kTagsTorch,
                                TagsKeras};

}  // namespace mtlkit
