#include "image/decode_pictures.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "h5/confined_answer.h"
#include "image/picture_format.h"

namespace mtlkit {
namespace {

// What is decoded at once.
constexpr std::size_t kMostFiles = 64;
constexpr Index kMostBytes = Index{64} << 20;

// A picture in memory is its decoded bytes, turned, in other channels.
constexpr Index kCopies = 4;

Index PixelsOf(const PictureHeader& header) {
  return header.height * header.width;
}

// In the child: a picture as it comes out.
Picture Decode(const PictureFile& file, const std::string& bytes,
               const PictureFit& fit) {
  const PictureFormat* format = FindPictureFormat(bytes);
  Require(format != nullptr, ErrorKind::kBadInput,
          "has changed while it was read");
  Picture picture = Turned(format->decode(bytes), file.header.orientation);
  Require(picture.height == file.header.height &&
              picture.width == file.header.width,
          ErrorKind::kBadInput, "has another size than its first bytes say",
          "the file is damaged: copy it again");
  return Fitted(picture, fit);
}

class Decoder {
 public:
  Decoder(std::span<const PictureFile> files, const PictureFit& fit)
      : files_(files), fit_(fit) {}

  Index cells(std::size_t i) const {
    const PictureHeader& header = files_[i].header;
    const Index pixels =
        fit_.height == 0 ? PixelsOf(header) : fit_.height * fit_.width;
    return pixels * (fit_.channels == 0 ? header.channels : fit_.channels);
  }

  // Those from `first` on; all but one of them may be given up.
  std::string Answer(std::size_t first,
                     const std::vector<std::string>& bytes) const {
    Index answer = 0;
    Index work = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      answer += cells(first + i);
      work += std::ssize(bytes[i]) +
              kCopies * 3 * PixelsOf(files_[first + i].header);
    }
    std::string pixels = ConfinedAnswer(work, answer, [&] {
      std::string made;
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        const Picture picture = Decode(files_[first + i], bytes[i], fit_);
        made.append(picture.bytes.begin(), picture.bytes.end());
      }
      return made;
    });
    Require(std::ssize(pixels) == answer, ErrorKind::kBadInput,
            "has other pixels than its first bytes say",
            "the file is damaged: copy it again");
    return pixels;
  }

 private:
  std::span<const PictureFile> files_;
  const PictureFit& fit_;
};

}  // namespace

void DecodePictures(
    std::span<const PictureFile> files, const PictureFit& fit,
    const std::function<void(std::size_t, std::span<const std::uint8_t>)>&
        take) {
  const Decoder decoder(files, fit);
  const auto hand_on = [&](std::size_t first, std::size_t count,
                           const std::string& pixels) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(pixels.data());
    for (std::size_t i = first; i < first + count; ++i) {
      const auto cells = static_cast<std::size_t>(decoder.cells(i));
      take(i, {at, cells});
      at += cells;
    }
  };
  for (std::size_t first = 0; first < files.size();) {
    std::vector<std::string> bytes;
    Index held = 0;
    for (std::size_t i = first; i < files.size() && bytes.size() < kMostFiles &&
                                (held < kMostBytes || bytes.empty());
         ++i) {
      bytes.push_back(InContext(
          files[i].path, [&] { return ReadPictureBytes(files[i].path); }));
      held += std::ssize(bytes.back()) + 3 * PixelsOf(files[i].header);
    }
    const std::size_t count = bytes.size();
    std::string pixels;
    bool is_whole = count > 1;
    try {
      if (is_whole) pixels = decoder.Answer(first, bytes);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput) throw;
      is_whole = false;
    }
    if (is_whole) {
      hand_on(first, count, pixels);
    } else {
      // One by one, to know which it is.
      for (std::size_t i = 0; i < count; ++i) {
        const std::vector<std::string> one = {std::move(bytes[i])};
        hand_on(first + i, 1, InContext(files[first + i].path, [&] {
                  return decoder.Answer(first + i, one);
                }));
      }
    }
    first += count;
  }
}

}  // namespace mtlkit
