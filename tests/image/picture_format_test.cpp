// Files of pictures that Pillow wrote, what it reads of them, and what becomes
// of them when they are damaged.
#include "image/picture_format.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "campaign.h"
#include "h5/mutator.h"
#include "paths.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Samples() {
  std::vector<std::string> paths;
  for (const auto& entry :
       fs::directory_iterator(SourceDir() + "/tests/golden/pictures")) {
    const std::string path = entry.path().string();
    if (fs::exists(path + ".raw")) paths.push_back(path);
  }
  std::ranges::sort(paths);
  return paths;
}

Picture Decode(const std::string& bytes) {
  const PictureFormat* format = FindPictureFormat(bytes);
  if (format == nullptr) Fail(ErrorKind::kBadInput, "no picture");
  const PictureHeader header = format->read_header(bytes);
  // As callers do before they decode.
  if (header.height * header.width > 4096) {
    Fail(ErrorKind::kBadInput, "large");
  }
  return Turned(format->decode(bytes), header.orientation);
}

TEST_CASE("pictures are what Pillow reads of them") {
  const std::vector<std::string> paths = Samples();
  REQUIRE(paths.size() >= 17);
  for (const std::string& path : paths) {
    CAPTURE(path);
    const std::string bytes = FileBytes(path);
    const std::string raw = FileBytes(path + ".raw");
    const Picture picture = Decode(bytes);
    const auto side = [&](std::size_t i) {
      return static_cast<Index>(static_cast<unsigned char>(raw[i]));
    };
    CHECK(picture.height == side(0));
    CHECK(picture.width == side(1));
    CHECK(picture.channels == side(2));
    const std::string expected = raw.substr(3);
    CHECK(std::string(picture.bytes.begin(), picture.bytes.end()) == expected);
    const PictureHeader header = FindPictureFormat(bytes)->read_header(bytes);
    CHECK(header.height == picture.height);
    CHECK(header.width == picture.width);
    CHECK(header.channels == picture.channels);
  }
}

TEST_CASE("headers say what is deep and turned") {
  const std::string folder = SourceDir() + "/tests/golden/pictures/";
  const auto header = [&](const std::string& name) {
    const std::string bytes = FileBytes(folder + name);
    return FindPictureFormat(bytes)->read_header(bytes);
  };
  CHECK(header("deep.png").bits == 16);
  CHECK(header("turned6.jpg").orientation == 6);
  CHECK_THROWS_WITH_AS(header("cmyk.jpg"),
                       "is a JPEG of 4 channels (CMYK, for printers) (convert "
                       "it: convert FILE -colorspace sRGB NEW.jpg)",
                       Error);
}

TEST_CASE("other pictures are known by name") {
  CHECK(OtherPicture("GIF89a") == "a GIF");
  CHECK(OtherPicture(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)) == "a WebP");
  CHECK(OtherPicture(std::string("\0\0\0\x18"
                                 "ftypheic",
                                 12)) == "a HEIC");
  CHECK(OtherPicture("text") == "");
  CHECK(FindPictureFormat("") == nullptr);
}

TEST_CASE("a picture that is cut anywhere is refused") {
  for (const char* name :
       {"colour.png", "interlaced.png", "colour.jpg", "progressive.jpg"}) {
    const std::string bytes =
        FileBytes(SourceDir() + "/tests/golden/pictures/" + name);
    // The last bytes only say that it ends.
    const std::size_t whole = bytes.size() - 14;
    for (std::size_t length = 0; length < whole; ++length) {
      CAPTURE(name);
      CAPTURE(length);
      CHECK_THROWS_AS(Decode(bytes.substr(0, length)), Error);
    }
  }
}

TEST_CASE("damaged pictures are refused, or some picture") {
  const Index count = Campaign(200, 10'000);
  Index refused = 0;
  const std::vector<std::string> paths = Samples();
  for (const std::string& path : paths) {
    const std::string original = FileBytes(path);
    for (Index i = 0; i < count; ++i) {
      try {
        const Picture picture = Decode(Damage(original, 0, i));
        CHECK(std::ssize(picture.bytes) ==
              picture.height * picture.width * picture.channels);
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::kBadInput);
        ++refused;
      }
    }
  }
  CHECK(refused > count * std::ssize(paths) / 3);
}

}  // namespace
}  // namespace mtlkit
