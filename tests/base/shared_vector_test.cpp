#include "base/shared_vector.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace mtlkit {
namespace {

using Numbers = std::vector<int>;

TEST_CASE("copies share their elements until one of them is changed") {
  SharedVector<int> first(Numbers{1, 2});
  const SharedVector<int> second = first;
  CHECK(first.data() == second.data());
  CHECK(first == second);

  first.Own()[0] = 7;
  CHECK(first.get() == Numbers{7, 2});
  CHECK(second.get() == Numbers{1, 2});
  CHECK(!(first == second));

  // What nobody else reads is changed in place.
  const int* place = first.data();
  first.Own()[1] = 8;
  CHECK(first.data() == place);
}

TEST_CASE("without elements, or moved away, one is empty and can be filled") {
  SharedVector<int> none;
  CHECK(none.empty());
  none.push_back(3);
  CHECK(none.get() == Numbers{3});
  const SharedVector<int> taken = std::move(none);
  CHECK(none.empty());  // NOLINT: that is what is tested
  none.push_back(4);
  CHECK(none.get() == Numbers{4});
  CHECK(taken.get() == Numbers{3});
}

}  // namespace
}  // namespace mtlkit
