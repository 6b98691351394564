#include "image/picture_like.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/provenance.h"

namespace mtlkit {
namespace {

// How the newest conversion of pictures fitted them.
std::string FitBefore(std::string_view provenance) {
  std::string fit = PictureOptions().fit;
  if (provenance.empty()) return fit;
  for (const ProvenanceRecord& record : ParseProvenance(provenance)) {
    if (record.tool != "mtl-convert") continue;
    const Json settings = ParseJson(record.settings);
    const auto said = settings.find("fit");
    if (said != settings.end() && said->is_string()) {
      fit = said->get<std::string>();
    }
  }
  return fit;
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
  if (!is_given("fit")) options.fit = FitBefore(provenance);
  return options;
}

}  // namespace mtlkit
