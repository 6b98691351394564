#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mtlkit {

// What a model, or a table, knows of columns by name: for who reads rows that
// are to be like its own.
struct KnownColumns {
  std::vector<std::string> dates;
  std::set<std::string> numbers;  // may be very many
  // Of columns of categories, and of targets whose classes are no plain
  // numbers, all that may stand there.
  std::map<std::string, std::vector<std::string>> categories;
  // Of columns that may hold classes or numbers the classes, which are no
  // markers of missing values.
  std::map<std::string, std::vector<std::string>> classes;
};

// By the view that they are of; "" of a table without views.
using KnownViews = std::map<std::string, KnownColumns>;

}  // namespace mtlkit
