#include "nn/loss.h"
#include "nn/losses/pixel_loss.h"

namespace mtlkit {

std::unique_ptr<Loss> MakeLossOfPixels(const Task& map, Choice choice,
                                       const std::string& where) {
  const Task pixel = PixelTask(map);
  if (!FindLoss(choice.name).Accepts(pixel.type)) {
    choice.name = DefaultLoss(pixel.type);
  }
  return std::make_unique<PixelLoss>(
      map, FindLoss(choice.name).make(choice, where, pixel));
}

}  // namespace mtlkit
