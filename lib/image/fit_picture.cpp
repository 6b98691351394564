#include "image/fit_picture.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

constexpr long long kMostSide = 4096;

// A part [first, first + length) of a side becomes `size` pixels of which the
// first lies at `offset` of a side of `whole`.
struct Side {
  double first = 0;
  double length = 0;
  Index offset = 0;
  Index size = 0;
};
struct Sides {
  Side y;
  Side x;
};

Sides SidesOf(const Picture& picture, const PictureFit& fit) {
  const auto height = static_cast<double>(picture.height);
  const auto width = static_cast<double>(picture.width);
  Sides sides = {{0, height, 0, fit.height}, {0, width, 0, fit.width}};
  const double zoom_y = static_cast<double>(fit.height) / height;
  const double zoom_x = static_cast<double>(fit.width) / width;
  if (fit.fit == "pad") {
    const double zoom = std::min(zoom_y, zoom_x);
    const auto shrink = [zoom](double length, Index whole, Side* side) {
      side->size = std::clamp<Index>(std::lround(length * zoom), 1, whole);
      side->offset = (whole - side->size) / 2;
    };
    shrink(height, fit.height, &sides.y);
    shrink(width, fit.width, &sides.x);
  } else if (fit.fit == "crop") {
    const double zoom = std::max(zoom_y, zoom_x);
    const auto cut = [zoom](double length, Index whole, Side* side) {
      side->length = std::min(length, static_cast<double>(whole) / zoom);
      side->first = (length - side->length) / 2;
    };
    cut(height, fit.height, &sides.y);
    cut(width, fit.width, &sides.x);
  }
  return sides;
}

// Pixels [first, first + weights.size()) that one of the result is the mean of.
struct Taps {
  Index first = 0;
  std::vector<double> weights;
};

std::vector<Taps> TapsOf(const Side& side, Index pixels) {
  const double step = side.length / static_cast<double>(side.size);
  const double reach = std::max(step, 1.0);
  std::vector<Taps> all;
  for (Index i = 0; i < side.size; ++i) {
    const double middle = side.first + (static_cast<double>(i) + 0.5) * step;
    const auto first = std::max<Index>(
        0, static_cast<Index>(std::floor(middle - reach + 0.5)));
    const auto end = std::min<Index>(
        pixels, static_cast<Index>(std::floor(middle + reach + 0.5)));
    Taps taps = {first, {}};
    double sum = 0;
    for (Index at = first; at < end; ++at) {
      const double distance = (static_cast<double>(at) + 0.5 - middle) / reach;
      taps.weights.push_back(std::max(0.0, 1 - std::abs(distance)));
      sum += taps.weights.back();
    }
    for (double& weight : taps.weights) weight /= sum;
    all.push_back(std::move(taps));
  }
  return all;
}

std::uint8_t ByteOf(double value) {
  return static_cast<std::uint8_t>(
      std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

Picture InChannels(const Picture& picture, Index channels) {
  if (channels == 0 || channels == picture.channels) return picture;
  Picture made = {picture.height, picture.width, channels, {}};
  made.bytes.reserve(
      static_cast<std::size_t>(picture.height * picture.width * channels));
  for (std::size_t at = 0; at < picture.bytes.size();
       at += static_cast<std::size_t>(picture.channels)) {
    const std::uint8_t* pixel = picture.bytes.data() + at;
    if (channels == 1) {
      made.bytes.push_back(
          ByteOf(0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]));
    } else {
      made.bytes.insert(made.bytes.end(), 3, pixel[0]);
    }
  }
  return made;
}

// Rows first, then columns; what comes between is not rounded.
void Resample(const Picture& from, const Sides& sides, Picture* to) {
  const std::vector<Taps> rows = TapsOf(sides.y, from.height);
  const std::vector<Taps> columns = TapsOf(sides.x, from.width);
  const Index channels = from.channels;
  std::vector<double> line(static_cast<std::size_t>(from.width * channels));
  for (Index y = 0; y < sides.y.size; ++y) {
    const Taps& down = rows[At(y)];
    std::ranges::fill(line, 0.0);
    for (std::size_t k = 0; k < down.weights.size(); ++k) {
      const std::uint8_t* row =
          from.bytes.data() +
          (down.first + static_cast<Index>(k)) * from.width * channels;
      for (std::size_t i = 0; i < line.size(); ++i) {
        line[i] += down.weights[k] * row[i];
      }
    }
    std::uint8_t* out =
        to->bytes.data() +
        ((sides.y.offset + y) * to->width + sides.x.offset) * channels;
    for (const Taps& across : columns) {
      for (Index c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < across.weights.size(); ++k) {
          sum +=
              across.weights[k] *
              line[At((across.first + static_cast<Index>(k)) * channels + c)];
        }
        *out++ = ByteOf(sum);
      }
    }
  }
}

Picture Blank(const PictureFit& fit, Index channels) {
  Picture made = {fit.height, fit.width, channels, {}};
  made.bytes.resize(
      static_cast<std::size_t>(fit.height * fit.width * channels));
  return made;
}

bool IsSize(const Picture& picture, const PictureFit& fit) {
  return fit.height == 0 ||
         (picture.height == fit.height && picture.width == fit.width);
}

}  // namespace

void ParsePictureSize(std::string_view text, PictureFit* fit) {
  const std::vector<std::string> sides = Split(text, 'x');
  long long height = 0;
  long long width = 0;
  const bool is_size = (sides.size() == 1 || sides.size() == 2) &&
                       ParseInteger(sides.front(), &height) &&
                       ParseInteger(sides.back(), &width) && height >= 1 &&
                       width >= 1 && height <= kMostSide && width <= kMostSide;
  Require(is_size, ErrorKind::kUsage,
          Str("--size ", text, " is no height and width of 1 .. ", kMostSide,
              " pixels"),
          "--size 96x64 is 96 lines of 64 pixels, --size 96 a square");
  fit->height = static_cast<Index>(height);
  fit->width = static_cast<Index>(width);
}

Picture Fitted(const Picture& picture, const PictureFit& fit) {
  Picture from = InChannels(picture, fit.channels);
  if (IsSize(from, fit)) return from;
  Picture made = Blank(fit, from.channels);
  Resample(from, SidesOf(from, fit), &made);
  return made;
}

Picture FittedByNearest(const Picture& picture, const PictureFit& fit,
                        std::uint8_t outside) {
  if (IsSize(picture, fit)) return picture;
  Picture made = Blank(fit, picture.channels);
  std::ranges::fill(made.bytes, outside);
  const Sides sides = SidesOf(picture, fit);
  const Index channels = picture.channels;
  const auto nearest = [](const Side& side, Index i, Index pixels) {
    const double step = side.length / static_cast<double>(side.size);
    const double middle = side.first + (static_cast<double>(i) + 0.5) * step;
    return std::clamp<Index>(static_cast<Index>(middle), 0, pixels - 1);
  };
  for (Index y = 0; y < sides.y.size; ++y) {
    const Index from_y = nearest(sides.y, y, picture.height);
    std::uint8_t* out =
        made.bytes.data() +
        ((sides.y.offset + y) * made.width + sides.x.offset) * channels;
    for (Index x = 0; x < sides.x.size; ++x, out += channels) {
      const Index from_x = nearest(sides.x, x, picture.width);
      std::copy_n(
          picture.bytes.data() + (from_y * picture.width + from_x) * channels,
          channels, out);
    }
  }
  return made;
}

}  // namespace mtlkit
