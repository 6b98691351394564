#include "image/picture_like.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/provenance.h"

namespace mtlkit {
namespace {

// How the newest conversion of pictures fitted them, and which were masks.
PictureOptions OptionsBefore(std::string_view provenance) {
  PictureOptions before;
  if (provenance.empty()) return before;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    const Json settings = ParseJson(record.settings);
    const auto text = [&](const char* name, std::string* to) {
      const auto said = settings.find(name);
      if (said != settings.end() && said->is_string()) {
        *to = said->get<std::string>();
      }
    };
    text("fit", &before.fit);
    text("masks", &before.masks);
    const auto said = settings.find("mask-classes");
    if (said != settings.end() && said->is_array()) {
      before.mask_classes = said->get<std::vector<std::string>>();
    }
  }
  return before;
}

}  // namespace

bool HasPictures(const Schema& schema) {
  return std::ranges::find(schema.inputs, InputKind::kImage,
                           &InputSpec::kind) != schema.inputs.end();
}

PictureOptions PicturesLike(const Schema& schema, std::string_view provenance,
                            std::string_view file,
                            const std::vector<std::string>& given,
                            PictureOptions options) {
  const auto image =
      std::ranges::find(schema.inputs, InputKind::kImage, &InputSpec::kind);
  Require(image != schema.inputs.end(), ErrorKind::kUsage,
          Str(file, " has no pictures as inputs"),
          "give a table, as it was made of");
  const auto is_given = [&](std::string_view name) {
    return std::ranges::find(given, name) != given.end();
  };
  if (!is_given("size")) {
    options.size = Str(image->height, 'x', image->width);
  }
  if (!is_given("channels")) {
    options.channels = image->cols == 1 ? "grey" : "colour";
  }
  const PictureOptions before = OptionsBefore(provenance);
  if (!is_given("fit")) options.fit = before.fit;
  if (!is_given("masks")) {
    options.masks = before.masks;
    options.masks_may_lack = true;
    if (!is_given("mask-classes")) options.mask_classes = before.mask_classes;
  }
  return options;
}

}  // namespace mtlkit
