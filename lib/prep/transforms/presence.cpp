// presence: says which rows have a view, where some training rows lack every
// cell of it. What is missing of a view that is there is the imputation's to
// fill; a view that is not there is left out by networks (data/presence.h).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "data/presence.h"
#include "data/schema.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

bool TakesCells(InputKind kind) {
  return TakesNumbers(kind) || TakesCategories(kind);
}

InputSpec PresenceSpecOf(const std::string& view) {
  InputSpec spec;
  spec.name = PresenceBlockOf(view);
  spec.cols = 1;
  spec.columns = {"present"};
  return spec;
}

// Sets a 1 for each row of a piece that has any of its cells.
void MarkKnownRows(const InputBlock& piece, Index rows, std::uint8_t* known) {
  const bool is_coded = piece.kind == InputKind::kCategorical;
  for (Index at = 0; at < rows * piece.cols; ++at) {
    const bool has =
        is_coded ? piece.codes[at] >= 0 : !std::isnan(DenseCell(piece, at));
    if (has) known[at / piece.cols] = 1;
  }
}

class Presence : public Transform {
 public:
  explicit Presence(std::vector<std::string> views)
      : views_(std::move(views)) {}

  std::vector<InputSpec> Specs(
      const std::vector<InputSpec>& inputs) const override {
    std::vector<InputSpec> result = inputs;
    for (const std::string& view : views_) {
      const bool is_there =
          std::ranges::any_of(inputs, [&](const InputSpec& spec) {
            return ViewOf(spec.name) == view && TakesCells(spec.kind);
          });
      if (!is_there) {
        FailDamagedTransform("presence", Str("there is no view '", view, "'"));
      }
      result.push_back(PresenceSpecOf(view));
    }
    return result;
  }

  std::vector<InputBlock> Apply(const std::vector<InputBlock>& inputs,
                                Index rows) const override {
    std::vector<InputBlock> result = inputs;
    for (const std::string& view : views_) {
      std::vector<std::uint8_t> known(At(rows));
      for (const InputBlock& block : inputs) {
        if (ViewOf(block.name) != view || !TakesCells(block.kind)) continue;
        MarkKnownRows(block, rows, known.data());
      }
      InputBlock flags;
      static_cast<InputSpec&>(flags) = PresenceSpecOf(view);
      flags.dense =
          Array<float>(std::vector<float>(known.begin(), known.end()));
      result.push_back(std::move(flags));
    }
    return result;
  }

  TransformRecord Record() const override {
    return {"presence", DumpJson(nlohmann::json{{"views", views_}}), {}};
  }

 private:
  std::vector<std::string> views_;
};

// Views all of whose columns can be missing, and that nothing else says it of.
std::set<std::string> ViewsThatMayLack(const std::vector<InputSpec>& specs) {
  std::set<std::string> views;
  for (const InputSpec& spec : specs) views.insert(ViewOf(spec.name));
  const std::set<std::string> all = views;
  for (const InputSpec& spec : specs) {
    if (!TakesCells(spec.kind)) views.erase(ViewOf(spec.name));
  }
  std::erase_if(views, [&](const std::string& view) {
    return view.empty() || all.count(PresenceBlockOf(view)) > 0 ||
           all.count(ViewMarkedBy(view)) > 0;
  });
  return views;
}

std::shared_ptr<const Transform> FitPresence(const FitArgs& args) {
  std::vector<std::string> marked;
  for (const std::string& view : ViewsThatMayLack(args.rows.specs())) {
    std::vector<std::uint8_t> known(At(args.rows.rows()));
    for (const InputSpec& spec : args.rows.specs()) {
      if (ViewOf(spec.name) != view) continue;
      Index first = 0;
      args.rows.ForEach(spec.name, [&](const InputBlock& piece, Index rows) {
        MarkKnownRows(piece, rows, known.data() + first);
        first += rows;
      });
    }
    const auto lacking = std::ranges::count(known, 0);
    if (lacking > 0 && lacking < std::ssize(known)) marked.push_back(view);
  }
  return std::make_shared<Presence>(std::move(marked));
}

std::shared_ptr<const Transform> RestorePresence(
    const TransformRecord& record) {
  return std::make_shared<Presence>(
      ParseSpec(record).at("views").get<std::vector<std::string>>());
}

}  // namespace

extern const TransformEntry kPresenceTransform;
const TransformEntry kPresenceTransform = {
    MakeEntry<FitPresence>("presence",
                           "says which rows have a view, where some lack it"),
    TakesCells, RestorePresence, false};

}  // namespace mtlkit
