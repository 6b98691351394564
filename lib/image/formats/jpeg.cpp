// jpeg: JPEG (ITU-T T.81), by libjpeg-turbo: grey and colours, baseline and
// progressive, turned as EXIF says. Four channels (CMYK, of printing) are
// refused: without the profile of the printer they are no colours.
#include <jpeglib.h>
#include <cstdio>  // jpeglib.h wants FILE

#include <jerror.h>

#include <array>

#include "base/error.h"
#include "image/exif.h"
#include "image/picture_format.h"

namespace mtlkit {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kJpegBegin = "\xff\xd8\xff"sv;

[[noreturn]] void FailCutJpeg() {
  Fail(ErrorKind::kBadInput, "is cut short", "copy the file again");
}

unsigned JpegByte(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size()) FailCutJpeg();
  return static_cast<unsigned char>(bytes[at]);
}

std::size_t JpegShort(std::string_view bytes, std::size_t at) {
  return JpegByte(bytes, at) << 8 | JpegByte(bytes, at + 1);
}

// Start of a frame: SOF0 .. SOF15 but for tables (DHT, JPG, DAC).
bool IsJpegFrame(unsigned marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
         marker != 0xcc;
}

PictureHeader ReadJpegHeader(std::string_view bytes) {
  constexpr unsigned kApp1 = 0xe1;
  PictureHeader header;
  std::size_t at = 2;
  while (true) {
    while (JpegByte(bytes, at) != 0xff) ++at;
    while (JpegByte(bytes, at) == 0xff) ++at;
    const unsigned marker = JpegByte(bytes, at);
    const std::size_t length = JpegShort(bytes, at + 1);
    if (marker == kApp1) {
      header.orientation = ExifOrientation(bytes.substr(at + 3, length - 2));
    } else if (IsJpegFrame(marker)) {
      header.height = static_cast<Index>(JpegShort(bytes, at + 4));
      header.width = static_cast<Index>(JpegShort(bytes, at + 6));
      header.channels = static_cast<Index>(JpegByte(bytes, at + 8));
      break;
    }
    at += 1 + length;
  }
  if (header.orientation >= 5) std::swap(header.height, header.width);
  Require(
      header.channels == 1 || header.channels == 3, ErrorKind::kBadInput,
      Str("is a JPEG of ", header.channels, " channels (CMYK, for printers)"),
      "convert it: convert FILE -colorspace sRGB NEW.jpg");
  return header;
}

// What libjpeg says leaves it as an exception (C is compiled with tables for
// that); the reader's destructor frees its memory.
[[noreturn]] void FailJpeg(j_common_ptr jpeg) {
  std::array<char, JMSG_LENGTH_MAX> message{};
  jpeg->err->format_message(jpeg, message.data());
  Fail(ErrorKind::kBadInput, Str("is a damaged JPEG: ", message.data()),
       "copy the file again");
}

// A warning is grey pixels where the file is damaged, but for bytes that nobody
// needs.
void WarnJpeg(j_common_ptr jpeg, int level) {
  const bool is_harmless = jpeg->err->msg_code == JWRN_EXTRANEOUS_DATA ||
                           jpeg->err->msg_code == JWRN_ADOBE_XFORM ||
                           jpeg->err->msg_code == JWRN_JFIF_MAJOR;
  if (level < 0 && !is_harmless) FailJpeg(jpeg);
}

class JpegReader {
 public:
  explicit JpegReader(std::string_view bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = FailJpeg;
    errors_.emit_message = WarnJpeg;
    jpeg_create_decompress(&jpeg_);
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Picture Read() {
    (void)jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = jpeg_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    // The exact transform, for the same bits on every processor.
    jpeg_.dct_method = JDCT_ISLOW;
    (void)jpeg_start_decompress(&jpeg_);
    Picture picture;
    picture.height = jpeg_.output_height;
    picture.width = jpeg_.output_width;
    picture.channels = jpeg_.output_components;
    const Index stride = picture.width * picture.channels;
    picture.bytes.resize(static_cast<std::size_t>(picture.height * stride));
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = picture.bytes.data() + jpeg_.output_scanline * stride;
      (void)jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    (void)jpeg_finish_decompress(&jpeg_);
    return picture;
  }

 private:
  jpeg_error_mgr errors_{};
  jpeg_decompress_struct jpeg_{};
};

Picture DecodeJpeg(std::string_view bytes) {
  return JpegReader(bytes).Read();
}

bool IsJpeg(std::string_view head) {
  return head.starts_with(kJpegBegin);
}

}  // namespace

extern const PictureFormat kJpegPictures;
const PictureFormat kJpegPictures = {
    "jpeg", "JPEG, grey and colours, turned as EXIF says", IsJpeg,
    ReadJpegHeader, DecodeJpeg};

}  // namespace mtlkit
