// layout: the last step. Gives the blocks of each view the order and the names
// that networks know them by.

#include "base/error.h"
#include "prep/transform_entry.h"
#include "prep/view_blocks.h"

namespace mtlkit {
namespace {

// What a table without views is called once it is prepared.
constexpr const char* kPlainView = "features";

// A block of the result: which block of the input it is, and its name.
struct Place {
  std::size_t from = 0;
  std::string name;
};

std::vector<Place> PlacesOf(const std::vector<InputSpec>& inputs) {
  std::vector<Place> places;
  for (const ViewBlocks& view : ViewsOf(inputs)) {
    const std::string name = view.view.empty() ? kPlainView : view.view;
    if (view.dense >= 0) places.push_back({At(view.dense), name});
    if (view.codes >= 0) {
      places.push_back({At(view.codes), name + ".categorical"});
    }
    if (view.sparse >= 0) {
      const bool alone = view.dense < 0 && view.codes < 0;
      places.push_back({At(view.sparse), alone ? name : name + ".sparse"});
    }
    for (const Index at : view.others) {
      places.push_back({At(at), inputs[At(at)].name});
    }
  }
  return places;
}

class Layout : public Transform {
 public:
  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result;
    for (const Place& place : PlacesOf(inputs)) {
      result.push_back(inputs[place.from]);
      result.back().name = place.name;
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index) const override {
    std::vector<InputBlock> result;
    for (const Place& place : PlacesOf({inputs.begin(), inputs.end()})) {
      result.push_back(inputs[place.from]);
      result.back().name = place.name;
    }
    return result;
  }

  TransformRecord Record() const override { return {"layout", "{}", {}}; }
};

std::shared_ptr<const Transform> FitLayoutStep(const FitArgs& args) {
  PlacesOf(args.rows.specs());
  return std::make_shared<Layout>();
}

std::shared_ptr<const Transform> RestoreLayout(const TransformRecord& record) {
  ParseSpec(record);
  return std::make_shared<Layout>();
}

bool TakesAll(InputKind) {
  return true;
}

}  // namespace

extern const TransformEntry kLayoutTransform;
const TransformEntry kLayoutTransform = {
    MakeEntry<FitLayoutStep>("layout",
                             "the blocks of each view as networks know them"),
    TakesAll, RestoreLayout, false};

}  // namespace mtlkit
