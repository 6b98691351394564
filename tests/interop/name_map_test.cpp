#include "interop/name_map.h"

#include <doctest/doctest.h>

#include "base/error.h"

namespace mtlkit {
namespace {

std::string Refusal(std::string_view text) {
  try {
    ParseNameMap(text, "m.txt");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "";
}

TEST_CASE("a map has a rule a line; comments and empty lines are none") {
  const auto rules = ParseNameMap(
      "# ours theirs\n\ntrunk.0/kernel a.weight  # of the first\n"
      "trunk.1/kernel b transpose\nheads./kernel[1:3] c as-is\n* fresh\n",
      "m.txt");
  REQUIRE(rules.size() == 4);
  CHECK(rules[0].ours == "trunk.0/kernel");
  CHECK(rules[0].theirs == "a.weight");
  CHECK(rules[0].line == 3);
  CHECK(rules[0].turn == MapRule::Turn::kByConvention);
  CHECK(rules[1].turn == MapRule::Turn::kTranspose);
  CHECK(rules[2].ours == "heads./kernel");
  CHECK(rules[2].first == 1);
  CHECK(rules[2].end == 3);
  CHECK(rules[2].turn == MapRule::Turn::kAsIs);
  CHECK(rules[3].theirs.empty());
}

TEST_CASE("stars stand for the same text on both sides, in order") {
  const auto rules = ParseNameMap("head.*.*/kernel h.*.layer*.weight\n", "m");
  CHECK(rules[0].TheirsFor("head.income.0/kernel") == "h.income.layer0.weight");
  CHECK(!rules[0].TheirsFor("head.income/kernel"));
  CHECK(!rules[0].TheirsFor("head.income.0/bias"));
}

TEST_CASE("what is no rule is refused with its line") {
  CHECK(Refusal("a b\nc\n") ==
        "m.txt, line 2: a line is OURS THEIRS, with transpose or as-is behind "
        "it");
  CHECK(Refusal("a b turned\n") ==
        "m.txt, line 1: 'turned' is neither transpose nor as-is");
  CHECK(Refusal("a[2:1] b\n") == "m.txt, line 1: 'a[2:1]' names no columns");
  CHECK(Refusal("# nothing\n") == "m.txt: there is no rule");
}

TEST_CASE("a parameter may have our name or PyTorch's") {
  CHECK(UsualNames("trunk.0/kernel", "trunk_0") ==
        std::vector<std::string>{"trunk.0/kernel", "trunk.0.weight",
                                 "trunk_0.weight"});
  CHECK(UsualNames("norm/running_variance", "norm").back() ==
        "norm.running_var");
  CHECK(UsualNames("embed.a/table.2", "embed_a").back() == "embed_a.2.weight");
}

}  // namespace
}  // namespace mtlkit
