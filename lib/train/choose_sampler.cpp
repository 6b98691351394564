#include "train/choose_sampler.h"

#include "base/error.h"
#include "base/text.h"
#include "train/train_options.h"

namespace mtlkit {

std::unique_ptr<Sampler> ChooseSampler(const std::string& text,
                                       bool keeps_groups,
                                       const SamplerArgs& args) {
  const bool is_usual = text == TrainOptions{}.sampler;
  const Choice choice =
      ParseChoice(keeps_groups && is_usual ? "by-group" : text, "--sampler");
  std::unique_ptr<Sampler> sampler = MakeSampler(choice, args);
  Require(
      !keeps_groups ||
          FindEntry(SamplerEntries(), "sampler", choice.name).keeps_groups,
      ErrorKind::kUsage,
      Str("--sampler ", text, " takes groups apart, in which a task is ranked"),
      "leave it out, or choose another --loss for that task");
  return sampler;
}

}  // namespace mtlkit
