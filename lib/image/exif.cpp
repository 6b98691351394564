#include "image/exif.h"

#include <cstddef>

namespace mtlkit {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBegin = "Exif\0\0"sv;
constexpr std::size_t kEntry = 12;  // bytes of an entry of a directory
constexpr unsigned kOrientation = 0x0112;

// Numbers of a TIFF, whose first letters say which byte comes first. 0 beyond
// the end.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes)
      : bytes_(bytes), is_little_(bytes.starts_with("II")) {}

  std::size_t Number(std::size_t at, std::size_t width) const {
    if (at > bytes_.size() || bytes_.size() - at < width) return 0;
    std::size_t number = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t place = is_little_ ? width - 1 - i : i;
      number = number << 8 | static_cast<unsigned char>(bytes_[at + place]);
    }
    return number;
  }

 private:
  std::string_view bytes_;
  bool is_little_;
};

}  // namespace

int ExifOrientation(std::string_view block) {
  if (!block.starts_with(kBegin)) return 1;
  const Tiff tiff(block.substr(kBegin.size()));
  const std::size_t directory = tiff.Number(4, 4);
  const std::size_t entries = tiff.Number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntry;
    if (tiff.Number(entry, 2) != kOrientation) continue;
    const std::size_t value = tiff.Number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace mtlkit
