#include <cstdlib>
#include <string>

#include "base/error.h"
#include "kernels/kernel_testing.h"

namespace mtlkit {
namespace {

ErrorKind KindOf(const char* name) {
  try {
    FindKernels(name);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kNo;
}

TEST_CASE("the plainest level runs everywhere and comes last") {
  const auto all = SupportedKernels();
  CHECK(std::string(all.back()->name) == "BASE");
  CHECK(!all.back()->fused);
  for (const Kernels* kernels : all) {
    CHECK(&FindKernels(kernels->name) == kernels);
    // Names that documents use, not those of a library.
    const std::string name = kernels->name;
    CHECK((name == "AVX512" || name == "AVX2" || name == "BASE"));
  }
}

TEST_CASE("an unknown instruction set is a usage error") {
  CHECK(KindOf("AVX1024") == ErrorKind::kUsage);
  CHECK(KindOf("avx2") == ErrorKind::kUsage);
}

TEST_CASE("MTLKIT_ISA forces a level and is checked") {
  REQUIRE(setenv("MTLKIT_ISA", "nonsense", 1) == 0);
  CHECK_THROWS_AS(ActiveKernels(), Error);
  REQUIRE(setenv("MTLKIT_ISA", "BASE", 1) == 0);
  CHECK(std::string(ActiveKernels().name) == "BASE");
}

TEST_CASE("every entry of every table is filled") {
  for (const Kernels* kernels : SupportedKernels()) {
    CHECK((kernels->gramian != nullptr));
    CHECK((kernels->map != nullptr));
    CHECK((kernels->dropout != nullptr));
    CHECK((kernels->logistic_loss != nullptr));
    CHECK((kernels->batch_norm_gradient != nullptr));
    CHECK((kernels->adam != nullptr));
    CHECK((kernels->average != nullptr));
    CHECK((kernels->lion != nullptr));
    CHECK((kernels->combine_rows != nullptr));
    CHECK((kernels->scatter_add_rows != nullptr));
  }
}

}  // namespace
}  // namespace mtlkit
