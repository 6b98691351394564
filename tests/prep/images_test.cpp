// Images and texts in preparation.
#include <doctest/doctest.h>

#include "base/text.h"
#include "data/small_table.h"
#include "data/space_blocks.h"
#include "prep/images.h"
#include "prep/prepare.h"

namespace mtlkit {
namespace {

// People with a photo of one pixel and two channels, and a text each.
Dataset WithPhotos() {
  Dataset people = People();
  people.tasks.clear();
  people.labels.clear();
  people.splits = {{"train", {0, 1, 2, 3}}, {"test", {4, 5}}};
  people.inputs.push_back(
      ImageBlock("photo", 1, 1, 2, {0, 9, 255, 9, 0, 9, 255, 9, 70, 1, 80, 2}));
  people.inputs.push_back(
      TokenBlock("note", {"a", "b"}, {{0}, {}, {1, 1}, {0}, {}, {1}}));
  return people;
}

Dataset PreparedImages(PrepareOptions options) {
  options.task = {"job"};
  options.split.clear();
  SilentReporter reporter;
  return Prepare(WithPhotos(), options, 1, &reporter);
}

std::string InputNames(const Dataset& data) {
  std::string names;
  for (const InputBlock& block : data.inputs) names += block.name + " ";
  return names;
}

TEST_CASE("channels are normalised by the bytes of the training rows") {
  const Dataset data = PreparedImages({});
  const InputBlock* photo = data.FindInput("photo");
  REQUIRE(photo != nullptr);
  // Half of the training rows are 0, half 255; the other channel is constant.
  CHECK(photo->mean[0] == 0.5);
  CHECK(photo->deviation[0] == 0.5);
  CHECK(photo->mean[1] == doctest::Approx(9.0 / 255));
  CHECK(photo->deviation[1] == 1);
  CHECK(photo->pixels[8] == 70);
  CHECK(data.FindInput("note")->codes.size() == 5);
}

TEST_CASE("blocks of images and tokens are chosen by their names") {
  PrepareOptions options;
  options.ignore = {"photo"};
  CHECK(PreparedImages(options).FindInput("photo") == nullptr);
  CHECK(PreparedImages(options).FindInput("note") != nullptr);
  options = {};
  options.inputs = {"note"};
  CHECK(InputNames(PreparedImages(options)) == "note ");
  options.inputs = {"note", "age"};
  CHECK(PreparedImages(options).inputs.size() == 2);
  CHECK(PreparedImages(options).FindInput("photo") == nullptr);
}

}  // namespace
}  // namespace mtlkit
