#include "image/read_masks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"
#include "image/decode_pictures.h"

namespace mtlkit {
namespace {

constexpr int kNoClass = -1;

// What each byte of a mask means: a class, void or nothing.
std::array<int, 256> MeaningsOf(const MaskClasses& classes) {
  std::array<int, 256> meanings;
  meanings.fill(kNoClass);
  meanings[kVoidPixel] = kVoidPixel;
  for (std::size_t i = 0; i < classes.values.size(); ++i) {
    meanings[classes.values[i]] = static_cast<int>(i);
  }
  return meanings;
}

// Of two masks of one picture.
std::uint8_t United(std::uint8_t a, std::uint8_t b) {
  const auto rank = [](std::uint8_t pixel) {
    return pixel == 0 ? 0 : pixel == kVoidPixel ? 1 : 1 + int{pixel};
  };
  return rank(a) >= rank(b) ? a : b;
}

std::string Known(const MaskClasses& classes) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < classes.names.size(); ++i) {
    known.push_back(Str(classes.names[i], '=', int{classes.values[i]}));
  }
  return Join(known, ",");
}

// Bytes of one file as classes.
std::vector<std::uint8_t> ClassesOf(std::span<const std::uint8_t> bytes,
                                    const std::array<int, 256>& meanings,
                                    const MaskClasses& classes,
                                    const PictureFile& file) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(bytes.size());
  for (const std::uint8_t byte : bytes) {
    if (meanings[byte] == kNoClass) {
      const auto at = static_cast<Index>(pixels.size());
      Fail(ErrorKind::kBadInput,
           Str(file.path, ": the value ", int{byte}, " at line ",
               at / file.header.width, ", column ", at % file.header.width,
               " is no class (", Known(classes), ")"),
           "--mask-classes NAME=VALUE,... says what values mean; masks that "
           "were compressed as JPEG have none: make them PNG");
    }
    pixels.push_back(static_cast<std::uint8_t>(meanings[byte]));
  }
  return pixels;
}

Task MaskTask(const MaskClasses& classes, Index height, Index width) {
  Task task;
  task.name = "mask";
  task.type = ParseTaskType("map");
  task.classes = classes.names;
  task.map_height = height;
  task.map_width = width;
  return task;
}

}  // namespace

MaskClasses ParseMaskClasses(const std::vector<std::string>& texts) {
  MaskClasses classes;
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    long long value = -1;
    const bool reads = equals != std::string::npos && equals > 0 &&
                       ParseInteger(text.substr(equals + 1), &value);
    Require(reads && value >= 0 && value <= 255, ErrorKind::kUsage,
            Str("--mask-classes: '", text, "' is not NAME=VALUE of 0 .. 255"),
            "--mask-classes background=0,lesion=255");
    classes.names.push_back(text.substr(0, equals));
    classes.values.push_back(static_cast<std::uint8_t>(value));
    const auto twice = [](const auto& list) {
      return std::ranges::count(list, list.back()) > 1;
    };
    Require(!twice(classes.names) && !twice(classes.values), ErrorKind::kUsage,
            Str("--mask-classes: '", text, "' has a name or value twice"));
  }
  Require(classes.names.size() > 1 && classes.names.size() < 256,
          ErrorKind::kUsage,
          Str("--mask-classes: ", classes.names.size(),
              " of them; a map has "
              "2 classes at least, and 255 at most"),
          "--mask-classes background=0,lesion=255");
  return classes;
}

MaskLabels ReadMasks(const MaskFiles& masks, const MaskClasses& classes,
                     const PictureFit& fit, Index count) {
  const PictureFile& first = masks.files.front();
  const Index height = fit.height > 0 ? fit.height : first.header.height;
  const Index width = fit.height > 0 ? fit.width : first.header.width;
  MaskLabels read = {MaskTask(classes, height, width), {}};
  std::vector<std::uint8_t> cells(At(count * height * width), kVoidPixel);
  const std::array<int, 256> meanings = MeaningsOf(classes);
  PictureFit as_it_is;
  as_it_is.channels = 1;
  Picture united;
  DecodePictures(
      masks.files, as_it_is,
      [&](std::size_t i, std::span<const std::uint8_t> bytes) {
        const PictureFile& file = masks.files[i];
        std::vector<std::uint8_t> pixels =
            ClassesOf(bytes, meanings, classes, file);
        const Index picture = masks.pictures[i];
        if (i > 0 && masks.pictures[i - 1] == picture) {
          for (std::size_t k = 0; k < pixels.size(); ++k) {
            pixels[k] = United(pixels[k], united.bytes[k]);
          }
        }
        united = {file.header.height, file.header.width, 1, std::move(pixels)};
        const bool is_last =
            i + 1 == masks.files.size() || masks.pictures[i + 1] != picture;
        if (!is_last) return;
        const Picture fitted = FittedByNearest(united, fit, kVoidPixel);
        std::ranges::copy(fitted.bytes,
                          cells.begin() + picture * height * width);
      });
  read.labels.values = LabelCells(std::move(cells));
  return read;
}

}  // namespace mtlkit
