// What preparation says of labels that teach nothing.
#include <doctest/doctest.h>

#include "prep/prepare_fixture.h"

namespace mtlkit {
namespace {

TEST_CASE("a number that never changes is warned of") {
  Dataset table = Table();
  std::vector<float> numbers(table.inputs[0].dense.begin(),
                             table.inputs[0].dense.end());
  for (std::size_t i = 2; i < numbers.size(); i += 4) numbers[i] = 0.1F;
  table.inputs[0].dense = Array<float>(std::move(numbers));
  Notebook notebook;
  Prepare(table, Tasks({"pay", "code=regression"}), 1, &notebook);
  const auto says = [&](const std::string& part) {
    Index count = 0;
    for (const std::string& warning : notebook.warnings) {
      count += warning.find(part) != std::string::npos;
    }
    return count;
  };
  CHECK(says("task 'pay': all 12 labels of the training rows are 0.1: there "
             "is nothing to learn from them") == 1);
  CHECK(says("labels of the training rows are") == 1);
}

}  // namespace
}  // namespace mtlkit
