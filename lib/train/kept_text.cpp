#include "train/kept_text.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"

namespace mtlkit {

std::string KeptText(const Model& model, bool is_each) {
  constexpr std::size_t kFewNetworks = 8;
  const History& first = model.log;
  if (model.networks() == 1) {
    return Str(
        is_each ? "the last of these is epoch " : "kept the weights of epoch ",
        first.best_epoch, " of ", first.epochs(), ": ", first.selected_on, " ",
        ShortNumber(first.best));
  }
  std::vector<Index> epochs = {first.best_epoch};
  std::vector<double> measures = {first.best};
  for (const TrainedNetwork& other : model.others) {
    epochs.push_back(other.log.best_epoch);
    measures.push_back(other.log.best);
  }
  std::vector<std::string> texts;
  for (const Index epoch : epochs) texts.push_back(Str(epoch));
  const auto [least, most] = std::ranges::minmax(measures);
  const auto [soonest, latest] = std::ranges::minmax(epochs);
  const bool is_one = soonest == latest;
  const std::string said = is_one ? texts.front()
                           : texts.size() <= kFewNetworks
                               ? Join(texts, ", ")
                               : Str(soonest, " to ", latest);
  return Str("kept the weights of ", is_one ? "epoch " : "epochs ", said, ": ",
             first.selected_on, " ", ShortNumber(least), " to ",
             ShortNumber(most));
}

}  // namespace mtlkit
