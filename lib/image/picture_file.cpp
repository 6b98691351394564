#include "image/picture_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "h5/digest.h"
#include "image/picture_format.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kEndings = {".png", ".jpg", ".jpeg",
                                                      ".jpe"};
// Of one file: what is longer is no picture of kMostPicturePixels.
constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30;

bool IsHidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

// Without the file's name.
[[noreturn]] void FailToRead(const std::error_code& error) {
  Fail(ErrorKind::kMissingInput, Str("cannot be read: ", error.message()));
}
std::error_code LastError() {
  return {errno, std::generic_category()};
}

// Places of all files in and below a folder, in the order of their bytes.
std::vector<std::string> PlacesBelow(const std::string& folder) {
  std::vector<std::string> places;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  if (error) FailToRead(error);
  for (const auto end = fs::recursive_directory_iterator(); at != end;) {
    if (IsHidden(at->path())) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(error)) {
      places.push_back(at->path().lexically_relative(folder).generic_string());
    }
    at.increment(error);
    if (error) FailToRead(error);
  }
  std::ranges::sort(places);
  return places;
}

bool IsLeftOut(const std::string& place,
               const std::vector<std::string>& without) {
  const std::string name = fs::path(place).filename().string();
  return std::ranges::any_of(without, [&](const std::string& pattern) {
    return MatchesPattern(pattern, place) || MatchesPattern(pattern, name);
  });
}

// Its first bytes: what is no picture is not read.
std::string HeadOf(const std::string& path) {
  constexpr std::size_t kHead = 32;
  std::ifstream in(path, std::ios::binary);
  if (!in) FailToRead(LastError());
  std::string head(kHead, '\0');
  in.read(head.data(), kHead);
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

// Whether it is one that is read; of others, those that are called like one are
// refused, without the file's name in front.
bool IsPicture(const std::string& head, const std::string& place) {
  if (FindPictureFormat(head) != nullptr) return true;
  const std::string_view other = OtherPicture(head);
  Require(other.empty(), ErrorKind::kBadInput,
          Str("is ", other, ", and PNG and JPEG are read"),
          "convert it (convert FILE NEW.png), or leave such files out: "
          "--without '*.ENDING'");
  Require(std::ranges::none_of(kEndings,
                               [&](std::string_view ending) {
                                 return HasEnding(place, ending);
                               }),
          ErrorKind::kBadInput,
          head.empty() ? "is empty" : "is no PNG or JPEG, as its name says",
          "copy it again, or leave it out: --without NAME");
  return false;
}

// Throws without the file's name.
PictureHeader ReadHeader(const std::string& bytes) {
  const PictureFormat* format = FindPictureFormat(bytes);
  Require(format != nullptr, ErrorKind::kBadInput,
          "has changed while it was read");
  const PictureHeader header = format->read_header(bytes);
  Require(header.height >= 1 && header.width >= 1 &&
              header.height <= kMostPicturePixels / header.width,
          ErrorKind::kBadInput,
          Str("says that it has ", header.height, " x ", header.width,
              " pixels; 1 .. ", kMostPicturePixels, " are read"),
          "make it smaller, or leave it out: --without NAME");
  return header;
}

void RequireUnique(const std::vector<PictureFile>& files) {
  std::set<std::pair<Index, std::string>> seen;
  for (const PictureFile& file : files) {
    if (seen.emplace(file.input, file.id()).second) continue;
    Fail(ErrorKind::kBadInput,
         Str(file.path, ": there is another '", file.id(),
             "' with another ending"),
         "rows are called by name: call it otherwise, or leave one out with "
         "--without");
  }
}

}  // namespace

std::string PictureFile::name() const {
  return fs::path(place).filename().string();
}
std::string PictureFile::stem() const {
  return fs::path(place).stem().string();
}
std::string PictureFile::folder() const {
  const std::size_t end = place.find('/');
  return end == std::string::npos ? std::string() : place.substr(0, end);
}
std::string PictureFile::id() const {
  return fs::path(place).replace_extension().generic_string();
}

std::string ReadPictureBytes(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) FailToRead(error);
  Require(
      size <= kMostBytes, ErrorKind::kBadInput,
      Str(path, ": has ", size, " bytes; a picture has at most ", kMostBytes));
  std::ifstream in(path, std::ios::binary);
  if (!in) FailToRead(LastError());
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

PictureListing ListPictures(const std::vector<std::string>& folders,
                            const std::vector<std::string>& without) {
  PictureListing found;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const std::size_t before = found.files.size();
    Sha256 digest;
    const std::vector<std::string> places =
        InContext(folders[i], [&] { return PlacesBelow(folders[i]); });
    for (const std::string& place : places) {
      if (IsLeftOut(place, without)) continue;
      const std::string path = (fs::path(folders[i]) / place).string();
      InContext(path, [&] {
        if (!IsPicture(HeadOf(path), place)) {
          found.others.push_back(path);
          return;
        }
        const std::string bytes = ReadPictureBytes(path);
        digest.Update(Str(place, '\n', Sha256Of(bytes), '\n'));
        found.files.push_back(
            {path, place, static_cast<Index>(i), ReadHeader(bytes)});
      });
    }
    Require(found.files.size() > before, ErrorKind::kBadInput,
            Str(folders[i], ": there is no picture in it"),
            "folders hold PNG or JPEG files, perhaps in further folders");
    found.sha256.push_back(digest.Finish());
  }
  RequireUnique(found.files);
  return found;
}

}  // namespace mtlkit
