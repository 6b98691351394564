#include "image/write_png.h"

#include <png.h>

#include <new>

#include "base/error.h"

namespace mtlkit {

std::string PngOf(const Picture& picture) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  const int written = png_image_write_to_memory(
      &image, bytes.data(), &size, 0, picture.bytes.data(), 0, nullptr);
  // Of what lies in memory only memory can be short.
  if (written == 0) throw std::bad_alloc();
  bytes.resize(size);
  return bytes;
}

}  // namespace mtlkit
