#include "train/image_changes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "train/input_changes.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

constexpr Index kHeight = 9;
constexpr Index kWidth = 11;

using Texts = std::vector<std::string>;
using Image = std::vector<Real>;

InputSpec ImageSpec(Index channels) {
  InputSpec image;
  image.name = "photo";
  image.kind = InputKind::kImage;
  image.height = kHeight;
  image.width = kWidth;
  image.cols = channels;
  return image;
}

Image Changed(const Texts& texts, Index number, const Image& image) {
  const Index channels = std::ssize(image) / (kHeight * kWidth);
  const ImageChanger changer(ParseAugment(texts, "--augment"),
                             ImageSpec(channels));
  Image into(image.size(), Real(NAN));
  changer.Apply(Rng(3, RandomPurpose::kAugment, 5), number, 0, image.data(),
                into.data());
  return into;
}

// Pixel (l, q) is value(l, q).
template <class ValueOf>
Image Made(ValueOf value) {
  Image image;
  for (Index l = 0; l < kHeight; ++l) {
    for (Index q = 0; q < kWidth; ++q) {
      image.push_back(static_cast<Real>(value(l, q)));
    }
  }
  return image;
}

double At2(const Image& image, Index l, Index q) {
  return static_cast<double>(image[At(l * kWidth + q)]);
}

// A map that says of each pixel what its image has there.
TEST_CASE("a map moves with its image, and is void where nothing came in") {
  const Image image = Made([](Index l, Index q) { return 1 + l * kWidth + q; });
  for (const Texts& texts :
       std::vector<Texts>{{"mirror"}, {"flip"}, {"mirror", "crop=3"}}) {
    for (Index number = 0; number < 6; ++number) {
      const Image changed = Changed(texts, number, image);
      const ImageChanger changer(ParseAugment(texts, "--augment"),
                                 ImageSpec(1));
      Image moved(image.size());
      changer.MoveMap(Rng(3, RandomPurpose::kAugment, 5), number, 0,
                      image.data(), moved.data());
      for (std::size_t i = 0; i < moved.size(); ++i) {
        CHECK((std::isnan(moved[i]) ? Real(0) : moved[i]) == changed[i]);
        CHECK(std::isnan(moved[i]) == (changed[i] == 0));
      }
    }
  }
}

TEST_CASE("a map that is turned has the nearest pixel") {
  // Two halves, which bilinear images have between 0 and 1.
  const Image image = Made([](Index, Index q) { return q < 5 ? 0 : 1; });
  for (Index number = 0; number < 6; ++number) {
    const Texts texts = {"rotate=30", "scale=0.2", "shift=0.1", "mirror"};
    const Image changed = Changed(texts, number, image);
    const ImageChanger changer(ParseAugment(texts, "--augment"), ImageSpec(1));
    Image moved(image.size());
    changer.MoveMap(Rng(3, RandomPurpose::kAugment, 5), number, 0, image.data(),
                    moved.data());
    for (std::size_t i = 0; i < moved.size(); ++i) {
      CHECK((moved[i] == 0 || moved[i] == 1));
      if (changed[i] < Real(1e-4)) CHECK(moved[i] == 0);
      if (changed[i] > Real(1 - 1e-4)) CHECK(moved[i] == 1);
    }
  }
}

TEST_CASE("half of the images are mirrored, or flipped") {
  const Image image =
      Made([](Index l, Index q) { return 100.0 * double(l) + double(q); });
  const Image mirrored = Made([](Index l, Index q) {
    return 100.0 * double(l) + double(kWidth - 1 - q);
  });
  const Image flipped = Made([](Index l, Index q) {
    return 100.0 * double(kHeight - 1 - l) + double(q);
  });
  int mirrors = 0;
  int flips = 0;
  for (Index number = 0; number < 200; ++number) {
    const Image mirror = Changed({"mirror"}, number, image);
    CHECK((mirror == image || mirror == mirrored));
    mirrors += mirror == mirrored;
    const Image flip = Changed({"flip"}, number, image);
    CHECK((flip == image || flip == flipped));
    flips += flip == flipped;
  }
  CHECK((mirrors > 70 && mirrors < 130 && flips > 70 && flips < 130));
}

TEST_CASE("a crop moves an image by whole pixels, and zeros come in") {
  const Image image =
      Made([](Index l, Index q) { return 100.0 * double(l + 1) + double(q); });
  std::vector<int> moves(5);
  for (Index number = 0; number < 100; ++number) {
    const Image crop = Changed({"crop=2"}, number, image);
    const double middle = At2(crop, 4, 5) - At2(image, 4, 5);
    const auto down = static_cast<Index>(std::lround(middle / 100));
    const auto across = static_cast<Index>(std::lround(middle)) - 100 * down;
    REQUIRE((std::abs(down) <= 2 && std::abs(across) <= 2));
    ++moves[At(down + 2)];
    for (Index l = 0; l < kHeight; ++l) {
      for (Index q = 0; q < kWidth; ++q) {
        const Index y = l + down;
        const Index x = q + across;
        const bool inside = y >= 0 && y < kHeight && x >= 0 && x < kWidth;
        CHECK(At2(crop, l, q) == (inside ? At2(image, y, x) : 0));
      }
    }
  }
  CHECK(std::ranges::min(moves) > 5);
}

// What a plane becomes where no edge is near: its slopes turned, by no other
// length than the scale's.
TEST_CASE("images are turned, scaled and shifted") {
  const Image plane = Made([](Index, Index q) { return double(q); });
  double widest = 0;
  for (Index number = 0; number < 100; ++number) {
    const auto slopes = [&](const Texts& texts, double* right, double* down) {
      const Image image = Changed(texts, number, plane);
      *right = (At2(image, 4, 6) - At2(image, 4, 4)) / 2;
      *down = (At2(image, 5, 5) - At2(image, 3, 5)) / 2;
      return At2(image, 4, 5);
    };
    double right = 0;
    double down = 0;
    CHECK(slopes({"rotate=30"}, &right, &down) == doctest::Approx(5));
    CHECK(right * right + down * down == doctest::Approx(1).epsilon(1e-4));
    const double angle = std::atan2(down, right) * 180 / 3.14159265;
    CHECK(std::abs(angle) < 30.01);
    widest = std::max(widest, std::abs(angle));
    slopes({"scale=0.2"}, &right, &down);
    CHECK(std::abs(std::log(right)) < 0.2001);
    CHECK(std::abs(down) < 1e-5);
    const double shifted = slopes({"shift=0.1"}, &right, &down);
    CHECK(std::abs(shifted - 5) < 1.1001);
    CHECK(right == doctest::Approx(1).epsilon(1e-4));
  }
  CHECK(widest > 25);
  const Image same = Made([](Index, Index) { return 0.7; });
  for (const Real value :
       Changed({"rotate=180", "scale=0.5", "shift=0.5"}, 3, same)) {
    CHECK(static_cast<double>(value) == doctest::Approx(0.7));
  }
}

TEST_CASE("brightness and contrast change, and a square is cut out") {
  const Image ones = Made([](Index, Index) { return 1; });
  for (Index number = 0; number < 50; ++number) {
    const Image gain = Changed({"gain=0.2"}, number, ones);
    CHECK(std::abs(At2(gain, 0, 0) - 1) < 0.2001);
    CHECK(std::ranges::count(gain, gain[0]) == std::ssize(gain));
    const Image offset = Changed({"offset=0.3"}, number, ones);
    CHECK(std::abs(At2(offset, 0, 0) - 1) < 0.3001);
    const Image cut = Changed({"cutout=4"}, number, ones);
    const auto zeros = std::ranges::count(cut, Real(0));
    CHECK((zeros >= 4 && zeros <= 16));
  }
}

TEST_CASE("what is drawn for an image does not depend on its batch") {
  Dataset data = SampleData(20);
  InputBlock block;
  static_cast<InputSpec&>(block) = ImageSpec(2);
  std::vector<std::uint8_t> bytes;
  for (Index i = 0; i < data.rows * kHeight * kWidth * 2; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i * 37 % 251));
  }
  block.pixels = Array<std::uint8_t>(std::move(bytes));
  data.inputs.push_back(block);
  InputChangeOptions options;
  options.augment = {"mirror", "rotate=10", "shift=0.1", "cutout=3"};
  const auto image_of = [&](const std::vector<Index>& rows, std::size_t place,
                            Index step) {
    Batcher batcher(data, std::ssize(rows));
    InputChanges changes(data, options, 7, std::ssize(rows));
    const ConstMatView all =
        changes.Apply(batcher.Load(rows), step).inputs.back().dense;
    const Index cells = kHeight * kWidth * 2;
    const Real* begin = all.data + static_cast<Index>(place) * cells;
    return Image(begin, begin + cells);
  };
  const Image one = image_of({3, 7, 11}, 1, 4);
  CHECK(image_of({7}, 0, 4) == one);
  CHECK(image_of({11, 2, 5, 7}, 3, 4) == one);
  CHECK(image_of({7}, 0, 5) != one);
  CHECK(image_of({8}, 0, 4) != one);
}

TEST_CASE("changes of images that are none are refused") {
  for (const Texts& texts :
       {Texts{"mirorr"}, Texts{"rotate"}, Texts{"rotate=200"},
        Texts{"crop=2", "crop=3"}, Texts{"shift=-1"}}) {
    CHECK_THROWS_AS(ParseAugment(texts, "--augment"), Error);
  }
  CHECK_THROWS_AS(
      ImageChanger(ParseAugment({"crop=9"}, "--augment"), ImageSpec(1)), Error);
  InputChangeOptions options;
  options.augment = {"mirror"};
  CHECK_THROWS_WITH_AS(InputChanges(SampleData(20), options, 1, 10),
                       doctest::Contains("--augment has no effect"), Error);
}

}  // namespace
}  // namespace mtlkit
