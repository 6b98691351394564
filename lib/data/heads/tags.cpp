#include "data/heads/softmax_head.h"
#include "data/tag_scheme.h"

namespace mtlkit {
namespace {

// A place is a token of the texts of Task::tokens, and a network puts out a
// logit for each tag there.
class TagsHead final : public SoftmaxHead {
 public:
  std::string Describe(const Task& task) const override {
    return Str(task.classes.size(), " tags of the tokens of '", task.tokens,
               "'", TagScheme(task.classes).has_chunks() ? ", in chunks" : "");
  }
  std::string Fault(const Task& task) const override {
    if (task.tokens.empty()) return " is of tokens and names no input of them";
    return SoftmaxHead::Fault(task);
  }
};

constexpr TagsHead kTagsForm{};

}  // namespace

extern const HeadEntry kTagsHead;
const HeadEntry kTagsHead = {
    "tags",
    "one of several classes for each token of a text; a network puts out a "
    "logit for each",
    {.has_classes = true,
     .one_class = true,
     .of_tokens = true,
     .storage = LabelStorage::kCodes,
     .default_loss = "cross-entropy",
     .main_metric = "chunk-f1"},
    kTagsForm};

}  // namespace mtlkit
