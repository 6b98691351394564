#include "nn/archs/map_head.h"

#include <string>

#include "base/error.h"
#include "data/head.h"

namespace mtlkit {

std::vector<Value> PixelsFor(const Task& map, std::vector<Value> own,
                             const std::vector<std::vector<Value>>& all,
                             const NetworkBuilder& builder) {
  if (own.empty() && all.size() == 1) own = all.front();
  const std::string what = Str("task '", map.name, "' is a map of pixels");
  Require(!all.empty(), ErrorKind::kUsage,
          Str(what, ", of which the network says nothing"),
          "--images unet does, for a dataset with images");
  Require(!own.empty(), ErrorKind::kUsage,
          Str(what, ", and this --arch keeps no pixels for its tasks"),
          "use --arch shared or single");
  std::string found;
  std::erase_if(own, [&](Value value) {
    const Space& space = builder.SpaceOf(value);
    found = SpaceText(space);
    return space.height != map.map_height || space.width != map.map_width;
  });
  Require(!own.empty(), ErrorKind::kUsage,
          Str("task '", map.name, "' is a map of ", map.map_height, " x ",
              map.map_width, " pixels, and the images are ", found),
          "maps are as large as the images that they are of");
  return own;
}

void RequireNoMap(std::string_view arch, const std::vector<Task>& tasks) {
  for (const Task& task : tasks) {
    Require(!task.traits().is_map, ErrorKind::kUsage,
            Str("--arch ", arch, ": task '", task.name,
                "' is a map of pixels, which it cannot put out"),
            "use --arch shared or single");
  }
}

}  // namespace mtlkit
