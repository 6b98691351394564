#include <doctest/doctest.h>

#include <string>

#include "campaign.h"
#include "h5/mutator.h"
#include "h5/sample_file.h"

namespace mtlkit {
namespace {

std::string ReadAll(const std::string& path) {
  return RenderFile(FileReader::Open(path));
}

std::string SampleBytes(FileKind kind) {
  const TempFolder folder;
  WriteSample(folder / "sample.h5", kind);
  return FileBytes(folder / "sample.h5");
}

TEST_CASE("no damaged file is accepted, whatever its kind") {
  const Index damages = Campaign(2000, 20000);
  for (const FileKind kind :
       {FileKind::kDataset, FileKind::kFeatures, FileKind::kPredictions,
        FileKind::kModel, FileKind::kCheckpoint, FileKind::kRound}) {
    const DamageCount count =
        CountDamage({.original = SampleBytes(kind), .count = damages}, ReadAll);
    INFO(count.first_wrong);
    CHECK(count.wrong == 0);
    // A damage that happens to write what was there is none.
    CHECK(count.refused + count.same == damages);
    CHECK(count.same < damages / 20);
  }
}

TEST_CASE("a damaged file under a new envelope is never read as another") {
  const Index damages = Campaign(500, 20000);
  const DamageCount count =
      CountDamage({.original = SampleBytes(FileKind::kDataset),
                   .count = damages,
                   .reseal = true},
                  ReadAll);
  INFO(count.first_wrong);
  CHECK(count.wrong == 0);
  CHECK(count.refused + count.same == damages);
  CHECK(count.refused > damages / 4);
}

}  // namespace
}  // namespace mtlkit
