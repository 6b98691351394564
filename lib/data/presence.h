#pragma once

#include <string>
#include <string_view>

#include "data/schema.h"

namespace mtlkit {

// A block of one number a row, 1 or 0, that stands beside another and says
// which rows have that one: "photo.present" beside "photo". What the others
// hold in it is not looked at: what networks make of the block is 0 there.
inline constexpr std::string_view kPresentEnding = ".present";

// What the block beside one of this name would be called. Both kinds of columns
// of a view have one: "notes.present" beside "notes" and "notes.categorical".
inline std::string PresenceBlockOf(std::string_view block) {
  return ViewOf(block).append(kPresentEnding);
}

// The view whose rows such a block is of, by its name; "" of another block.
inline std::string ViewMarkedBy(std::string_view block) {
  std::string view = ViewOf(block);
  if (!view.ends_with(kPresentEnding)) return "";
  view.resize(view.size() - kPresentEnding.size());
  return view;
}

}  // namespace mtlkit
