// The outputs of tasks that are maps.
#include "base/error.h"
#include "data/head.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

std::string SizeText(const Task& map) {
  return Str(map.map_height, " x ", map.map_width);
}

}  // namespace

Value NetworkParts::AddMap(const std::string& name, const Source& source,
                           const Task& task) {
  std::vector<Value> pixels = source.pixels;
  if (pixels.empty() && decoded_.size() == 1) pixels = decoded_.front();
  const std::string what = Str("task '", task.name, "' is a map of pixels");
  Require(!decoded_.empty(), ErrorKind::kUsage,
          Str(what, ", of which the network says nothing"),
          "--images unet does, for a dataset with images");
  Require(!pixels.empty(), ErrorKind::kUsage,
          Str(what, ", and this --arch keeps no pixels for its tasks"),
          "use --arch shared or single");
  std::string found;
  std::erase_if(pixels, [&](Value value) {
    const Space& space = builder_.SpaceOf(value);
    found = SpaceText(space);
    return space.height != task.map_height || space.width != task.map_width;
  });
  Require(!pixels.empty(), ErrorKind::kUsage,
          Str("task '", task.name, "' is a map of ", SizeText(task),
              " pixels, and the images are ", found),
          "maps are as large as the images that they are of");
  const Index each = task.output_cols() / task.target_cols();
  const Value value =
      AddDense(name, From(JoinDense(name + ".inputs", pixels)), each);
  return builder_.Add(name + ".pixels",
                      MakeFlatten(task.map_height, task.map_width), {value});
}

void NetworkParts::RequireNoMap(std::string_view arch) const {
  for (const Task& task : schema_.tasks) {
    Require(!task.traits().is_map, ErrorKind::kUsage,
            Str("--arch ", arch, ": task '", task.name,
                "' is a map of pixels, which it cannot put out"),
            "use --arch shared or single");
  }
}

}  // namespace mtlkit
