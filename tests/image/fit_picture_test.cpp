#include "image/fit_picture.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/error.h"

namespace mtlkit {
namespace {

using Bytes = std::vector<std::uint8_t>;

PictureFit To(Index height, Index width, const std::string& fit = "stretch",
              Index channels = 0) {
  return {height, width, fit, channels};
}

TEST_CASE("a picture of the size that is asked for stays as it is") {
  const Picture picture = {2, 2, 1, {7, 0, 255, 9}};
  CHECK(Fitted(picture, To(2, 2)).bytes == picture.bytes);
  CHECK(Fitted(picture, To(2, 2, "pad")).bytes == picture.bytes);
  CHECK(Fitted(picture, {}).bytes == picture.bytes);
}

TEST_CASE("smaller sides are means by triangles") {
  // Half as wide: of a pixel two wide, weights 1/8, 3/8, 3/8, 1/8 of those
  // around; at the edges 3/7, 3/7, 1/7 of three.
  const Picture line = {1, 4, 1, {0, 70, 140, 210}};
  CHECK(Fitted(line, To(1, 2)).bytes == Bytes{50, 160});
  const Picture column = {4, 1, 1, {0, 70, 140, 210}};
  CHECK(Fitted(column, To(2, 1)).bytes == Bytes{50, 160});
}

TEST_CASE("larger sides are straight lines between pixels") {
  // Middles of the four lie at -.25, .25, .75, 1.25 of the two.
  const Picture line = {1, 2, 1, {0, 100}};
  CHECK(Fitted(line, To(1, 4)).bytes == Bytes{0, 25, 75, 100});
}

TEST_CASE("one value stays the same at any size") {
  const Picture even = {5, 9, 3, Bytes(135, 201)};
  for (const Index side : {1, 2, 7, 13}) {
    const Picture made = Fitted(even, To(side, 2 * side));
    CHECK(made.bytes == Bytes(At(side * 2 * side * 3), 201));
  }
}

TEST_CASE("pad keeps proportions with black around, crop takes the middle") {
  const Picture wide = {1, 4, 1, {10, 20, 30, 40}};
  CHECK(Fitted(wide, To(4, 4, "pad")).bytes ==
        Bytes{0, 0, 0, 0, 10, 20, 30, 40, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(Fitted(wide, To(1, 2, "crop")).bytes == Bytes{20, 30});
  const Picture high = {4, 1, 1, {10, 20, 30, 40}};
  CHECK(Fitted(high, To(2, 1, "crop")).bytes == Bytes{20, 30});
}

TEST_CASE("grey is what the eye sees of colours, and colours of grey are it") {
  const Picture colours = {
      1, 4, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90}};
  CHECK(Fitted(colours, To(1, 4, "stretch", 1)).bytes ==
        Bytes{76, 150, 29, 90});
  const Picture grey = {1, 2, 1, {3, 250}};
  CHECK(Fitted(grey, To(1, 2, "stretch", 3)).bytes ==
        Bytes{3, 3, 3, 250, 250, 250});
}

TEST_CASE("sizes are read, and others refused") {
  PictureFit fit;
  ParsePictureSize("96x64", &fit);
  CHECK(fit.height == 96);
  CHECK(fit.width == 64);
  ParsePictureSize("32", &fit);
  CHECK(fit.height == 32);
  CHECK(fit.width == 32);
  for (const char* text : {"0", "-3", "3x", "x3", "3x4x5", "5000", "a", ""}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ParsePictureSize(text, &fit), Error);
  }
}

}  // namespace
}  // namespace mtlkit
