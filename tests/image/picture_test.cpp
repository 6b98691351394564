#include "image/picture.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "image/exif.h"

namespace mtlkit {
namespace {

// 1 2 3
// 4 5 6
const Picture kPicture = {2, 3, 1, {1, 2, 3, 4, 5, 6}};

TEST_CASE("a picture is turned as EXIF numbers it") {
  const std::vector<std::pair<int, std::vector<std::uint8_t>>> shown = {
      {1, {1, 2, 3, 4, 5, 6}}, {2, {3, 2, 1, 6, 5, 4}}, {3, {6, 5, 4, 3, 2, 1}},
      {4, {4, 5, 6, 1, 2, 3}}, {5, {1, 4, 2, 5, 3, 6}}, {6, {4, 1, 5, 2, 6, 3}},
      {7, {6, 3, 5, 2, 4, 1}}, {8, {3, 6, 2, 5, 1, 4}},
  };
  for (const auto& [orientation, bytes] : shown) {
    const Picture turned = Turned(kPicture, orientation);
    CAPTURE(orientation);
    CHECK(turned.bytes == bytes);
    CHECK(turned.height == (orientation < 5 ? 2 : 3));
    CHECK(turned.width == (orientation < 5 ? 3 : 2));
  }
}

TEST_CASE("channels of a pixel stay together") {
  const Picture colours = {1, 2, 3, {1, 2, 3, 4, 5, 6}};
  CHECK(Turned(colours, 2).bytes ==
        std::vector<std::uint8_t>{4, 5, 6, 1, 2, 3});
}

std::string Block(std::string_view order, std::string_view rest) {
  return std::string("Exif\0\0", 6).append(order).append(rest);
}

TEST_CASE("orientation is read in both orders of bytes, and is a hint") {
  using namespace std::string_view_literals;
  CHECK(ExifOrientation(Block("II*\0\x08\0\0\0"sv,
                              "\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"sv)) == 6);
  CHECK(ExifOrientation(Block("MM\0*\0\0\0\x08"sv,
                              "\0\1\1\x12\0\3\0\0\0\1\0\3\0\0"sv)) == 3);
  // A number that is none, another tag, and a directory beyond the end.
  CHECK(ExifOrientation(Block("II*\0\x08\0\0\0"sv,
                              "\1\0\x12\1\3\0\1\0\0\0\x63\0\0\0"sv)) == 1);
  CHECK(ExifOrientation(Block("II*\0\x08\0\0\0"sv,
                              "\1\0\x13\1\3\0\1\0\0\0\6\0\0\0"sv)) == 1);
  CHECK(ExifOrientation(Block("II*\0\xff\xff\xff\xff"sv, "")) == 1);
  CHECK(ExifOrientation("JFIF") == 1);
}

}  // namespace
}  // namespace mtlkit
