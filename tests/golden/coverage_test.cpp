// Which reference values are compared with, and which are not yet.
#include <algorithm>
#include <cstdio>
#include <map>

#include "golden/golden.h"

namespace mtlkit {
namespace {

using golden::json;

const char* const kFilesWithCases[] = {
    "architectures", "layers",   "losses", "metrics",   "optimisers",
    "schedules",     "training", "views",  "weightings"};

bool IsListed(const std::string& name, const json& item) {
  static const auto not_covered = golden::NotCovered();
  return not_covered.count({name, item.at("id").get<std::string>()}) > 0 ||
         not_covered.count({name, item.at("method").get<std::string>()}) > 0;
}

TEST_CASE("what is listed as not covered exists in the golden files") {
  std::map<std::string, json> files;
  for (const char* name : kFilesWithCases) files[name] = golden::Load(name);
  for (const auto& entry : golden::NotCovered()) {
    const auto& name = entry.first;
    const auto& what = entry.second;
    INFO("not_covered.txt: ", name, " ", what);
    if (files.count(name) == 0) {
      CHECK(what == "all");  // the small files without cases
      continue;
    }
    const json& cases = files.at(name).at("cases");
    CHECK(std::any_of(cases.begin(), cases.end(), [&](const json& item) {
      return item.at("id") == what || item.at("method") == what;
    }));
  }
}

TEST_CASE("the golden entries not covered yet are counted") {
  for (const char* name : kFilesWithCases) {
    const json root = golden::Load(name);
    std::map<std::string, int> missing;
    int covered = 0;
    for (const json& item : root.at("cases")) {
      if (IsListed(name, item)) {
        ++missing[item.at("method").get<std::string>()];
      } else {
        ++covered;
      }
    }
    std::printf("golden %s: %d of %zu cases covered", name, covered,
                root.at("cases").size());
    const char* before = "; not yet: ";
    for (const auto& [method, count] : missing) {
      std::printf("%s%s (%d)", before, method.c_str(), count);
      before = ", ";
    }
    std::printf("\n");
    CHECK(covered > 0);
  }
}

}  // namespace
}  // namespace mtlkit
