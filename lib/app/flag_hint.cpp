#include "app/flag_hint.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/options.h"

namespace mtlkit {
namespace {

struct Synonym {
  std::string_view elsewhere;
  std::string_view here;
};

// Names that other programs have for our flags.
constexpr Synonym kSynonyms[] = {
    {"lr", "rate"},
    {"learning-rate", "rate"},
    {"eta", "rate"},
    {"batch-size", "batch"},
    {"weight-decay", "decay"},
    {"l2", "decay"},
    {"target", "task"},
    {"targets", "task"},
    {"target-column", "task"},
    {"label", "task"},
    {"labels", "task"},
    {"num-epochs", "epochs"},
    {"n-epochs", "epochs"},
    {"iterations", "epochs"},
    {"hidden", "layers"},
    {"hidden-layers", "layers"},
    {"hidden-sizes", "layers"},
    {"scheduler", "schedule"},
    {"lr-schedule", "schedule"},
    {"early-stopping", "patience"},
    {"criterion", "loss"},
    {"model", "arch"},
    {"out", "output"},
    {"output-file", "output"},
    {"output", "to"},
    {"out", "to"},
    {"workers", "threads"},
    {"jobs", "threads"},
    {"num-threads", "threads"},
    {"random-state", "seed"},
    {"random-seed", "seed"},
    {"sep", "delimiter"},
    {"separator", "delimiter"},
    {"na-values", "missing"},
    {"na-value", "missing"},
    {"na", "missing"},
    {"null", "missing"},
    {"num-peers", "peers"},
    {"n-peers", "peers"},
    {"clients", "peers"},
    {"num-clients", "peers"},
    {"drop", "ignore"},
    {"drop-columns", "ignore"},
    {"exclude", "ignore"},
    {"test-size", "split"},
    {"validation-split", "split"},
    {"standardize", "scale"},
    {"normalize", "scale"},
    {"metric", "metrics"},
    {"baseline", "against"},
    {"bootstrap", "draws"},
    {"save-every", "checkpoint-every"},
};

// What another tool of the toolkit is for.
constexpr Synonym kElsewhere[] = {
    {"target", "mtl-prep --task names what is to be predicted"},
    {"targets", "mtl-prep --task names what is to be predicted"},
    {"target-column", "mtl-prep --task names what is to be predicted"},
    {"label", "mtl-prep --task names what is to be predicted"},
    {"labels", "mtl-prep --task names what is to be predicted"},
    {"task", "mtl-prep --task names what is to be predicted"},
    {"test-size", "mtl-prep --split holds rows out"},
    {"validation-split", "mtl-prep --split holds rows out"},
    {"standardize", "mtl-prep --scale scales inputs"},
    {"normalize", "mtl-prep --scale scales inputs"},
    {"na-values", "mtl-convert --missing says what stands for no value"},
    {"na", "mtl-convert --missing says what stands for no value"},
    {"sep", "mtl-convert --delimiter says what stands between cells"},
    {"metric", "mtl-eval --metrics measures"},
    {"device", "everything runs on CPUs; --threads says on how many"},
    {"gpu", "everything runs on CPUs; --threads says on how many"},
    {"cuda", "everything runs on CPUs; --threads says on how many"}};

bool Contains(std::span<const std::string> known, std::string_view flag) {
  return std::find(known.begin(), known.end(), flag) != known.end();
}

}  // namespace

std::string FlagHint(std::string_view flag,
                     std::span<const std::string> known) {
  std::string name(
      flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  std::replace(name.begin(), name.end(), '_', '-');
  const bool resumes = name == "resume" || name == "continue";
  if (resumes && Contains(known, "--checkpoint-every")) {
    return "give the same command again: it goes on where it was";
  }
  const std::string plain = "--" + name;
  if (plain != flag && Contains(known, plain)) {
    return Str("did you mean ", plain, "?");
  }
  for (const Synonym& synonym : kSynonyms) {
    const std::string here = Str("--", synonym.here);
    if (name == synonym.elsewhere && Contains(known, here)) {
      return Str("did you mean ", here, "?");
    }
  }
  for (const Synonym& synonym : kElsewhere) {
    if (name == synonym.elsewhere) return std::string(synonym.here);
  }
  const std::string nearest =
      Nearest(flag, std::vector<std::string>(known.begin(), known.end()));
  return nearest.empty() ? "" : Str("did you mean ", nearest, "?");
}

}  // namespace mtlkit
