#include "image/mask_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

std::string WithoutEnding(const std::string& place) {
  return fs::path(place).replace_extension().generic_string();
}

// What the first '*' stands for; "" where the pattern does not match.
std::string StarOf(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  const std::string_view before = pattern.substr(0, star);
  const std::string_view rest = pattern.substr(star + 1);
  if (text.size() < before.size() ||
      !MatchesPattern(before, text.substr(0, before.size()))) {
    return "";
  }
  const std::string_view after = text.substr(before.size());
  for (std::size_t length = after.size(); length > 0; --length) {
    if (MatchesPattern(rest, after.substr(length))) {
      return std::string(after.substr(0, length));
    }
  }
  return "";
}

class MaskTaker {
 public:
  MaskTaker(std::string_view pattern, std::vector<PictureFile>* pictures)
      : pattern_(pattern), pictures_(*pictures) {
    Require(pattern.find('*') != std::string_view::npos, ErrorKind::kUsage,
            Str("--masks ", pattern,
                " has no '*', which stands for the name "
                "of the picture"),
            "--masks '*_mask*' takes a_mask.png as the mask of a.png");
  }

  MaskFiles Take() {
    std::vector<std::pair<PictureFile, std::string>> masks;
    std::vector<PictureFile> others;
    for (PictureFile& file : pictures_) {
      std::string star = KeyOf(file);
      if (star.empty()) {
        others.push_back(std::move(file));
      } else {
        masks.emplace_back(std::move(file), std::move(star));
      }
    }
    pictures_ = std::move(others);
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      const PictureFile& file = pictures_[i];
      by_id_[{file.input, file.id()}] = static_cast<Index>(i);
      by_stem_[{file.input, file.stem()}].push_back(static_cast<Index>(i));
    }
    std::vector<std::pair<Index, PictureFile>> found;
    for (auto& [file, key] : masks) {
      const Index picture = PictureOf(file, key);
      RequireSize(file, pictures_[At(picture)]);
      found.emplace_back(picture, std::move(file));
    }
    std::ranges::stable_sort(found, {},
                             [](const auto& at) { return at.first; });
    MaskFiles taken;
    for (auto& [picture, file] : found) {
      taken.pictures.push_back(picture);
      taken.files.push_back(std::move(file));
    }
    return taken;
  }

 private:
  bool has_folder() const {
    return pattern_.find('/') != std::string_view::npos;
  }

  // The place of its picture, without the ending; "": it is no mask.
  std::string KeyOf(const PictureFile& file) const {
    if (has_folder()) return WithoutEnding(StarOf(pattern_, file.place));
    const std::string star = StarOf(pattern_, file.name());
    if (star.empty()) return "";
    const fs::path folder = fs::path(file.place).parent_path();
    return WithoutEnding((folder / star).generic_string());
  }

  Index PictureOf(const PictureFile& mask, const std::string& key) const {
    const auto at = by_id_.find({mask.input, key});
    if (at != by_id_.end()) return at->second;
    if (has_folder()) {
      const auto named =
          by_stem_.find({mask.input, fs::path(key).filename().string()});
      if (named != by_stem_.end() && named->second.size() == 1) {
        return named->second.front();
      }
    }
    Fail(ErrorKind::kBadInput,
         Str(mask.path, ": is a mask by --masks ", pattern_,
             ", and there is no picture '", key, "'"),
         "call it as its picture, or leave it out: --without NAME");
  }

  static void RequireSize(const PictureFile& mask, const PictureFile& picture) {
    const auto size = [](const PictureFile& file) {
      return Str(file.header.height, " x ", file.header.width);
    };
    Require(mask.header.height == picture.header.height &&
                mask.header.width == picture.header.width,
            ErrorKind::kBadInput,
            Str(mask.path, ": is a mask of ", size(mask), " pixels, and ",
                picture.path, " has ", size(picture)),
            Str("make them alike, or leave one out: --without '",
                fs::path(mask.place).filename().string(), "'"));
  }

  std::string_view pattern_;
  std::vector<PictureFile>& pictures_;
  std::map<std::pair<Index, std::string>, Index> by_id_;
  std::map<std::pair<Index, std::string>, std::vector<Index>> by_stem_;
};

}  // namespace

MaskFiles TakeMasks(const std::string& pattern,
                    std::vector<PictureFile>* pictures) {
  return MaskTaker(pattern, pictures).Take();
}

}  // namespace mtlkit
