#include "image/contact_sheet.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "image/picture_format.h"
#include "image/write_png.h"

namespace mtlkit {
namespace {

// Twelve pictures of one pixel, whose value is the row's number, and a class of
// every third.
Dataset Rows() {
  Dataset data;
  data.rows = 12;
  data.ids = RunningIds(12);
  InputBlock image;
  image.name = "image";
  image.kind = InputKind::kImage;
  image.height = image.width = image.cols = 1;
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> codes;
  for (int i = 0; i < 12; ++i) {
    pixels.push_back(static_cast<std::uint8_t>(i));
    codes.push_back(i % 3 == 2 ? -1 : i % 3);
  }
  image.pixels = Array<std::uint8_t>(std::move(pixels));
  InputBlock kinds;
  kinds.name = "categorical";
  kinds.kind = InputKind::kCategorical;
  kinds.cols = 1;
  kinds.columns = {"class"};
  kinds.categories = {{"a", "b"}};
  kinds.codes = Array<std::int32_t>(std::move(codes));
  data.inputs = {std::move(image), std::move(kinds)};
  return data;
}

TEST_CASE("a sheet has a row a class, with what it shows") {
  const ContactSheet sheet = MakeContactSheet(Rows());
  CHECK(sheet.lines == std::vector<std::string>{"class a: 0, 3, 6, 9",
                                                "class b: 1, 4, 7, 10"});
  const Picture& made = sheet.picture;
  CHECK(made.height == 8);
  CHECK(made.width == 32);
  const auto at = [&](Index y, Index x) { return made.bytes[At(y * 32 + x)]; };
  CHECK(at(2, 2) == 0);
  CHECK(at(2, 5) == 3);
  CHECK(at(2, 11) == 9);
  CHECK(at(2, 14) == 128);
  CHECK(at(5, 8) == 7);
}

TEST_CASE("without classes it is of all rows") {
  Dataset data = Rows();
  data.inputs.pop_back();
  const ContactSheet sheet = MakeContactSheet(data);
  CHECK(sheet.lines ==
        std::vector<std::string>{"pictures: 0, 1, 2, 3, 4, 6, 7, 8, 9, 10"});
  data.inputs.clear();
  CHECK_THROWS_AS(MakeContactSheet(data), Error);
}

TEST_CASE("what is written as PNG is read again") {
  for (const Index channels : {1, 3}) {
    Picture picture = {3, 4, channels, {}};
    for (Index i = 0; i < 12 * channels; ++i) {
      picture.bytes.push_back(static_cast<std::uint8_t>(19 * i));
    }
    const std::string bytes = PngOf(picture);
    const PictureFormat* format = FindPictureFormat(bytes);
    REQUIRE(format != nullptr);
    const Picture read = format->decode(bytes);
    CHECK(read.height == 3);
    CHECK(read.width == 4);
    CHECK(read.channels == channels);
    CHECK(read.bytes == picture.bytes);
  }
}

}  // namespace
}  // namespace mtlkit
