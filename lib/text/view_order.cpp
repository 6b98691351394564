#include "text/view_order.h"

#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "text/text_lists.h"

namespace mtlkit {

std::vector<std::size_t> OrderById(const ViewRows& view,
                                   const ViewRows& first) {
  std::unordered_map<std::string, std::size_t> places;
  const Index rows = IdCount(*view.ids);
  for (Index row = 0; row < rows; ++row) {
    places[IdText(*view.ids, row)] = static_cast<std::size_t>(row);
  }
  std::vector<std::size_t> order;
  for (Index row = 0; row < IdCount(*first.ids); ++row) {
    const auto found = places.find(IdText(*first.ids, row));
    if (found == places.end()) {
      Fail(ErrorKind::kBadInput,
           Str("view '", view.name, "' has no row of id '",
               ShowText(IdText(*first.ids, row)), "', view '", first.name,
               "' has"),
           "views have the same rows");
    }
    order.push_back(found->second);
  }
  return order;
}

}  // namespace mtlkit
