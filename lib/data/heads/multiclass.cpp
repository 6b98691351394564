#include "data/heads/softmax_head.h"

namespace mtlkit {
namespace {

class MulticlassHead final : public SoftmaxHead {};

constexpr MulticlassHead kMulticlassForm{};

}  // namespace

extern const HeadEntry kMulticlassHead;
const HeadEntry kMulticlassHead = {
    "multiclass",
    "one of several classes; a network puts out a logit for each",
    {.has_classes = true,
     .one_class = true,
     .storage = LabelStorage::kCodes,
     .default_loss = "cross-entropy",
     .main_metric = "accuracy"},
    kMulticlassForm};

}  // namespace mtlkit
