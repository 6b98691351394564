#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset_io.h"
#include "image/convert_pictures.h"
#include "image/write_png.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

class Folder {
 public:
  void Add(const std::string& place, Index width, const Bytes& bytes) {
    const fs::path to = folder_.path() / "in" / place;
    fs::create_directories(to.parent_path());
    const Picture picture = {std::ssize(bytes) / width, width, 1, bytes};
    std::ofstream(to, std::ios::binary) << PngOf(picture);
  }

  Dataset Convert(const PictureOptions& options) {
    SilentReporter silent;
    ConvertPictures({{"", folder_ / "in"}}, options, {}, folder_ / "out.h5", {},
                    &silent);
    return ReadDataset(folder_ / "out.h5");
  }
  std::string Refused(const PictureOptions& options) {
    try {
      (void)Convert(options);
    } catch (const Error& error) {
      const std::string text = error.what();
      const std::size_t at = text.find("/in/");
      return at == std::string::npos ? text : text.substr(at + 4);
    }
    return "none";
  }

 private:
  TempFolder folder_;
};

PictureOptions Masked(const std::string& pattern = "*_mask*") {
  PictureOptions options;
  options.masks = pattern;
  return options;
}

// The cells of a row, void ones 255.
Bytes MapOf(const Dataset& data, Index row) {
  const Labels& labels = data.labels[0];
  const std::size_t cols = At(data.tasks[0].target_cols());
  return labels.values.As<std::uint8_t>(At(row) * cols, cols);
}

TEST_CASE("masks are labels of the pictures beside them, several united") {
  Folder folder;
  folder.Add("x/a.png", 2, {10, 20, 30, 40});
  folder.Add("x/a_mask.png", 2, {255, 0, 0, 0});
  folder.Add("x/a_mask_1.png", 2, {0, 0, 0, 255});
  folder.Add("y/a10.png", 2, {1, 2, 3, 4});
  folder.Add("y/a10_mask.png", 2, {0, 0, 255, 0});
  folder.Add("y/a1.png", 2, {1, 2, 3, 4});
  const Dataset data = folder.Convert(Masked());
  CHECK(data.rows == 3);
  CHECK(IdText(data.ids, 0) == "x/a");
  REQUIRE(data.tasks.size() == 1);
  CHECK(data.tasks[0].name == "mask");
  CHECK(data.tasks[0].classes ==
        std::vector<std::string>{"background", "lesion"});
  CHECK(data.labels[0].values.storage() == LabelStorage::kBytes);
  CHECK(MapOf(data, 0) == Bytes{1, 0, 0, 1});
  CHECK(MapOf(data, 1) == Bytes{255, 255, 255, 255});  // a1 has none
  CHECK_FALSE(data.labels[0].HasLabel(1, 4));
  CHECK(MapOf(data, 2) == Bytes{0, 0, 1, 0});
}

TEST_CASE("masks in a folder of their own, of several classes") {
  Folder folder;
  folder.Add("a.png", 3, {1, 2, 3});
  folder.Add("masks/a.png", 3, {7, 255, 9});
  PictureOptions options = Masked("masks/*");
  options.mask_classes = {"none=7", "cyst=8", "tumour=9"};
  const Dataset data = folder.Convert(options);
  CHECK(MapOf(data, 0) == Bytes{0, 255, 2});
  CHECK(folder.Refused(Masked("masks/*"))
            .starts_with(
                "masks/a.png: the value 7 at line 0, column 0 is no class "
                "(background=0,lesion=255)"));
}

TEST_CASE("a mask is fitted as its picture, by the nearest pixel") {
  Folder folder;
  folder.Add("a.png", 4, {0, 0, 9, 9, 0, 0, 9, 9});
  folder.Add("a_mask.png", 4, {0, 0, 255, 255, 0, 255, 255, 255});
  PictureOptions options = Masked();
  options.size = "4x8";
  const Dataset stretched = folder.Convert(options);
  const Bytes high = {0, 0, 0, 0, 1, 1, 1, 1};
  const Bytes low = {0, 0, 1, 1, 1, 1, 1, 1};
  Bytes expected;
  for (const Bytes* line : {&high, &high, &low, &low}) {
    expected.insert(expected.end(), line->begin(), line->end());
  }
  CHECK(MapOf(stretched, 0) == expected);
  options.size = "4x4";
  options.fit = "pad";
  CHECK(MapOf(folder.Convert(options), 0) ==
        Bytes{255, 255, 255, 255, 0, 0, 1, 1, 0, 1, 1, 1, 255, 255, 255, 255});
  options.fit = "crop";
  options.size = "2x2";
  CHECK(MapOf(folder.Convert(options), 0) == Bytes{0, 1, 1, 1});
}

TEST_CASE("masks that fit no picture are named") {
  Folder folder;
  folder.Add("a.png", 2, {1, 2});
  folder.Add("b_mask.png", 2, {0, 0});
  CHECK(folder.Refused(Masked()).starts_with(
      "b_mask.png: is a mask by --masks *_mask*, and there is no picture "
      "'b'"));
  Folder other;
  other.Add("a.png", 2, {1, 2});
  other.Add("a_mask.png", 1, {0});
  CHECK(other.Refused(Masked()).starts_with(
      "a_mask.png: is a mask of 1 x 1 pixels, and "));
  CHECK(other.Refused(Masked("mask"))
            .starts_with("--masks mask has no '*', which stands for the name "
                         "of the picture"));
  CHECK(other.Refused(Masked("*_label*"))
            .starts_with("--masks *_label*: no picture is called so"));
  PictureOptions options = Masked();
  options.mask_classes = {"only=3"};
  CHECK(other.Refused(options).starts_with("--mask-classes: 1 of them"));
}

}  // namespace
}  // namespace mtlkit
