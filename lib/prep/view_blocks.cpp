#include "prep/view_blocks.h"

#include <algorithm>

#include "base/error.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

Index* SlotOf(InputKind kind, ViewBlocks* view) {
  switch (kind) {
    case InputKind::kDense:
      return &view->dense;
    case InputKind::kCategorical:
      return &view->codes;
    case InputKind::kSparse:
      return &view->sparse;
    default:
      return nullptr;  // in no view
  }
}

}  // namespace

std::vector<ViewBlocks> ViewsOf(const std::vector<InputSpec>& inputs) {
  std::vector<ViewBlocks> views;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = ViewOf(inputs[i].name);
    auto at =
        std::find_if(views.begin(), views.end(),
                     [&](const ViewBlocks& view) { return view.view == name; });
    if (at == views.end()) {
      views.emplace_back().view = name;
      at = views.end() - 1;
    }
    Index* slot = SlotOf(inputs[i].kind, &*at);
    if (slot == nullptr) {
      at->others.push_back(static_cast<Index>(i));
      continue;
    }
    Require(*slot < 0, ErrorKind::kBadInput,
            Str("view '", name, "' has two ", InputKindName(inputs[i].kind),
                " blocks"));
    *slot = static_cast<Index>(i);
  }
  return views;
}

}  // namespace mtlkit
