#include "train/warm_start.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/seen_rows.h"

namespace mtlkit {
namespace {

// Of the first task; 1 where there is no ensemble.
Index MembersOf(const Model& model) {
  return model.network->task_count() > 0 ? model.network->members(0) : 1;
}

// Parameters of members lie beside each other, so that shapes would differ.
void RequireSameMembers(const Model& source, const std::string& name,
                        const Model& model) {
  const Index theirs = MembersOf(source);
  const Index ours = MembersOf(model);
  Require(
      theirs == ours, ErrorKind::kUsage,
      Str("--from ", name, ": it has ", Counted(theirs, "member", "members"),
          ", and this network ", ours),
      theirs > 1 ? Str("give --members ", theirs)
                 : std::string("leave --members out"));
}

void RequireSameShape(const Slice& theirs, const Slice& ours,
                      const std::string& name) {
  if (theirs.spec.rows == ours.spec.rows &&
      theirs.spec.cols == ours.spec.cols) {
    return;
  }
  Fail(ErrorKind::kUsage,
       Str("--from ", name, ": ", ours.name, " is ", theirs.spec.rows, " x ",
           theirs.spec.cols, " there, but ", ours.spec.rows, " x ",
           ours.spec.cols, " here"),
       "give the same --layers and --numbers, and prepare the data alike "
       "(mtl-prep --like)");
}

// The same weights for other columns would mean nothing.
void RequireSameInputs(const Model& source, const std::string& name,
                       const Model& model) {
  for (const InputSpec& ours : model.schema.inputs) {
    for (const InputSpec& theirs : source.schema.inputs) {
      if (theirs.name != ours.name) continue;
      Require(theirs.kind == ours.kind && theirs.columns == ours.columns &&
                  theirs.categories == ours.categories,
              ErrorKind::kUsage,
              Str("--from ", name, ": input '", ours.name,
                  "' has other columns or categories there"),
              "prepare the data like the model's (mtl-prep --like)");
    }
  }
}

void TakeBlock(const Block& source, const std::string& name, Block* block,
               WarmStart* result) {
  const Layout& theirs = source.layout();
  const Layout& ours = block->layout();
  for (Index i = 0; i < static_cast<Index>(ours.slices().size()); ++i) {
    const Slice& slice = ours.slice(i);
    const Index from = theirs.Find(slice.name);
    if (from < 0) {
      result->fresh.push_back(slice.name);
      continue;
    }
    RequireSameShape(theirs.slice(from), slice, name);
    const auto values = source.At(from).flat();
    std::copy(values.begin(), values.end(), block->At(i).flat().begin());
    result->taken.push_back(slice.name);
  }
  for (const Slice& slice : theirs.slices()) {
    if (ours.Find(slice.name) < 0) result->unused.push_back(slice.name);
  }
}

}  // namespace

WarmStart TakeParameters(const Model& source, const std::string& name,
                         Model* model) {
  RequireSameMembers(source, name, *model);
  WarmStart result;
  TakeBlock(source.params.weights, name, &model->params.weights, &result);
  TakeBlock(source.params.buffers, name, &model->params.buffers, &result);
  Require(!result.taken.empty(), ErrorKind::kUsage,
          Str("--from ", name, ": no parameter has a name of this network's"),
          "give the architecture and layers that the model has");
  RequireSameInputs(source, name, *model);
  AddSeenRows(source.seen, &model->seen);
  return result;
}

std::string WarmStartText(const WarmStart& start, const std::string& name) {
  return Str(
      "took ", start.taken.size(), " of ",
      start.taken.size() + start.fresh.size(), " arrays of parameters from ",
      name, start.fresh.empty() ? "" : Str("; new: ", Join(start.fresh, ", ")),
      start.unused.empty() ? "" : Str("; not used: ", Join(start.unused, ", ")),
      start.note.empty() ? "" : "; " + start.note);
}

}  // namespace mtlkit
