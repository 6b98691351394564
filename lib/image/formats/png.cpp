// png: Portable Network Graphics (ISO/IEC 15948), by libpng. Palettes and
// fewer bits become bytes, of 16 bits the upper 8 stay, what is transparent is
// seen on white; of an animation the picture is read that viewers without
// animations show.
#include <png.h>

#include <cstring>
#include <new>
#include <utility>

#include "base/error.h"
#include "image/picture_format.h"

namespace mtlkit {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t kPngLength = 4;  // of a chunk, then its name
constexpr std::size_t kPngHeaderEnd = 33;
constexpr int kWhite = 255;

Index PngNumber(std::string_view bytes) {
  Index number = 0;
  for (const char byte : bytes.substr(0, kPngLength)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

PictureHeader ReadPngHeader(std::string_view bytes) {
  Require(bytes.size() >= kPngHeaderEnd && bytes.substr(12, 4) == "IHDR",
          ErrorKind::kBadInput, "is cut short", "copy the file again");
  const unsigned char depth = static_cast<unsigned char>(bytes[24]);
  const unsigned char color = static_cast<unsigned char>(bytes[25]);
  PictureHeader header;
  header.width = PngNumber(bytes.substr(16));
  header.height = PngNumber(bytes.substr(20));
  header.bits = depth == 16 ? 16 : 8;
  header.channels = (color & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
  return header;
}

// What a reader has open, and where it stands.
struct PngSource {
  std::string_view left;
};

void ReadPngBytes(png_structp png, png_bytep to, std::size_t count) {
  auto* source = static_cast<PngSource*>(png_get_io_ptr(png));
  if (source->left.size() < count) png_error(png, "the file is cut short");
  std::memcpy(to, source->left.data(), count);
  source->left.remove_prefix(count);
}

// libpng may not be returned to: an exception leaves it (C is compiled with
// tables for that), and the reader's destructor frees its memory.
[[noreturn]] void FailPng(png_structp /*png*/, png_const_charp message) {
  Fail(ErrorKind::kBadInput, Str("is a damaged PNG: ", message),
       "copy the file again");
}
void IgnorePng(png_structp /*png*/, png_const_charp /*message*/) {}

// Two and four channels end with how opaque a pixel is.
Picture OnWhite(Picture picture) {
  if (picture.channels % 2 != 0) return picture;
  const Index colors = picture.channels - 1;
  auto* to = picture.bytes.data();
  const std::uint8_t* from = to;
  for (Index i = 0; i < picture.height * picture.width; ++i) {
    const int opaque = from[colors];
    for (Index c = 0; c < colors; ++c) {
      const int seen = *from++ * opaque + kWhite * (kWhite - opaque);
      *to++ = static_cast<std::uint8_t>((seen + kWhite / 2) / kWhite);
    }
    ++from;
  }
  picture.channels = colors;
  picture.bytes.resize(
      static_cast<std::size_t>(picture.height * picture.width * colors));
  return picture;
}

class PngReader {
 public:
  explicit PngReader(std::string_view bytes) : source_{bytes} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, FailPng,
                                  IgnorePng);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) throw std::bad_alloc();
    png_set_read_fn(png_, &source_, ReadPngBytes);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  Picture Read() {
    png_read_info(png_, info_);
    AskForBytes();
    Picture picture;
    picture.height = png_get_image_height(png_, info_);
    picture.width = png_get_image_width(png_, info_);
    picture.channels = png_get_channels(png_, info_);
    const Index stride = picture.width * picture.channels;
    picture.bytes.resize(static_cast<std::size_t>(picture.height * stride));
    std::vector<png_bytep> rows;
    for (Index y = 0; y < picture.height; ++y) {
      rows.push_back(picture.bytes.data() + y * stride);
    }
    png_read_image(png_, rows.data());
    png_read_end(png_, nullptr);
    return OnWhite(std::move(picture));
  }

 private:
  // Grey or colours of 8 bits, with their transparency if they have one.
  void AskForBytes() {
    png_set_expand(png_);
    png_set_strip_16(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  }

  PngSource source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

Picture DecodePng(std::string_view bytes) {
  return PngReader(bytes).Read();
}

bool IsPng(std::string_view head) {
  return head.starts_with(kPngMagic);
}

}  // namespace

extern const PictureFormat kPngPictures;
const PictureFormat kPngPictures = {"png",
                                    "PNG of any depth: grey, colours, palettes",
                                    IsPng, ReadPngHeader, DecodePng};

}  // namespace mtlkit
