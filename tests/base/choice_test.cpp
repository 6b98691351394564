#include "base/choice.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace mtlkit {
namespace {

struct ToyOptions {
  double delta = 1;
  std::vector<double> weights;
  bool wide = false;
  void Describe(Fields& field) {
    field("delta", delta, "where the tails begin", MoreThan(0));
    field("weights", weights, "of the classes", AtLeast(0));
    field("wide", wide, "whether it is wide");
  }
};

// What the options become, or the error.
std::string Read(const std::string& text) {
  ToyOptions options;
  try {
    ReadOptions(ParseChoice(text, "--loss"), "--loss", &options);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.what();
  }
  return Str(options.delta, " ", options.weights.size(), " ", options.wide);
}

TEST_CASE("a choice is a name and options, and makes the round trip") {
  const Choice choice = ParseChoice("huber:delta=0.5,weights=1/3", "--loss");
  CHECK(choice.name == "huber");
  CHECK(choice.options.size() == 2);
  CHECK(ChoiceText(choice) == "huber:delta=0.5,weights=1/3");
  CHECK(ChoiceText(ParseChoice("huber", "--loss")) == "huber");
}

TEST_CASE("options of a choice are read into fields") {
  CHECK(Read("huber") == "1 0 0");
  CHECK(Read("huber:delta=0.5,weights=1/3,wide=yes") == "0.5 2 1");
}

TEST_CASE("a wrong choice says where and what") {
  CHECK(Read(":delta=1") ==
        "--loss: ':delta=1' begins without a name (write NAME or "
        "NAME:option=value,...)");
  CHECK(Read("huber:delta") ==
        "--loss: 'delta' is not option=value (write NAME:option=value,...)");
  CHECK(Read("huber:delta=1,delta=2") ==
        "--loss: option 'delta' is given twice");
  CHECK(Read("huber:delta=0") ==
        "--loss: huber: delta is 0 but must be more than 0");
  CHECK(Read("huber:delta=x") ==
        "--loss: huber: delta is 'x' but must be a number, more than 0");
  CHECK(Read("huber:weights=1/nan")
            .find("but must be a finite number, at least 0") !=
        std::string::npos);
  CHECK(Read("huber:wide=maybe") ==
        "--loss: huber: wide is 'maybe' but must be true or false");
  CHECK(Read("huber:detla=1").find("'delta'") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
